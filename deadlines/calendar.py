"""Working days: Monday to Friday, minus days off, plus the weekend days worked to make up for a swap.

Days come from the `holidays` library and, for the years that have an official schedule, from files that
an admin keeps (`config/calendars/`), which win. Years without one are provisional: their lunar holidays
are computed and the Government may still swap days.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

SETTLED_UNTIL = 2024
"""Years up to this one are over: what the library lists for them is taken as final."""

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")

_SATURDAY = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class YearCalendar:
    """One year as its official schedule has it; it replaces all that was known about that year."""

    year: int
    off: Mapping[date, str]
    """Days off and why, in Vietnamese; ordinary weekends need not be listed."""
    working: Mapping[date, str]
    """Saturdays and Sundays that are worked, and why."""
    official: bool = True

    def __post_init__(self) -> None:
        for day in (*self.off, *self.working):
            if day.year != self.year:
                raise ValueError(f"{day:%d/%m/%Y} không thuộc năm {self.year}")
        for day in self.working:
            if day.weekday() < _SATURDAY:
                raise ValueError(f"{day:%d/%m/%Y} không phải thứ Bảy hay Chủ nhật")
            if day in self.off:
                raise ValueError(f"{day:%d/%m/%Y} vừa là ngày nghỉ vừa là ngày làm việc")


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Calendar:
    """Compared by identity, so that what is computed from it can be kept.

    Where a walk over working days would leave what `date` can hold, it stops at that end.
    """

    off: Mapping[date, str]
    working: Mapping[date, str]
    official: frozenset[int] = frozenset()
    _years: dict[int, tuple[int, ...]] = field(default_factory=dict, init=False, repr=False)

    def is_working(self, day: date) -> bool:
        return day in self.working or (day.weekday() < _SATURDAY and day not in self.off)

    def why_off(self, day: date) -> str | None:
        """Why nobody works on that day, in Vietnamese; None for a working day."""
        if self.is_working(day):
            return None
        return self.off.get(day) or WEEKDAYS[day.weekday()]

    def is_provisional(self, year: int) -> bool:
        """Whether the Government may still announce or swap days of that year."""
        return year > SETTLED_UNTIL and year not in self.official

    def on_or_before(self, day: date) -> date:
        """The last working day up to `day`, inclusive."""
        return self._nearest(day, -1)

    def on_or_after(self, day: date) -> date:
        """The first working day from `day` on, inclusive."""
        return self._nearest(day, 1)

    def _nearest(self, day: date, step: int) -> date:
        end = date.max if step > 0 else date.min
        while not self.is_working(day) and day != end:
            day += timedelta(days=step)
        return day

    def add_working(self, day: date, n: int) -> date:
        """The nth working day after `day`, which is not counted; before it where n is negative.

        Zero gives the day itself, whether worked or not.
        """
        if n == 0:
            return day
        year, ordinal = day.year, day.toordinal()
        days = self._working_ordinals(year)
        at = bisect_right(days, ordinal) + n - 1 if n > 0 else bisect_left(days, ordinal) + n
        while at < 0 or at >= len(days):
            if at < 0:
                if year == date.min.year:
                    return date.min
                year -= 1
                days = self._working_ordinals(year)
                at += len(days)
            else:
                if year == date.max.year:
                    return date.max
                at -= len(days)
                year += 1
                days = self._working_ordinals(year)
        return date.fromordinal(days[at])

    def working_between(self, a: date, b: date) -> int:
        """How many working days lie after `a` up to `b`, inclusive; negative where b is before a.

        So `working_between(a, add_working(a, n)) == n`, backwards too.
        """
        if b < a:
            return -self._count(b.toordinal(), a.toordinal() - 1)
        return self._count(a.toordinal() + 1, b.toordinal())

    def _count(self, first: int, last: int) -> int:
        """Working days between two ordinals, both inclusive."""
        if last < first:
            return 0
        years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
        total = sum(len(self._working_ordinals(year)) for year in years)
        before = bisect_left(self._working_ordinals(years[0]), first)
        ends = self._working_ordinals(years[-1])
        return total - before - (len(ends) - bisect_right(ends, last))

    def _working_ordinals(self, year: int) -> tuple[int, ...]:
        days = self._years.get(year)
        if days is None:
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            days = tuple(n for n in range(first, last + 1) if self.is_working(date.fromordinal(n)))
            self._years[year] = days
        return days

    def overruled_by(self, *years: YearCalendar) -> Calendar:
        """This calendar, with everything about the given years replaced by what they say."""
        replaced = {year.year for year in years}
        off = {day: why for day, why in self.off.items() if day.year not in replaced}
        working = {day: why for day, why in self.working.items() if day.year not in replaced}
        for year in years:
            off.update(year.off)
            working.update(year.working)
        official = {year.year for year in years if year.official}
        return Calendar(off=off, working=working, official=self.official - replaced | official)


def national(years: Iterable[int]) -> Calendar:
    """Viet Nam's public holidays of the given years, as the `holidays` library knows them.

    It is the estimate that `overruled_by` corrects: the library missed the swap of 02/01 and 10/01/2026.
    """
    from holidays import country_holidays  # its import costs more than most commands

    wanted = sorted(set(years))
    if not wanted:
        return Calendar(off={}, working={})
    # A swap may be worked in the year before or after its day off.
    known = country_holidays("VN", years=range(wanted[0] - 1, wanted[-1] + 2), language="vi")
    inside = frozenset(wanted)
    return Calendar(
        off={day: name for day, name in sorted(known.items()) if day.year in inside},
        working={
            day: "Làm bù"
            for day in sorted(known.weekend_workdays)
            if day.year in inside and day.weekday() >= _SATURDAY
        },
    )
