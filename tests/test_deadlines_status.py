"""The national four statuses as a pure function of a day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from deadlines.status import Status, days_late, status_on

DUE = date(2026, 6, 30)
LATE_FROM = date(2026, 7, 1)
near = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def test_the_four() -> None:
    assert status_on(DUE, late_from=LATE_FROM) is Status.OPEN_IN_TIME
    assert status_on(LATE_FROM, late_from=LATE_FROM) is Status.OPEN_LATE
    assert status_on(LATE_FROM, late_from=LATE_FROM, done_on=DUE) is Status.DONE_IN_TIME
    assert status_on(LATE_FROM, late_from=LATE_FROM, done_on=LATE_FROM) is Status.DONE_LATE


def test_nothing_is_late_behind_a_closed_gate_or_without_a_date() -> None:
    assert status_on(date(2027, 1, 1), late_from=LATE_FROM, blocked=True) is Status.OPEN_IN_TIME
    assert status_on(date(2027, 1, 1), late_from=None) is Status.OPEN_IN_TIME


def test_a_verdict_stands_whatever_became_of_the_date() -> None:
    later = LATE_FROM + timedelta(days=90)
    assert status_on(later, late_from=later, done_on=LATE_FROM, done_late=True) is Status.DONE_LATE
    assert status_on(later, late_from=DUE, done_on=LATE_FROM, done_late=False) is Status.DONE_IN_TIME


@given(day=near, late_from=st.none() | near, done_on=st.none() | near)
def test_once_late_always_late_and_once_done_always_done(
    day: date, late_from: date | None, done_on: date | None
) -> None:
    now = status_on(day, late_from=late_from, done_on=done_on)
    then = status_on(day + timedelta(days=1), late_from=late_from, done_on=done_on)
    if now.done:
        assert then is now
    if now is Status.OPEN_LATE:
        assert then.late


@given(day=near, on=near, done_on=st.none() | near)
def test_days_late_count_to_the_completion_and_are_never_negative(
    day: date, on: date, done_on: date | None
) -> None:
    found = days_late(day, on=on, done_on=done_on)
    assert found == max(0, ((done_on if done_on and done_on <= day else day) - on).days)
