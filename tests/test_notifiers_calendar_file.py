"""The .ics file, read back by icalendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import icalendar

from notifiers.calendar_file import event_id
from notifiers.message import Line, Urgency
from notifiers.render import render
from tests.mail_samples import CREATED, notice
from tests.mail_samples import line as task


def events(*lines: Line, days_later: int = 0) -> list[Any]:
    created = CREATED + timedelta(days=days_later)
    made = render(notice(*lines), key="k", to="a@b.example", created=created)
    return [
        event for item in made.attachments for event in icalendar.Calendar.from_ical(item.content).walk("VEVENT")
    ]


def test_one_whole_day_with_two_alarms() -> None:
    (event,) = events(task("Rà soát; sửa đổi, bổ sung quy chế", product="Quy chế"))
    assert event["DTSTART"].dt == date(2026, 6, 30)
    assert event["DTEND"].dt == date(2026, 7, 1)
    assert event["SUMMARY"] == "Hạn: Rà soát; sửa đổi, bổ sung quy chế"
    assert "Kết quả, sản phẩm: Quy chế" in event["DESCRIPTION"].split("\n")
    triggers = [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
    assert triggers == [timedelta(hours=-16), timedelta(hours=8)]


def test_only_dates_that_lie_ahead() -> None:
    past = task("a", due=date(2026, 5, 31), urgency=Urgency.OVERDUE)
    today = task("b", due=date(2026, 6, 1), urgency=Urgency.TODAY)
    none = task("c", due=None, urgency=Urgency.REPORT)
    asked = task("d", urgency=Urgency.QUESTION)
    assert [event["DTSTART"].dt for event in events(past, today, none, asked)] == [date(2026, 6, 1)]
    assert events(past, none, asked) == []


def test_a_moved_date_moves_the_same_event() -> None:
    (before,) = events(task("a", key="t1"))
    (after,) = events(task("a", key="t1", due=date(2026, 9, 30)), days_later=1)
    assert before["UID"] == after["UID"] == event_id("t1")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert event_id("t1") != event_id("t2")


def test_the_part_is_a_published_calendar() -> None:
    made = render(notice(), key="k", to="a@b.example", created=CREATED)
    assert made.attachments[0].mime == "text/calendar; charset=utf-8; method=PUBLISH"
    calendar: Any = icalendar.Calendar.from_ical(made.attachments[0].content)
    assert calendar["METHOD"] == "PUBLISH"
    assert b"\r\n" in made.attachments[0].content


def test_it_can_be_left_out() -> None:
    assert render(notice(), key="k", to="a@b.example", created=CREATED, calendar=False).attachments == ()
