"""Pages to one document: tables and paragraphs in printed order, put together over page breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from plans.continued import goes_on, repeated
from plans.document import Block, Place, Row, Table
from plans.page_columns import (
    body_end,
    columns_of,
    fits,
    header_texts,
    opens_table,
    repeated_header,
    unruled_table,
)
from plans.page_layout import Line, Page, lines_of, running_text
from plans.page_prose import goes_on as runs_on
from plans.page_prose import measure, paragraph, paragraphs, without_furniture
from plans.page_tables import GOES_ON, PrintedTable, ruled_tables

_SHIFT = 8.0
"""Points by which the columns of a table may move from page to page."""


@dataclass(kw_only=True, slots=True)
class _Whole:
    blocks: list[Block] = field(default_factory=list)
    edges: tuple[float, ...] = ()
    """Of the table that the last block is."""
    open_below: frozenset[int] = frozenset()
    header: tuple[str, ...] = ()
    """The lines of the last header of a table without lines."""
    tables: int = 0
    last: list[Line] = field(default_factory=list)
    """The lines of the paragraph that the last block is."""


def blocks_of(pages: Sequence[Page]) -> tuple[Block, ...]:
    whole = _Whole()
    ruled, lines = dict[int, list[PrintedTable]](), dict[int, list[Line]]()
    for page in pages:
        tables, words = ruled_tables(page)
        ruled[page.number], lines[page.number] = tables, lines_of(words, page.number)
    lines = without_furniture(pages, lines)
    for page in pages:
        _add_page(whole, page, ruled[page.number], lines[page.number])
    return tuple(whole.blocks)


def _add_page(whole: _Whole, page: Page, tables: list[PrintedTable], lines: list[Line]) -> None:
    for table in sorted(tables, key=lambda each: each.top):
        above = [line for line in lines if line.top < table.top]
        lines = lines[len(above) :]
        _add_lines(whole, page, above)
        _add_table(whole, table)
    _add_lines(whole, page, lines)


def _add_lines(whole: _Whole, page: Page, lines: list[Line]) -> None:
    if not lines:
        return
    touching = bool(whole.edges) and isinstance(whole.blocks[-1], Table)
    is_rest = touching and not opens_table(lines[0]) and fits(lines, whole.edges[:-1])
    start = 0 if is_rest else next((at for at, line in enumerate(lines) if opens_table(line)), len(lines))
    _add_prose(whole, page, lines[:start])
    if start == len(lines):
        return
    end = body_end(lines, start)
    edges = whole.edges[:-1] if is_rest else columns_of(lines[start:end])
    if len(edges) < 3:
        _add_prose(whole, page, lines[start:])
        return
    header = 0 if is_rest else repeated_header(lines[start:end], whole.header)
    if not is_rest and not header:
        whole.header = header_texts(lines[start:end])
    _add_table(whole, unruled_table(lines[start:end], edges, page.levels, header=header))
    _add_lines(whole, page, lines[end:]) if end < len(lines) else None


def _add_prose(whole: _Whole, page: Page, lines: list[Line]) -> None:
    if not lines:
        return
    setting = measure(lines)
    for group in paragraphs(lines, setting):
        carried = whole.last and whole.last[-1].page != page.number and runs_on(whole.last[-1], group[0], setting)
        if carried and not whole.blocks[-1].place.table:
            whole.last = [*whole.last, *group]
            whole.blocks[-1] = paragraph(whole.last, page=whole.last[0].page)
        else:
            whole.last = list(group)
            whole.blocks.append(paragraph(group, page=page.number))
    whole.edges = ()


def _add_table(whole: _Whole, part: PrintedTable) -> None:
    if not part.rows:
        return
    last = whole.blocks[-1] if whole.blocks else None
    table = _table(part, whole.tables + 1)
    whole.last = []
    if isinstance(last, Table) and _same_columns(whole.edges, part.edges) and goes_on(last, table):
        whole.blocks[-1] = _continued(last, table, part, whole.open_below)
    else:
        whole.tables += 1
        whole.blocks.append(table)
    whole.edges, whole.open_below = part.edges, part.open_below


def _continued(last: Table, table: Table, part: PrintedTable, open_above: frozenset[int]) -> Table:
    """The table with the rows of the next page, the row that the page break cut mended."""
    skipped = repeated(last, table)
    rest = table.rows[skipped:]
    if not rest:
        return last
    carried = _carried(part.rows[skipped:], last.rows[-1], open_above)
    if _is_broken(last.rows[-1], rest[0]):
        last = replace(last, rows=(*last.rows[:-1], _mended(last.rows[-1], rest[0])))
        carried = carried[1:]
        rest = rest[1:]
    rows = tuple(
        replace(row, cells=cells, place=replace(row.place, table=last.place.table, row=len(last.rows) + at))
        for at, (row, cells) in enumerate(zip(rest, carried, strict=True), start=1)
    )
    return replace(last, rows=last.rows + rows)


def _carried(
    rows: Sequence[Sequence[str | None]], above: Row, open_above: frozenset[int]
) -> list[tuple[str | None, ...]]:
    """A blank cell at the top of the page is the lower part of the cell above where either is a merged one."""
    found: list[tuple[str | None, ...]] = []
    open_columns = set(range(len(above.cells)))
    for number, row in enumerate(rows):
        open_columns = {
            at for at in open_columns if row[at] == GOES_ON or (not number and row[at] == "" and at in open_above)
        }
        cells = (above.cells[at] if at in open_columns else cell for at, cell in enumerate(row))
        found.append(tuple("" if cell == GOES_ON else cell for cell in cells))
    return found


def _table(part: PrintedTable, number: int) -> Table:
    rows = (
        Row(
            cells=tuple("" if cell == GOES_ON else cell for cell in cells),
            place=Place(page=part.page, table=number, row=at),
        )
        for at, cells in enumerate(part.rows, start=1)
    )
    return Table(rows=tuple(rows), place=Place(page=part.page, table=number))


def _same_columns(one: Sequence[float], other: Sequence[float]) -> bool:
    return len(one) == len(other) and all(abs(a - b) < _SHIFT for a, b in zip(one[:-1], other, strict=False))


def _is_broken(above: Row, row: Row) -> bool:
    """The first row of a page is the rest of the last one before: no number, and cells that go on."""
    if row.cells[0] != "" or None in row.cells or None in above.cells:
        return False
    texts = [cell for cell in row.cells[1:] if cell]
    goes_on_small = any(text[0].islower() or text[0] in ",;.)" for text in texts)
    return bool(texts) and (goes_on_small or len(texts) < len(row.cells) - 1)


def _mended(above: Row, row: Row) -> Row:
    cells = tuple(
        running_text([part for part in (one, other) if part])
        for one, other in zip(above.cells, row.cells, strict=True)
    )
    return replace(above, cells=cells)
