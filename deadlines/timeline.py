"""When each stage of a policy falls for one date, by recipient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice

from deadlines.calendar import Calendar
from deadlines.counting import shift
from deadlines.lanes import NEVER, Firing, Lane, Segment, counted, moved
from deadlines.policy import Course, Policy, Role, Stage, To


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Timeline:
    """Compared by identity; `timeline` gives the same one for the same dates. From the lowest recipient up."""

    lanes: tuple[Lane, ...]
    calendar: Calendar

    def lane(self, to: To) -> Lane | None:
        return next((lane for lane in self.lanes if lane.to == to), None)


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
    *,
    later: int = 0,
    untold: int = 0,
) -> Timeline:
    """Days before and the day itself count to `aim`, days after from `base`, which is not counted.

    Everybody above the agency is told of being late so many calendar days `later`. `summary_on` is the day of a
    first summary, with which the counting of reminders begins anew; `untold` of those that are counted never came.
    """
    lanes: dict[To, list[_Placed]] = {}
    counted: list[Stage] = []
    for stage in policy.stages(course, role):
        if stage.after_reminders is not None:
            counted.append(stage)
            continue
        nominal = _nominal(stage, aim, base, calendar)
        if stage.days > 0 and stage.to != "agency":
            nominal = shift(nominal, later)
        lanes.setdefault(stage.to, []).append((moved(stage, nominal, calendar), stage.days, nominal, stage))
    if counted:
        agency = _lane("agency", lanes["agency"], aim, calendar)
        for stage in counted:
            number = (stage.after_reminders or 1) + untold - (summary_on is not None)
            late = late_firings(agency, summary_on)
            day = next(islice((day for _, day in late), number, None), date.max)
            lanes.setdefault(stage.to, []).append((day, stage.days, day, stage))
    made = [_lane(to, found, aim, calendar) for to, found in lanes.items()]
    return Timeline(lanes=tuple(sorted(made, key=lambda lane: lane.rung)), calendar=calendar)


def _lane(to: To, found: Sequence[_Placed], aim: date, calendar: Calendar) -> Lane:
    return Lane(to=to, segments=_segments(sorted(found, key=lambda one: one[:3]), aim, calendar))


def late_firings(agency: Lane, summary_on: date | None) -> Iterator[tuple[Firing, date]]:
    """The reminders of being late that are counted, without end; after a first summary those that follow it."""
    passed = NEVER
    if summary_on is not None:
        passed = agency.passed_by_summary(agency.latest(summary_on), summary_on)
    return (
        ((at, k), day)
        for at, segment in enumerate(agency.segments)
        if segment.stage.days > 0
        for k, day in segment.firings(0)
        if (at, k) > passed
    )


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
    return counted(stage, base if stage.days > 0 else aim, stage.days, calendar)
