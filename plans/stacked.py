"""Tables that a word processor wrote into plain text with one cell on each line; a blank cell is a blank line.

Only a row's number tells where it begins. A cell of several lines is put together where its lines say so, and
a row that does not come out at the width of the header keeps a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from plans.column_words import Role, role_of
from plans.columns import Columns, read_double_header, read_header
from plans.columns_guess import names_agency
from plans.continued import is_number_word
from plans.document import Place, Row, Table
from plans.spelling import is_upper, squeeze
from plans.table_rows import Marker, bare, marker_of

_WIDEST = 14
_NUMBER = re.compile(r"^\s*(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6}|[A-HĐ])\s*[.)]?\s*$")
_ENDS = re.compile(r"^\W*(?:PHỤ LỤC|Phụ lục|Nơi nhận|TM\.|KT\.|BIỂU|Biểu)\b")
_ITEM = re.compile(r"^\s*(?:[-+•–*]|[a-zđ][.)])\s")


def read_stacked(lines: Sequence[str], at: int) -> tuple[Table | None, int]:
    """The table whose header begins at this line with the word for a number, if there is one."""
    if not is_number_word(lines[at]) or at + 4 > len(lines):
        return None, at
    spaced = not lines[at + 1].strip() and _every_second(lines, at)
    head = _header([line for line in lines[at : at + 4 * _WIDEST] if line.strip() or not spaced])
    if head is None:
        return None, at
    cells = [line for line in lines[at:] if line.strip() or not spaced]
    columns, first = head
    rows, used = _rows(cells[first:], columns)
    if not rows:
        return None, at
    header = Row(cells=columns.labels, place=Place(line=at + 1))
    where = _line_numbers(lines, at, spaced=spaced)
    placed = [Row(cells=tuple(cells), place=Place(line=where[first + begins])) for begins, cells in rows]
    end = where[min(first + used, len(where) - 1)] - 1 if first + used < len(where) else len(lines)
    return Table(rows=(header, *placed), place=Place(line=at + 1)), max(end, at + 1)


def _every_second(lines: Sequence[str], at: int) -> bool:
    """Cells are paragraphs with a blank line after each, as pages copied from a browser are."""
    probe = lines[at : at + 24]
    return all(not line.strip() for line in probe[1::2]) and sum(bool(line.strip()) for line in probe[::2]) > 3


def _line_numbers(lines: Sequence[str], at: int, *, spaced: bool) -> list[int]:
    return [at + number + 1 for number, line in enumerate(lines[at:]) if not spaced or line.strip()]


def _header(cells: Sequence[str]) -> tuple[Columns, int] | None:
    """The columns, and where the first row begins. In a header of two rows the labels below come after a blank."""
    end = next((at for at, cell in enumerate(cells[1 : 2 * _WIDEST + 2], 1) if _NUMBER.match(cell)), None)
    if end is None:
        return None
    labels = [squeeze(cell) for cell in cells[:end]]
    if "" in labels and (double := _double(labels)):
        return double, end
    if (
        len(labels) <= _WIDEST
        and all(labels)
        and sum(role_of(label) is not None for label in labels) * 2 > len(labels)
    ):
        found = read_header(labels)
        return (found, end) if found else None
    return None


def _double(labels: Sequence[str]) -> Columns | None:
    """A header of two rows: the upper labels, then the lower row with a blank under each that covers both."""
    count = labels.index("")
    lower = list(labels[count:])
    if len(lower) > _WIDEST:
        return None
    runs = [list(group) for filled, group in groupby(range(len(lower)), key=lambda at: bool(lower[at])) if filled]
    blanks = lower.count("")
    if not runs or (count - blanks) % len(runs) or count <= blanks:
        return None
    each = (count - blanks) // len(runs)
    opening = {run[at * len(run) // each] for run in runs for at in range(each)}
    upper: list[str | None] = [None] * len(lower)
    names = iter(labels[:count])
    for at, label in enumerate(lower):
        if not label or at in opening:
            upper[at] = next(names, None)
    return read_double_header(upper, lower)


def _rows(cells: Sequence[str], columns: Columns) -> tuple[list[tuple[int, list[str | None]]], int]:
    """Rows with the place of their first line, and how many lines they take."""
    width = len(columns.roles)
    starts = _starts(cells, width)
    rows: list[tuple[int, list[str | None]]] = []
    used = 0
    for at, start in enumerate(starts):
        stop = starts[at + 1] if at + 1 < len(starts) else _last_end(cells, start, width)
        rows.append((start, _fitted([squeeze(cell) for cell in cells[start:stop]], columns)))
        used = stop
    return rows, used


def _starts(cells: Sequence[str], width: int) -> list[int]:
    """Where rows begin: at the next number of the count, or at a heading's numeral."""
    starts: list[int] = []
    last = ""
    for at, cell in enumerate(cells):
        if _ENDS.match(cell):
            break
        number = bare(cell)
        if not _NUMBER.match(cell) or (starts and at - starts[-1] < 2):
            continue
        follows = not last or _next(last, number) or marker_of(number) in (Marker.ROMAN, Marker.LETTER)
        if not follows and starts and at - starts[-1] >= width:
            follows = True
        if follows:
            starts.append(at)
            last = number if marker_of(number) is Marker.ARABIC else last
    return starts


def _next(last: str, number: str) -> bool:
    if marker_of(number) is not Marker.ARABIC:
        return False
    one, two = last.split("."), number.split(".")
    deeper = two[:-1] == one and two[-1] == "1"
    return (
        deeper or number == "1" or (int(two[-1]) == int(one[len(two) - 1]) + 1 if len(two) <= len(one) else False)
    )


def _last_end(cells: Sequence[str], start: int, width: int) -> int:
    end = min(start + width, len(cells))
    return next((at for at in range(start, end) if _ENDS.match(cells[at])), end)


def _fitted(texts: list[str], columns: Columns) -> list[str | None]:
    """The lines of a row as cells of the header's columns."""
    width = len(columns.roles)
    if _is_heading(texts):
        return [" ".join(texts[:2]), *[None] * (width - 1)]
    while len(texts) > width and (at := _joint(texts, columns)) is not None:
        texts[at - 1 : at + 1] = [f"{texts[at - 1]} {texts[at]}".strip()]
    return list(texts)


def _is_heading(texts: Sequence[str]) -> bool:
    numeral = marker_of(texts[0]) in (Marker.ROMAN, Marker.LETTER)
    return len(texts) >= 2 and not any(texts[2:]) and (numeral or is_upper(texts[1]))


def _joint(texts: Sequence[str], columns: Columns) -> int | None:
    """The line that most likely goes on with the one before: an item, small letters, a second agency."""
    for at in range(2, len(texts)):
        if texts[at] and (_ITEM.match(texts[at]) or texts[at][0].islower() or texts[at - 1].endswith((":", ","))):
            return at
    agencies = sum(role in (Role.LEAD, Role.COORDINATING) for role in columns.roles)
    named = [at for at in range(2, len(texts)) if names_agency(texts[at])]
    return named[-1] if len(named) > agencies and named[-1] - 1 in named else None
