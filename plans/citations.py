"""Numbers of documents in running text, and which of them a plan carries out, replaces or amends."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SYMBOL = r"[A-ZĐ][A-ZĐa-z]{1,6}"
NUMBER = re.compile(
    rf"(?<![\d/])(?P<figure>\d{{1,5}}[a-zA-Z]?)\s?(?P<year>/\s?\d{{4}})?\s?[/\-–]\s?"
    rf"(?P<symbol>{_SYMBOL}\d{{0,2}}(?:\s?[-–/]\s?[A-ZĐ][A-ZĐa-z&]{{0,14}}){{0,3}})(?![a-zà-ỹ])"
)
_BASIS = re.compile(r"^(?:\W*)(?:Căn cứ|Thực hiện|Triển khai|Tiếp tục thực hiện|Theo|Xét)\b")
_OWN = r"(?:Kế hoạch|Quyết định|Chương trình|Văn bản|Công văn)"
_REPLACES = re.compile(
    rf"{_OWN}\s+này\s+(?:được\s+)?(?:thay thế|bãi bỏ)|^\W*(?:và\s+)?thay thế\s+{_OWN}\s+số"
    rf"|{_OWN}\s+này\s+có hiệu lực[^.]{{0,400}}thay thế",
    re.IGNORECASE,
)
_EXPIRES = re.compile(rf"{_OWN}\s+số[^.;]{{0,400}}hết hiệu lực(?:\s+thi hành|\s+kể từ|\s*[.;]|$)", re.IGNORECASE)
_AMENDS = re.compile(rf"(?:sửa đổi|bổ sung|điều chỉnh|đính chính)[^.;]{{0,120}}?\b{_OWN}\s+số", re.IGNORECASE)
_TITLE_REPLACES = re.compile(rf"thay thế[^.;]{{0,40}}?{_OWN}\s+số", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[A-ZÀ-ỸĐ])")


def numbers_in(text: str) -> list[str]:
    """The numbers of the documents that a text names, blanks taken out ("72- NQ/TW" is 72-NQ/TW)."""
    found = []
    for match in NUMBER.finditer(text):
        number = re.sub(r"\s+", "", match.group(0)).replace("–", "-")
        if re.search(r"[-/][A-ZĐ]", number) and not re.fullmatch(r"\d+[-/][A-ZĐ]{1,3}", number):
            found.append(number)
    return found


def basis_of(opening: Iterable[str], own: str | None) -> tuple[str, ...]:
    """What the opening paragraphs say is carried out, each number once, in printed order."""
    numbers = [n for text in opening if _BASIS.match(text) for n in numbers_in(text)]
    return tuple(dict.fromkeys(n for n in numbers if n != own))


def replaced_by(title: str, paragraphs: Iterable[str], own: str | None) -> tuple[str, ...]:
    """The numbers that this document says it takes the place of."""
    found = _after(_TITLE_REPLACES, title)
    for paragraph in paragraphs:
        for sentence in _SENTENCE.split(paragraph):
            if _REPLACES.search(sentence):
                start = sentence.lower().find("thay thế")
                found += numbers_in(sentence[max(start, 0) :])
            elif _EXPIRES.search(sentence):
                found += numbers_in(sentence)[:1]
    return tuple(dict.fromkeys(number for number in found if number != own))


def amended_by(title: str, own: str | None) -> tuple[str, ...]:
    """The numbers that the title says are amended, supplemented or adjusted."""
    if _TITLE_REPLACES.search(title):
        return ()
    return tuple(dict.fromkeys(number for number in _after(_AMENDS, title) if number != own))


def _after(pattern: re.Pattern[str], text: str) -> list[str]:
    """The first number after the words, since later ones belong to what that document is about."""
    found = pattern.search(text)
    return numbers_in(text[found.start() :])[:1] if found else []
