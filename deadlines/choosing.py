"""The law of one lane, which holds all stages for one recipient.

Of the firings up to today that have neither been told nor passed over, the latest is told, on working days
only, and the others lapse. So a missed morning is caught up with one reminder, and deciding again adds
nothing.

The lanes are a ladder: where a recipient hears of being late for the first time later than planned, be it by a
first summary or after an outage, those above follow as much later. So nobody hears before, or on the same day as,
whom the policy would have act first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import get_args

from deadlines.lanes import NEVER, Firing, Lane
from deadlines.policy import FIRST_SUMMARY, Stage, To
from deadlines.timeline import Timeline

LATER = "later>"
"""How a note begins: above this recipient all are told so many days later than planned."""

_SUMMARIES: dict[To, Stage] = {to: Stage(name="summary", days=1, to=to) for to in get_args(To)}


@dataclass(frozen=True, kw_only=True, slots=True)
class StageDue:
    """`id` is unique within one occurrence, due date and role; `day` is the working day it belongs to."""

    id: str
    stage: Stage
    day: date
    nth: int = 1
    """1 for the first firing, 2 for the first repeat."""

    @property
    def to(self) -> To:
        return self.stage.to

    @property
    def is_summary(self) -> bool:
        """The task was late before it was first seen, and this stands for all that was missed."""
        return self.id == FIRST_SUMMARY


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What to tell today, at most one stage for each recipient.

    `lapsed` are the ids that were passed over: store them with the told ones, and so `notes`. `next_on` is the next
    day on which there could be anything to tell (None: never), provided nothing changes and `tell` is carried out.
    """

    tell: tuple[StageDue, ...] = ()
    next_on: date | None = None
    lapsed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def kept(self) -> tuple[str, ...]:
        """All that is to be stored."""
        return (*self.lapsed, *(stage.id for stage in self.tell), *self.notes)


def decide(
    line: Timeline,
    today: date,
    already: frozenset[str],
    acknowledged: frozenset[str],
    floor: date | None,
    summary: To | None,
    later: Callable[[int], Timeline] | None = None,
) -> Decision:
    """`floor` is the day up to which all is passed, `summary` whom to tell of it instead.

    `later` gives the timeline whose recipients above the agency are told so many days later.
    """
    answered = frozenset(one.partition("#")[0] for one in acknowledged)
    first = _lane_of_summary(line, summary)
    lag = 0 if first is None or floor is None else first.behind(floor, None)
    chosen, notes = list[_Choice](), list[str]()
    for place in line.lanes:
        lane = place if place is first or not lag or later is None else later(lag).lane(place.to) or place
        choice = _of_lane(
            line, lane, today, already, answered, floor, summary=None if first is None else place is first
        )
        chosen.append(choice)
        lag = max(lag, _noted(place.to, already))
        if choice.tell is not None and _begins(lane, choice.tell, already):
            lag += lane.behind(today, floor)
            notes += [f"{LATER}{place.to}:{lag}"] if lag else []
    return Decision(
        tell=tuple(choice.tell for choice in chosen if choice.tell is not None),
        next_on=min((choice.next_on for choice in chosen if choice.next_on is not None), default=None),
        lapsed=tuple(one for choice in chosen for one in choice.lapsed),
        notes=tuple(notes),
    )


def _of_lane(
    line: Timeline,
    lane: Lane,
    today: date,
    already: frozenset[str],
    answered: frozenset[str],
    floor: date | None,
    *,
    summary: bool | None,
) -> _Choice:
    """`summary` is True for the lane of a first summary, False beside one, None where there is none."""
    passed = lane.latest(floor) if floor is not None else NEVER
    if floor is not None and summary is False:
        # Nobody goes to an agency's superiors the day after it heard of a task for the first time.
        passed = lane.passed_by_summary(passed, floor)
    if floor is None or not summary:
        return _choose(line, lane, today, already, answered, passed)
    if FIRST_SUMMARY not in already:
        return _summarise(line, lane, today, floor)
    stood_for = {lane.segments[passed[0]].stage.name} if FIRST_SUMMARY in answered else set()
    return _choose(line, lane, today, already, answered | stood_for, lane.passed_by_summary(passed, floor))


def _begins(lane: Lane, tell: StageDue, already: frozenset[str]) -> bool:
    """Whether a lane's recipient hears of being late for the first time."""
    return tell.is_summary or (tell.stage.days > 0 and lane.last_of(already) < lane.first_late)


def _noted(to: To, already: frozenset[str]) -> int:
    """By how many days those above a recipient are told later than planned."""
    start = f"{LATER}{to}:"
    return max((int(one.removeprefix(start)) for one in already if one.startswith(start)), default=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Choice:
    """What one lane comes to."""

    tell: StageDue | None = None
    next_on: date | None = None
    lapsed: tuple[str, ...] = ()


def _lane_of_summary(line: Timeline, to: To | None) -> Lane | None:
    """The lane that the summary is for; where the policy has no such lane, the first one it has."""
    if to is None or not line.lanes:
        return None
    return next((lane for lane in line.lanes if lane.to == to), line.lanes[0])


def _summarise(line: Timeline, lane: Lane, today: date, floor: date) -> _Choice:
    if today < floor or not line.calendar.is_working(today):
        return _Choice(next_on=line.calendar.on_or_after(max(today, floor)))
    at = lane.latest(today)
    lapsed = [segment.stage.name for segment in lane.segments[: at[0] + 1]]
    if at[1] > 0:
        lapsed.append(lane.segments[at[0]].id(at[1]))
    summary = StageDue(id=FIRST_SUMMARY, stage=_SUMMARIES[lane.to], day=floor)
    after = max(at, lane.passed_by_summary(lane.latest(floor), floor))
    return _Choice(tell=summary, next_on=lane.day_after(after, repeats=True), lapsed=tuple(lapsed))


def _choose(
    line: Timeline,
    lane: Lane,
    today: date,
    already: frozenset[str],
    answered: frozenset[str],
    passed: Firing,
) -> _Choice:
    done = max(lane.last_of(already), passed)
    at = lane.latest(today)
    silent = at[1] > 0 and lane.segments[at[0]].stage.name in answered
    if at <= done or silent:
        last = max(at, done)
        heard = last[0] >= 0 and lane.segments[last[0]].stage.name in answered
        return _Choice(next_on=lane.day_after(last, repeats=not heard))
    if not line.calendar.is_working(today):
        return _Choice(next_on=line.calendar.on_or_after(today))
    segment = lane.segments[at[0]]
    tell = StageDue(id=segment.id(at[1]), stage=segment.stage, day=segment.day(at[1]), nth=at[1] + 1)
    lapsed = tuple(
        lane.segments[i].id(k)
        for i, k in lane.between(done, at)
        if k == 0 or lane.segments[i].stage.name not in answered
    )
    heard = segment.stage.name in answered
    return _Choice(tell=tell, next_on=lane.day_after(at, repeats=not heard), lapsed=lapsed)
