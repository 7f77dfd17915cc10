"""Tables that a page break or a hand cut in two, put together again."""

from __future__ import annotations

from dataclasses import replace

from plans.document import Row, Table
from plans.spelling import fold

_TALLEST_HEADER = 4


def goes_on(first: Table, second: Table) -> bool:
    """Whether the second of two neighbouring tables of one width is the rest of the first.

    It is where it repeats the header, or where it has no header of its own but starts with a row like
    those before.
    """
    if not first.rows or not second.rows or _width(first) != _width(second) or _width(first) < 3:
        return False
    return repeated(first, second) > 0 or not _is_header(second.rows[0])


def joined(first: Table, second: Table) -> Table:
    return replace(first, rows=first.rows + second.rows[repeated(first, second) :])


def repeated(first: Table, second: Table) -> int:
    """How many rows at the head of the second table repeat the head of the first."""
    count = 0
    for one, other in zip(first.rows[:_TALLEST_HEADER], second.rows, strict=False):
        if _words(one) != _words(other) or sum(1 for cell in one.cells if cell) < 2:
            break
        count += 1
    return count if count and _is_header(first.rows[0]) else 0


def _is_header(row: Row) -> bool:
    return is_number_word(row.cells[0] or "")


def is_number_word(text: str) -> bool:
    """The word at the head of a column of numbers ("TT", "STT", "Số TT")."""
    return fold(text).replace(" ", "") in ("tt", "stt", "sott", "sothutu")


def _width(table: Table) -> int:
    return max(len(row.cells) for row in table.rows)


def _words(row: Row) -> tuple[str, ...]:
    return tuple(fold(cell or "") for cell in row.cells)
