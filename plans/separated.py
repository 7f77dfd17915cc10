"""Tables saved from a spreadsheet as text: cells apart by commas or semicolons, quoted where they hold them."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from plans.column_words import role_of
from plans.columns import read_header
from plans.document import Place, Row, Table
from plans.spelling import squeeze

_MOST_LINES = 100_000


def read_separated(lines: Sequence[str], at: int) -> tuple[Table | None, int]:
    """The table that begins at this line, if the line is a header written with separators."""
    for separator in (";", ","):
        if lines[at].count(separator) >= 2 and _is_header(lines[at], separator):
            return _read(lines, at, separator)
    return None, at


def _is_header(line: str, separator: str) -> bool:
    if len(line) > 500:
        return False
    cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    if len(cells) < 3 or any(len(cell) > 45 for cell in cells) or line.rstrip().endswith((".", ":")):
        return False
    roles = []
    for cell in cells:
        role = role_of(cell)
        if role is None:
            return False
        roles.append(role)
    return len(set(roles)) >= len(cells) - 1 and read_header(cells) is not None


def _read(lines: Sequence[str], start: int, separator: str) -> tuple[Table, int]:
    reader = csv.reader(
        (f"{line}\n" for line in lines[start : start + _MOST_LINES]), delimiter=separator, strict=False
    )
    rows: list[Row] = []
    first = start
    width = 0
    try:
        for cells in reader:
            if len(cells) < 2 or (width and len(cells) > width + 2):
                break
            width = width or len(cells)
            rows.append(Row(cells=tuple(map(squeeze, cells)), place=Place(line=first + 1)))
            first = start + reader.line_num
    except csv.Error:
        return Table(rows=tuple(rows), place=Place(line=start + 1), complete=False), max(first, start + 1)
    return Table(rows=tuple(rows), place=Place(line=start + 1)), max(first, start + 1)
