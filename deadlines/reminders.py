"""Who is to be told what today about one date: a pure decision, and its preview."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import lru_cache

from deadlines.calendar import Calendar
from deadlines.choosing import Decision, StageDue, decide
from deadlines.counting import shift
from deadlines.lanes import Lane
from deadlines.policy import FIRST_SUMMARY, Course, Policy, Role, Stage, To, standard
from deadlines.timeline import Timeline, late_firings, timeline
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
    heard: Collection[str] | None = None,
) -> Decision:
    """`already` are the ids kept for this occurrence, due date and role; an acknowledged stage (any of its
    firings) repeats no more. Where a policy counts reminders, only those of `heard` count, which the agency was
    really sent; None: all. A date that was past on `first_seen`, the day it came to be known, gets
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
        None if heard is None else frozenset(heard),
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
    heard: frozenset[str] | None,
    floor: date | None,
    past: bool,
) -> Decision:
    """Thousands of tasks share a date, so what an occurrence comes to is worked out once a day."""
    course = _course(track, tentative)
    base = _base(on, aim, late_from)
    counts = policy.counts(course, role)
    summary_on = floor if past and counts else None

    def line(lag: int = 0) -> Timeline:
        return timeline(policy, course, role, aim, base, calendar, summary_on, later=lag, untold=untold)

    untold = 0
    if counts and heard is not None and (agency := line().lane("agency")) is not None:
        untold = _never_came(agency, today, already, heard, acknowledged, summary_on)
    summary: To | None = None
    if past and track in _SUMMARISED:
        summary = "operator" if course is Course.TENTATIVE else "agency"
    return decide(line(), today, already, acknowledged, floor, summary, line if course is Course.DUE else None)


def _never_came(
    agency: Lane,
    today: date,
    already: frozenset[str],
    heard: frozenset[str],
    acknowledged: frozenset[str],
    summary_on: date | None,
) -> int:
    """How many reminders of being late the agency should have had before today and has not.

    What it is spared because it has acknowledged is not missing.
    """
    done, at = agency.last_of(already), agency.latest(today)
    answered = {one.partition("#")[0] for one in acknowledged}
    quiet = at[1] > 0 and agency.segments[at[0]].stage.name in answered
    pending = summary_on is not None and FIRST_SUMMARY not in already
    count = int(summary_on is not None and not pending and FIRST_SUMMARY not in heard)
    for firing, day in late_firings(agency, summary_on):
        if day > today:
            break
        one = agency.segments[firing[0]].id(firing[1])
        if firing <= done:
            count += one in already and one not in heard
        else:
            count += not quiet and (firing < at or pending)
    return count


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
        known.update(decision.kept)
        if decision.tell:
            yield day, decision
        day = decision.next_on
