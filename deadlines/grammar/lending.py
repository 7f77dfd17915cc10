"""Words said once for several dates: "trước ngày 20/6 và 20/12", "tháng 4 (đợt 1), tháng 10 hằng năm"."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

from deadlines.grammar.chart import Cover
from deadlines.grammar.clauses import Span
from deadlines.grammar.pattern import expression
from deadlines.grammar.reduction import Reduced
from deadlines.grammar.values import YEARLY, Part, Period, Rhythm
from deadlines.types import Fixed, MonthDay, Range, Recurring, Term

_AND = re.compile(expression("RP? ( , | và | & )+"))
BEFORE, EVERY_YEAR = "before", "every-year"


def with_lent_words(cover: Cover, reduced: Reduced, values: dict[int, Any]) -> Cover:
    """The clauses; those joined to others share a *trước* said before them or a *hằng năm* after them."""
    spans = list(cover)
    joined = [bool(_AND.fullmatch(reduced.signs, one.last, other.first)) for one, other in pairwise(cover)]
    for i, and_ in enumerate(joined):
        if and_ and _says_before(spans[i]) and _alike(spans[i], spans[i + 1], values):
            spans[i + 1] = _with(spans[i + 1], BEFORE)
    for i in range(len(joined) - 1, -1, -1):
        if joined[i] and _says_every_year(spans[i + 1], values) and _is_bare(spans[i], values):
            spans[i] = _with(spans[i], EVERY_YEAR)
    return tuple(spans)


def every_year(term: Term) -> Term:
    """A date without its year, as one of every year."""
    if not isinstance(term, Fixed | Range) or not isinstance(term.due, MonthDay):
        return term
    named = term.named if isinstance(term, Fixed) else None
    return Recurring(
        rule=_on(term.due).rule,
        named_rule=_on(named).rule if isinstance(named, MonthDay) else None,
        tentative=term.tentative,
    )


def _on(day: MonthDay) -> Rhythm:
    return YEARLY.on(Part((day.month, day.day), (day.month, day.day)))


def _with(span: Span, word: str) -> Span:
    return replace(span, flags=span.flags | {word})


def _says_before(span: Span) -> bool:
    by_name = span.rule is not None and span.rule.name.startswith(BEFORE)
    return by_name or BEFORE in span.groups or BEFORE in span.flags


def _says_every_year(span: Span, values: dict[int, Any]) -> bool:
    if EVERY_YEAR in span.flags:
        return True
    last = span.groups.get("e")
    end = span.groups.get("tail", (span.last, span.last))[0]
    return last is not None and last[1] == end and values.get(last[0]) == YEARLY and span.first < last[0]


def _is_bare(span: Span, values: dict[int, Any]) -> bool:
    """Nothing but a part of the year, without a year and without an act."""
    found = [values[at] for at in range(span.first, span.last) if at in values]
    return bool(found) and all(isinstance(value, Part) for value in found) and "doing" not in span.groups


def _alike(one: Span, other: Span, values: dict[int, Any]) -> bool:
    """Both name a day, or both a longer part of the year, and nothing stands before the second."""
    first = next((values[at] for at in range(one.first, one.last) if at in values), None)
    second = values.get(other.first)
    kinds = Part | Period | Rhythm
    return isinstance(first, kinds) and isinstance(second, kinds) and _names_a_day(first) == _names_a_day(second)


def _names_a_day(value: Part | Period | Rhythm) -> bool:
    return value.dated if isinstance(value, Rhythm) else value.day
