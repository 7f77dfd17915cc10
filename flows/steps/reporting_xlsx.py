"""The leader's report as a workbook: figures by agency, and the list. Texts are never formulas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from flows.steps.official_docx import clean
from flows.steps.reporting import Figures, Report
from flows.steps.reporting_docx import STATUS

_LONGEST = 32_767
_AGENCIES = (
    ("STT", 6),
    ("Cơ quan chủ trì", 45),
    ("Tổng số", 10),
    ("Đã hoàn thành đúng hạn", 14),
    ("Đã hoàn thành quá hạn", 14),
    ("Chưa hoàn thành, trong hạn", 14),
    ("Chưa hoàn thành, quá hạn", 14),
    ("Số ngày quá hạn nhiều nhất", 14),
    ("Số ngày quá hạn bình quân", 14),
)
_LINES = (
    ("STT", 6),
    ("Cơ quan chủ trì", 28),
    ("Số thứ tự trong văn bản", 12),
    ("Nhiệm vụ", 60),
    ("Văn bản giao", 30),
    ("Thời hạn theo văn bản", 22),
    ("Ngày đến hạn", 13),
    ("Tình trạng", 24),
    ("Số ngày quá hạn", 10),
    ("Ngày hoàn thành", 13),
    ("Kết quả, sản phẩm", 30),
    ("Ghi chú", 30),
)
Cell = str | int | float | date | None


class Book:
    """A workbook in the making: Times New Roman, A4 across, frozen and repeated heads."""

    def __init__(self, title: str, now: datetime) -> None:
        self._held = BytesIO()
        self._book = xlsxwriter.Workbook(
            self._held,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.set_properties({"title": title, "created": now.replace(tzinfo=None)})
        font = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
        self._bold = self._book.add_format({**font, "bold": True})
        self._plain = self._book.add_format(font)
        boxed = {**font, "border": 1}
        self._head = self._book.add_format(
            {**boxed, "bold": True, "text_wrap": True, "align": "center", "valign": "vcenter"}
        )
        self._text = self._book.add_format({**boxed, "text_wrap": True})
        self._day = self._book.add_format({**boxed, "num_format": "dd/mm/yyyy", "align": "left"})
        self._mean = self._book.add_format({**boxed, "num_format": "#,##0.0"})
        self._count = self._book.add_format({**boxed, "num_format": "#,##0"})

    def sheet(
        self,
        name: str,
        heading: Sequence[str],
        columns: Sequence[tuple[str, float]],
        rows: Sequence[Sequence[Cell]],
    ) -> None:
        page = self._book.add_worksheet(name)
        for at, words in enumerate(heading):
            page.write_string(at, 0, clean(words), self._bold if at == 0 else self._plain)
        top = len(heading) + 1
        for column, (label, width) in enumerate(columns):
            page.set_column(column, column, width)
            page.write_string(top, column, label, self._head)
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                self._write(page, top + at, column, cell)
        page.freeze_panes(top + 1, 0)
        page.repeat_rows(top)
        page.autofilter(top, 0, top + max(1, len(rows)), len(columns) - 1)
        page.set_landscape()
        page.set_paper(9)
        page.set_margins(left=0.8, right=0.6, top=0.8, bottom=0.6)
        page.fit_to_pages(1, 0)
        page.set_header("&C&P")

    def _write(self, page: Any, row: int, column: int, cell: Cell) -> None:
        match cell:
            case None:
                page.write_blank(row, column, None, self._text)
            case date():
                page.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), self._day)  # noqa: DTZ001
            case float():
                page.write_number(row, column, round(cell, 1), self._mean)
            case int():
                page.write_number(row, column, cell, self._count)
            case _:
                page.write_string(row, column, clean(cell)[:_LONGEST], self._text)

    def bytes(self) -> bytes:
        self._book.close()
        return self._held.getvalue()


def report_xlsx(report: Report, *, now: datetime) -> bytes:
    period = f"Từ ngày {report.first:%d/%m/%Y} đến ngày {report.last:%d/%m/%Y}"
    book = Book("Báo cáo tình hình thực hiện nhiệm vụ", now)
    figures = [_figures(str(at), one) for at, one in enumerate(report.agencies, start=1)]
    heading = ("Tình hình thực hiện nhiệm vụ theo cơ quan", f"{period}. {report.office}")
    book.sheet("Theo cơ quan", heading, _AGENCIES, [*figures, _figures("", report.total)])
    lines: list[list[Cell]] = [
        [
            str(at),
            line.name,
            line.number,
            line.title,
            line.plan,
            line.deadline_text,
            line.due,
            STATUS[line.status],
            line.days_late if line.status.late else None,
            line.done_on,
            line.product,
            f"Chờ văn bản: {line.waiting_for}" if line.waiting_for else "",
        ]
        for at, line in enumerate(report.lines, start=1)
    ]
    book.sheet("Danh sách", ("Danh sách nhiệm vụ", f"{period}. {report.office}"), _LINES, lines)
    return book.bytes()


def _figures(position: str, one: Figures) -> list[Cell]:
    counts = [one.total, one.done_in_time, one.done_late, one.open_in_time, one.open_late, one.most_late]
    return [position, one.name, *counts, one.mean_late]
