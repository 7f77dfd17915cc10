"""Reports, letters and exports: figures as of any day, and files that other programs open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import docx
import icalendar
import openpyxl
import pytest
from sqlalchemy import select

from deadlines.status import Status
from flows.steps import completing
from flows.steps.clock import standing_at
from flows.steps.exporting import FORMATS, export, tasks_now
from flows.steps.importing import import_file
from flows.steps.letters import letter, letter_docx
from flows.steps.refreshing import refresh
from flows.steps.reporting import Report, files_of, month_before, report, week_before
from flows.steps.workplace import Workplace, open_workplace
from store.schema import dues, tasks
from tests.conftest import SAMPLES

START = date(2026, 1, 12)
AGENCY = "phu-chau.so-noi-vu"


@pytest.fixture
def place(environment: dict[str, str], database_url: str) -> Iterator[Workplace]:
    opened = open_workplace(environment | {"DONDOC_DATABASE_URL": database_url})
    opened.ready()
    now = at(opened, START)
    refresh(opened, now=now, today=START)
    for file in sorted(SAMPLES.glob("*.txt")):
        import_file(opened, file, now=now, today=START, actor="test")
    yield opened
    opened.database.close()


def at(place: Workplace, day: date) -> datetime:
    schedule = place.settings.schedule
    return standing_at(day, schedule.work_from, schedule.zone)()


def made(place: Workplace, first: date, last: date) -> Report:
    with place.database.read() as connection:
        return report(connection, place, first, last)


def single_due(place: Workplace) -> Any:
    """A task with one plain date and one lead agency."""
    with place.database.read() as connection:
        return connection.execute(
            select(dues, tasks.c.title)
            .join(tasks, tasks.c.id == dues.c.task_id)
            .where(
                dues.c.key == "t0:once", dues.c.track == "due", dues.c.on_date > date(2026, 3, 1), ~dues.c.blocked
            )
            .order_by(dues.c.on_date)
            .limit(1)
        ).one()


def status_of(found: Report, task: int) -> set[Status]:
    return {line.status for line in found.lines if line.task_id == task}


def test_the_four_counts_add_up_and_match_the_list(place: Workplace) -> None:
    found = made(place, date(2026, 6, 1), date(2026, 6, 30))
    assert found.total.total > 50
    for one in found.agencies:
        own = [line for line in found.lines if line.agency == one.code]
        assert one.total == len(own)
        late = [line.days_late for line in own if line.status.late]
        assert one.most_late == max(late, default=0)
        assert one.mean_late == pytest.approx(sum(late) / len(late) if late else 0)
    assert found.total.open_late > 0
    for line in found.lines:
        if line.status is Status.OPEN_LATE:
            assert line.due is not None
            assert line.days_late == (found.last - line.due).days > 0


def complete(place: Workplace, task: int, on: date) -> None:
    done = completing.complete(
        place, task, on=on, document="1/BC", due_key=None, now=at(place, on), today=on, actor="test"
    )
    assert not isinstance(done, completing.NoSuch)


def test_completed_late_stays_late_in_its_own_period_and_was_overdue_before(place: Workplace) -> None:
    due = single_due(place)
    late = due.on_date + timedelta(days=20)
    complete(place, due.task_id, late)
    day_before = late - timedelta(days=1)
    assert status_of(made(place, START, due.on_date), due.task_id) == {Status.OPEN_IN_TIME}
    assert status_of(made(place, START, day_before), due.task_id) == {Status.OPEN_LATE}
    assert status_of(made(place, START, late), due.task_id) == {Status.DONE_LATE}
    assert status_of(made(place, START, late + timedelta(days=300)), due.task_id) == {Status.DONE_LATE}
    after = made(place, late + timedelta(days=1), late + timedelta(days=30))
    assert not status_of(after, due.task_id), "it belongs to the period in which it was completed"
    line = next(one for one in made(place, START, late).lines if one.task_id == due.task_id)
    assert line.days_late == 20


def test_an_extension_changes_nothing_about_the_days_before_it(place: Workplace) -> None:
    due = single_due(place)
    granted = due.on_date + timedelta(days=10)
    new = due.on_date + timedelta(days=60)
    moved = completing.extend(
        place,
        due.task_id,
        to=new,
        document="5/UBND",
        due_key=None,
        now=at(place, granted),
        today=granted,
        actor="test",
    )
    assert not isinstance(moved, completing.NoSuch)
    assert status_of(made(place, START, granted - timedelta(days=1)), due.task_id) == {Status.OPEN_LATE}
    assert status_of(made(place, START, granted), due.task_id) == {Status.OPEN_IN_TIME}
    assert status_of(made(place, START, new), due.task_id) == {Status.OPEN_IN_TIME}
    assert status_of(made(place, START, new + timedelta(days=1)), due.task_id) == {Status.OPEN_LATE}
    before = next(
        one for one in made(place, START, granted - timedelta(days=1)).lines if one.task_id == due.task_id
    )
    assert before.due == due.on_date


def test_a_task_that_its_plan_names_no_more_stood_until_then(place: Workplace) -> None:
    from store.plans import withdraw_tasks

    due = single_due(place)
    gone = due.on_date + timedelta(days=5)
    with place.database.write() as connection:
        withdraw_tasks(connection, [due.task_id], gone)
    assert status_of(made(place, START, gone - timedelta(days=1)), due.task_id)
    assert not status_of(made(place, START, gone), due.task_id)


def test_nothing_stood_before_it_was_imported(place: Workplace) -> None:
    assert not made(place, date(2025, 12, 1), START - timedelta(days=1)).lines


def test_weeks_and_months() -> None:
    assert week_before(date(2026, 6, 8)) == (date(2026, 6, 1), date(2026, 6, 7))
    assert week_before(date(2026, 6, 14)) == (date(2026, 6, 1), date(2026, 6, 7))
    assert month_before(date(2026, 3, 31)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert month_before(date(2026, 1, 1)) == (date(2025, 12, 1), date(2025, 12, 31))


def official(content: bytes) -> Any:
    document = docx.Document(io.BytesIO(content))
    first = document.sections[0]
    assert (round(first.page_width.mm), round(first.page_height.mm)) == (210, 297)
    assert 30 <= round(first.left_margin.mm) <= 35
    assert 15 <= round(first.right_margin.mm) <= 20
    assert 20 <= round(first.top_margin.mm) <= 25
    assert 20 <= round(first.bottom_margin.mm) <= 25
    assert first.different_first_page_header_footer
    assert document.styles["Normal"].font.name == "Times New Roman"
    for section in document.sections:
        head = section.header.paragraphs[0]
        assert "PAGE" in head._p.xml
        assert head.alignment == 1
        assert not section.first_page_header.paragraphs[0].text
        assert "PAGE" not in section.first_page_header.paragraphs[0]._p.xml
    return document


def all_text(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_the_report_has_the_form_of_the_decree_and_the_figures(place: Workplace) -> None:
    found = made(place, date(2026, 6, 1), date(2026, 6, 30))
    word, book = files_of(place, found, now=at(place, date(2026, 7, 1)))
    document = official(word.content)
    text = all_text(document)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "Độc lập - Tự do - Hạnh phúc" in text
    assert "UBND TỈNH PHÚ CHÂU" in text
    assert "từ ngày 01/06/2026 đến ngày 30/06/2026" in text
    assert "[Họ và tên]" in text
    figures = document.tables[1]
    total = [cell.text for cell in figures.rows[-1].cells]
    assert total[1:7] == [
        "Tổng số",
        *(
            str(number)
            for number in (
                found.total.total,
                found.total.done_in_time,
                found.total.done_late,
                found.total.open_in_time,
                found.total.open_late,
            )
        ),
    ]
    assert len(document.tables[-1].rows) == len(found.overdue) + 1
    pages = openpyxl.load_workbook(io.BytesIO(book.content))
    listed = pages["Danh sách"]
    assert listed.freeze_panes
    assert listed.page_setup.orientation == "landscape"
    assert str(listed.page_setup.paperSize) == "9"
    assert listed.max_row == len(found.lines) + 4
    assert [cell.value for cell in listed[4]][:2] == ["STT", "Cơ quan chủ trì"]


def test_the_letter_is_a_draft_with_an_annex_and_no_signature(place: Workplace) -> None:
    with place.database.read() as connection:
        urged = letter(connection, place, AGENCY, date(2026, 8, 10))
        assert letter(connection, place, "phu-chau.so-y-te", START - timedelta(days=30)) is None
    assert urged is not None
    assert urged.late > 0
    document = official(letter_docx(urged, place.settings.office, now=at(place, date(2026, 8, 10))))
    text = all_text(document)
    assert "Kính gửi: Sở Nội vụ" in text
    assert "V/v đôn đốc thực hiện nhiệm vụ được giao" in text
    assert "Số:          /VP-TH" in text
    assert "ngày       tháng       năm 2026" in text
    assert "[QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ]" in text
    assert "PHỤ LỤC" in text
    assert len(document.tables[-1].rows) == len(urged.rows) + 1
    assert document.sections[1].orientation == 1
    assert urged.answer_by == date(2026, 8, 17), "five working days"


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_is_exported_opens_and_holds_every_task(place: Workplace, suffix: str) -> None:
    on = date(2026, 6, 1)
    with place.database.read() as connection:
        found = tasks_now(connection, place, on)
    hostile = replace(found[0], title='=cmd|"/c calc"!A1\x00\x0b<w:p>', number="+1", lead_text="@SUM(A1)")
    content = export([hostile, *found[1:]], suffix, place.settings.office, on=on, now=at(place, on))
    match suffix:
        case ".xlsx":
            page = openpyxl.load_workbook(io.BytesIO(content)).active
            assert page is not None
            values = [list(row) for row in page.iter_rows(min_row=4)]
            assert len(values) == len(found) + 1
            assert all(cell.data_type != "f" for row in values for cell in row)
            assert values[1][4].value.startswith("=cmd")
        case ".csv":
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
            assert len(rows) == len(found) + 1
            assert rows[1][4].startswith("'=cmd")
            assert rows[1][3] == "'+1"
            assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
        case ".ics":
            events = icalendar.Calendar.from_ical(content).walk("VEVENT")
            uids = [str(event["UID"]) for event in events]
            assert len(uids) == len(set(uids)) > 20
        case ".docx":
            table = docx.Document(io.BytesIO(content)).tables[0]
            assert len(table.rows) == len(found) + 1
