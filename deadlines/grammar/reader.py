"""Reading one text: words, shape, values, terms; one meaning or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from deadlines.grammar.chart import Atom, Reduced, Span, shape
from deadlines.grammar.clause import Clause, Piece
from deadlines.grammar.compose import Part, compose
from deadlines.grammar.lexer import Lexed, lex, lex_loosely, number
from deadlines.text import bare, is_blank, normalise
from deadlines.types import Ambiguous, Deadline, Evidence, Milestone, Reading, Unread, Unspecified

LONGEST_TEXT = 1200
"""Longer texts are prose, for `deadlines.prose`."""
_CARRYING_OUT = ("thuc hien", "trien khai")
_DOUBT = re.compile(r"\b(?:du kien|khoang|lo trinh)\b")


@lru_cache(maxsize=16384)
def read(text: str) -> Reading:
    """What a printed deadline means; an empty cell is a `Deadline` that is unspecified."""
    return read_afresh(text)


def read_afresh(text: str) -> Reading:
    """`read` without its memory of texts."""
    if is_blank(text):
        return Deadline(text=text, terms=(Unspecified(),), evidence=())
    if len(text) > LONGEST_TEXT:
        return Unread(text=text)
    printed = normalise(text)
    found = readings(lex(printed), text)
    if not found:
        found = readings(lex_loosely(printed), text)
    if not found:
        return Unread(text=text)
    return found[0] if len(found) == 1 else Ambiguous(text=text, readings=tuple(found))


def readings(lexed: Lexed, text: str) -> list[Deadline]:
    """Every different meaning of the words, each once."""
    found: list[Deadline] = []
    for reduced, covers in shape(lexed.signs):
        if not covers:
            continue
        values = _values(reduced, lexed)
        if values is None:
            continue
        for cover in covers:
            deadline = _deadline(cover, reduced, values, lexed, text)
            if deadline and all(deadline.terms != other.terms for other in found):
                found.append(deadline)
    return found


def _values(reduced: Reduced, lexed: Lexed) -> dict[int, Any] | None:
    values: dict[int, Any] = {}
    for at, atom in reduced.atoms.items():
        if atom.rule.sign == "D":
            continue
        value = atom.rule.build(**_captures(atom, lexed))
        if value is None:
            return None
        values[at] = value
    return values


def _captures(atom: Atom, lexed: Lexed) -> dict[str, Any]:
    words = lexed.words
    captures: dict[str, Any] = {}
    for name, start, end in atom.numbers:
        first, last = atom.first + start - atom.first, end
        if name == "listed":
            captures[name] = _listed(words[first:last])
        elif name in ("units", "k"):
            captures[name] = words[first:last]
        else:
            captures[name] = number(words[first:last])
    return captures


def _listed(words: Sequence[str]) -> tuple[int, ...]:
    values: list[int] = []
    current: list[str] = []
    for word in [*words, ","]:
        if not word.isalnum() or word in ("và", "va", "hoặc", "quý", "quy", "tháng", "thang", "q", "t", "quí"):
            if current:
                values.append(number(current))
            current = []
        else:
            current.append(word)
    return tuple(values)


def _deadline(
    cover: tuple[Span, ...], reduced: Reduced, values: dict[int, Any], lexed: Lexed, text: str
) -> Deadline | None:
    parts: list[Part] = []
    confidence = lexed.confidence
    for span in cover:
        piece = _piece(span, reduced, values, lexed)
        if piece is None:
            return None
        first, last = reduced.at[span.first], reduced.at[span.last]
        words = lexed.text(first, last)
        rule = span.rule.name if span.rule else "note"
        place = lexed.printed.span(lexed.starts[first], lexed.end(last - 1))
        parts.append(Part(piece=piece, evidence=Evidence(rule=rule, words=words, span=place)))
    for atom in reduced.atoms.values():
        confidence = min(confidence, atom.rule.confidence)
    return compose(parts, _atom_evidence(reduced, lexed), confidence, text)


def _atom_evidence(reduced: Reduced, lexed: Lexed) -> list[Evidence]:
    return [
        Evidence(
            rule=atom.rule.name,
            words=lexed.text(atom.first, atom.last),
            span=lexed.printed.span(lexed.starts[atom.first], lexed.end(atom.last - 1)),
        )
        for atom in reduced.atoms.values()
    ]


def _piece(span: Span, reduced: Reduced, values: dict[int, Any], lexed: Lexed) -> Piece | None:
    at = reduced.at
    texts = {name: lexed.text(at[a], at[b]) for name, (a, b) in span.groups.items() if name != "core"}
    if span.rule is None:
        return Piece(note=True, milestone=_milestone(texts))
    captured = {name: values[a] for name, (a, b) in span.groups.items() if b == a + 1 and a in values}
    clause = Clause(values=captured, texts=texts, flags=_flags(span, reduced, lexed))
    made = span.rule.build(clause)
    if made is None:
        return None
    milestone = _milestone(texts)
    if isinstance(made, Piece):
        return made
    terms = made if isinstance(made, tuple) else (made,)
    return Piece(terms=terms, milestone=milestone)


def _milestone(texts: dict[str, str]) -> Milestone | None:
    doing = texts.get("doing")
    if not doing:
        return None
    return Milestone(actor=texts.get("actor") or None, act=doing.strip(" :,"))


def _flags(span: Span, reduced: Reduced, lexed: Lexed) -> frozenset[str]:
    at = reduced.at
    words = [bare(word) for word in lexed.words[at[span.first] : at[span.last]]]
    flags = []
    if _DOUBT.search(" ".join(words)):
        flags.append("tentative")
    lead = " ".join(words[: at[span.core] - at[span.first]])
    if lead.endswith(_CARRYING_OUT) and "thoi gian" not in lead:
        flags.append("carrying-out")
    return frozenset(flags)
