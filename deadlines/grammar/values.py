"""What the words inside a deadline stand for, before they become terms."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from deadlines.types import MonthDay, Unit

FIRST_YEAR, LAST_YEAR = 1945, 2100


_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def last_day(year: int, month: int) -> int:
    return 29 if month == 2 and calendar.isleap(year) else _LENGTHS[month - 1]


class Period(NamedTuple):
    """Named days of the calendar, both ends inclusive; `day` where the words name one single day."""

    start: date
    end: date
    day: bool = False

    @property
    def day_before(self) -> date:
        return self.start - timedelta(days=1)

    @property
    def whole_year(self) -> bool:
        return (self.start.month, self.end.month) == (1, 12) and self.start.year == self.end.year


@dataclass(frozen=True, slots=True)
class Part:
    """A part of some year, as (month, day) both ends inclusive; a day of -1 is the month's last."""

    first: tuple[int, int]
    last: tuple[int, int]
    day: bool = False

    def of(self, year: int) -> Period | None:
        """The part of that year, or None where the year has no such day (29/02)."""
        start, end = _on(year, self.first), _on(year, self.last)
        if start is None or end is None:
            return None
        return Period(start, end, self.day)

    @property
    def due(self) -> MonthDay:
        return MonthDay(month=self.last[0], day=self.last[1])

    @property
    def opening(self) -> MonthDay:
        return MonthDay(month=self.first[0], day=self.first[1])

    @property
    def day_before(self) -> tuple[int, int]:
        month, day = self.first
        if day > 1:
            return month, day - 1
        return (12, -1) if month == 1 else (month - 1, -1)


def _on(year: int, month_day: tuple[int, int]) -> date | None:
    month, day = month_day
    length = last_day(year, month)
    if day > length:
        return None
    return date(year, month, length if day == -1 else day)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Days that come again: every week, month, or certain months of the year, `interval` units apart.

    `dated` where the words print the day; otherwise it is the last one of the unit.
    """

    unit: str
    months: tuple[int, ...] = ()
    day: int = -1
    interval: int = 1
    dated: bool = False
    weekday: str = "SU"

    @property
    def rule(self) -> str:
        """The RFC 5545 rule of the days."""
        step = f"INTERVAL={self.interval};" if self.interval > 1 else ""
        match self.unit:
            case "day":
                return "FREQ=DAILY"
            case "week":
                return f"FREQ=WEEKLY;{step}BYDAY={self.weekday}"
            case "month":
                return f"FREQ=MONTHLY;{step}BYMONTHDAY={self.day}"
        listed = ",".join(str(month) for month in self.months)
        return f"FREQ=YEARLY;{step}BYMONTH={listed};BYMONTHDAY={self._plain_day}"

    @property
    def _plain_day(self) -> int:
        """One month's last day by its number, as people write it, unless that is in February."""
        if self.day == -1 and len(self.months) == 1 and self.months[0] != 2:
            return last_day(2000, self.months[0])
        return self.day

    def on(self, part: Part) -> Rhythm:
        return Rhythm("year", (part.last[0],), part.last[1], self.interval, True)

    @property
    def day_before(self) -> Rhythm | None:
        """The same rhythm a day earlier; None where that has no rule of its own."""
        if self.unit == "week":
            days = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
            return replace(self, weekday=days[days.index(self.weekday) - 1])
        if self.unit not in ("month", "year") or self.day == -1:
            return None
        if self.day > 1:
            return replace(self, day=self.day - 1)
        return replace(self, day=-1, months=tuple(sorted((month - 2) % 12 + 1 for month in self.months)))


def of_months(*months: int, interval: int = 1) -> Rhythm:
    return Rhythm("year", months, interval=interval)


YEARLY, HALF_YEARLY, QUARTERLY = of_months(12), of_months(6, 12), of_months(3, 6, 9, 12)
MONTHLY, WEEKLY, DAILY = Rhythm("month"), Rhythm("week"), Rhythm("day")


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time."""

    amount: int
    unit: Unit


def day_of(year: int, month: int, day: int) -> Period | None:
    part = month_day(month, day)
    return part.of(year) if part else None


@cache
def month_day(month: int, day: int) -> Part | None:
    """A day without a year; None where no year has it (31/4)."""
    if not 1 <= month <= 12 or not 1 <= day <= last_day(2000, month):
        return None
    return Part((month, day), (month, day), True)


@cache
def months(first: int, last: int) -> Part | None:
    return Part((first, 1), (last, -1)) if 1 <= first <= last <= 12 else None


@cache
def quarters(first: int, last: int) -> Part | None:
    return Part((3 * first - 2, 1), (3 * last, -1)) if 1 <= first <= last <= 4 else None


@cache
def point(month: int, day: int) -> Part:
    """One day that the words name without its number: "cuối năm"."""
    return Part((month, day), (month, day), True)


def years(first: int, last: int) -> Period | None:
    if not FIRST_YEAR <= first <= last <= LAST_YEAR:
        return None
    return Period(date(first, 1, 1), date(last, 12, 31))
