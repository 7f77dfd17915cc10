"""Dates, rhythms and lengths of time put together, so that each stands as one sign."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deadlines.grammar import atoms, rhythm_days, rhythms
from deadlines.grammar.first import needed_signs
from deadlines.grammar.rule import AtomRule

EXACT = ("day-or-months", "months-or-day", "iso-date", "date")
ATOMS: list[AtomRule] = [
    AtomRule("document", "D", "<D> ( , )? ( ( ra | ký | ban hành ) )? ngày <oabc> ( DSEP | tháng "
    "| / tháng ) <oab> ( DSEP | năm | / năm ) <Y>", lambda: None),
    *rhythm_days.DATED,
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
    """A text with its atoms put together: `at[i]` is the first word of sign i, `atoms` by sign.

    `valued` are the atoms that stand for a value, which cited documents do not; `confidence` is the least of all.
    """

    signs: str
    at: tuple[int, ...]
    atoms: dict[int, Atom]
    valued: tuple[tuple[int, Atom], ...]
    confidence: float


_RIVALS = [rule for rule in ATOMS if rule.rival]


def _by_first() -> dict[str, tuple[tuple[AtomRule, frozenset[str]], ...]]:
    """For each sign the atoms that can begin with it, and of each the signs of which one must be in the text."""
    told = [(rule, needed_signs(rule.source)) for rule in ATOMS]
    signs: frozenset[str] = frozenset().union(*(rule.first for rule in ATOMS))
    return {sign: tuple((rule, needed) for rule, needed in told if sign in rule.first) for sign in signs}


_BY_FIRST = _by_first()
"""Written at once, since writing the expressions teaches the lexer the words of the atoms."""


def prepare_atoms() -> None:
    for rule in ATOMS:
        _ = rule.regex


def reduce(signs: str) -> list[Reduced]:
    """The atoms of a text, the first rule of `ATOMS` first; several ways only where words mean two things."""
    present = frozenset(signs)
    ways: list[list[tuple[int, int, AtomRule]]] = [[]]
    position = 0
    while position < len(signs):
        found = _atom_at(signs, position, present)
        if found is None:
            position += 1
            continue
        rule, match = found
        choices = [other for other in _RIVALS if other.regex.fullmatch(match.group())] if rule.rival else [rule]
        ways = [[*way, (*match.span(), choice)] for way in ways for choice in choices][:4]
        position = match.end()
    return [_put_together(signs, way) for way in ways]


def _atom_at(signs: str, position: int, present: frozenset[str]) -> tuple[AtomRule, re.Match[str]] | None:
    for rule, needed in _BY_FIRST.get(signs[position], ()):
        if not needed.isdisjoint(present) and (match := rule.regex.match(signs, position)):
            return rule, match
    return None


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
    valued = tuple((at, atom) for at, atom in atoms_by_sign.items() if atom.rule.sign != "D")
    confidence = min((atom.rule.confidence for atom in atoms_by_sign.values()), default=1.0)
    return Reduced("".join(out), tuple(at), atoms_by_sign, valued, confidence)
