"""An HTML table as a grid: rowspan and colspan laid out, nested tables flattened into their cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html

from plans.document import Place, Row, Table
from plans.errors import ReadError
from plans.spelling import squeeze

_MOST_COLUMNS = 100
_MOST_CELLS = 400_000
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "title", "svg", "select", "button"})
_INLINE = frozenset(
    {"a", "b", "i", "em", "strong", "u", "span", "font", "sub", "sup", "s", "small", "mark", "ins", "del", "o:p"}
)


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    columns: int
    rows: int


def hidden(element: html.HtmlElement) -> bool:
    """Not meant to be seen: scripts, and what the page hides."""
    if not isinstance(element.tag, str) or element.tag in _UNSEEN:
        return True
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or element.get("hidden") is not None


def own_rows(table: html.HtmlElement) -> list[html.HtmlElement]:
    """The rows of the table itself, not of tables inside it."""
    rows: list[html.HtmlElement] = []
    for child in table:
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in ("thead", "tbody", "tfoot"):
            rows.extend(row for row in child if row.tag == "tr")
    return rows


def read_table(element: html.HtmlElement, index: int) -> Table:
    """The table laid out as a grid; `index` counts the tables of the page from 1."""
    rows: list[Row] = []
    carried: dict[int, tuple[int, str | None]] = {}
    cells = 0
    for number, row in enumerate(own_rows(element), start=1):
        if hidden(row):
            continue
        line = _lay_out(list(_cells(row)), carried)
        cells += len(line)
        if cells > _MOST_CELLS:
            raise ReadError("Bảng trong trang HTML quá lớn.", cure="Tách tệp thành nhiều phần rồi nạp lại.")
        rows.append(Row(cells=tuple(line), place=Place(table=index, row=number)))
    return Table(rows=tuple(rows), place=Place(table=index))


def _lay_out(cells: list[_Cell], carried: dict[int, tuple[int, str | None]]) -> list[str | None]:
    """One row of the grid. `carried` holds, by column, how many rows a cell still covers, and its text."""
    line: list[str | None] = []
    pending = list(reversed(cells))
    while pending or any(column >= len(line) for column in carried):
        column = len(line)
        if column in carried:
            left, text = carried.pop(column)
            line.append(text)
            if left > 1:
                carried[column] = (left - 1, text)
            continue
        if not pending:
            line.append("")
            continue
        cell = pending.pop()
        for offset in range(cell.columns):
            text = cell.text if offset == 0 else None
            line.append(text)
            if cell.rows > 1:
                carried[column + offset] = (cell.rows - 1, text)
        if len(line) > _MOST_COLUMNS:
            break
    return _advanced(line, carried)


def _advanced(line: list[str | None], carried: dict[int, tuple[int, str | None]]) -> list[str | None]:
    for column in [column for column in carried if column >= _MOST_COLUMNS]:
        del carried[column]
    return line[:_MOST_COLUMNS]


def _cells(row: html.HtmlElement) -> Iterator[_Cell]:
    for child in row:
        if child.tag in ("td", "th") and not hidden(child):
            yield _Cell(visible_text(child), _span(child, "colspan"), _span(child, "rowspan"))


def _span(element: html.HtmlElement, name: str) -> int:
    """A span as browsers take it: 0 rows means all that follow, nonsense means 1."""
    digits = (element.get(name) or "1").strip()
    value = int(digits) if digits.isdecimal() and len(digits) < 6 else 1
    if name == "rowspan" and value == 0:
        return 65_534
    return max(1, min(value, _MOST_COLUMNS if name == "colspan" else 65_534))


def visible_text(element: html.HtmlElement) -> str:
    """All text inside, blocks and line breaks apart by a blank."""
    pieces: list[str] = [element.text or ""]
    stack = [iter(element)]
    open_elements = [element]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            done = open_elements.pop()
            if stack:
                pieces.append(("" if done.tag in _INLINE else " ") + (done.tail or ""))
            continue
        if hidden(child):
            pieces.append(child.tail or "")
            continue
        pieces.append(("" if child.tag in _INLINE else " ") + (child.text or ""))
        stack.append(iter(child))
        open_elements.append(child)
    return squeeze("".join(pieces))
