"""Dates, rhythms and lengths of time put together, so that each stands as one sign."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from deadlines.grammar import atoms, rhythms
from deadlines.grammar.rule import AtomRule

EXACT = ("day-or-months", "months-or-day", "iso-date", "date")
ATOMS: list[AtomRule] = [
    AtomRule("document", "D", "<D> ( , )? ( ( ra | ký | ban hành ) )? ngày <oabc> ( DSEP | tháng "
    "| / tháng ) <oab> ( DSEP | năm | / năm ) <Y>", lambda: None),
    *rhythms.DATED,
    *[rule for rule in atoms.RANGES if rule.sign.isupper()],
    *[rule for rule in atoms.YEARS if rule.name in EXACT],
    *[rule for rule in atoms.PARTS if rule.sign == "P"],
    *[rule for rule in atoms.YEARS if rule.name not in {*EXACT, "year"}],
    *rhythms.EVERY,
    *[rule for rule in atoms.RANGES if rule.sign.islower()],
    *atoms.OF_SOME_YEAR,
    *[rule for rule in atoms.PARTS if rule.sign == "p"],
    *rhythms.SPANS,
    *[rule for rule in atoms.YEARS if rule.name == "year"],
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Atom:
    rule: AtomRule
    first: int
    last: int
    numbers: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Reduced:
    """A text with its atoms put together: `at[i]` is the first word of sign i, `atoms` by sign."""

    signs: str
    at: tuple[int, ...]
    atoms: dict[int, Atom]


_RIVALS = [rule for rule in ATOMS if rule.rival]


_TOGETHER = "|".join(f"({rule.source})" for rule in ATOMS)
"""Written at once, since writing teaches the lexer the words of the atoms."""


@lru_cache(maxsize=1)
def together() -> re.Pattern[str]:
    """All atoms as one expression, compiled when it is first asked for."""
    return re.compile(_TOGETHER)


def reduce(signs: str) -> list[Reduced]:
    """The atoms of a text, longest first; several ways only where words mean two things."""
    ways: list[list[tuple[int, int, AtomRule]]] = [[]]
    for match in together().finditer(signs):
        rule = ATOMS[(match.lastindex or 1) - 1]
        choices = [other for other in _RIVALS if other.regex.fullmatch(match.group())] if rule.rival else [rule]
        ways = [[*way, (*match.span(), choice)] for way in ways for choice in choices][:4]
    return [_put_together(signs, way) for way in ways]


def _put_together(signs: str, found: list[tuple[int, int, AtomRule]]) -> Reduced:
    out: list[str] = []
    at: list[int] = []
    atoms_by_sign: dict[int, Atom] = {}
    position = 0
    for start, end, rule in found:
        out.append(signs[position:start])
        at.extend(range(position, start))
        match = rule.regex.match(signs, start)
        groups = tuple((name, *match.span(name)) for name in rule.regex.groupindex) if match else ()
        atoms_by_sign[len(at)] = Atom(rule, start, end, groups)
        at.append(start)
        out.append(rule.sign)
        position = end
    out.append(signs[position:])
    at.extend(range(position, len(signs) + 1))
    return Reduced("".join(out), tuple(at), atoms_by_sign)
