"""Workbooks as Excel prints them."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest

from plans.document import Document, Paragraph, Table
from plans.errors import ReadError
from plans.limits import Limits
from plans.read_xlsx import read_xlsx
from plans.xlsx_formats import as_printed

HEADER = ["TT", "Nhiệm vụ", "Chủ trì", "Thời hạn"]


def read(*sheets: list[list[Any]], prepare: Any = None) -> Document:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for at, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Biểu {at + 1}")
        for row in rows:
            sheet.append(row)
    if prepare:
        prepare(book)
    held = io.BytesIO()
    book.save(held)
    return read_xlsx(held.getvalue(), Limits())


def tables(document: Document) -> list[list[tuple[str | None, ...]]]:
    return [[row.cells for row in block.rows] for block in document.blocks if isinstance(block, Table)]


@pytest.mark.parametrize(
    ("value", "code", "printed"),
    [
        (2026.0, "", "2026"),
        (2026, "General", "2026"),
        (12.5, "", "12,5"),
        (0.95, "0%", "95%"),
        (0.955, "0.0%", "95,5%"),
        (1234567, "#,##0", "1.234.567"),
        (date(2026, 6, 1), "dd/mm/yyyy", "01/06/2026"),
        (date(2026, 6, 1), "m/d/yy", "01/06/2026"),
        (date(2026, 6, 1), "mm/yyyy", "06/2026"),
        (date(2026, 6, 1), "mmm-yy", "06/2026"),
        (date(2026, 6, 1), "yyyy", "2026"),
        (date(2026, 6, 1), "dd/mm", "01/06"),
        (date(2026, 6, 1), '"Tháng "m"/"yyyy', "Tháng 6/2026"),
        (date(2026, 6, 1), "[$-42A]dd/mm/yyyy;@", "01/06/2026"),
        (datetime(2026, 6, 1, 8, 30), "dd/mm/yyyy h:mm", "01/06/2026 08:30"),  # noqa: DTZ001
        (datetime(2026, 6, 1), "dd/mm/yyyy", "01/06/2026"),  # noqa: DTZ001
        (time(8, 30), "h:mm", "08:30"),
        (True, "", "TRUE"),
        ("Quý II/2026", "", "Quý II/2026"),
        (1e20, "", "1e+20"),
    ],
)
def test_cells_as_printed(value: object, code: str, printed: str) -> None:
    assert as_printed(value, code) == printed


def test_a_month_and_year_is_not_the_first_of_the_month() -> None:
    def prepare(book: Any) -> None:
        book.worksheets[0]["D2"].number_format = "mm/yyyy"

    document = read([HEADER, [1, "Việc", "Sở Y tế", date(2026, 6, 1)]], prepare=prepare)
    assert tables(document) == [[tuple(HEADER), ("1", "Việc", "Sở Y tế", "06/2026")]]


def test_heading_rows_notes_and_two_tables_on_a_sheet() -> None:
    rows: list[list[Any]] = [
        ["UBND TỈNH"],
        [],
        ["DANH MỤC NHIỆM VỤ"],
        HEADER,
        ["I", "Phần một"],
        [1.1, "a", "b", 2026],
    ]
    rows += [
        [],
        [2, "c", "d", None],
        [3, "e"],
        [],
        ["Ghi chú chung"],
        HEADER,
        [1, "f", "g", "h"],
        ["Nơi nhận: như trên"],
    ]
    document = read(rows)
    prose = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    assert prose == ["UBND TỈNH", "DANH MỤC NHIỆM VỤ", "Ghi chú chung", "Nơi nhận: như trên"]
    assert [[row[0] for row in table] for table in tables(document)] == [["TT", "I", "1.1", "2", "3"], ["TT", "1"]]


def test_merged_cells_by_the_rules_of_a_row() -> None:
    def prepare(book: Any) -> None:
        book.worksheets[0].merge_cells("A2:D2")
        book.worksheets[0].merge_cells("C3:C4")

    rows = [HEADER, ["I. Phần một"], [1, "a", "Sở Y tế", "x"], [2, "b", None, "y"]]
    assert tables(read(rows, prepare=prepare))[0][1:] == [
        ("I. Phần một", None, None, None),
        ("1", "a", "Sở Y tế", "x"),
        ("2", "b", "Sở Y tế", "y"),
    ]


def test_several_sheets_and_hidden_ones() -> None:
    def prepare(book: Any) -> None:
        book.worksheets[1].sheet_state = "hidden"
        book.worksheets[2].row_dimensions[2].hidden = True

    sheet = [HEADER, [1, "a", "b", "c"]]
    document = read(sheet, sheet, sheet, prepare=prepare)
    assert [block.place.sheet for block in document.blocks] == ["Biểu 1", "Biểu 3"]
    assert [("Biểu 2" in w, "Biểu 3" in w) for w in document.warnings] == [(True, False), (False, True)]


def test_a_formula_without_a_stored_result_is_told() -> None:
    document = read([HEADER, [1, "a", "b", "=1+1"]])
    assert tables(document)[0][1] == ("1", "a", "b", "")
    assert any("công thức" in warning for warning in document.warnings)


def test_header_far_from_the_corner() -> None:
    rows: list[list[Any]] = [[]] * 20 + [[None, None, *HEADER], [None, None, 1, "a", "b", "c"]]
    document = read(rows)
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    assert table.rows[0].cells == tuple(HEADER)
    assert table.rows[0].place.row == 21


def test_a_stray_cell_far_below_does_no_harm() -> None:
    def prepare(book: Any) -> None:
        book.worksheets[0].cell(200_000, 1, " ")

    assert len(tables(read([HEADER, [1, "a", "b", "c"]], prepare=prepare))[0]) == 2


def test_empty_and_damaged_workbooks_are_refused() -> None:
    with pytest.raises(ReadError, match="không có nội dung"):
        read([[]])
    with pytest.raises(ReadError, match="hỏng"):
        read_xlsx(b"PK\x03\x04", Limits())
    book = openpyxl.Workbook()
    for _ in range(5):
        book.worksheets[0].append(["a", "b"])
    held = io.BytesIO()
    book.save(held)
    with pytest.raises(ReadError, match="hơn 3 hàng"):
        read_xlsx(held.getvalue(), Limits(rows=3))
