"""Ruled tables of a page on a grid: which columns and rows a cell covers follows from its box."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from plans.page_layout import Box, Page, Word, text_of

_NEAR = 3.0
"""Points: edges nearer than this are one edge."""
_FEWEST = 3
"""Columns of a table of tasks; anything narrower is a frame around text."""


GOES_ON = "\x00"
"""In the rows of a blank cell merged downward: at the top of a page it may belong to the cell above."""


@dataclass(kw_only=True, slots=True)
class PrintedTable:
    """The part of a table that stands on one page."""

    page: int
    top: float
    edges: tuple[float, ...]
    rows: list[list[str | None]] = field(default_factory=list)
    box: Box = (0, 0, 0, 0)
    ruled: bool = True
    open_below: frozenset[int] = frozenset()
    """Columns whose last cell is merged downward to the very end, so that it may go on over the page."""


def ruled_tables(page: Page) -> tuple[list[PrintedTable], list[Word]]:
    """The tables, and the words that stand in none of them."""
    left = list(page.words)
    tables = []
    for cells in page.ruled:
        edges = _merged_edges([x for cell in cells for x in (cell[0], cell[2])])
        levels = _merged_edges([y for cell in cells for y in (cell[1], cell[3])])
        box = (edges[0], levels[0], edges[-1], levels[-1])
        inside = [word for word in left if _holds(box, word)]
        if len(edges) - 1 < _FEWEST or not inside:
            continue
        left = [word for word in left if not _holds(box, word)]
        rows = _rows(cells, edges, levels, inside, page.number)
        table = PrintedTable(page=page.number, top=box[1], edges=tuple(edges), rows=_without_blank(rows), box=box)
        table.open_below = frozenset(
            _index(edges, cell[0])
            for cell in cells
            if _index(levels, cell[3]) == len(levels) - 1 and _index(levels, cell[1]) < len(levels) - 2
        )
        tables.append(table)
    return tables, left


def _rows(
    cells: Sequence[Box], edges: list[float], levels: list[float], words: list[Word], page: int
) -> list[list[str | None]]:
    rows: list[list[str | None]] = [[""] * (len(edges) - 1) for _ in levels[1:]]
    owned = _shared_out(cells, words)
    for cell, inside in zip(cells, owned, strict=True):
        first, last = _index(edges, cell[0]), _index(edges, cell[2])
        upper, lower = _index(levels, cell[1]), _index(levels, cell[3])
        text = text_of(inside, page) or ("" if lower - upper < 2 else GOES_ON)
        for row in range(upper, lower):
            rows[row][first:last] = [text, *[None] * (last - first - 1)]
    return rows


def _shared_out(cells: Sequence[Box], words: list[Word]) -> list[list[Word]]:
    """Each word to the cell that it stands in, or to the nearest where lines are missing around it."""
    owned: list[list[Word]] = [[] for _ in cells]
    for word in words:
        x, y = word.middle
        at = next((i for i, c in enumerate(cells) if c[0] <= x <= c[2] and c[1] <= y <= c[3]), None)
        owned[at if at is not None else _nearest(cells, x, y)].append(word)
    return owned


def _nearest(cells: Sequence[Box], x: float, y: float) -> int:
    def distance(cell: Box) -> float:
        aside = max(cell[0] - x, 0, x - cell[2])
        above = max(cell[1] - y, 0, y - cell[3])
        return 4 * aside + above

    return min(range(len(cells)), key=lambda at: distance(cells[at]))


def _merged_edges(values: list[float]) -> list[float]:
    merged: list[float] = []
    for value in sorted(values):
        if not merged or value - merged[-1] > _NEAR:
            merged.append(value)
    return merged


def _index(edges: list[float], value: float) -> int:
    """Of the edge that the value belongs to: the last one that is not beyond it."""
    return max(0, min(bisect_left(edges, value + 0.01) - 1, len(edges) - 1))


def _holds(box: Box, word: Word) -> bool:
    x, y = word.middle
    return box[0] - _NEAR <= x <= box[2] + _NEAR and box[1] - 1 <= y <= box[3] + 1


def _without_blank(rows: list[list[str | None]]) -> list[list[str | None]]:
    return [row for row in rows if any(cell and cell != GOES_ON for cell in row)]
