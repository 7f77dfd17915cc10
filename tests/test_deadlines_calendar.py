"""Working days: the law that walking and counting agree, and the days that a year's schedule moves."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.calendar import Calendar, YearCalendar, national

CALENDAR = national(range(2015, 2033)).overruled_by(
    YearCalendar(
        year=2026,
        off={
            date(2026, 1, 1): "Tết Dương lịch",
            date(2026, 1, 2): "Nghỉ hoán đổi",
            **{date(2026, 2, day): "Nghỉ Tết" for day in range(16, 21)},
        },
        working={date(2026, 1, 10): "Làm bù"},
    )
)
DAYS = st.dates(date(2016, 1, 1), date(2031, 12, 31))
STEPS = st.integers(-400, 400)


@given(DAYS, STEPS)
def test_adding_working_days_round_trips(day: date, n: int) -> None:
    start = CALENDAR.on_or_after(day)
    assert CALENDAR.add_working(CALENDAR.add_working(start, n), -n) == start


@given(DAYS, STEPS)
def test_counting_undoes_adding_from_any_day(day: date, n: int) -> None:
    assert CALENDAR.working_between(day, CALENDAR.add_working(day, n)) == n


@pytest.mark.parametrize(
    ("day", "n", "reached"),
    [
        (date(2026, 3, 7), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 2, date(2026, 3, 10)),
        (date(2026, 3, 7), -1, date(2026, 3, 6)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 3, 9), -1, date(2026, 3, 6)),
        (date(2025, 12, 31), 1, date(2026, 1, 5)),
        (date(2026, 1, 5), -1, date(2025, 12, 31)),
        (date(2026, 1, 9), 1, date(2026, 1, 10)),
    ],
)
def test_single_steps(day: date, n: int, reached: date) -> None:
    assert CALENDAR.add_working(day, n) == reached


@given(DAYS, st.integers(0, 700))
def test_counting_is_what_looking_at_each_day_gives(day: date, length: int) -> None:
    end = day + timedelta(days=length)
    each = sum(CALENDAR.is_working(day + timedelta(days=n)) for n in range(1, length + 1))
    assert CALENDAR.working_between(day, end) == each
    backwards = sum(CALENDAR.is_working(day + timedelta(days=n)) for n in range(length))
    assert CALENDAR.working_between(end, day) == -backwards


@given(DAYS)
def test_the_nearest_working_days_hold_the_day_between_them(day: date) -> None:
    before, after = CALENDAR.on_or_before(day), CALENDAR.on_or_after(day)
    assert before <= day <= after
    assert CALENDAR.is_working(before)
    assert CALENDAR.is_working(after)
    assert (before == after == day) is CALENDAR.is_working(day)
    assert CALENDAR.working_between(before, after) == (0 if before == after else 1)


@given(DAYS)
def test_a_day_off_says_why(day: date) -> None:
    assert (CALENDAR.why_off(day) is None) is CALENDAR.is_working(day)


@pytest.mark.parametrize(
    ("day", "working", "why"),
    [
        (date(2026, 1, 1), False, "Tết Dương lịch"),
        (date(2026, 1, 2), False, "Nghỉ hoán đổi"),
        (date(2026, 1, 3), False, "Thứ Bảy"),
        (date(2026, 1, 4), False, "Chủ nhật"),
        (date(2026, 1, 10), True, None),
        (date(2026, 9, 2), True, None),  # the year's schedule wins, even where it leaves a holiday out
        (date(2025, 9, 2), False, "Quốc khánh"),
        (date(2025, 4, 26), True, None),
        (date(2019, 1, 5), True, None),
        (date(2018, 12, 31), False, "Ngày nghỉ (thay cho ngày 05/01/2019)"),
        (date(2027, 9, 2), False, "Quốc khánh"),
    ],
)
def test_known_days(day: date, working: bool, why: str | None) -> None:
    assert CALENDAR.is_working(day) is working
    assert CALENDAR.why_off(day) == why


@pytest.mark.parametrize(
    ("year", "provisional"), [(2018, False), (2024, False), (2025, True), (2026, False), (2027, True)]
)
def test_only_a_schedule_makes_a_coming_year_certain(year: int, provisional: bool) -> None:
    assert CALENDAR.is_provisional(year) is provisional


def test_a_draft_schedule_rules_but_stays_provisional() -> None:
    draft = YearCalendar(year=2026, off={date(2026, 3, 2): "Nghỉ"}, working={}, official=False)
    ruled = CALENDAR.overruled_by(draft)
    assert not ruled.is_working(date(2026, 3, 2))
    assert ruled.is_working(date(2026, 1, 2))
    assert ruled.is_provisional(2026)
    assert CALENDAR.is_working(date(2026, 3, 2)), "the first calendar is left as it was"


@pytest.mark.parametrize(
    ("off", "working", "said"),
    [
        ({date(2025, 1, 1): "x"}, {}, "không thuộc năm 2026"),
        ({}, {date(2025, 1, 4): "x"}, "không thuộc năm 2026"),
        ({}, {date(2026, 1, 5): "x"}, "không phải thứ Bảy"),
        ({date(2026, 1, 10): "x"}, {date(2026, 1, 10): "x"}, "vừa là ngày nghỉ"),
    ],
)
def test_a_year_that_contradicts_itself_is_refused(
    off: dict[date, str], working: dict[date, str], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        YearCalendar(year=2026, off=off, working=working)


def test_no_years_and_the_ends_of_time() -> None:
    bare = Calendar(off={}, working={})
    assert national([]).is_working(date(2026, 9, 2))
    assert bare.add_working(date.max, 3) == date.max
    assert bare.add_working(date.min, -3) == date.min
    assert bare.add_working(date(2026, 1, 3), 0) == date(2026, 1, 3)
    closed = Calendar(off={date.max: "x", date.min: "x"}, working={})
    assert closed.on_or_after(date.max) == date.max
    assert closed.on_or_before(date.min) == date.min


def test_working_days_between_two_days_are_counted_one_by_one() -> None:
    """Across one, two and three years, in both directions, against plain counting."""
    calendar = national(range(2024, 2029))
    days = [date(2025, 6, 6), date(2025, 6, 9), date(2025, 12, 31), date(2026, 1, 1), date(2027, 3, 1)]
    for first in days:
        for last in days:
            low, high = sorted((first, last))
            plain = sum(
                calendar.is_working(date.fromordinal(n)) for n in range(low.toordinal() + 1, high.toordinal() + 1)
            )
            if last >= first:
                assert calendar.working_between(first, last) == plain, (first, last)
            else:
                back = sum(
                    calendar.is_working(date.fromordinal(n)) for n in range(low.toordinal(), high.toordinal())
                )
                assert calendar.working_between(first, last) == -back, (first, last)
