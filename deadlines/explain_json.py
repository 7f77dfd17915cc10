"""One entry of `dondoc explain --json`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from deadlines.grammar.values import last_day
from deadlines.types import (
    Ambiguous,
    Conditional,
    Counted,
    Deadline,
    Fixed,
    MonthDay,
    OpenStart,
    Range,
    Reading,
    Recurring,
    Term,
    Unit,
    Unread,
    Unspecified,
)


def describe(reading: Reading, *, issued: date | None = None, dues: Sequence[date] | None = None) -> dict[str, Any]:
    """The keys of DESIGN.md's table, then more: dates are ISO, `due` is the last of several.

    `issued` fills years that are not printed. `dues`, from resolving, takes the place of what the words give
    where they give none (a counted period, a recorded event).
    """
    if isinstance(reading, Unread):
        return {"text": reading.text, "kinds": ["unread"], **_nothing(), "rules": [], "reason": reading.reason}
    if isinstance(reading, Ambiguous):
        meanings = [describe(one, issued=issued) for one in reading.readings]
        return {"text": reading.text, "kinds": ["unread"], **_nothing(), "rules": [], "readings": meanings}
    return _entry(reading, issued, dues)


def _nothing() -> dict[str, Any]:
    return dict.fromkeys(("start", "due", "rrule", "condition"))


def _entry(deadline: Deadline, issued: date | None, dues: Sequence[date] | None) -> dict[str, Any]:
    terms = deadline.terms
    all_dues = [due for term in terms for due in [_due(term, issued)] if due] or list(dues or ())
    rules = [term for term in terms if isinstance(term, Recurring)]
    condition = next((term for term in terms if isinstance(term, Conditional)), None)
    entry: dict[str, Any] = {
        "text": deadline.text,
        "kinds": kinds(deadline),
        "start": _iso(_first(_start(term, issued) for term in terms)),
        "due": _iso(max(all_dues)) if all_dues else None,
        "rrule": _rule(rules[0]) if rules else None,
        "condition": _condition(condition) if condition else None,
        "rules": [evidence.rule for evidence in deadline.evidence],
    }
    entry["named_date"] = _iso(_first(_named(term, issued) for term in terms))
    entry["named_rrule"] = next((rule.named_rule for rule in rules if rule.named_rule), None)
    entry["confidence"] = deadline.confidence
    entry["tentative"] = any(getattr(term, "tentative", False) for term in terms)
    entry["reference"] = deadline.reference
    entry["phases"] = deadline.phases
    milestone = deadline.milestone
    entry["milestone"] = {"actor": milestone.actor, "act": milestone.act} if milestone else None
    entry["dues"] = [due.isoformat() for due in all_dues]
    entry["rrules"] = [_rule(rule) for rule in rules]
    entry["words"] = [evidence.words for evidence in deadline.evidence]
    return entry


def kinds(deadline: Deadline) -> list[str]:
    """The names of the terms in printed order, each once; a rhythm without dates counts as recurring."""
    names = list(dict.fromkeys(term.kind.value for term in deadline.terms))
    if deadline.phases and deadline.terms == (Unspecified(),):
        return ["recurring", "unspecified"]
    return names


def _start(term: Term, issued: date | None) -> date | None:
    match term:
        case Range(start=MonthDay() as start, due=due):
            last = _fill(due, issued)
            return _last_on_or_before(start, last) if last else None
        case Range(start=start) | OpenStart(start=start):
            return _fill(start, issued)
        case Fixed(start=start):
            return start
    return None


def _due(term: Term, issued: date | None) -> date | None:
    return _fill(term.due, issued) if isinstance(term, Fixed | Range) else None


def _named(term: Term, issued: date | None) -> date | None:
    return _fill(term.named, issued) if isinstance(term, Fixed) and term.named else None


def _fill(day: date | MonthDay | Counted, issued: date | None) -> date | None:
    """A full date; calendar days and weeks are counted here, other units by `deadlines.counting`."""
    match day:
        case Counted(start=start, amount=amount, unit=unit):
            lengths = {Unit.DAYS: 1, Unit.WEEKS: 7}
            return start + timedelta(days=amount * lengths[unit]) if unit in lengths else None
        case MonthDay() if issued:
            return next(
                (on for year in (0, 1, 2, 3, 4) if (on := _on(day, issued.year + year)) and on >= issued), None
            )
        case date():
            return day
    return None


def _last_on_or_before(day: MonthDay, last: date) -> date | None:
    return next((on for year in range(5) if (on := _on(day, last.year - year)) and on <= last), None)


def _on(day: MonthDay, year: int) -> date | None:
    length = last_day(year, day.month)
    if day.day > length:
        return None
    return date(year, day.month, length if day.day == -1 else day.day)


def _rule(term: Recurring) -> str:
    return f"{term.rule};UNTIL={term.until:%Y%m%d}" if term.until else term.rule


def _condition(term: Conditional) -> dict[str, Any]:
    condition = term.condition
    days = {Unit.DAYS: 1, Unit.WEEKS: 7}.get(term.unit)
    entry: dict[str, Any] = {
        "actors": list(condition.actors),
        "act": condition.act,
        "instrument": condition.instrument,
        "offset_days": term.offset * days if term.offset is not None and days else None,
    }
    if term.offset is not None and not days:
        entry["offset"] = {"amount": term.offset, "unit": term.unit.value}
    if condition.number:
        entry["number"] = condition.number
    if condition.after_task:
        entry["after_task"] = condition.after_task
    if condition.this_plan:
        entry["this_plan"] = True
    entry["gate"] = term.gate
    return entry


def _first(days: Iterable[date | None]) -> date | None:
    return next((day for day in days if day), None)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
