"""The list that is on the screen as a file: Excel, CSV, calendar. No cell ever becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from starlette.responses import Response

from desk.web import words
from desk.web.agency_pages import calendar_of
from desk.web.tasks import wanted_of
from desk.web.visit import Visit
from flows.steps.listing import all_tasks
from flows.steps.reach import reachable
from store import answers, searching, task_lists
from store.tasks import Listed

MOST = 20_000
"""Rows of one file."""

COLUMNS = (
    ("Kế hoạch", 18), ("STT", 8), ("Nhiệm vụ", 60), ("Cơ quan chủ trì", 28), ("Cơ quan phối hợp", 28),
    ("Kết quả, sản phẩm", 28), ("Thời hạn theo văn bản", 22), ("Ngày hạn", 12), ("Tình trạng", 14),
    ("Hoàn thành ngày", 14),
)  # fmt: skip


def _found(visit: Visit) -> tuple[list[Listed], dict[int, str]]:
    rows: list[Listed] = []
    statuses: dict[int, str] = {}
    with visit.workplace.database.read() as connection:
        near = reachable(connection, visit.workplace)
        wanted = wanted_of(visit)
        ids = task_lists.find(
            connection, visit.province, wanted, reachable=near, today=visit.today, limit=MOST, count_to=0
        ).ids
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            rows += all_tasks(connection, visit.workplace, part)
            statuses |= searching.statuses(connection, part, visit.today)
    return rows, statuses


def _cells(rows: list[Listed], statuses: dict[int, str]) -> Iterator[list[str]]:
    for row in rows:
        yield [
            row.plan_number or row.plan_title or "", row.number, row.title, row.lead_text or "",
            row.coordinating_text or "", row.product or "", row.deadline_text or "",
            f"{row.next_due:%d/%m/%Y}" if row.next_due else "", words.STATUSES[statuses[row.id]],
            f"{row.done_on:%d/%m/%Y}" if row.done_on else "",
        ]  # fmt: skip


def workbook(visit: Visit) -> Response:
    """A4 landscape, the heading frozen and repeated on every page."""
    kept = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(kept, options) as book:
        sheet = book.add_worksheet("Nhiệm vụ")
        head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "top"})
        body = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        for column, (name, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, head)
        for line, cells in enumerate(_cells(*_found(visit)), start=1):
            for column, cell in enumerate(cells):
                sheet.write_string(line, column, cell[:32_767], body)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(kept.getvalue(), kind, "nhiem-vu.xlsx")


def table(visit: Visit) -> Response:
    """CSV with a byte order mark, so that Excel reads the letters right."""
    kept = io.StringIO()
    writer = csv.writer(kept, quoting=csv.QUOTE_ALL)
    writer.writerow([name for name, _ in COLUMNS])
    writer.writerows([safe(cell) for cell in cells] for cells in _cells(*_found(visit)))
    return _file(b"\xef\xbb\xbf" + kept.getvalue().encode(), "text/csv", "nhiem-vu.csv")


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    bare = cell.lstrip()
    return "'" + cell if bare[:1] in set("=+-@\t\r|%") or cell[:1] in set("\t\r\n") else cell


def calendar(visit: Visit) -> Response:
    """The open dates of the tasks found."""
    rows, _ = _found(visit)
    with visit.workplace.database.read() as connection:
        dated: list[Any] = list(answers.dated(connection, visit.province, [row.id for row in rows]))
    return _file(calendar_of(visit, "", dated), "text/calendar", "nhiem-vu.ics")


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})
