"""A sheet has no paragraphs: which of its rows are headings and notes, and which are a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plans.continued import is_number_word

_NUMBERED = re.compile(r"^\(?(\d{1,3}(\.\d{1,3})*|[IVXLC]{1,6}|[A-Za-zđĐ])\)?[.)]?(\s|$)")
_FULL = 3
"""A row of a table has this many filled cells at least, or stands between such rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    number: int
    """Of the sheet's row, from 1."""
    cells: tuple[str | None, ...]

    @property
    def filled(self) -> int:
        return sum(1 for cell in self.cells if cell)

    @property
    def is_header(self) -> bool:
        first = next((cell for cell in self.cells if cell), "")
        return self.filled >= 2 and is_number_word(first)


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    lines: tuple[Line, ...]
    is_table: bool


def regions(lines: Sequence[Line]) -> Iterator[Region]:
    """In the sheet's order. Blank rows are dropped, and columns of a table that hold nothing at its sides."""
    at = 0
    while at < len(lines):
        start = next((k for k in range(at, len(lines)) if _opens(lines, k)), len(lines))
        if start > at:
            yield Region(lines=_filled(lines[at:start]), is_table=False)
        if start < len(lines):
            end = _end(lines, start)
            yield Region(lines=_trimmed(_filled(lines[start:end])), is_table=True)
            at = end
        else:
            at = start


def _opens(lines: Sequence[Line], at: int) -> bool:
    return lines[at].is_header or lines[at].filled >= _FULL


def _end(lines: Sequence[Line], start: int) -> int:
    """One past the last row of the table that opens here.

    It reaches to its last full row before another header, and over numbered rows right below.
    """
    first_body = next((k for k in range(start, len(lines)) if not lines[k].is_header), len(lines))
    limit = next((k for k in range(first_body, len(lines)) if lines[k].is_header), len(lines))
    last = max((k for k in range(start, limit) if lines[k].filled >= _FULL), default=start)
    end = max(last + 1, min(first_body, limit))
    while end < limit and lines[end].filled and _NUMBERED.match(next(c for c in lines[end].cells if c)):
        end += 1
    return end


def _filled(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.filled)


def _trimmed(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    used = [at for line in lines for at, cell in enumerate(line.cells) if cell]
    left, right = min(used), max(used) + 1
    return tuple(Line(number=line.number, cells=line.cells[left:right]) for line in lines)
