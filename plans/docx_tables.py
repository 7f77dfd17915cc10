"""Word's tables on a grid: merged cells in their place, nested tables, columns that almost meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from plans.continued import is_number_word
from plans.document import Place, Row, Table
from plans.docx_package import Element, attribute, child, local, number_of
from plans.docx_text import Story, blocks_within, content_of
from plans.spelling import squeeze

_ALMOST = 285
"""Twentieths of a point (5 mm): edges nearer than this were meant to be one."""
_WIDEST = 200
_SHORTEST = 6


@dataclass(kw_only=True, slots=True)
class Cell:
    start: int
    span: int
    text: str
    goes_on: bool = False
    """It is the lower part of the cell above."""


@dataclass(kw_only=True, slots=True)
class Grid:
    rows: list[list[Cell]] = field(default_factory=list)
    nested: list[Element] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)


def layout_cells(table: Element) -> list[Element]:
    """The cells of a table that only sets texts side by side, as at the head and the foot of a letter.

    Nothing for a table proper: one of three columns or many rows, or with a header.
    """
    rows = [list(_cell_nodes(row)) for row in _rows(table)]
    first = "".join(rows[0][0].itertext()) if rows and rows[0] else ""
    if len(rows) > _SHORTEST or max(map(len, rows), default=0) > 2 or is_number_word(first):
        return []
    return [cell for row in rows for cell in row]


def grid_of(table: Element, story: Story) -> Grid:
    grid = Grid(edges=_edges(table))
    for row in _rows(table):
        if child(child(row, "trPr"), "del") is not None:
            story.changes = True
            continue
        grid.rows.append(_cells(row, grid, story))
    return grid


def table_of(grid: Grid, number: int) -> Table:
    """Rows of equal width by the rules of `Row`."""
    columns = _columns(grid)
    width = len(set(columns.values()))
    above: dict[int, str | None] = {}
    rows = []
    for at, cells in enumerate(grid.rows, start=1):
        printed: dict[int, str | None] = dict.fromkeys(range(width), "")
        for cell in cells:
            _set_down(cell, columns, printed, above)
        above = printed
        rows.append(Row(cells=tuple(printed[c] for c in range(width)), place=Place(table=number, row=at)))
    return Table(rows=tuple(rows), place=Place(table=number))


def _set_down(
    cell: Cell, columns: dict[int, int], printed: dict[int, str | None], above: dict[int, str | None]
) -> None:
    first = columns[cell.start]
    covered = {columns[each] for each in range(cell.start, cell.start + cell.span)} - {first}
    text = above.get(first) if cell.goes_on else cell.text
    printed[first] = text if text is not None else ""
    for each in covered:
        printed[each] = None


def _rows(table: Element) -> Iterator[Element]:
    for each in table:
        match local(each):
            case "tr":
                yield each
            case "sdt" | "sdtContent" | "customXml" | "ins" | "moveTo":
                yield from _rows(each)


def _cells(row: Element, grid: Grid, story: Story) -> list[Cell]:
    cells: list[Cell] = []
    at = min(number_of(child(row, "trPr"), "gridBefore") or 0, _WIDEST)
    for node in _cell_nodes(row):
        properties = child(node, "tcPr")
        if child(properties, "cellDel") is not None:
            story.changes = True
            continue
        span = max(1, min(number_of(properties, "gridSpan") or 1, _WIDEST))
        if cells and _merged(properties, "hMerge"):
            cells[-1].span += span
        else:
            text = _text(node, grid, story)
            cells.append(Cell(start=at, span=span, text=text, goes_on=_merged(properties, "vMerge")))
        at += span
    return cells


def _cell_nodes(row: Element) -> Iterator[Element]:
    for each in row:
        match local(each):
            case "tc":
                yield each
            case "sdt" | "sdtContent" | "customXml" | "ins":
                yield from _cell_nodes(each)


def _merged(properties: Element | None, name: str) -> bool:
    mark = child(properties, name)
    return mark is not None and (attribute(mark, "val") or "continue") == "continue"


def _text(cell: Element, grid: Grid, story: Story) -> str:
    parts: list[str] = []
    for node in blocks_within(cell):
        if local(node) == "p":
            content = content_of(node, story)
            grid.boxes.extend(content.boxes)
            parts.append(content.text)
        elif _is_layout(node):
            parts.append(_flat(node, grid, story))
        else:
            grid.nested.append(node)
    return squeeze(" ".join(parts))


def _is_layout(table: Element) -> bool:
    """Too small to be a table of tasks: its words belong to the cell around it."""
    rows = list(_rows(table))
    return len(rows) < 2 or max(len(list(_cell_nodes(row))) for row in rows) < 3


def _flat(table: Element, grid: Grid, story: Story) -> str:
    inner = grid_of(table, story)
    grid.nested.extend(inner.nested)
    grid.boxes.extend(inner.boxes)
    return " ".join(cell.text for row in inner.rows for cell in row if not cell.goes_on)


def _edges(table: Element) -> list[int]:
    """Where the grid's columns begin, in twentieths of a point."""
    edges, at = list[int](), 0
    grid = child(table, "tblGrid")
    for each in grid if grid is not None else ():
        if local(each) == "gridCol":
            edges.append(at)
            width = attribute(each, "w") or ""
            at += int(width) if width.isdecimal() and len(width) < 7 else 0
    return edges


def _columns(grid: Grid) -> dict[int, int]:
    """The printed column of each grid column.

    Word gives rows drawn by hand edges of their own a hair apart; those that no row tells apart, or that
    almost meet, are one column.
    """
    width = max((cell.start + cell.span for row in grid.rows for cell in row), default=0)
    plain = {at: at for at in range(width)}
    starts = {cell.start for row in grid.rows for cell in row}
    snapped = _snapped(width, starts, grid.edges)
    for row in grid.rows:
        firsts = [snapped[cell.start] for cell in row]
        if len(set(firsts)) < len(firsts):
            return plain
    return snapped


def _snapped(width: int, starts: set[int], edges: list[int]) -> dict[int, int]:
    columns: dict[int, int] = {}
    column, opened_at = -1, None
    for at in range(width):
        edge = edges[at] if at < len(edges) else None
        near = edge is not None and opened_at is not None and edge - opened_at < _ALMOST
        if column < 0 or (at in starts and not near):
            column, opened_at = column + 1, edge
        columns[at] = column
    return columns
