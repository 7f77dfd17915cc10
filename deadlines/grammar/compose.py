"""Clauses put together: what one says of another."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from deadlines.gates import is_followed, is_passed_by
from deadlines.grammar.clause import Piece
from deadlines.grammar.values import YEARLY
from deadlines.types import (
    Conditional,
    Deadline,
    Evidence,
    Fixed,
    Ongoing,
    OpenStart,
    Range,
    Recurring,
    Term,
    Unspecified,
)

_SIMPLE = re.compile(r"FREQ=YEARLY;BYMONTH=([\d,]+);BYMONTHDAY=(-?\d+)")


_EVERY_YEAR = Recurring(rule=YEARLY.rule)


class Part(NamedTuple):
    piece: Piece
    evidence: Evidence


def compose(parts: list[Part], atoms: list[Evidence], confidence: float, text: str) -> Deadline | None:
    """One deadline of its clauses; None where they say nothing about time."""
    if len(parts) == 1 and parts[0].piece.terms and not parts[0].piece.tentative:
        piece = parts[0].piece
        return Deadline(
            text=text,
            terms=join(piece.terms) if len(piece.terms) > 1 else piece.terms,
            evidence=(parts[0].evidence, *atoms),
            confidence=confidence,
            milestone=piece.milestone,
            reference=piece.reference,
            phases=piece.phases,
        )
    return _compose_several(parts, atoms, confidence, text)


def _compose_several(parts: list[Part], atoms: list[Evidence], confidence: float, text: str) -> Deadline | None:
    pieces = [part.piece for part in parts]
    terms = tuple(term for piece in pieces for term in piece.terms)
    phases = next((piece.phases for piece in pieces if piece.phases), None)
    steady = any(piece.phases == "" for piece in pieces)
    if not terms and (steady or phases):
        terms = (Ongoing(),) if steady else (Unspecified(),)
    if not terms:
        return None
    terms = join(terms, tentative=any(piece.tentative for piece in pieces))
    return Deadline(
        text=text,
        terms=terms,
        evidence=(*(part.evidence for part in parts), *atoms),
        confidence=confidence,
        milestone=next((piece.milestone for piece in pieces if piece.milestone), None),
        reference=next((piece.reference for piece in pieces if piece.reference), None),
        phases=phases,
    )


def join(terms: tuple[Term, ...], *, tentative: bool = False) -> tuple[Term, ...]:
    """The terms of one deadline, each knowing what the others say."""
    if len(terms) == 1 and not tentative:
        return terms
    joined = _without_empty(_merge_rhythms(_without_heading(terms)))
    if any(isinstance(term, Conditional) for term in joined):
        joined = _gated(joined)
    joined = _within_range(joined)
    joined = _then_ongoing(joined)
    if tentative:
        joined = tuple(_as_tentative(term) for term in joined)
    return tuple(dict.fromkeys(joined))


def _as_tentative(term: Term) -> Term:
    if isinstance(term, Fixed | Range | OpenStart | Recurring):
        return replace(term, tentative=True)
    return term


def _without_empty(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    said = tuple(term for term in terms if not isinstance(term, Unspecified))
    return said or (Unspecified(),)


def _without_heading(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """ "hằng năm: trước 01/12 (báo cáo năm), trước 01/6 (báo cáo 6 tháng)": the days say when each year."""
    first, *others = terms
    days = [_SIMPLE.fullmatch(term.rule) for term in others if isinstance(term, Recurring)]
    if first == _EVERY_YEAR and len(days) > 1 and len(days) == len(others) and all(days):
        return tuple(others)
    return terms


def _gated(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """A condition beside a date or an open-ended duty is its gate; reports "on demand" are a duty of their own."""
    if not any(isinstance(term, Fixed | Range | OpenStart | Recurring | Ongoing) for term in terms):
        return terms
    follows = any(isinstance(term, Conditional) and is_followed(term) for term in terms)
    return tuple(
        replace(term, gate=True)
        if isinstance(term, Conditional) and term.offset is None and not is_passed_by(term, terms)
        else _as_tentative(term)
        if follows
        else term
        for term in terms
    )


def _then_ongoing(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """ "Quý IV/2026, triển khai thường xuyên": carrying it out goes on from the day after."""
    ends = [term.due for term in terms if isinstance(term, Fixed | Range) and isinstance(term.due, date)]
    if not ends:
        return terms
    start = max(ends) + timedelta(days=1)
    return tuple(replace(term, start=start) if isinstance(term, Ongoing) else term for term in terms)


def _within_range(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """ "giai đoạn 2026-2030, mỗi năm": the rhythm holds inside the range, or from an open start."""
    starts = [term.start for term in terms if isinstance(term, Range | OpenStart) and isinstance(term.start, date)]
    ends = [term.due for term in terms if isinstance(term, Range) and isinstance(term.due, date)]
    if len(starts) != 1:
        return terms
    return tuple(
        replace(term, start=term.start or starts[0], until=term.until or (ends[0] if ends else None))
        if isinstance(term, Recurring)
        else term
        for term in terms
    )


def _merge_rhythms(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Rhythms that differ in their months only are one: "6 tháng (trước 15/6), năm (trước 15/12)"."""
    merged: list[Term] = []
    for term in terms:
        before = merged[-1] if merged else None
        if isinstance(term, Recurring) and isinstance(before, Recurring):
            both = _merged(before, term)
            if both:
                merged[-1] = both
                continue
        merged.append(term)
    return tuple(merged)


def _merged(first: Recurring, second: Recurring) -> Recurring | None:
    if (first.start, first.until, first.tentative) != (second.start, second.until, second.tentative):
        return None
    rule = _merged_rule(first.rule, second.rule)
    if rule is None or (first.named_rule is None) != (second.named_rule is None):
        return None
    named = _merged_rule(first.named_rule, second.named_rule) if first.named_rule and second.named_rule else None
    if named is None and first.named_rule:
        return None
    return replace(first, rule=rule, named_rule=named)


def _merged_rule(first: str, second: str) -> str | None:
    one, other = _SIMPLE.fullmatch(first), _SIMPLE.fullmatch(second)
    if not one or not other:
        return None
    months = sorted({int(month) for match in (one, other) for month in match[1].split(",")})
    days = {_comparable(match) for match in (one, other)}
    if len(days) != 1:
        return None
    return f"FREQ=YEARLY;BYMONTH={','.join(map(str, months))};BYMONTHDAY={days.pop()}"


def _comparable(match: re.Match[str]) -> str:
    """A single month's last day counts as -1."""
    months, day = match[1], match[2]
    if "," not in months and int(day) >= 28:
        last = 31 if int(months) in (1, 3, 5, 7, 8, 10, 12) else 30
        return "-1" if int(day) == last else day
    return day
