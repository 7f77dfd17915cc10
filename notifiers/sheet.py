"""A long list of tasks as an .xlsx file: what a mail cannot show well.

Every cell is written as a string or a date, never as a formula or a link, whatever its text begins with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from notifiers.message import Attachment, Line, Notice
from notifiers.render_clean import shorten
from notifiers.render_view import status

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CELL_LIMIT = 32_767
_COLUMNS = (
    ("STT", 6),
    ("Số thứ tự trong văn bản", 14),
    ("Nhiệm vụ", 60),
    ("Văn bản giao", 30),
    ("Thời hạn theo văn bản", 22),
    ("Ngày đến hạn", 13),
    ("Tình trạng", 20),
    ("Vai trò", 12),
    ("Kết quả, sản phẩm", 30),
    ("Ghi chú", 30),
)
_HEADER_ROW = 3


def sheet_file(notice: Notice, lines: Sequence[Line], *, created: datetime) -> Attachment:
    """All of these lines, one a row, ready to print on A4 across."""
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"title": "Danh sách nhiệm vụ", "created": created.replace(tzinfo=None)})
    page = book.add_worksheet("Nhiệm vụ")
    font = {"font_name": "Times New Roman", "font_size": 12}
    bold = book.add_format({**font, "bold": True})
    head = book.add_format(
        {**font, "bold": True, "text_wrap": True, "border": 1, "align": "center", "valign": "vcenter"}
    )
    cell = book.add_format({**font, "text_wrap": True, "border": 1, "valign": "top"})
    day = book.add_format({**font, "border": 1, "valign": "top", "num_format": "dd/mm/yyyy", "align": "left"})
    page.write_string(0, 0, f"Danh sách nhiệm vụ: {_cell(notice.agency)}", bold)
    page.write_string(1, 0, f"Tính đến ngày {notice.on:%d/%m/%Y}. {_cell(notice.sender)}", book.add_format(font))
    for column, (label, width) in enumerate(_COLUMNS):
        page.set_column(column, column, width)
        page.write_string(_HEADER_ROW, column, label, head)
    for position, item in enumerate(lines, start=1):
        page.write_number(_HEADER_ROW + position, 0, position, cell)
        for column, text in _texts(item):
            page.write_string(_HEADER_ROW + position, column, _cell(text), cell)
        if item.due:
            page.write_datetime(_HEADER_ROW + position, 5, datetime(*item.due.timetuple()[:3]), day)  # noqa: DTZ001
        else:
            page.write_blank(_HEADER_ROW + position, 5, None, cell)
    _ready_to_print(page, len(lines))
    book.close()
    return Attachment(name=f"nhiem-vu-{notice.on:%Y%m%d}.xlsx", mime=_XLSX, content=out.getvalue())


def _texts(item: Line) -> list[tuple[int, str]]:
    role = {"lead": "Chủ trì", "coordinating": "Phối hợp"}.get(item.role, "Theo dõi, chỉ đạo")
    texts = [(1, item.number), (2, item.title), (3, item.plan), (4, item.deadline_text)]
    return [*texts, (6, status(item)), (7, role), (8, item.product), (9, item.note)]


def _cell(text: str) -> str:
    return shorten(text, _CELL_LIMIT)


def _ready_to_print(page: Worksheet, rows: int) -> None:
    page.freeze_panes(_HEADER_ROW + 1, 0)
    page.repeat_rows(_HEADER_ROW)
    page.autofilter(_HEADER_ROW, 0, _HEADER_ROW + rows, len(_COLUMNS) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&C&P/&N")
