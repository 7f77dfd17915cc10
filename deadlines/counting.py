"""Counting from one day to another, and the rules about it that a province may set.

Sources: Bộ luật Dân sự 2015, Điều 147 (the day of the event is not counted) and Điều 148 (a term in weeks,
months or years ends on the corresponding day, or on the month's last day where there is none; a term that
would end on a day off ends on the next working day). Reporting periods: Nghị định 09/2019/NĐ-CP, Điều 12,
closes figures on the 14th of a period's last month; each province names its own days.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, get_args

from deadlines.calendar import Calendar
from deadlines.types import MonthDay, Unit

Period = Literal["month", "quarter", "half", "year"]

_CLOSING_MONTHS: dict[Period, tuple[int, ...]] = {
    "month": tuple(range(1, 13)),
    "quarter": (3, 6, 9, 12),
    "half": (6, 12),
    "year": (12,),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportDays:
    """The day of the closing month on which each kind of report is due; -1 is the month's last day."""

    month: int = 14
    quarter: int = 14
    half: int = 14
    year: int = 14

    def __post_init__(self) -> None:
        for period in get_args(Period):
            day = getattr(self, period)
            if day != -1 and not 1 <= day <= 28:
                raise ValueError(f"{period}: ngày {day} không hợp lệ; cho phép 1 đến 28, hoặc -1 (ngày cuối tháng)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Counting:
    """How a province counts. Raises ValueError, in Vietnamese, for what cannot be."""

    before_means_day_before: bool = True
    """*trước ngày* N is due the day before N; otherwise N itself is the last day."""
    day_off: Literal["before", "after"] = "before"
    """Where a due date is a day off: reminders work toward the working day before it and lateness counts
    from the printed date; or both move to the next working day (Điều 148)."""
    default_offset: int = 30
    """How long after its event a task is due where nothing is printed."""
    default_unit: Unit = Unit.DAYS
    report_every: Period = "quarter"
    report_day: ReportDays = field(default_factory=ReportDays)
    yearly_check: tuple[int, int] = (12, 14)
    """Month and day of the look at tasks that run for years."""

    def __post_init__(self) -> None:
        if self.day_off not in ("before", "after"):
            raise ValueError(f"day_off: {self.day_off} không hợp lệ; cho phép before, after")
        if self.report_every not in _CLOSING_MONTHS:
            raise ValueError(
                f"report_every: {self.report_every} không hợp lệ; cho phép {', '.join(_CLOSING_MONTHS)}"
            )
        if not 1 <= self.default_offset <= 3650:
            raise ValueError(f"default_offset: {self.default_offset} không hợp lệ; cho phép 1 đến 3650")
        month, day = self.yearly_check
        if not (1 <= month <= 12 and 1 <= day <= 28):
            raise ValueError(f"yearly_check: {self.yearly_check} không hợp lệ; cho phép tháng 1-12, ngày 1-28")


def add_months(day: date, months: int) -> date:
    """The corresponding day so many months on, or that month's last day; clamped to what `date` holds."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def count(start: date, amount: int, unit: Unit, calendar: Calendar) -> date:
    """The last day of a term counted from `start`, which itself is not counted (Điều 147)."""
    match unit:
        case Unit.WORKING_DAYS:
            return calendar.add_working(start, amount)
        case Unit.MONTHS:
            return add_months(start, amount)
        case Unit.YEARS:
            return add_months(start, 12 * amount)
        case Unit.DAYS | Unit.WEEKS:
            return shift(start, amount if unit is Unit.DAYS else 7 * amount)


def shift(day: date, days: int) -> date:
    """So many calendar days on, clamped to what `date` holds."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min


def on_month_day(monthday: MonthDay, year: int) -> date:
    """That day in that year; a day that the month lacks (29/02, or -1) is the month's last."""
    last = monthrange(year, monthday.month)[1]
    return date(year, monthday.month, last if monthday.day == -1 else min(monthday.day, last))


def first_from(monthday: MonthDay, start: date) -> date:
    """The first such day on or after `start`."""
    day = on_month_day(monthday, start.year)
    if day >= start or start.year == date.max.year:
        return day
    return on_month_day(monthday, start.year + 1)


def last_until(monthday: MonthDay, end: date) -> date:
    """The last such day on or before `end`."""
    day = on_month_day(monthday, end.year)
    if day <= end or end.year == date.min.year:
        return day
    return on_month_day(monthday, end.year - 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportDay:
    """The end of one reporting period: `period` names it (2026-03, 2026-Q1, 2026-H1, 2026)."""

    period: str
    on: date


def report_days(counting: Counting, first: date, last: date) -> Iterator[ReportDay]:
    """The reporting days from `first` to `last`, both inclusive, in order."""
    every = counting.report_every
    day: int = getattr(counting.report_day, every)
    for year in range(first.year, last.year + 1):
        for at, month in enumerate(_CLOSING_MONTHS[every], start=1):
            on = on_month_day(MonthDay(month=month, day=day), year)
            if first <= on <= last:
                yield ReportDay(period=_period_name(every, year, month, at), on=on)


def _period_name(every: Period, year: int, month: int, at: int) -> str:
    match every:
        case "month":
            return f"{year}-{month:02}"
        case "quarter":
            return f"{year}-Q{at}"
        case "half":
            return f"{year}-H{at}"
        case "year":
            return f"{year}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """`aim` is the working day to work toward; `late_from` the first day that counts as late."""

    aim: date
    late_from: date


def target(on: date, calendar: Calendar, counting: Counting) -> Target:
    if counting.day_off == "after":
        aim = calendar.on_or_after(on)
        return Target(aim=aim, late_from=shift(aim, 1))
    return Target(aim=calendar.on_or_before(on), late_from=shift(on, 1))
