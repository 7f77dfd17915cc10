"""Printed lines to paragraphs: what a page or a fixed width broke is put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from plans.document import Paragraph, Place
from plans.read_markdown import inline, is_line
from plans.spelling import is_upper, squeeze

_ITEM = re.compile(
    r"^\W{0,3}(?:[-+•–—*]\s+\S|\(?\d{1,3}(?:\.\d{1,3})*[.)]\s|\d{1,2}(?:\.\d{1,2})+\s|[IVXLC]{1,6}\s?[-.)]\s|[A-Zđa-zê]\s?[.)]\s"
    r"|(?:Điều|Mục|Phần|Chương|Phụ lục|PHỤ LỤC|Biểu|BIỂU)\b)"
)
_PAGE = re.compile(r"^[-–—\s]*(?:Trang\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?[-–—\s]*$", re.IGNORECASE)
_TERMINAL = re.compile(r"[.;:!?…][\"”’)*_]*$")
_HYPHENATED = re.compile(r"[/\d]\w*-$")
"""A number that the end of the line broke: "282/NQ-"."""
_BROKEN = re.compile(r"\S[/\d]\S*-$|\d-$")
_NUMBER = 60
"""A number is no longer than this."""
_NARROW = 115
_FULL = 0.8


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A printed line; `gap` tells that a blank line stands before it."""

    number: int
    text: str
    gap: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """How the lines of a document are set: `width` is 0 unless they are broken at a fixed width."""

    width: int = 0
    spaced: bool = False
    """Blank lines stand between lines of one paragraph, so they mean nothing."""


def setting_of(lines: Iterable[str]) -> Setting:
    """A document is broken at a fixed width when no line is long and many go on in lower case."""
    stripped = [line.strip() for line in lines]
    texts = [text for text in stripped if text]
    if len(texts) < 12:
        return Setting()
    lengths = sorted(len(text) for text in texts)
    width = lengths[int(len(lengths) * 0.9)]
    going_on = sum(text[0].islower() for text in texts)
    if width > _NARROW or going_on < 0.2 * len(texts):
        return Setting()
    carried = [two for one, two in pairwise(stripped) if two and two[0].islower()]
    loose = sum(not one and bool(two) and two[0].islower() for one, two in pairwise(stripped))
    return Setting(width=width, spaced=loose > 0.6 * len(carried))


def fold_lines(lines: Sequence[Line], setting: Setting) -> list[Paragraph]:
    """Paragraphs from consecutive lines; page numbers and drawn lines are left out."""
    groups: list[list[Line]] = []
    for line in lines:
        if is_line(line.text) or (_PAGE.match(line.text.strip()) and (line.gap or setting.width)):
            continue
        if groups and _goes_on(groups[-1][-1].text, line, setting):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [paragraph for group in groups if (paragraph := _paragraph(group)) is not None]


def _goes_on(before: str, line: Line, setting: Setting) -> bool:
    first, last = line.text.strip(), before.strip()
    if first.startswith("#") or last.startswith("#") or _ITEM.match(first):
        return False
    if _HYPHENATED.search(last):
        return True
    if first[0].islower():
        return not _TERMINAL.search(last) or (bool(setting.width) and (setting.spaced or not line.gap))
    if not setting.width or _TERMINAL.search(last) or is_upper(last) != is_upper(first):
        return False
    room = setting.width * _FULL - len(first.split()[0])
    return len(last) >= room


def _paragraph(group: Sequence[Line]) -> Paragraph | None:
    pieces: list[str] = []
    for line in group:
        text = line.text.strip()
        if pieces and not (pieces[-1].endswith("-") and _BROKEN.search(pieces[-1][-_NUMBER:])):
            pieces.append(" ")
        pieces.append(text)
    seen = inline("".join(pieces))
    text = squeeze(seen.text.replace("**", ""))
    if not text:
        return None
    return Paragraph(text=text, place=Place(line=group[0].number), heading=seen.heading, italic=seen.italic)
