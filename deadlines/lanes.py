"""A lane: all stages for one recipient about one date, and on which working days they fire.

In a lane one stage ends where the next begins, so on any day there is one latest firing, and it is the most urgent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import get_args

from deadlines.calendar import Calendar
from deadlines.counting import shift
from deadlines.policy import Stage, To, Weekday

Firing = tuple[int, int]
"""Which segment of a lane, and its how-manyth firing; both count from 0."""

NEVER: Firing = (-1, -1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """One stage in its lane: it fires on `first`, then repeats until `end` (exclusive)."""

    stage: Stage
    calendar: Calendar
    nominal: date
    first: date
    end: date | None

    def day(self, k: int) -> date:
        """The working day of the kth repeat; 0 is the first firing."""
        return moved(self.stage, self._nominal(k), self.calendar)

    def _nominal(self, k: int) -> date:
        plain = counted(self.stage, self.nominal, k * (self.stage.repeat_every or 0), self.calendar)
        if not k or self.stage.repeat_on is None:
            return plain
        return shift(plain, (get_args(Weekday).index(self.stage.repeat_on) - plain.weekday()) % 7)

    def fires(self, k: int) -> bool:
        return k == 0 or self._day_of_repeat(k) is not None

    def _day_of_repeat(self, k: int) -> date | None:
        limit = self.stage.repeat_limit
        if self.stage.repeat_every is None or (limit is not None and k > limit):
            return None
        nominal = self._nominal(k)
        day = moved(self.stage, nominal, self.calendar)
        # Nothing moves past the last day that a date can hold.
        return day if nominal < date.max and (self.end is None or day < self.end) else None

    def firings(self, k: int) -> Iterator[tuple[int, date]]:
        """The firings from the kth on, of several on one day only the last, without end where it has none."""
        day = self.day(k) if k == 0 else self._day_of_repeat(k)
        while day is not None:
            following = self._day_of_repeat(k + 1)
            if following != day:
                yield k, day
            k, day = k + 1, following

    def latest(self, today: date) -> int:
        """The last firing up to `today`, inclusive, which is not before `first`."""
        every = self.stage.repeat_every
        if every is None:
            return 0
        if self.stage.working:
            k = max(self.calendar.working_between(self.nominal, today), 0) // every
        else:
            k = max((today - self.nominal).days, 0) // every
        limit = self.stage.repeat_limit
        k = k if limit is None else min(k, limit)
        while k and not (self.day(k) <= today and self.fires(k)):
            k -= 1
        while self.fires(k + 1) and self.day(k + 1) <= today:
            k += 1
        return k

    def next_after(self, k: int) -> date | None:
        """The day of the first repeat on a later day than the kth."""
        last = self.day(k)
        return next((day for _, day in self.firings(k + 1) if day > last), None)

    def id(self, k: int) -> str:
        return f"{self.stage.name}#{k + 1}" if k else self.stage.name


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    to: To
    segments: tuple[Segment, ...]

    @property
    def first_late(self) -> Firing:
        """The first firing that is about being late; NEVER where there is none."""
        return next(((at, 0) for at, one in enumerate(self.segments) if one.stage.days > 0), NEVER)

    @property
    def rung(self) -> date:
        """The day of the first firing about being late, which orders the recipients from the lowest up."""
        at, _ = self.first_late
        return self.segments[at].first if at >= 0 else date.max

    def behind(self, today: date, floor: date | None) -> int:
        """By how many days the first firing about being late, told `today`, is later than planned.

        What was past up to `floor` could not be told before it.
        """
        at, _ = self.first_late
        if at < 0 or today <= max(self.rung, floor or self.rung):
            return 0
        return (today - max(self.segments[at].nominal, floor or self.segments[at].nominal)).days

    def latest(self, today: date) -> Firing:
        """The last firing up to `today`, inclusive."""
        at = len(self.segments) - 1
        while at >= 0 and self.segments[at].first > today:
            at -= 1
        return (at, self.segments[at].latest(today)) if at >= 0 else NEVER

    def passed_by_summary(self, passed: Firing, floor: date) -> Firing:
        """A summary on `floor` counts as a firing of its day: the stage that it stands for keeps its distance."""
        if passed == NEVER:
            return passed
        segment = self.segments[passed[0]]
        every = segment.stage.repeat_every or 1
        return max(passed, (passed[0], segment.latest(shift(floor, every - 1))))

    def last_of(self, ids: Collection[str]) -> Firing:
        """The last firing that any of the ids names."""
        last = NEVER
        for one in ids:
            name, _, number = one.partition("#")
            for at, segment in enumerate(self.segments):
                if segment.stage.name == name:
                    last = max(last, (at, int(number) - 1 if number.isdecimal() else 0))
        return last

    def day_after(self, firing: Firing, *, repeats: bool) -> date | None:
        """The next day on which the lane fires, with or without repeats of the same stage."""
        at, k = firing
        upcoming = self.segments[at].next_after(k) if at >= 0 and repeats else None
        if upcoming is None and at + 1 < len(self.segments):
            upcoming = self.segments[at + 1].first
        return upcoming

    def between(self, after: Firing, until: Firing) -> Iterator[Firing]:
        """The firings after one and before another, both exclusive, one a day."""
        for at in range(max(after[0], 0), until[0] + 1):
            for k, _ in self.segments[at].firings(after[1] + 1 if at == after[0] else 0):
                if (at, k) >= until:
                    break
                yield at, k


def counted(stage: Stage, start: date, days: int, calendar: Calendar) -> date:
    """The day so many `days` from `start`, working or calendar ones as the stage has it."""
    return calendar.add_working(start, days) if stage.working else shift(start, days)


def moved(stage: Stage, day: date, calendar: Calendar) -> date:
    """The working day on which a stage is told that falls on `day`."""
    return calendar.on_or_before(day) if stage.days <= 0 else calendar.on_or_after(day)
