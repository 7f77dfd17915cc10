"""When each stage of a policy falls for one date, by recipient.

Stages for one recipient make a lane. In a lane one stage ends where the next begins, so on any day there
is one latest firing, and it is the most urgent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import get_args

from deadlines.calendar import Calendar
from deadlines.counting import shift
from deadlines.policy import Course, Policy, Role, Stage, To, Weekday

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
        return _moved(self.stage, self._nominal(k), self.calendar)

    def _nominal(self, k: int) -> date:
        days = k * (self.stage.repeat_every or 0)
        if k and self.stage.repeat_on is not None:
            plain = (
                self.calendar.add_working(self.nominal, days) if self.stage.working else shift(self.nominal, days)
            )
            return shift(plain, (get_args(Weekday).index(self.stage.repeat_on) - plain.weekday()) % 7)
        return self.calendar.add_working(self.nominal, days) if self.stage.working else shift(self.nominal, days)

    def fires(self, k: int) -> bool:
        return k == 0 or self._day_of_repeat(k) is not None

    def _day_of_repeat(self, k: int) -> date | None:
        limit = self.stage.repeat_limit
        if self.stage.repeat_every is None or (limit is not None and k > limit):
            return None
        nominal = self._nominal(k)
        day = _moved(self.stage, nominal, self.calendar)
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


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Timeline:
    """Compared by identity; `timeline` gives the same one for the same dates."""

    lanes: tuple[Lane, ...]
    calendar: Calendar


_Placed = tuple[date, int, date, Stage]
"""The working day of a stage, its days, its day before moving to a working one, and the stage."""


@lru_cache(maxsize=16384)
def timeline(
    policy: Policy,
    course: Course,
    role: Role,
    aim: date,
    base: date,
    calendar: Calendar,
    summary_on: date | None = None,
) -> Timeline:
    """Days before and the day itself count to `aim`, days after from `base`, which is not counted.

    `summary_on` is the day of a first summary, with which the counting of reminders begins anew.
    """
    lanes: dict[To, list[_Placed]] = {}
    counted: list[Stage] = []
    for stage in policy.stages(course, role):
        if stage.after_reminders is not None:
            counted.append(stage)
            continue
        nominal = _nominal(stage, aim, base, calendar)
        lanes.setdefault(stage.to, []).append((_moved(stage, nominal, calendar), stage.days, nominal, stage))
    if counted:
        agency = _lane("agency", lanes["agency"], aim, calendar)
        for stage in counted:
            day = _day_after_reminders(agency, stage.after_reminders or 1, summary_on)
            lanes.setdefault(stage.to, []).append((day, stage.days, day, stage))
    return Timeline(lanes=tuple(_lane(to, found, aim, calendar) for to, found in lanes.items()), calendar=calendar)


def _lane(to: To, found: Sequence[_Placed], aim: date, calendar: Calendar) -> Lane:
    return Lane(to=to, segments=_segments(sorted(found, key=lambda one: one[:3]), aim, calendar))


def _day_after_reminders(agency: Lane, number: int, summary_on: date | None) -> date:
    """The day of the reminder of being late that follows so many of them."""
    passed, told = NEVER, 0
    if summary_on is not None:
        passed, told = agency.passed_by_summary(agency.latest(summary_on), summary_on), 1
    late = (
        day
        for at, segment in enumerate(agency.segments)
        if segment.stage.days > 0
        for k, day in segment.firings(0)
        if (at, k) > passed
    )
    return next(islice(late, number - told, None), date.max)


def _segments(found: Sequence[_Placed], aim: date, calendar: Calendar) -> tuple[Segment, ...]:
    """Of several stages that fall on one day only the last is kept: it says what the others would."""
    days = [day for day, *_ in found]
    kept = [one for at, one in enumerate(found) if at + 1 == len(found) or days[at + 1] > days[at]]
    segments: list[Segment] = []
    for at, (day, offset, nominal, stage) in enumerate(kept):
        end = kept[at + 1][0] if at + 1 < len(kept) else None
        if offset <= 0 and (end is None or end > aim):
            end = shift(aim, 1)
        segments.append(Segment(stage=stage, calendar=calendar, nominal=nominal, first=day, end=end))
    return tuple(segments)


def _nominal(stage: Stage, aim: date, base: date, calendar: Calendar) -> date:
    start = base if stage.days > 0 else aim
    return calendar.add_working(start, stage.days) if stage.working else shift(start, stage.days)


def _moved(stage: Stage, day: date, calendar: Calendar) -> date:
    return calendar.on_or_before(day) if stage.days <= 0 else calendar.on_or_after(day)
