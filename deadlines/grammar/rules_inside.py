"""Rules for a date told inside a longer time: a day of a month, an hour of a day."""

from __future__ import annotations

from deadlines.grammar.clause import Clause
from deadlines.grammar.pattern import define
from deadlines.grammar.rule import ClauseRule
from deadlines.grammar.rules_dates import by, told
from deadlines.grammar.values import Part, Period
from deadlines.types import Term

define("HOUR", '( lúc )? <oabcnx> ( ( giờ | h | g ) ( <oabcnx> ( phút )? )? | : <oabcnx> ) "? ( , )?')
define("INSIDE", "( , | LP | : )+ ( hoàn thành | xong | phải | thực hiện | kết thúc | trình | cụ thể )*")


def _exact(clause: Clause) -> Term | None:
    """ "năm 2026 (xong trước ngày 30/9)": the date inside the period is the one that counts."""
    outer: Period = clause["a"]
    inner = clause["b"]
    if isinstance(inner, Part):
        inner = inner.of(outer.end.year)
    if inner is None or inner.start < outer.start or inner.end > outer.end or inner == outer:
        return None
    return told(inner, clause)


def _day_inside(clause: Clause) -> Term | None:
    """ "tháng 6/2026 (trước ngày 20)" """
    month: Period = clause["a"]
    day = int(clause.text("d"))
    if (month.start.day, month.start.month) != (1, month.end.month) or day > month.end.day:
        return None
    named = month.start.replace(day=day)
    return told(Period(named, named, day=True), clause)


def _inside(sign: str) -> list[ClauseRule]:
    return [
        ClauseRule(
            "date-inside-period",
            f"BY {{a:P}} INSIDE ( {{before:BY BEFORE}} | BY ) {{b:{sign}}} RP?",
            _exact,
            alone=True,
        ),
        ClauseRule("hour-of-day", f"( BY | trước )* HOUR ( ngày )? {{a:{sign}}}", by),
    ]


RULES = [
    *_inside("P"),
    *_inside("p"),
    ClauseRule(
        "day-inside-month",
        "BY {a:P} INSIDE ( {before:BY BEFORE} | BY ) ngày {d:DN} RP?",
        _day_inside,
        alone=True,
    ),
]
