"""Conditions that a title or a product prints, and how they join the cell's deadline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from deadlines.gates import Dated, is_passed_by
from deadlines.grammar.compose import join
from deadlines.grammar.reader import read
from deadlines.text import is_blank, normalise
from deadlines.types import Conditional, Deadline, Evidence, Reading, Term, Unspecified

_BRACKETED = re.compile(r"\([^()]{4,300}\)")
_OPENING = re.compile(r"(?<!\w)(?:ngay sau khi|sau khi|khi có|ngay khi|sau nhiệm vụ)(?!\w)")


def find_conditions(text: str) -> tuple[str, ...]:
    """The conditional phrases inside a title or product cell, as printed (with their brackets, if any).

    A mere "(nếu có)" speaks of the words before it and is none.
    """
    printed = normalise(text)
    found: list[str] = []
    taken: list[tuple[int, int]] = []
    for bracket in _BRACKETED.finditer(printed.folded):
        inner = bracket.group()[1:-1].strip()
        if inner != "nếu có" and _is_condition(inner):
            found.append(printed.words(*bracket.span()))
        taken.append(bracket.span())
    for opening in _OPENING.finditer(printed.folded):
        if any(start <= opening.start() < end for start, end in taken):
            continue
        phrase = _longest(printed.folded, opening.start())
        if phrase:
            found.append(printed.words(opening.start(), phrase))
            taken.append((opening.start(), phrase))
    return tuple(found)


def _is_condition(text: str) -> bool:
    reading = read(text)
    return isinstance(reading, Deadline) and all(isinstance(term, Conditional) for term in reading.terms)


def _longest(folded: str, start: int) -> int | None:
    """Where the longest readable condition from `start` ends: the sentence, else before a comma or bracket."""
    stop = re.search(r"[.;(\n]\s|[.;(\n]?$|[;(]", folded[start:])
    end = start + (stop.start() if stop else len(folded))
    cuts = [end, *(start + comma.start() for comma in reversed(list(re.finditer(",", folded[start:end]))))]
    for cut in cuts[:6]:
        if _is_condition(folded[start:cut].strip()):
            return start + len(folded[start:cut].rstrip())
    return None


def read_task(deadline_text: str | None, conditions: Sequence[str] = ()) -> Reading:
    """The cell's deadline with the title's conditions joined to it.

    Beside a dated or ongoing cell a condition is a gate, unless it is one of need ("nếu cần", "khi có yêu cầu"),
    which gates nothing; where the cell is blank it is the deadline itself.
    A condition that no rule reads makes no gate: it leaves an `Evidence` with the rule "condition-not-read",
    and the confidence falls to 0.5 so that a person looks. A cell that is unread or ambiguous stays so.
    """
    cell = read(deadline_text or "")
    if not isinstance(cell, Deadline) or not conditions:
        return cell
    read_conditions = [read(condition.strip("() ")) for condition in conditions]
    if deadline_text is None or is_blank(deadline_text):
        return _conditions_alone(cell, read_conditions)
    terms = cell.terms
    evidence = cell.evidence
    confidence = cell.confidence
    for reading in read_conditions:
        if isinstance(reading, Deadline) and all(isinstance(term, Conditional) for term in reading.terms):
            terms = (*terms, *(_gate(term, terms) for term in reading.terms if isinstance(term, Conditional)))
            evidence = (*evidence, *(replace(item, rule=f"title:{item.rule}") for item in reading.evidence))
        else:
            evidence = (*evidence, _not_read(reading))
            confidence = min(confidence, 0.5)
    return replace(cell, terms=tuple(dict.fromkeys(terms)), evidence=evidence, confidence=confidence)


def _gate(term: Conditional, beside: Sequence[Term]) -> Conditional:
    dated = any(isinstance(other, Dated) for other in beside)
    return replace(term, gate=True, offset=None) if dated and not is_passed_by(term, beside) else term


def _conditions_alone(cell: Deadline, conditions: Sequence[Reading]) -> Reading:
    good = [reading for reading in conditions if isinstance(reading, Deadline)]
    terms = tuple(term for reading in good for term in reading.terms if not isinstance(term, Unspecified))
    if not terms:
        missing = tuple(_not_read(reading) for reading in conditions)
        return replace(cell, evidence=(*cell.evidence, *missing), confidence=0.5)
    evidence = tuple(item for reading in good for item in reading.evidence)
    return replace(cell, terms=join(terms), evidence=evidence)


def _not_read(reading: Reading) -> Evidence:
    text = reading.text
    return Evidence(rule="condition-not-read", words=text, span=(0, len(text)))
