"""The desk in English: Vietnamese is what the program says, and one file gives its English.

`english.tsv` has a Vietnamese text and its English a line. A text may have places, `{}` or `{name}`, so that a
sentence with a number or a name in it is found too, whoever made it: "còn 5 ngày" is "còn {} ngày". Two English
forms parted by `|` are for a first place of one and of any other number. What the file does not have is data,
and stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup, escape

VIETNAMESE, ENGLISH = "vi", "en"
LANGUAGES = {VIETNAMESE: "Tiếng Việt", ENGLISH: "English"}
COOKIE = "dondoc-lang"

LONGEST = 400
"""Letters of a sentence that is looked for by its places; longer texts are people's own."""

FOREIGN = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
"""A letter that English does not have."""

_PLACE = re.compile(r"\{(\w*)\}")
_THOUSANDS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with places, ready to be recognised. `fixed` is how many letters it names."""

    words: re.Pattern[str]
    places: tuple[str, ...]
    english: str
    fixed: int


@cache
def catalogue() -> dict[str, str]:
    """English by Vietnamese, as the file has it."""
    lines = (Path(__file__).parent / "english.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line)


@cache
def _sentences() -> tuple[Sentence, ...]:
    """Texts with places, those that say the most first."""
    found = [
        Sentence(_recogniser(text), tuple(_PLACE.findall(text)), told, len(_PLACE.sub("", text)))
        for text, told in catalogue().items()
        if _PLACE.search(text)
    ]
    return tuple(sorted(found, key=lambda one: -one.fixed))


def _recogniser(text: str) -> re.Pattern[str]:
    fixed = _PLACE.split(text)[::2]
    return re.compile("(.+?)".join(re.escape(part) for part in fixed), re.DOTALL)


@lru_cache(maxsize=4096)
def english(text: str) -> str:
    """The English of a Vietnamese text, or the text itself where the file has none."""
    known = catalogue().get(text)
    if known is not None or len(text) > LONGEST:
        return known or text
    if _THOUSANDS.fullmatch(text):
        return text.replace(".", ",")
    for sentence in _sentences():
        found = sentence.words.fullmatch(text)
        if found is not None:
            return _filled(sentence.english, sentence.places, [english(value) for value in found.groups()])
    return text


def _filled(told: str, places: tuple[str, ...], values: list[str]) -> str:
    one, _, many = told.partition("|")
    named = {name: value for name, value in zip(places, values, strict=True) if name}
    return (many if many and values[0] != "1" else one).format(*values, **named)


def said(language: str, text: str, **values: object) -> str:
    """`text` in a language, with its named places filled."""
    if language != ENGLISH:
        return text.format(**values) if values else text
    if not values:
        return english(text)
    places = tuple(_PLACE.findall(text))
    return _filled(catalogue().get(text, text), places, [str(values[name]) for name in places])


def marked(language: str, text: str) -> Markup:
    """`text` in a language for the inside of an element: in English, what stays Vietnamese is marked as such.

    A sentence of the program's that quotes a plan is English but for the quoted words.
    """
    if language != ENGLISH or not FOREIGN.search(text):
        return escape(said(language, text))
    known = catalogue().get(text)
    if known is not None:
        return escape(known)
    for sentence in _sentences() if len(text) <= LONGEST else ():
        found = sentence.words.fullmatch(text)
        if found is not None:
            values = [marked(language, value) for value in found.groups()]
            return Markup(_filled(str(escape(sentence.english)), sentence.places, [str(one) for one in values]))  # noqa: S704 - every value is escaped
    return Markup('<span lang="vi">{}</span>').format(text)


def say(language: str, text: str | None) -> Markup:
    """`say()` of the templates: for what the program says of things it was given, in an element."""
    return marked(language, text or "")


def in_page(language: str, text: str | None, /, **values: object) -> str:
    """`_()` of the templates. What was marked as safe stays so, and only then."""
    if not text:
        return ""
    if isinstance(text, Markup):
        return Markup(said(language, str(text), **values))  # noqa: S704 - was safe before
    return said(language, text, **values)
