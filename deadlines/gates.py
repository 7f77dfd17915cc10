"""What a deadline waits for, and what has happened of it.

A date that only follows somebody's timetable (*năm 2018 theo lộ trình của Chính phủ*) does not close: its dates
stand as tentative, so agencies are reminded of them and the operator is asked, but nobody is late until the
operator confirms. Confirming is recording the gate's event (all dates become firm), or setting a date by an
extension (that date does). An undated *theo lộ trình của Bộ Y tế* waits for it like any other condition.

*Theo hướng dẫn của Bộ Nội vụ* and the like say how a thing is done, not when: the date beside them is firm, and
they stay as a note (docs/decisions/0013). Alone they are waited for.

What may happen many times or never (*nếu cần*, *khi có yêu cầu*, *nếu phát sinh*) gates nothing: nobody will ever
record it, so a date beside it holds as printed. Alone, it is all that the deadline says, and is waited for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from deadlines.types import Awaited, Conditional, Fixed, Ongoing, OpenStart, Range, Recurring, Term

Dated = Fixed | Range | OpenStart | Recurring | Ongoing


_NEED = frozenset({"đột xuất", "cần thiết", "cần", "thấy cần", "phát sinh", "xảy ra", "xuất hiện"})
_HAPPENING = re.compile(
    r"(?:các |những |một số )?(?:yêu cầu|đề nghị|kiến nghị|phản ánh|khiếu nại|tố cáo|nhu cầu|khó khăn|vướng mắc"
    r"|phát sinh|thay đổi|biến động|sự cố|sự việc|vụ việc|vụ cháy|tình huống|trường hợp|dấu hiệu|bất thường"
    r"|dịch(?! vụ)|ổ dịch|ca bệnh|người bệnh|bệnh nhân|thiên tai|thảm họa|bão|mưa lũ|ngộ độc|điều kiện"
    r"|chỉ định(?! thầu))(?!\w)"
)
_TIMETABLE = re.compile(r"(?:lộ trình|tiến độ|lịch)(?!\w)")
_UNNAMED_ORDER = re.compile(r"(?:văn bản |ý kiến |sự )?chỉ đạo")


def is_occasion(term: Conditional) -> bool:
    """Waits for mere need or for something that may happen many times or never ("đột xuất khi có yêu cầu")."""
    condition = term.condition
    act, instrument = (condition.act or "").lower(), (condition.instrument or "").lower()
    if condition.number or condition.after_task or condition.this_plan:
        return False
    if act in _NEED or _HAPPENING.match(instrument):
        return True
    return not condition.actors and (bool(_UNNAMED_ORDER.fullmatch(instrument)) or (act == "có" and not instrument))


def is_followed(term: Conditional) -> bool:
    """In step with a timetable that somebody else sets: "theo lộ trình của Chính phủ"."""
    return _goes_by(term) and _is_timetable(term)


def is_manner(term: Conditional) -> bool:
    """Says how and not when: "theo hướng dẫn của Bộ Nội vụ"."""
    return _goes_by(term) and not _is_timetable(term)


def _goes_by(term: Conditional) -> bool:
    """*theo* (in step with) rather than *sau khi* (after)."""
    return term.condition.act == "theo" and not is_occasion(term)


def _is_timetable(term: Conditional) -> bool:
    return _TIMETABLE.match((term.condition.instrument or "").lower()) is not None


def is_passed_by(term: Conditional, terms: Sequence[Term]) -> bool:
    """An occasion or a manner beside a term that has its own time: neither gate nor waited for."""
    return (is_occasion(term) or is_manner(term)) and any(isinstance(other, Dated) for other in terms)


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
    if not isinstance(term, Conditional) or is_passed_by(term, terms) or not (term.gate or is_followed(term)):
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
    """Every condition whose event has not been recorded, gates included, occasions beside a date not."""
    return tuple(
        Awaited(term=at, condition=term.condition, gate=is_gate(term, terms))
        for at, term in enumerate(terms)
        if isinstance(term, Conditional)
        and not term.condition.this_plan
        and not is_passed_by(term, terms)
        and happened(at, term, issued=issued, met=met) is None
    )
