"""Tables as legal databases print them into plain text: a line with a lone bar opens a row, every cell
ends with a bar.

    |
    12 |
    Rà soát giá dịch vụ |
    Sở Y tế |
    |
    Quý I/2027 |

A lone bar inside a row is a blank cell, so rows can only be told apart by counting: the first row gives
the width, and a row that would not end where the next one opens is cut where it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from plans.document import Place, Row, Table
from plans.read_markdown import inline

_REACH = 40
"""How many lines without a bar a single cell may run over."""


@dataclass(slots=True)
class _Open:
    """A row while it is being read."""

    line: int = 0
    cells: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    bars: list[tuple[int, int]] = field(default_factory=list)
    """Where a lone bar was taken for a blank cell: its line, and the cells before it."""
    cut: bool = False

    def close(self) -> None:
        self.cells.append(inline(" ".join(self.pending)).text)
        self.pending.clear()


def opens_row(line: str) -> bool:
    return line.strip() == "|"


def read_bar_table(lines: Sequence[str], start: int) -> tuple[Table, int]:
    """The table whose first row opens at `start`, and the index of the first line after it."""
    rows: list[Row] = []
    width = 0
    at = start
    complete = True
    while at < len(lines) and opens_row(lines[at]):
        row, at = _read_row(lines, at, width)
        width = width or len(row.cells)
        if any(row.cells):
            rows.append(Row(cells=tuple(row.cells), place=Place(line=row.line)))
        if row.cut:
            complete = False
            break
    return Table(rows=tuple(rows), place=Place(line=start + 1), complete=complete), max(at, start + 1)


def _read_row(lines: Sequence[str], start: int, width: int) -> tuple[_Open, int]:
    row = _Open()
    at = start + 1
    while at < len(lines):
        line = lines[at].strip()
        if not line and not row.pending:
            at += 1
            continue
        full = bool(width) and len(row.cells) >= width
        if _ends(lines, at, line, row, width, full=full):
            return row, at
        if full and line != "|":
            return _realigned(lines, row, at, width)
        row.line = row.line or at + 1
        _take(row, line, at)
        at += 1
    row.cut = bool(row.pending) or (bool(width) and len(row.cells) < width)
    if row.pending:
        row.close()
    return row, at


def _ends(lines: Sequence[str], at: int, line: str, row: _Open, width: int, *, full: bool) -> bool:
    """Whether the row is over before this line."""
    if line == "|":
        return not row.pending and (full or (not width and bool(row.cells)))
    if line.startswith("|") and line.strip("| "):
        return True
    if line.endswith("|") or row.pending:
        return False
    if full:
        return True
    return bool(row.cells) and not width and not _goes_on(lines, at)


def _goes_on(lines: Sequence[str], at: int) -> bool:
    """Whether the text at `at` runs on to a line that closes its cell."""
    for line in lines[at : at + _REACH]:
        text = line.strip()
        if text.endswith("|"):
            return text != "|"
    return False


def _take(row: _Open, line: str, at: int) -> None:
    if line == "|" and not row.pending:
        row.bars.append((at, len(row.cells)))
    pieces = line.split("|")
    for piece in pieces[:-1]:
        row.pending.append(piece)
        row.close()
    if pieces[-1].strip():
        row.pending.append(pieces[-1])


def _realigned(lines: Sequence[str], row: _Open, at: int, width: int) -> tuple[_Open, int]:
    """A full row runs into more cells: a lone bar in it was the opening of the next row, or it is too long."""
    for bar, before in reversed(row.bars):
        if 0 < before < width:
            row.cells = row.cells[:before]
            return row, bar
    while at < len(lines) and (line := lines[at].strip()).endswith("|") and line != "|":
        _take(row, line, at)
        at += 1
    return row, at
