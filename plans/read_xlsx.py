"""Workbooks (.xlsx, .xls): every visible sheet, its merged cells, the table found below any heading."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from plans.continued import goes_on, joined
from plans.document import Block, Document, Paragraph, Place, Row, Table
from plans.errors import ReadError
from plans.limits import Limits
from plans.sheet_regions import Line, Region, regions
from plans.spelling import squeeze
from plans.xlsx_formats import Looks, as_printed, looks_of

_RESAVE = "Mở tệp bằng Excel hoặc LibreOffice, lưu lại rồi nhập lại."
_PLAIN = Looks()


@dataclass(kw_only=True, slots=True)
class _Book:
    blocks: list[Block]
    warnings: list[str]
    tables: int = 0
    rows: int = 0


def read_xlsx(data: bytes, limits: Limits, *, format: str = "xlsx") -> Document:
    """Raises ReadError for a damaged, locked or empty workbook, and for one with too many rows."""
    import python_calamine as calamine

    book = _Book(blocks=[], warnings=[])
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            looks = looks_of(data)
            for about in workbook.sheets_metadata:
                if about.typ != calamine.SheetTypeEnum.WorkSheet:
                    continue
                if about.visible != calamine.SheetVisibleEnum.Visible:
                    book.warnings.append(f"Trang tính “{about.name}” đang ẩn nên không được đọc.")
                    continue
                sheet = workbook.get_sheet_by_name(about.name)
                _read_sheet(sheet, looks.get(about.name, _PLAIN), book, limits)
    except calamine.PasswordError as error:
        raise ReadError("Tệp được đặt mật khẩu.", cure="Bỏ mật khẩu rồi lưu lại và nhập lại.") from error
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise ReadError("Bảng tính bị hỏng hoặc sai cấu trúc.", cure=_RESAVE) from error
    if not book.blocks:
        raise ReadError("Bảng tính không có nội dung.", cure="Kiểm tra lại tệp gốc.")
    return Document(format=format, blocks=tuple(book.blocks), warnings=tuple(book.warnings))


def _read_sheet(sheet: Any, look: Looks, book: _Book, limits: Limits) -> None:
    lines = _lines(sheet, look, book, limits)
    if look.hidden_rows:
        book.warnings.append(f"Trang tính “{sheet.name}” có {look.hidden_rows} hàng ẩn; các hàng này vẫn được đọc.")
    if look.unsolved:
        book.warnings.append(
            f"Trang tính “{sheet.name}” có {look.unsolved} ô công thức chưa lưu kết quả, đọc là ô trống. {_RESAVE}"
        )
    for region in regions(lines):
        if region.is_table:
            _put_table(region, sheet.name, book)
        else:
            book.blocks.extend(_paragraphs(region.lines, sheet.name))


def _lines(sheet: Any, look: Looks, book: _Book, limits: Limits) -> list[Line]:
    top, left = sheet.start or (0, 0)
    merged = _merged(sheet)
    above: dict[int, str | None] = {}
    lines: list[Line] = []
    undated = False
    for at, values in enumerate(_rows(sheet), start=top):
        cells: dict[int, str | None] = {}
        for column, value in enumerate(values, start=left):
            inside = merged.get((at, column))
            if inside is not None and inside != (at, column):
                cells[column] = None if inside[1] != column else above.get(column)
                continue
            point = "." if column == left else ","
            code = look.formats.get((at, column), "")
            undated = undated or (look is _PLAIN and isinstance(value, date) and value.day == 1)
            cells[column] = squeeze(as_printed(value, code, point=point))
        above = cells
        lines.append(Line(number=at + 1, cells=tuple(cells[c] for c in sorted(cells))))
        book.rows += any(cells.values())
        if book.rows > limits.rows:
            raise ReadError(f"Bảng tính có hơn {limits.rows} hàng có nội dung.", cure="Tách tệp rồi nhập lại.")
    if undated:
        book.warnings.append(
            f"Trang tính “{sheet.name}” có ô ngày mùng 1: nếu ô chỉ in tháng và năm, sửa lại thời hạn cho đúng."
        )
    return lines


def _rows(sheet: Any) -> Any:
    """As stored, the empty area above and to the left of the used cells left out."""
    return sheet.to_python(skip_empty_area=True) if sheet.height else []


def _merged(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """The first cell of the merged range that a cell lies in."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    bottom, right = sheet.end or (0, 0)
    for (top, left), (low, far) in sheet.merged_cell_ranges or ():
        for row in range(top, min(low, bottom) + 1):
            for column in range(left, min(far, right) + 1):
                found[row, column] = (top, left)
    return found


def _put_table(region: Region, sheet: str, book: _Book) -> None:
    number = book.tables + 1
    rows = tuple(
        Row(cells=line.cells, place=Place(sheet=sheet, table=number, row=line.number)) for line in region.lines
    )
    table = Table(rows=rows, place=Place(sheet=sheet, table=number, row=rows[0].place.row))
    last = book.blocks[-1] if book.blocks else None
    if isinstance(last, Table) and last.place.sheet == sheet and goes_on(last, table):
        same = tuple(replace(row, place=replace(row.place, table=book.tables)) for row in table.rows)
        book.blocks[-1] = joined(last, replace(table, rows=same))
        return
    book.tables = number
    book.blocks.append(table)


def _paragraphs(lines: Sequence[Line], sheet: str) -> list[Paragraph]:
    return [
        Paragraph(text=cell, place=Place(sheet=sheet, row=line.number))
        for line in lines
        for cell in line.cells
        if cell
    ]
