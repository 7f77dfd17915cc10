"""The .xlsx list, read back by openpyxl."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from notifiers.message import Urgency
from notifiers.render_view import ordered
from notifiers.sheet import sheet_file
from tests.mail_samples import CREATED, notice
from tests.mail_samples import line as task


def page(*titles: str) -> Worksheet:
    lines = [task(title, key=title) for title in titles]
    lines.append(task("Việc không có ngày", due=None, urgency=Urgency.REPORT, number="21"))
    lines.append(task("Việc trễ", due=date(2026, 5, 1), urgency=Urgency.OVERDUE, role="coordinating"))
    given = notice(*lines)
    book = load_workbook(BytesIO(sheet_file(given, ordered(given), created=CREATED).content))
    assert isinstance(book.active, Worksheet)
    return book.active


def test_rows_are_most_urgent_first_with_real_dates() -> None:
    sheet = page("Việc thường")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert [row[0] for row in rows] == [1, 2, 3]
    assert [row[2] for row in rows] == ["Việc trễ", "Việc thường", "Việc không có ngày"]
    assert isinstance(rows[0][5], datetime)
    assert rows[0][5].date() == date(2026, 5, 1)
    assert sheet["F5"].number_format == "dd/mm/yyyy"
    assert rows[0][6] == "Quá hạn 31 ngày"
    assert rows[0][7] == "Phối hợp"
    assert rows[2][5] is None
    assert rows[2][1] == "21"


def test_ready_to_print() -> None:
    sheet = page("a")
    assert sheet.page_setup.orientation == "landscape"
    assert str(sheet.page_setup.paperSize) == "9"
    assert sheet.freeze_panes == "A5"
    assert sheet.print_title_rows == "$4:$4"


@pytest.mark.parametrize(
    "words", ["=1+1", "+1", "-1", "@x", "\t=1", "=cmd|' /C calc'!A0", "https://x.example", "007"]
)
def test_whatever_a_text_begins_with_it_stays_text(words: str) -> None:
    cell = page(words)["C6"]
    assert cell.data_type == "s"
    assert cell.value == words.strip()
    assert cell.hyperlink is None
