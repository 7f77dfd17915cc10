"""What a deadline waits for, and what has happened of it.

A gate that a date only follows (*năm 2018 theo lộ trình của Chính phủ*) does not close: its dates stand as
tentative, so agencies are reminded of them and the operator is asked, but nobody is late until the operator
confirms. Confirming is recording the gate's event (all dates become firm), or setting a date by an extension
(that date does). An undated *theo lộ trình của Bộ Y tế* waits for it like any other condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from deadlines.types import Awaited, Conditional, Fixed, Ongoing, OpenStart, Range, Recurring, Term

Dated = Fixed | Range | OpenStart | Recurring | Ongoing


def is_followed(term: Conditional) -> bool:
    """*theo* (in step with) rather than *sau khi* (after): "theo lộ trình của Chính phủ"."""
    return term.condition.act == "theo"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gates:
    """`opened` is the day on which the last of the gates opened; None where there is none, or one is shut."""

    shut: tuple[int, ...] = ()
    followed: tuple[int, ...] = ()
    """What dates follow and nobody has confirmed."""
    confirmed: bool = False
    """There is something that dates follow, and all of it is confirmed."""
    opened: date | None = None
    last: int | None = None
    """The gate that opened last."""


def is_gate(term: Term, terms: Sequence[Term]) -> bool:
    """A gate of nothing else is an ordinary condition: it must still lead to a date."""
    if not isinstance(term, Conditional) or not (term.gate or is_followed(term)):
        return False
    return any(isinstance(other, Dated) for other in terms)


def happened(at: int, term: Conditional, *, issued: date | None, met: Mapping[int, date]) -> date | None:
    """The day of the term's event; a plan's own issue is an event that has happened already."""
    return met.get(at, issued if term.condition.this_plan else None)


def gates(terms: Sequence[Term], *, issued: date | None, met: Mapping[int, date]) -> Gates:
    shut: list[int] = []
    followed: list[int] = []
    events: list[tuple[date, int]] = []
    confirmed = False
    for at, term in enumerate(terms):
        if not isinstance(term, Conditional) or not is_gate(term, terms):
            continue
        event = happened(at, term, issued=issued, met=met)
        if event is None:
            (followed if is_followed(term) else shut).append(at)
        elif is_followed(term):
            confirmed = True
        else:
            events.append((event, at))
    opened, last = max(events) if events and not shut else (None, None)
    return Gates(
        shut=tuple(shut),
        followed=tuple(followed),
        confirmed=confirmed and not followed,
        opened=opened,
        last=last,
    )


def awaited(terms: Sequence[Term], *, issued: date | None, met: Mapping[int, date]) -> tuple[Awaited, ...]:
    """Every condition whose event has not been recorded, gates included."""
    return tuple(
        Awaited(term=at, condition=term.condition, gate=is_gate(term, terms))
        for at, term in enumerate(terms)
        if isinstance(term, Conditional)
        and not term.condition.this_plan
        and happened(at, term, issued=issued, met=met) is None
    )
