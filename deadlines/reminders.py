"""Who is to be told what today about one date: a pure decision, and its preview."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import lru_cache

from deadlines.calendar import Calendar
from deadlines.choosing import Decision, StageDue, decide
from deadlines.counting import shift
from deadlines.policy import FIRST_SUMMARY, Course, Policy, Role, Stage, To, standard
from deadlines.timeline import timeline
from deadlines.types import Occurrence, Track

__all__ = [
    "FIRST_SUMMARY",
    "Course",
    "Decision",
    "Policy",
    "Role",
    "Stage",
    "StageDue",
    "foresee",
    "passed_over",
    "questions_due",
    "stages_due",
    "standard",
]


def stages_due(
    policy: Policy,
    occurrence: Occurrence,
    *,
    role: Role,
    today: date,
    calendar: Calendar,
    already: Collection[str],
    acknowledged: Collection[str],
    first_seen: date,
) -> Decision:
    """`already` are the ids told or lapsed for this occurrence, due date and role; an acknowledged stage (any
    of its firings) repeats no more. A date that was past on `first_seen`, the day it came to be known, gets
    one summary instead of what it missed; the policy's later stages follow in their time. Of a duty with short
    periods nothing is told before the due day of the period before is past.
    """
    late = occurrence.late_from
    past = first_seen >= late if late is not None else first_seen > max(occurrence.aim, occurrence.on)
    return _stages_due(
        policy,
        occurrence.track,
        occurrence.tentative,
        occurrence.on,
        occurrence.aim,
        late,
        role,
        today,
        calendar,
        frozenset(already),
        frozenset(acknowledged),
        calendar.on_or_after(first_seen) if past else occurrence.after,
        past,
    )


@lru_cache(maxsize=16384)
def _stages_due(
    policy: Policy,
    track: Track,
    tentative: bool,
    on: date,
    aim: date,
    late_from: date | None,
    role: Role,
    today: date,
    calendar: Calendar,
    already: frozenset[str],
    acknowledged: frozenset[str],
    floor: date | None,
    past: bool,
) -> Decision:
    """Thousands of tasks share a date, so what an occurrence comes to is worked out once a day."""
    course = _course(track, tentative)
    counted_from = floor if past and policy.counts(course, role) else None
    line = timeline(policy, course, role, aim, _base(on, aim, late_from), calendar, counted_from)
    summary: To | None = None
    if past and track in _SUMMARISED:
        summary = "operator" if course is Course.TENTATIVE else "agency"
    return decide(line, today, already, acknowledged, floor, summary)


def passed_over(
    policy: Policy, occurrence: Occurrence, *, role: Role, today: date, calendar: Calendar
) -> tuple[str, ...]:
    """The ids to store as lapsed where a message of today tells the date in another way, as a change does."""
    base = _base(occurrence.on, occurrence.aim, occurrence.late_from)
    course = _course(occurrence.track, occurrence.tentative)
    line = timeline(policy, course, role, occurrence.aim, base, calendar)
    latest = ((lane, lane.latest(today)) for lane in line.lanes)
    return tuple(lane.segments[at].id(k) for lane, (at, k) in latest if at >= 0)


_COURSES = {track: Course(track.value) for track in Track}
_SUMMARISED = (Track.DUE, Track.OPENING)
"""A check or report that was past before the task was known has nothing to say: the next one comes."""


def _course(track: Track, tentative: bool) -> Course:
    return Course.TENTATIVE if tentative and track is Track.DUE else _COURSES[track]


def _base(on: date, aim: date, late_from: date | None) -> date:
    """The last day that is not late, from which the days after are counted."""
    return shift(late_from, -1) if late_from is not None else max(aim, on)


def questions_due(
    policy: Policy,
    *,
    since: date,
    today: date,
    calendar: Calendar,
    already: Collection[str],
    acknowledged: Collection[str] = (),
) -> Decision:
    """Whom to ask whether an awaited document has been issued; the waiting began on `since`."""
    line = timeline(policy, Course.WAITING, "lead", since, since, calendar)
    return decide(line, today, frozenset(already), frozenset(acknowledged), None, None)


def foresee(
    policy: Policy,
    occurrence: Occurrence,
    *,
    role: Role,
    calendar: Calendar,
    already: Collection[str],
    acknowledged: Collection[str],
    first_seen: date,
    first: date,
    last: date,
) -> Iterator[tuple[date, Decision]]:
    """What each day from `first` to `last`, both inclusive, would decide if nothing else happens.

    Only days on which something is told; it goes from `next_on` to `next_on`.
    """
    known = set(already)
    day: date | None = first
    while day is not None and day <= last:
        decision = stages_due(
            policy,
            occurrence,
            role=role,
            today=day,
            calendar=calendar,
            already=known,
            acknowledged=acknowledged,
            first_seen=first_seen,
        )
        known.update(decision.lapsed, (stage.id for stage in decision.tell))
        if decision.tell:
            yield day, decision
        day = decision.next_on
