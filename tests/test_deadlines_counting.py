"""Counting terms: Điều 147, 148 of the Civil Code, reporting periods, and RFC 5545 days against dateutil."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from deadlines import recurrence
from deadlines.calendar import Calendar, national
from deadlines.counting import (
    Counting,
    ReportDays,
    add_months,
    count,
    first_from,
    last_until,
    on_month_day,
    report_days,
    shift,
    target,
)
from deadlines.types import MonthDay, Unit

CALENDAR = national(range(2015, 2033))
DAYS = st.dates(date(2016, 1, 1), date(2030, 12, 31))


@given(DAYS, st.integers(-300, 300))
def test_months_end_where_dateutil_ends_them(day: date, months: int) -> None:
    assert add_months(day, months) == day + relativedelta(months=months)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "on"),
    [
        (date(2026, 3, 2), 30, Unit.DAYS, date(2026, 4, 1)),
        (date(2026, 3, 2), 2, Unit.WEEKS, date(2026, 3, 16)),
        (date(2026, 1, 31), 1, Unit.MONTHS, date(2026, 2, 28)),
        (date(2028, 2, 29), 1, Unit.YEARS, date(2029, 2, 28)),
        (date(2025, 12, 31), 2, Unit.MONTHS, date(2026, 2, 28)),
        (date(2026, 4, 29), 1, Unit.WORKING_DAYS, date(2026, 5, 4)),
        (date(2026, 9, 3), 5, Unit.WORKING_DAYS, date(2026, 9, 10)),
        (date(2026, 3, 2), -5, Unit.DAYS, date(2026, 2, 25)),
        (date.max, 1, Unit.YEARS, date.max),
        (date.min, -1, Unit.MONTHS, date.min),
        (date.max, 7, Unit.DAYS, date.max),
    ],
)
def test_the_day_of_the_event_is_not_counted(start: date, amount: int, unit: Unit, on: date) -> None:
    assert count(start, amount, unit, CALENDAR) == on


@given(DAYS, st.integers(1, 12), st.sampled_from([-1, 1, 15, 28, 29, 30, 31]))
def test_a_day_without_a_year_is_the_nearest_on_its_side(start: date, month: int, day: int) -> None:
    printed = MonthDay(month=month, day=day)
    first, last = first_from(printed, start), last_until(printed, start)
    assert last <= start <= first
    assert (first - last).days in (0, 365, 366)
    assert first == on_month_day(printed, first.year)
    assert first.month == last.month == month


@pytest.mark.parametrize(
    ("every", "year", "names", "days"),
    [
        ("quarter", 2026, ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"], ["14/03", "14/06", "14/09", "14/12"]),
        ("half", 2026, ["2026-H1", "2026-H2"], ["14/06", "14/12"]),
        ("year", 2026, ["2026"], ["14/12"]),
    ],
)
def test_reporting_periods_close_by_decree_09(every: Any, year: int, names: list[str], days: list[str]) -> None:
    found = tuple(report_days(Counting(report_every=every), date(year, 1, 1), date(year, 12, 31)))
    assert [one.period for one in found] == names
    assert [f"{one.on:%d/%m}" for one in found] == days


def test_a_province_closes_on_its_own_days() -> None:
    counting = Counting(report_every="month", report_day=ReportDays(month=-1))
    found = tuple(report_days(counting, date(2028, 1, 31), date(2028, 3, 30)))
    assert [(one.period, one.on) for one in found] == [
        ("2028-01", date(2028, 1, 31)),
        ("2028-02", date(2028, 2, 29)),
    ]


@given(DAYS)
def test_where_a_due_date_on_a_day_off_goes(on: date) -> None:
    before = target(on, CALENDAR, Counting())
    after = target(on, CALENDAR, Counting(day_off="after"))
    assert before.aim == CALENDAR.on_or_before(on)
    assert before.late_from == on + timedelta(days=1)
    assert after.aim == CALENDAR.on_or_after(on)
    assert after.late_from == after.aim + timedelta(days=1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day_off": "never"}, "day_off"),
        ({"report_every": "week"}, "report_every"),
        ({"default_offset": 0}, "default_offset"),
        ({"default_offset": 3651}, "default_offset"),
        ({"yearly_check": (13, 1)}, "yearly_check"),
        ({"yearly_check": (2, 29)}, "yearly_check"),
        ({"yearly_check": (0, 1)}, "yearly_check"),
    ],
)
def test_wrong_settings_are_refused_by_name(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValueError, match=field):
        Counting(**wrong)


@pytest.mark.parametrize("day", [0, 29, 31, -2])
def test_wrong_report_days_are_refused(day: int) -> None:
    with pytest.raises(ValueError, match="quarter"):
        ReportDays(quarter=day)


def test_the_widest_allowed_settings() -> None:
    Counting(default_offset=1, yearly_check=(1, 1))
    Counting(default_offset=3650, yearly_check=(12, 28))
    ReportDays(month=1, quarter=28, half=-1, year=28)


RULES = st.sampled_from(
    [
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
        "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=14",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=11;BYMONTHDAY=20",
        "FREQ=MONTHLY;BYMONTHDAY=20",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=5",
        "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1",
        "FREQ=WEEKLY;BYDAY=FR",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
        "FREQ=DAILY",
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31;UNTIL=20281231",
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31;COUNT=3",
    ]
)


@given(RULES, DAYS, DAYS, st.integers(0, 1500))
def test_days_are_those_of_dateutil(rule: str, start: date, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    oracle = rrulestr(rule, dtstart=datetime.combine(start, datetime.min.time()))
    low = datetime.combine(max(first, start), datetime.min.time())
    high = datetime.combine(last, datetime.min.time())
    expected = tuple(moment.date() for moment in oracle.between(low, high, inc=True)) if low <= high else ()
    assert recurrence.days(rule, start=start, first=first, last=last) == expected


@given(RULES, DAYS, DAYS, st.integers(0, 900), st.integers(0, 900))
def test_a_wider_window_only_adds(rule: str, start: date, first: date, length: int, more: int) -> None:
    last = first + timedelta(days=length)
    narrow = recurrence.days(rule, start=start, first=first, last=last)
    wide = recurrence.days(rule, start=start, first=shift(first, -more), last=shift(last, more))
    assert narrow == tuple(day for day in wide if first <= day <= last)


@pytest.mark.parametrize(
    ("rule", "first_day"),
    [
        ("FREQ=YEARLY", date(2026, 12, 31)),
        ("RRULE:FREQ=YEARLY;BYMONTH=9", date(2026, 9, 30)),
        ("FREQ=MONTHLY", date(2026, 2, 28)),
        ("FREQ=WEEKLY", date(2026, 2, 15)),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", None),
    ],
)
def test_a_rule_without_a_day_means_the_last_of_its_period(rule: str, first_day: date | None) -> None:
    found = recurrence.days(rule, start=None, first=date(2026, 2, 10), last=date(2027, 1, 31))
    assert next(iter(found), None) == first_day


def test_without_a_start_an_interval_does_not_hang_on_the_window() -> None:
    rule = "FREQ=YEARLY;INTERVAL=2;BYMONTH=12;BYMONTHDAY=31"
    for year in range(2020, 2030):
        found = recurrence.days(rule, start=None, first=date(year, 1, 1), last=date(2031, 1, 1))
        assert {day.year % 2 for day in found} == {0}


@pytest.mark.parametrize("until", ["20281231", "20281231T235959Z", "20281231T000000"])
def test_the_last_day_of_a_rule_is_inclusive(until: str) -> None:
    rule = f"FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31;UNTIL={until}"
    found = recurrence.days(rule, start=None, first=date(2027, 1, 1), last=date(2031, 1, 1))
    assert found == (date(2027, 12, 31), date(2028, 12, 31))
    assert recurrence.last_possible(rule, None) == date(2028, 12, 31)
    assert recurrence.last_possible(rule, date(2027, 6, 30)) == date(2027, 6, 30)
    assert recurrence.last_possible("FREQ=DAILY", None) is None
    assert recurrence.days(rule, start=None, first=date(2029, 1, 1), last=date(2031, 1, 1)) == ()
    assert (
        recurrence.days(rule, start=date(2028, 12, 31), first=date(2020, 1, 1), last=date(2029, 1, 1)) == found[1:]
    )


def test_a_window_that_ends_before_it_begins_is_empty() -> None:
    assert (
        recurrence.days("FREQ=DAILY", start=date(2026, 5, 2), first=date(2026, 1, 1), last=date(2026, 5, 1)) == ()
    )


def test_no_answer_is_endless() -> None:
    found = recurrence.days("FREQ=DAILY", start=None, first=date(2000, 1, 1), last=date(2090, 1, 1))
    assert len(found) == recurrence.MOST


@pytest.mark.parametrize("rule", ["", "FREQ=SOMETIMES", "every year", "FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=x"])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is dateutil's own
        recurrence.days(rule, start=None, first=date(2026, 1, 1), last=date(2026, 12, 31))


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=14", "2026-06"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-06"),
        ("FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", "2026-06"),
        ("FREQ=YEARLY;BYMONTH=6;BYDAY=FR;BYSETPOS=-1", "2026-06"),
        ("FREQ=MONTHLY;BYMONTHDAY=14,28", "2026-06-14"),
        ("FREQ=WEEKLY;BYDAY=SU", "2026-06-14"),
        ("FREQ=DAILY", "2026-06-14"),
        ("FREQ=MONTHLY;BYDAY=SU", "2026-06-14"),
        ("FREQ=YEARLY;BYMONTH=3,6;BYDAY=FR;BYSETPOS=-1", "2026-06-14"),
    ],
)
def test_a_month_names_an_occurrence_only_where_it_holds_one(rule: str, name: str) -> None:
    assert list(recurrence.period_names([date(2026, 6, 14)], recurrence.parts(rule))) == [name]


@given(RULES)
def test_period_names_are_unique(rule: str) -> None:
    given_parts = recurrence.parts(rule)
    days = recurrence.days(rule, start=date(2020, 1, 1), first=date(2020, 1, 1), last=date(2025, 12, 31))
    assert len(set(recurrence.period_names(days, given_parts))) == len(days)


def test_counting_needs_no_holidays() -> None:
    assert count(date(2026, 9, 1), 1, Unit.WORKING_DAYS, Calendar(off={}, working={})) == date(2026, 9, 2)


def test_years_are_counted_as_twelve_months_each() -> None:
    calendar = national([2026])
    assert count(date(2024, 2, 29), 2, Unit.YEARS, calendar) == date(2026, 2, 28)
    assert count(date(2025, 5, 4), 3, Unit.YEARS, calendar) == date(2028, 5, 4)


def test_the_next_such_day_of_an_odd_year_is_in_the_year_after() -> None:
    assert first_from(MonthDay(month=3, day=1), date(2025, 3, 2)) == date(2026, 3, 1)
    assert last_until(MonthDay(month=3, day=1), date(2025, 2, 2)) == date(2024, 3, 1)


def test_a_yearly_check_needs_a_real_day() -> None:
    for month, day in ((12, 0), (12, 29), (0, 14), (13, 14)):
        with pytest.raises(ValueError, match="yearly_check"):
            Counting(yearly_check=(month, day))
