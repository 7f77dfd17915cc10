"""From terms to dates: what a deadline comes to, given what is known today.

Nothing here knows the day: `since` and `until` bound what recurs, and all else is listed whatever its
date. Keys never hang on a date that can move: `t0:once` and `t0:start` for what happens once,
`t0:2027-03` (or the whole day, where a month can hold several) for what recurs, `t0:2027-Q1` for a
report, `t0:check-2027` for a yearly look.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from deadlines import steps
from deadlines.calendar import Calendar
from deadlines.counting import Counting, target
from deadlines.drafts import Draft, Known, Unfolded
from deadlines.gates import Dated, awaited, gates
from deadlines.reporting import reports
from deadlines.types import (
    Awaited,
    Conditional,
    Deadline,
    Fixed,
    Occurrence,
    Range,
    Recurring,
    Resolution,
    Track,
)
from deadlines.unfold import after_event, unfold


def resolve(
    deadline: Deadline,
    *,
    issued: date | None,
    met: Mapping[int, date],
    extensions: Mapping[str, date],
    calendar: Calendar,
    counting: Counting,
    since: date,
    until: date,
) -> Resolution:
    """All dates of a deadline. Both bounds are inclusive.

    `met` gives, by the index of a term, the day on which its event happened; `extensions`, by the key of an
    occurrence, the date that a person set. An extension also gives a date to a term that has none
    (`t0:once`), and makes a tentative date firm. Raises ValueError where a recurrence rule is none.
    """
    known = Known(
        deadline=deadline,
        issued=issued,
        met=met,
        extensions=extensions,
        calendar=calendar,
        counting=counting,
        since=since,
        until=until,
        gates=gates(deadline.terms, issued=issued, met=met),
    )
    out = Unfolded()
    for at, term in enumerate(deadline.terms):
        unfold(at, term, known, out)
    reports(known, out)
    _open_gate(known, out)
    _set_by_hand(known, out)
    return _assemble(known, out)


def _open_gate(known: Known, out: Unfolded) -> None:
    """Tells that the gate has opened, and moves the dates that had passed by then."""
    if known.gates.confirmed:
        out.steps.append(steps.confirmed())
    opened, last = known.gates.opened, known.gates.last
    if opened is None or last is None:
        return
    gate = known.deadline.terms[last]
    assert isinstance(gate, Conditional)
    if not gate.condition.this_plan:
        out.drafts.append(Draft(key=f"t{last}:start", term=last, track=Track.OPENING, on=opened))
    out.steps.append(steps.gate_open(opened))
    for n, draft in enumerate(out.drafts):
        printed = known.deadline.terms[draft.term]
        once = isinstance(printed, Fixed | Range) and draft.track is Track.DUE
        if once and draft.on < opened and draft.key not in known.extensions:
            on, _ = after_event(gate, opened, known)
            out.drafts[n] = Draft(key=draft.key, term=draft.term, track=draft.track, on=max(on, draft.on))
            out.steps.append(steps.gate_open_late(draft.on, opened, on))


def _set_by_hand(known: Known, out: Unfolded) -> None:
    """Gives a date to each term that has none of its own and for which a person set one."""
    have = {draft.key for draft in out.drafts}
    for at, term in enumerate(known.deadline.terms):
        key = f"t{at}:once"
        if key in known.extensions and key not in have and not isinstance(term, Recurring):
            on = known.extensions[key]
            out.drafts.append(Draft(key=key, term=at, track=Track.DUE, on=on))


def _assemble(known: Known, out: Unfolded) -> Resolution:
    done: list[Occurrence] = []
    blocked: list[Occurrence] = []
    told: set[int] = set()
    for draft in sorted(out.drafts, key=lambda draft: (draft.on, draft.key)):
        on = known.extensions.get(draft.key, draft.on)
        if draft.repeats and not (_within(draft.on, known) or _within(on, known)):
            continue
        shut = bool(known.gates.shut) and isinstance(known.deadline.terms[draft.term], Dated)
        occurrence = _occurrence(draft, on, shut, known)
        (blocked if shut else done).append(occurrence)
        if on != draft.on or draft.key in known.extensions:
            out.steps.append(steps.extended(draft.on, on))
        if draft.track is Track.DUE and not (draft.repeats and draft.term in told):
            told.add(draft.term)
            out.steps.append(steps.due(on, occurrence.aim, occurrence.late_from, known.calendar))
            if occurrence.tentative and not known.gates.followed:
                out.steps.append(steps.uncertain())
    waiting = _waiting(known)
    needs_date = _needs_date(known, out, waiting)
    return Resolution(
        occurrences=tuple(sorted(done, key=_order)),
        blocked=tuple(sorted(blocked, key=_order)),
        waiting=waiting,
        needs_date=needs_date,
        complete_until=_complete_until(known, out),
        steps=tuple(dict.fromkeys(out.steps)),
    )


def _within(day: date, known: Known) -> bool:
    return known.since <= day <= known.until


def _order(occurrence: Occurrence) -> tuple[date, str]:
    return occurrence.on, occurrence.key


def _occurrence(draft: Draft, on: date, shut: bool, known: Known) -> Occurrence:
    firm = draft.key in known.extensions or known.gates.confirmed
    dated = isinstance(known.deadline.terms[draft.term], Dated)
    tentative = not firm and (draft.tentative or (dated and bool(known.gates.followed)))
    toward = target(on, known.calendar, known.counting)
    late = draft.track is Track.DUE and not tentative and not shut
    opening = draft.track is Track.OPENING
    return Occurrence(
        key=draft.key,
        term=draft.term,
        track=draft.track,
        on=on,
        aim=known.calendar.on_or_after(on) if opening else toward.aim,
        late_from=toward.late_from if late else None,
        tentative=tentative,
        after=draft.after,
    )


def _waiting(known: Known) -> tuple[Awaited, ...]:
    """What is awaited, without the conditions that a date set by a person has made needless."""
    found = awaited(known.deadline.terms, issued=known.issued, met=known.met)
    return tuple(one for one in found if one.gate or f"t{one.term}:once" not in known.extensions)


def _needs_date(known: Known, out: Unfolded, waiting: tuple[Awaited, ...]) -> bool:
    for one in waiting:
        if one.gate and one.term in known.gates.followed:
            out.steps.append(steps.followed(one.condition))
        elif one.gate:
            out.steps.append(steps.gate_shut(one.condition))
    undatable = any(f"t{at}:once" not in known.extensions for at in out.undatable)
    silent = not out.drafts and not waiting and not out.endless and not out.ruled
    if silent and not undatable:
        out.steps.append(steps.no_date())
    return undatable or silent


def _complete_until(known: Known, out: Unfolded) -> date | None:
    if out.full_until is not None:
        return min(out.full_until, known.until)
    return known.until if out.endless else None
