"""Amendments told in prose: "Điều chỉnh thời gian hoàn thành nhiệm vụ số 4 Phụ lục I sang Quý IV/2027".

Only what is plainly such a sentence is taken: it begins with the act, names a row by its number or its words,
and stands in a document that says it amends another. What it means for the stored tasks is proposed to a
person (`plans.amending`) and never carried out by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from plans.citations import numbers_in
from plans.document import Document, Paragraph
from plans.prose_agencies import marker_and_text
from plans.prose_spans import deadline_spans
from plans.spelling import squeeze
from plans.types import Instruction

_ROW_FIRST = (
    r"^(?:Nhiệm vụ|Mục|Điểm|Khoản|Chỉ tiêu|Đề án|Thời gian|Thời hạn|Tiến độ|Cơ quan chủ trì)\b[^.;“\"]{2,150}?"
)
_WITHDRAWS = re.compile(
    r"^(?:Bãi bỏ|Hủy bỏ|Huỷ bỏ|Loại bỏ|Rút|Dừng thực hiện|Không (?:tiếp tục )?thực hiện|Đưa ra khỏi \w+ \w+)\b"
    rf"|{_ROW_FIRST}\s(?:được\s+|bị\s+)?(?:bãi bỏ|hủy bỏ|huỷ bỏ)\b"
)
_CHANGES = re.compile(
    r"^(?:Sửa đổi(?:\s*,\s*bổ sung)?|Điều chỉnh|Đính chính|Thay đổi|Gia hạn|Kéo dài|Lùi|Chuyển|Thay|Giao)\b"
    rf"|{_ROW_FIRST}\s(?:được\s+)?(?:sửa đổi|điều chỉnh|thay đổi|gia hạn|kéo dài|lùi|sửa)\b"
)
_PART = r"(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6}|[A-ZĐ]|[a-zđ])"
_ROW = re.compile(
    rf"\b(?:(?:các\s+)?(?:nhiệm vụ|chỉ tiêu|mục tiêu|đề án|dòng|nội dung)(?:\s+(?:tại|ở|có|thuộc))?"
    rf"(?:\s+(?:số thứ tự|thứ tự|STT|số|mục|dòng|điểm|khoản))+"
    rf"|(?:tiểu mục|điểm|khoản|mục|số thứ tự|STT|dòng)(?:\s+số)?)"
    rf"\s+(?P<numbers>{_PART}(?:(?:\s*,\s*|\s+và\s+){_PART}(?![\w/]))*)(?![\w/])",
    re.IGNORECASE,
)
_ANNEX = re.compile(
    r"\b(?:Phụ lục|Biểu(?:\s+mẫu)?)(?:\s+số)?\s+(?P<annex>(?-i:[IVXLC]+)|\d{1,2})(?![\w/])", re.IGNORECASE
)
_HEADING = re.compile(rf"\b(?:Phần|Nhóm|Chương|Mục)\s+(?P<number>{_PART})(?![\w/])")
_QUOTED = re.compile(r"[“\"](?P<words>[^”\"]{3,600})[”\"]")
_FIELDS = (
    ("deadline_text", re.compile(r"\b(?:thời gian|thời hạn|tiến độ|mốc|hạn hoàn thành)\b", re.IGNORECASE)),
    ("coordinating_text", re.compile(r"\b(?:cơ quan|đơn vị)\s+phối hợp\b", re.IGNORECASE)),
    (
        "lead_text",
        re.compile(r"\b(?:cơ quan|đơn vị)(?:\s+(?:chủ trì|thực hiện|đầu mối))?\b|\bchủ trì\b", re.IGNORECASE),
    ),
    ("product", re.compile(r"\b(?:sản phẩm|kết quả)\b", re.IGNORECASE)),
    ("title", re.compile(r"\b(?:tên nhiệm vụ|nội dung)\b", re.IGNORECASE)),
)
_NEW = re.compile(
    r"(?:\s+từ\s+[“\"]?(?P<old>[^”\";]{2,160}?)[”\"]?|:?\s+[“\"](?P<quoted>[^”\"]{2,160})[”\"])?"
    r"\s*,?(?<!hoàn)\s+(?:thành|sang|là|đến(?:\s+hết)?|bằng(?:\s+cụm từ)?|như sau)"
    r"\s*:?\s*[“\"]?(?P<new>[^”\"]{2,900}?)[”\"]?\s*[.;]?$"
)
_PHRASE = re.compile(
    r"cụm từ\s+[“\"](?P<old>[^”\"]+)[”\"]\s+(?:bằng|thành)(?:\s+cụm từ)?\s+[“\"](?P<new>[^”\"]+)[”\"]",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"^Giao\s+(?P<new>.{3,120}?)\s+chủ trì\b.{0,200}?\bthay(?:\s+(?:cho|thế))?\s+(?P<old>[^.;]{3,120})[.;]?$"
)
_AT_END = re.compile(r"\s+(?:của|tại|ban hành kèm theo)\s+(?:Kế hoạch|Quyết định|Chương trình|Phụ lục)\b.*$")
_TITLE_AMENDS = re.compile(r"\b(?:sửa đổi|điều chỉnh|đính chính|bãi bỏ|gia hạn)\b", re.IGNORECASE)
_LONGEST = 3000


def read_instructions(document: Document, *, title: str | None, amends: Iterable[str]) -> tuple[Instruction, ...]:
    """The instructions of all paragraphs; none where neither the title nor the sentence speaks of another plan."""
    amended = tuple(amends)
    speaks = bool(amended or _TITLE_AMENDS.search(title or ""))
    found: list[Instruction] = []
    for paragraph in _opened(document):
        for told in _instructions(paragraph):
            plan = next(iter(told[1]), amended[0] if len(amended) == 1 else None)
            if speaks or told[1]:
                found.extend(_single(paragraph, told[0], plan))
    return tuple(found)


def _opened(document: Document) -> Iterator[Paragraph]:
    """The paragraphs; one that ends in "như sau:" takes the next one in."""
    waiting: Paragraph | None = None
    for block in document.blocks:
        if not isinstance(block, Paragraph) or len(block.text) > _LONGEST:
            continue
        if waiting is not None:
            yield Paragraph(text=f"{waiting.text} {block.text}", place=waiting.place)
            waiting = None
        elif block.text.rstrip().endswith("như sau:") and _CHANGES.match(_body(block.text)):
            waiting = block
        else:
            yield block


def _body(text: str) -> str:
    body = re.sub(r"^Điều\s+\d+\s*[.:]\s*", "", text)
    return marker_and_text(body)[1]


def _instructions(paragraph: Paragraph) -> Iterator[tuple[str, list[str]]]:
    """Each sentence that begins with an act, and the plans that it cites."""
    for sentence in re.split(r"(?<=;)\s+|(?<=[^\d]\.)\s+(?=[A-ZĐ])", _body(paragraph.text)):
        text = squeeze(_body(sentence))
        if _WITHDRAWS.match(text) or _CHANGES.match(text):
            cited = re.search(r"(?:Kế hoạch|Quyết định|Chương trình)\s+số\s+\S+", text)
            yield text, numbers_in(cited.group(0)) if cited else []


def _single(paragraph: Paragraph, text: str, plan: str | None) -> Iterator[Instruction]:
    """One instruction a row; nothing where the sentence names no row or says nothing new of it."""
    withdraws = _WITHDRAWS.match(text) is not None
    change = None if withdraws else _change(text)
    if not withdraws and change is None:
        return
    changes, before, head = change if change else ((), None, text)
    quoted = _QUOTED.search(head)
    rows: list[tuple[str | None, tuple[str, ...]]] = [*_rows(head)]
    if not rows and quoted:
        rows = [(None, ())]
    annex = _ANNEX.search(head) or _ANNEX.search(_QUOTED.sub(" ", text))
    for number, under in rows:
        yield Instruction(
            text=text,
            place=paragraph.place,
            withdraws=withdraws,
            number=number,
            under=under,
            annex=annex["annex"] if annex else None,
            quoted=squeeze(quoted["words"]) if quoted else None,
            plan=plan,
            changes=changes,
            before=before,
        )


def _change(text: str) -> tuple[tuple[tuple[str, str], ...], str | None, str] | None:
    """(what is new, what goes, the words that name the row)."""
    if found := _PHRASE.search(text):
        head = f"{text[: found.start()]} {text[found.end() :]}"
        name = "deadline_text" if deadline_spans(f"hoàn thành trong {found['new']}") else _field(head) or "title"
        return ((name, squeeze(found["new"])),), squeeze(found["old"]), head
    if found := _GIVEN.match(text):
        return (("lead_text", squeeze(found["new"])),), _end(found["old"]), text
    found = _NEW.search(text)
    if found is None:
        return None
    head, value = text[: found.start()], squeeze(found["new"])
    changed = _field(head) or _field_of_act(text)
    if changed is None:
        return _rewritten(value), None, head
    value = re.sub(r"\s+chủ trì.*$", "", value) if changed == "lead_text" else value
    before = found["old"] or found["quoted"]
    return ((changed, _end(value)),), squeeze(before) if before else None, head


def _end(value: str) -> str:
    return squeeze(_AT_END.sub("", value)).rstrip(" .;,")


def _field(head: str) -> str | None:
    return next((name for name, words in _FIELDS if words.search(head)), None)


def _field_of_act(text: str) -> str | None:
    if text.startswith("Chuyển"):
        return "lead_text"
    return "deadline_text" if re.match(r"Gia hạn|Lùi|Kéo dài", text) else None


def _rewritten(value: str) -> tuple[tuple[str, str], ...]:
    """A row written anew as a sentence: its words, and the deadline in them."""
    words = marker_and_text(value)[1].rstrip(' .;”"')
    spans = deadline_spans(words)
    deadline = (("deadline_text", words[spans[0].start : spans[0].end]),) if len(spans) == 1 else ()
    return (("title", words), *deadline)


def _rows(head: str) -> list[tuple[str, tuple[str, ...]]]:
    """(number, numbers above it) of each row that the words name; "điểm a mục 3" is a under 3."""
    plain = _QUOTED.sub(" ", re.sub(r"(?:Kế hoạch|Quyết định|Chương trình)\s+số\s+\S+", " ", head))
    found = list(_ROW.finditer(plain))
    if not found:
        return []
    own, *above = found
    under = [match["numbers"] for match in above]
    under += [match["number"] for match in _HEADING.finditer(plain) if match.start() > own.end()]
    numbers = re.split(r"\s*,\s*|\s+và\s+", own["numbers"])
    return [(number, tuple(dict.fromkeys(n for n in under if n != number))) for number in numbers]
