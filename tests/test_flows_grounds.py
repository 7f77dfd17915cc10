"""An agency reads on what document a date rests that its plan alone does not give."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from flows.steps import completing, events
from flows.steps.clock import standing_at
from flows.steps.deciding import decide
from flows.steps.importing import import_file
from flows.steps.sending import deliver
from flows.steps.workplace import Workplace, open_workplace
from store.events import EventRecord
from store.schema import dues, tasks
from tests.conftest import SAMPLES
from tests.fake_channel import Office

DAY = date(2026, 4, 6)
BY = {"today": DAY, "actor": "test"}


def opened(folder: Path) -> tuple[Workplace, datetime]:
    place = open_workplace({"DONDOC_VAR": str(folder / "var")})
    place.ready()
    now = standing_at(DAY, place.settings.schedule.work_from, place.zone)()
    import_file(place, SAMPLES / "ke-hoach-12-chuyen-doi-so.txt", now=now, **BY)
    return place, now


def said(place: Workplace, day: date) -> list[str]:
    office, now = Office(), standing_at(day, place.settings.schedule.work_from, place.zone)()
    decide(place, now=now, today=day)
    deliver(place, clock=lambda: now, opens=office.opens)
    return [message.text for message in office.taken]


def test_a_task_that_waited_is_told_with_the_document_that_was_issued(tmp_path: Path) -> None:
    place, now = opened(tmp_path)
    with place.database.read() as connection:
        held = events.waiting_terms(connection, place.province)
        titles = {row.id: row.title for row in connection.execute(select(tasks.c.id, tasks.c.title))}
    one = next(term for term in held if "quy chế quản lý" in titles[term.task_id])
    issued = EventRecord(
        issuer="Thủ tướng Chính phủ",
        instrument="Quyết định",
        number="15/2026/QĐ-TTg",
        on_date=DAY,
        subject="dữ liệu",
    )
    event = events.record_event(place, issued, now=now, actor="test")
    events.confirm(place, event, [(one.task_id, one.term)], on=DAY, now=now, **BY)
    told = [text for day in range(2) for text in said(place, DAY + timedelta(days=day))]
    about = [text for text in told if titles[one.task_id] in " ".join(text.split())]
    assert about
    reason = "Căn cứ: Quyết định số 15/2026/QĐ-TTg ngày 06/04/2026 của Thủ tướng Chính phủ."
    assert all(reason in text for text in about)
    assert all(text.count(reason) <= 2 for text in told), "of that task alone"
    place.database.close()


def test_a_date_that_was_moved_is_told_with_the_document_that_moved_it(tmp_path: Path) -> None:
    place, now = opened(tmp_path)
    with place.database.read() as connection:
        found = connection.execute(
            select(dues.c.task_id)
            .where(dues.c.track == "due", dues.c.state == "open", dues.c.on_date > DAY)
            .order_by(dues.c.on_date)
        )
        task = found.scalars().first()
    assert task is not None
    new = DAY + timedelta(days=30)
    completing.extend(place, task, to=new, document="45/UBND-VX", due_key=None, now=now, **BY)
    told = said(place, DAY)
    assert sum("Thời hạn theo văn bản số 45/UBND-VX." in text for text in told) >= 1
    completing.extend(
        place, task, to=new + timedelta(days=9), document="Công văn số 46/UBND-VX", due_key=None, now=now, **BY
    )
    later = [text for day in range(1, 3) for text in said(place, DAY + timedelta(days=day))]
    assert any("Thời hạn theo Công văn số 46/UBND-VX." in text for text in later)
    assert not any("45/UBND-VX" in text for text in later)
    place.database.close()
