"""The main job end to end: plans in, the right reminders out, once."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.steps.clock import standing_at
from flows.steps.daily import Report, run_daily
from flows.steps.importing import import_file
from flows.steps.listing import all_tasks, why
from flows.steps.previewing import preview
from flows.steps.workplace import Workplace, open_workplace
from store.plans import count_rows
from store.schema import dues, reminders, tasks
from store.tasks import Standing
from tests.conftest import SAMPLES
from tests.smtp_sink import Sink


def working(place: Workplace, day: date) -> Report:
    schedule = place.settings.schedule
    return run_daily(place, clock=standing_at(day, schedule.work_from, schedule.zone), day=day)


def imported(place: Workplace, files: list[Path], day: date) -> None:
    now = standing_at(day, place.settings.schedule.work_from, place.settings.schedule.zone)()
    place.ready()
    for file in files:
        import_file(place, file, now=now, today=day, actor="test")


@pytest.fixture
def sink_place(environment: dict[str, str], database_url: str):
    with Sink() as sink:
        place = open_workplace(environment | {"DONDOC_SMTP_URL": sink.url, "DONDOC_DATABASE_URL": database_url})
        yield place, sink.mailbox
        place.database.close()


SAMPLE_FILES = sorted(SAMPLES.glob("*.txt"))


def test_every_task_of_the_real_plans_is_scheduled_waiting_or_explained(
    shared: Path, environment: dict[str, str]
) -> None:
    place = open_workplace(environment)
    annexed = sorted(path for path in (shared / "plans").glob("*.txt") if "dak-lak" not in path.name)
    imported(place, annexed, date(2026, 6, 1))
    working(place, date(2026, 6, 1))
    with place.database.read() as connection:
        tasks = all_tasks(connection, place)
        stored = count_rows(connection, place.province)["tasks"]
    standings = Counter(task.standing for task in tasks)
    assert sum(standings.values()) == stored >= 143
    assert set(standings) <= {Standing.SCHEDULED, Standing.WAITING, Standing.ATTENTION}
    assert standings[Standing.SCHEDULED] > 100
    for task in tasks:
        if task.standing is Standing.SCHEDULED:
            assert task.next_on is not None, task
        if task.standing is Standing.WAITING:
            assert task.waiting_for, task
        if task.standing is Standing.ATTENTION:
            assert why(task), task


def test_the_second_run_of_a_day_sends_nothing(sink_place) -> None:
    place, mailbox = sink_place
    imported(place, SAMPLE_FILES, date(2026, 6, 1))
    first = working(place, date(2026, 6, 1))
    assert first.delivered.sent == len(mailbox.messages) > 5
    second = working(place, date(2026, 6, 1))
    assert second.delivered.sent == 0
    assert second.decided.planned == 0
    assert len(mailbox.messages) == first.delivered.sent


def test_a_plan_that_comes_after_the_morning_s_run_adds_its_own_reminders_once(sink_place) -> None:
    place, mailbox = sink_place
    day = date(2026, 4, 6)
    first, second = SAMPLE_FILES
    imported(place, [first], day)
    morning = working(place, day)
    imported(place, [second], day)
    repeated = working(place, day)
    assert morning.decided.planned > 0
    assert repeated.decided.planned > 0
    with place.database.read() as connection:
        plan_of = dict(
            connection.execute(
                select(reminders.c.id, tasks.c.plan_id)
                .join(dues, dues.c.id == reminders.c.due_id)
                .join(tasks, tasks.c.id == dues.c.task_id)
            ).all()
        )
    by_plan = Counter(plan_of.values())
    assert by_plan == {1: morning.decided.planned, 2: repeated.decided.planned}
    before = len(mailbox.messages)
    assert working(place, day).decided.planned == 0
    assert len(mailbox.messages) == before
    assert max(Counter(address for address, _ in mailbox.messages).values()) == 1


def test_ten_missed_days_are_caught_up_once(sink_place) -> None:
    place, mailbox = sink_place
    imported(place, SAMPLE_FILES, date(2026, 6, 1))
    working(place, date(2026, 6, 1))
    before = len(mailbox.messages)
    working(place, date(2026, 6, 11))
    caught_up = mailbox.messages[before:]
    assert caught_up
    recipients = Counter(address for address, _ in caught_up)
    assert set(recipients.values()) == {1}, "one message for each, the operator too"
    (digest,) = [mail for address, mail in caught_up if address == place.settings.office.reply_to]
    said = " ".join(digest.get_body(("plain",)).get_content().split())
    assert "9 ngày từ 02/06/2026 đến 10/06/2026 không có lượt chạy" in said
    assert "Nhắc việc lập từ ngày 01/06/2026 đến ngày 10/06/2026: " in said
    identities = [message["Message-ID"] for _, message in mailbox.messages]
    assert len(identities) == len(set(identities))
    again = len(mailbox.messages)
    working(place, date(2026, 6, 11))
    assert len(mailbox.messages) == again


def test_nobody_gets_two_messages_a_day(sink_place) -> None:
    place, mailbox = sink_place
    imported(place, SAMPLE_FILES, date(2026, 3, 16))
    day = date(2026, 3, 16)
    while day < date(2026, 4, 20):
        working(place, day)
        day += timedelta(days=1)
    sent = Counter((address, message["Date"].datetime.date()) for address, message in mailbox.messages)
    assert max(sent.values()) == 1
    assert {when.weekday() for _, when in sent} <= {0, 1, 2, 3, 4, 5}


def test_preview_is_what_then_happens(environment: dict[str, str]) -> None:
    place = open_workplace(environment)
    first, last = date(2026, 5, 4), date(2026, 6, 30)
    imported(place, SAMPLE_FILES, first)
    working(place, date(2026, 5, 2))
    foreseen = {(one.day, one.planned.key) for one in preview(place, first, last)}
    happened = set()
    day = first
    while day <= last:
        working(place, day)
        with place.database.read() as connection:
            from sqlalchemy import select

            from store.schema import reminders

            rows = connection.execute(select(reminders.c.key).where(reminders.c.decided_on == day))
            happened |= {(day, row.key) for row in rows}
        day += timedelta(days=1)
    assert foreseen
    assert happened == foreseen


def test_the_delivered_mail_says_what_the_plan_prints(sink_place) -> None:
    place, mailbox = sink_place
    imported(place, SAMPLE_FILES, date(2026, 6, 1))
    working(place, date(2026, 6, 1))
    with place.database.read() as connection:
        titles = {task.title for task in all_tasks(connection, place)}
    for address, message in mailbox.messages:
        assert address in str(message["To"])
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["List-Id"]
        text = message.get_body(("plain",)).get_content()
        folded = " ".join(text.split())
        assert any(title in folded for title in titles)
        assert "Kính gửi" in text
        html = message.get_body(("html",)).get_content()
        assert "<table" in html


def test_importing_the_same_file_again_adds_no_row(environment: dict[str, str], database_url: str) -> None:
    place = open_workplace(environment | {"DONDOC_DATABASE_URL": database_url})
    imported(place, SAMPLE_FILES, date(2026, 6, 1))
    with place.database.read() as connection:
        before = count_rows(connection, place.province)
    imported(place, SAMPLE_FILES, date(2026, 6, 2))
    with place.database.read() as connection:
        assert count_rows(connection, place.province) == before
    place.database.close()


def test_a_bad_file_in_the_inbox_stops_no_other(environment: dict[str, str]) -> None:
    place = open_workplace(environment)
    place.settings.inbox.mkdir(parents=True)
    shutil.copy(SAMPLE_FILES[0], place.settings.inbox / "b.txt")
    (place.settings.inbox / "a.txt").write_bytes(b"\x00\x01\x02")
    place.ready()
    report = working(place, date(2026, 6, 1))
    assert [one.file for one in report.imported] == ["b.txt"]
    assert [one.file for one in report.not_imported] == ["a.txt"]


def test_a_day_off_sends_nothing_and_the_next_working_day_does(sink_place) -> None:
    place, mailbox = sink_place
    imported(place, SAMPLE_FILES, date(2026, 6, 1))
    sunday = working(place, date(2026, 6, 7))
    assert sunday.day_off
    assert not mailbox.messages
    monday = working(place, date(2026, 6, 8))
    assert monday.delivered.sent == len(mailbox.messages) > 0
