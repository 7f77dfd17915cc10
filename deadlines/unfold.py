"""From one term to its dates, before gates, extensions and days off are looked at."""

from __future__ import annotations

from datetime import date

from deadlines import recurrence, steps
from deadlines.counting import count, first_from, on_month_day, shift
from deadlines.drafts import Draft, Known, Unfolded, range_days
from deadlines.gates import happened, is_gate, is_manner, is_passed_by
from deadlines.types import (
    Conditional,
    Counted,
    Fixed,
    MonthDay,
    Ongoing,
    OpenStart,
    Range,
    Recurring,
    Term,
    Track,
    Unspecified,
)

_SHORT = 100
"""Days up to which the due day before matters to when this one is first told of."""


def unfold(at: int, term: Term, known: Known, out: Unfolded) -> None:
    match term:
        case Fixed():
            _fixed(at, term, known, out)
        case Range():
            _range(at, term, known, out)
        case OpenStart():
            _open_start(at, term, known, out)
        case Recurring():
            _recurring(at, term, known, out)
        case Conditional():
            _conditional(at, term, known, out)
        case Ongoing() | Unspecified():
            pass


def _fixed(at: int, term: Fixed, known: Known, out: Unfolded) -> None:
    if term.start is not None:
        _opening(at, term.start, term.tentative, known, out)
    due = _day(at, term.due, known, out)
    named = _day(at, term.named, known, out) if term.named is not None else None
    if due is None:
        return
    if named is not None and known.counting.before_means_day_before:
        out.steps.append(steps.day_before(named, due))
    elif named is not None:
        out.steps.append(steps.named_is_last(named))
        due = named
    out.drafts.append(_once(at, due, term.tentative))


def _once(at: int, on: date, tentative: bool = False) -> Draft:
    return Draft(key=f"t{at}:once", term=at, track=Track.DUE, on=on, tentative=tentative)


def _day(at: int, due: date | MonthDay | Counted, known: Known, out: Unfolded) -> date | None:
    match due:
        case MonthDay():
            if known.issued is None:
                _year_missing(at, out)
                return None
            on = first_from(due, known.issued)
            out.steps.append(steps.year_found(on, known.issued))
            return on
        case Counted():
            on = count(due.start, due.amount, due.unit, known.calendar)
            out.steps.append(steps.counted(due.start, due.amount, due.unit, on))
            return on
        case _:
            return due


def _year_missing(at: int, out: Unfolded) -> None:
    out.undatable.add(at)
    out.steps.append(steps.year_missing())


def _opening(at: int, start: date, tentative: bool, known: Known, out: Unfolded) -> None:
    """Tells of a start that is still to come when the plan is issued, and that no gate has overtaken."""
    if (known.issued is not None and start <= known.issued) or (known.gates.opened or date.min) >= start:
        return
    draft = Draft(key=f"t{at}:start", term=at, track=Track.OPENING, on=start, tentative=tentative)
    out.drafts.append(draft)
    out.steps.append(steps.opening(start))


def _range(at: int, term: Range, known: Known, out: Unfolded) -> None:
    span = range_days(term, known.issued)
    if span is None:
        _year_missing(at, out)
        return
    start, due = span
    if not isinstance(term.due, date) and known.issued is not None:
        out.steps.append(steps.year_found(due, known.issued))
    _opening(at, start, term.tentative, known, out)
    begun = max([start, *filter(None, (known.issued, known.gates.opened))])
    first, last = known.window(at)
    month, day = known.counting.yearly_check
    for year in range(max(begun.year, first.year), min(due.year - 1, last.year) + 1):
        on = on_month_day(MonthDay(month=month, day=day), year)
        if begun < on:
            draft = Draft(key=f"t{at}:check-{year}", term=at, track=Track.CHECK, on=on, repeats=True)
            out.drafts.append(draft)
    out.endless |= begun.year < due.year and known.until < date(due.year, 1, 1)
    out.drafts.append(_once(at, due, term.tentative))


def _open_start(at: int, term: OpenStart, known: Known, out: Unfolded) -> None:
    start = _day(at, term.start, known, out)
    if start is not None:
        _opening(at, start, term.tentative, known, out)


def _recurring(at: int, term: Recurring, known: Known, out: Unfolded) -> None:
    # The gate only cuts off what came before it: every other year stays the same other year.
    start = _latest_known(known.issued, term.start)
    named = term.named_rule if term.named_rule and not known.counting.before_means_day_before else None
    rule = named or term.rule
    first, last = known.window(at)
    end = min(last, term.until) if term.until else last
    days = recurrence.days(rule, start=start, first=max(first, known.gates.opened or first), last=end)
    given = recurrence.parts(term.named_rule or rule)
    # The period is the named day's, so that the setting about "trước ngày" never renames it.
    later = 1 if term.named_rule and named is None else 0
    periods = recurrence.period_names((shift(on, later) for on in days), given)
    earlier = recurrence.days(rule, start=start, first=shift(first, -_SHORT), last=shift(first, -1))
    before = [*earlier[-1:], *days] if earlier else [None, *days]
    out.drafts.extend(
        Draft(
            key=f"t{at}:{period}",
            term=at,
            track=Track.DUE,
            on=on,
            tentative=term.tentative,
            repeats=True,
            after=last_one if last_one is not None and (on - last_one).days <= _SHORT else None,
        )
        for on, period, last_one in zip(days, periods, before[: len(days)], strict=True)
    )
    out.ruled = True
    coming = next((on for on in days if on >= known.since), None)
    if coming:
        out.steps.append(steps.first_of_many(coming, start))
    stop = recurrence.last_possible(rule, term.until)
    out.endless |= stop is None or stop > known.until
    if len(days) == recurrence.MOST:
        out.full_until = min(out.full_until or days[-1], days[-1])


def _conditional(at: int, term: Conditional, known: Known, out: Unfolded) -> None:
    if is_gate(term, known.deadline.terms):
        return
    if is_manner(term) and is_passed_by(term, known.deadline.terms):
        out.steps.append(steps.manner(term.condition))
        return
    event = happened(at, term, issued=known.issued, met=known.met)
    if event is None:
        if is_passed_by(term, known.deadline.terms):
            out.steps.append(steps.passed_by(term.condition))
        elif term.condition.this_plan:
            out.undatable.add(at)
            out.steps.append(steps.plan_undated())
        else:
            out.steps.append(steps.waiting(term.condition))
        return
    if not term.condition.this_plan:
        out.drafts.append(Draft(key=f"t{at}:start", term=at, track=Track.OPENING, on=event))
        out.steps.append(steps.opening(event))
    on, step = after_event(term, event, known)
    out.steps.append(step)
    out.drafts.append(_once(at, on))


def after_event(term: Conditional, event: date, known: Known) -> tuple[date, str]:
    """The due date of an event, and how it was counted."""
    if term.offset is not None:
        on = count(event, term.offset, term.unit, known.calendar)
        return on, steps.counted(event, term.offset, term.unit, on)
    amount, unit = known.counting.default_offset, known.counting.default_unit
    on = count(event, amount, unit, known.calendar)
    return on, steps.counted_by_default(event, amount, unit, on)


def _latest_known(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)
