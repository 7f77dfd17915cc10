"""TCVN3 (ABC, ".VnTime") and VNI ("VNI-Times") text, which keeps Vietnamese letters in the places of others.

Tables after TCVN 5712:1993 (VN3) and the VNI-Windows charset. A text is converted only when it then
reads as Vietnamese and did not before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TCVN3_CODES = (
    "\u00a8\u00a9\u00aa\u00ab\u00ac\u00ad\u00ae\u00b5\u00b6\u00b7\u00b8\u00b9\u00bb\u00bc\u00bd\u00be\u00c6"
    "\u00c7\u00c8\u00c9\u00ca\u00cb\u00cc\u00ce\u00cf\u00d0\u00d1\u00d2\u00d3\u00d4\u00d5\u00d6\u00d7\u00d8"
    "\u00dc\u00dd\u00de\u00df\u00e1\u00e2\u00e3\u00e4\u00e5\u00e6\u00e7\u00e8\u00e9\u00ea\u00eb\u00ec\u00ed"
    "\u00ee\u00ef\u00f1\u00f2\u00f3\u00f4\u00f5\u00f6\u00f7\u00f8\u00f9\u00fa\u00fb\u00fc\u00fd\u00fe"
    "\u00a1\u00a2\u00a7\u00a3\u00a4\u00a5\u00a6"
)
_TCVN3_LETTERS = "ăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵĂÂĐÊÔƠƯ"
_TCVN3 = str.maketrans(dict(zip(_TCVN3_CODES, _TCVN3_LETTERS, strict=True)))

_TONES = "ùøûõï"
_VNI_PAIRS = {
    "a": (_TONES + "êâáàåãäéèúüë", "áàảãạăâấầẩẫậắằẳẵặ"),
    "e": (_TONES + "âáàåãä", "éèẻẽẹêếềểễệ"),
    "o": (_TONES + "âáàåãä", "óòỏõọôốồổỗộ"),
    "ô": (_TONES, "ớờởỡợ"),
    "u": (_TONES, "úùủũụ"),
    "ö": (_TONES, "ứừửữự"),
    "y": (_TONES[:4], "ýỳỷỹ"),
}
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI = {
    base + mark: letter
    for base, (marks, letters) in _VNI_PAIRS.items()
    for mark, letter in zip(marks, letters, strict=True)
}
_VNI_PATTERN = re.compile(
    "|".join(map(re.escape, (*sorted(_VNI, key=len, reverse=True), *_VNI_SINGLE))), re.IGNORECASE
)
_WORDS = frozenset(
    re.findall(
        r"\w+",
        "của và các thực hiện nhân dân tỉnh kế hoạch nhiệm vụ sở ủy uỷ ngày tháng năm cơ quan chủ trì phối hợp "
        "thời hoàn thành trên địa bàn được với theo về quyết định nghị chính phủ báo cáo xây dựng đề án đơn vị",
    )
)
_SAMPLE = 100_000
"""So many characters tell the coding of a whole text."""
_TOKEN = re.compile(r"[^\W\d_]+")
_OWN = re.compile(r"[\u1ea0-\u1ef9ăđơưĂĐƠƯ]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Converted:
    text: str
    font: str
    """The old font's coding: TCVN3 or VNI."""


def from_legacy(text: str) -> Converted | None:
    """The text in Unicode, or None where it is not written in an old font."""
    sample = text[:_SAMPLE]
    letters = sum(map(str.isalpha, sample))
    if letters < 20 or len(_OWN.findall(sample)) > 0.02 * letters:
        return None
    scores = {font: _reads(convert(sample, font)) for font in ("TCVN3", "VNI")}
    font = max(scores, key=lambda name: scores[name])
    if scores[font] < 0.12 or scores[font] <= _reads(sample) + 0.08:
        return None
    return Converted(text=convert(text, font), font=font)


def convert(text: str, font: str) -> str:
    """The text in Unicode, once the font's coding is known."""
    return text.translate(_TCVN3) if font == "TCVN3" else _from_vni(text)


def as_shown(text: str, font: str | None) -> str:
    """The text as a font of this name shows it: ".VnTime" and "VNI-Times" put other letters in these places.

    The .Vn fonts whose names end in H show capitals only.
    """
    name = (font or "").rpartition("+")[2].lower()
    if name.startswith("vni-"):
        return convert(text, "VNI")
    if not name.startswith(".vn"):
        return text
    shown = convert(text, "TCVN3")
    return shown.upper() if re.split(r"[,-]", name)[0].endswith("h") else shown


def _reads(text: str) -> float:
    """The share of words that are common in Vietnamese offices and carry a Vietnamese letter."""
    words = [word.lower() for word in _TOKEN.findall(text)]
    marked = [word for word in words if not word.isascii()]
    return sum(word in _WORDS for word in marked) / len(words) if words else 0.0


def _from_vni(text: str) -> str:
    def letter(found: re.Match[str]) -> str:
        code = found.group(0)
        small = code.lower()
        made = _VNI.get(small) or _VNI_SINGLE[small]
        return made.upper() if code[0].isupper() else made

    return _VNI_PATTERN.sub(letter, text)
