"""Lines of pages to paragraphs: what belongs to the page and not to the text is dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from plans.document import Paragraph, Place
from plans.page_layout import Line, Page, running_text

_ITEM = re.compile(
    r"^(?:[-+•–—*]\s|\(?\d{1,3}(?:\.\d{1,3})*[.)]\s|\d{1,2}(?:\.\d{1,2})+\s|[IVXLC]{1,6}[.)]\s|[a-zđêôA-ZĐ][.)]\s"
    r"|(?:Điều|Mục|Phần|Chương|Phụ lục|PHỤ LỤC|Nơi nhận|Số:)\b)"
)
_NUMBER = re.compile(r"^[-–—\s]*(?:trang|page)?\s*\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?[-–—\s]*$", re.IGNORECASE)
_MARGIN = 0.12
_CELLS = 0.9
_COLUMNS = 2.2
"""Times the letters' size: words further apart than this stand in two columns of a letter's head."""


@dataclass(kw_only=True, slots=True)
class Measure:
    """The text's left and right edge on a page."""

    left: float
    right: float
    lines: list[Line] = field(default_factory=list)


def without_furniture(pages: Sequence[Page], lines: dict[int, list[Line]]) -> dict[int, list[Line]]:
    """Page numbers go, and so does what most pages repeat at one height; a table's header stays."""
    at_edge = {page.number: _at_edge(lines[page.number], page.height) for page in pages}
    seen = Counter(_stamp(line) for each in at_edge.values() for line in each)
    often = max(3, len(pages) // 2)
    dropped = {
        id(line)
        for each in at_edge.values()
        for line in each
        if _NUMBER.match(line.text) or seen[_stamp(line)] >= often
    }
    return {number: [line for line in each if id(line) not in dropped] for number, each in lines.items()}


def _at_edge(lines: Sequence[Line], height: float) -> list[Line]:
    """The lines in the upper and lower margin, as far as a table that opens or goes on there."""
    top = list(takewhile(lambda line: line.bottom < _MARGIN * height and _is_prose(line), lines))
    bottom = takewhile(lambda line: line.top > (1 - _MARGIN) * height and _is_prose(line), reversed(lines))
    return [*top, *(line for line in bottom if all(line is not each for each in top))]


def _is_prose(line: Line) -> bool:
    return len(line.segments(_CELLS)) < 3


def _stamp(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.top / 4)


def measure(lines: Sequence[Line]) -> Measure:
    rights = sorted(line.x1 for line in lines)
    return Measure(left=min(line.x0 for line in lines), right=rights[int(len(rights) * 0.95)])


def paragraphs(lines: Sequence[Line], setting: Measure) -> list[list[Line]]:
    """Groups of lines that make one paragraph each."""
    groups: list[list[Line]] = []
    for line in lines:
        parts = line.segments(_COLUMNS)
        if len(parts) > 1:
            groups.extend([part] for part in parts)
        elif groups and goes_on(groups[-1][-1], line, setting):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def goes_on(before: Line, line: Line, setting: Measure) -> bool:
    """Whether the line is the next of the same paragraph: its first word had no room on the line before."""
    if _ITEM.match(line.text) or abs(before.size - line.size) > 0.15 * before.size:
        return False
    if before.page != line.page and before.text[-1] in ".;:!?":
        return False
    if before.page == line.page and line.top - before.bottom > 0.9 * line.size:
        return False
    if _is_centred(before, setting) or line.x0 - before.x0 > 0.8 * line.size:
        return False
    first = line.words[0]
    return before.x1 + (first.x1 - first.x0) + 0.15 * line.size > setting.right


def _is_centred(line: Line, setting: Measure) -> bool:
    left, right = line.x0 - setting.left, setting.right - line.x1
    return left > 2 * line.size and abs(left - right) < 1.5 * line.size


def paragraph(group: Sequence[Line], *, page: int) -> Paragraph:
    italic: list[list[str]] = [[]]
    for word in (word for line in group for word in line.words):
        if word.italic:
            italic[-1].append(word.text)
        elif italic[-1]:
            italic.append([])
    runs = tuple(running_text(run) for run in italic if run)
    return Paragraph(text=running_text([line.text for line in group]), place=Place(page=page), italic=runs)
