"""Reading one text: words, shape, values, terms; one meaning or none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from deadlines.grammar import refusals
from deadlines.grammar.chart import Cover, as_clauses, as_one_clause, shape
from deadlines.grammar.clause import Clause, Piece
from deadlines.grammar.clauses import CLAUSES, Span
from deadlines.grammar.compose import Part, compose
from deadlines.grammar.lending import EVERY_YEAR, every_year, with_lent_words
from deadlines.grammar.lexer import Lexed, lex, lex_loosely, number
from deadlines.grammar.reduction import Reduced, prepare_atoms
from deadlines.text import is_blank, normalise
from deadlines.types import Ambiguous, Deadline, Evidence, Milestone, Reading, Unread, Unspecified

LONGEST_TEXT = 1200
"""Longer texts are prose, which `plans.duties` looks through for the words of deadlines."""


def prepare() -> None:
    """Compiles every rule, half a second, so that no text waits for it; else each waits for its first text."""
    prepare_atoms()
    for rule in CLAUSES:
        _ = rule.regex, rule.first


def forget_shapes() -> None:
    """Drops what is remembered of the shapes of texts, for measuring; readings themselves stay remembered."""
    for remembered in (shape, as_one_clause, as_clauses):
        remembered.cache_clear()


@lru_cache(maxsize=16384)
def read(text: str) -> Reading:
    """What a printed deadline means; an empty cell is a `Deadline` that is unspecified."""
    return read_afresh(text)


def read_afresh(text: str) -> Reading:
    """`read` without its memory of texts."""
    if is_blank(text):
        return Deadline(text=text, terms=(Unspecified(),), evidence=())
    if len(text) > LONGEST_TEXT:
        return Unread(text=text, reason=refusals.LENGTH)
    printed = normalise(text)
    exact = lex(printed)
    if refusals.speaks_of_the_past(exact.signs):
        return Unread(text=text, reason=refusals.PAST)
    found = readings(exact, text)
    if not found:
        loose = lex_loosely(printed)
        if refusals.speaks_of_the_past(loose.signs):
            return Unread(text=text, reason=refusals.PAST)
        found = readings(loose, text) if loose.signs != exact.signs else []
    if not found:
        return Unread(text=text, reason=refusals.reason(exact.signs))
    return found[0] if len(found) == 1 else Ambiguous(text=text, readings=tuple(found))


def readings(lexed: Lexed, text: str) -> list[Deadline]:
    """Every different meaning of the words, each once; one clause is asked before several."""
    found: list[Deadline] = []
    ways = shape(lexed.signs)
    if len(ways) == 1 and (plain := _plainly(ways[0], lexed, text)):
        return [plain]
    for reduced in ways:
        values = _values(reduced, lexed)
        if values is None:
            continue
        whole = as_one_clause(reduced.signs)
        made = _made(whole, reduced, values, lexed, text)
        if not made and not any(span.rule and span.rule.final for (span,) in whole):
            made = _made(as_clauses(reduced.signs), reduced, values, lexed, text)
        found.extend(deadline for deadline in made if all(deadline.terms != other.terms for other in found))
    return found


def _plainly(reduced: Reduced, lexed: Lexed, text: str) -> Deadline | None:
    """The common case by the shortest way: one rule reads all the words and makes one term."""
    whole = as_one_clause(reduced.signs)
    if len(whole) != 1:
        return None
    ((span,),) = whole
    if span.rule is None or "doing" in span.groups or (values := _values(reduced, lexed)) is None:
        return None
    term = span.rule.build(Clause(span, reduced.at, values, lexed))
    if term is None or isinstance(term, tuple):
        return None
    own = lexed.evidence(span.rule.name, reduced.at[span.first], reduced.at[span.last])
    return Deadline(
        text=text,
        terms=(term,),
        evidence=(own, *_atoms_read(reduced, lexed)),
        confidence=min(lexed.confidence, reduced.confidence),
    )


def _atoms_read(reduced: Reduced, lexed: Lexed) -> list[Evidence]:
    return [lexed.evidence(atom.rule.name, atom.first, atom.last) for atom in reduced.atoms.values()]


def _made(
    covers: tuple[Cover, ...], reduced: Reduced, values: dict[int, Any], lexed: Lexed, text: str
) -> list[Deadline]:
    made: list[Deadline] = []
    for cover in covers:
        deadline = _deadline(cover, reduced, values, lexed, text)
        if deadline and all(deadline.terms != other.terms for other in made):
            made.append(deadline)
    return made


def _values(reduced: Reduced, lexed: Lexed) -> dict[int, Any] | None:
    values: dict[int, Any] = {}
    words = lexed.words
    for at, atom in reduced.valued:
        value = atom.rule.build(**{name: _capture(name, words[a:b]) for name, a, b in atom.numbers})
        if value is None:
            return None
        values[at] = value
    return values


def _capture(name: str, words: list[str]) -> Any:
    if len(words) == 1 and name not in _AS_PRINTED and words[0].isdecimal():
        return int(words[0])
    if name == "listed":
        return _listed(words)
    return words if name in _AS_PRINTED else number(words)


_AS_PRINTED = frozenset({"units", "k", "pairs", "listed"})
"""Captures that their rules want as words."""


def _listed(words: Sequence[str]) -> tuple[int, ...]:
    values: list[int] = []
    current: list[str] = []
    for word in [*words, ","]:
        if not word.isalnum() or word in (
            "và",
            "va",
            "hoặc",
            "quý",
            "quy",
            "tháng",
            "thang",
            "q",
            "t",
            "quí",
        ):
            if current:
                values.append(number(current))
            current = []
        else:
            current.append(word)
    return tuple(values)


def _deadline(cover: Cover, reduced: Reduced, values: dict[int, Any], lexed: Lexed, text: str) -> Deadline | None:
    parts: list[Part] = []
    for span in with_lent_words(cover, reduced, values) if len(cover) > 1 else cover:
        piece = _piece(span, reduced, values, lexed)
        if piece is None:
            return None
        rule = span.rule.name if span.rule else "note"
        evidence = lexed.evidence(rule, reduced.at[span.first], reduced.at[span.last])
        parts.append(Part(piece=piece, evidence=evidence))
    if len(parts) > 1 and _each_its_own(parts):
        return None
    return compose(parts, _atoms_read(reduced, lexed), min(lexed.confidence, reduced.confidence), text)


def _each_its_own(parts: list[Part]) -> bool:
    """ "Sở A hoàn thành quý I; Sở B hoàn thành quý II": a date for each agency is none of the whole task."""
    stones = [part.piece.milestone for part in parts if part.piece.milestone and part.piece.milestone.actor]
    acts = {stone.act.lower() for stone in stones}
    return len(acts) == 1 and len({stone.actor for stone in stones}) > 1


def _piece(span: Span, reduced: Reduced, values: dict[int, Any], lexed: Lexed) -> Piece | None:
    if span.rule is None:
        return Piece(note=True)
    made = span.rule.build(Clause(span=span, at=reduced.at, values=values, lexed=lexed))
    if made is None or isinstance(made, Piece):
        return made
    terms = made if isinstance(made, tuple) else (made,)
    if EVERY_YEAR in span.flags:
        terms = tuple(every_year(term) for term in terms)
    return Piece(terms=terms, milestone=_milestone(span, reduced, lexed) if "doing" in span.groups else None)


def _milestone(span: Span, reduced: Reduced, lexed: Lexed) -> Milestone:
    texts = {
        name: lexed.text(reduced.at[a], reduced.at[b])
        for name, (a, b) in span.groups.items()
        if name in ("actor", "doing")
    }
    return Milestone(actor=texts.get("actor"), act=texts["doing"].strip(" :,"))
