"""How a cell is laid out: clauses between hard breaks, and remarks in parentheses."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deadlines.directory_text import Break, Token


@dataclass(frozen=True, slots=True)
class Clause:
    """`remarks[i]` is the token behind the closing parenthesis of the one that opens at i."""

    tokens: Sequence[Token]
    start: int
    end: int
    remarks: dict[int, int]

    @property
    def bulleted(self) -> bool:
        """Dashes open the items of a list."""
        return self.start < self.end and self.tokens[self.start].broken is Break.DASH


def remarks(found: Sequence[Token]) -> dict[int, int]:
    """Where each outer parenthesis ends; one that nobody closed ends with the text."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for at, token in enumerate(found):
        if token.broken is Break.OPEN:
            opened.append(at)
        elif token.broken is Break.CLOSE and opened:
            ends[opened.pop()] = at + 1
    return ends | dict.fromkeys(opened, len(found))


def clauses(found: Sequence[Token], ends: dict[int, int]) -> Iterator[tuple[Clause, bool]]:
    """The parts between semicolons and the like, and whether a colon ends each."""
    start = at = 0
    while at < len(found):
        kind = found[at].broken
        if kind in (Break.HARD, Break.COLON):
            yield Clause(found, start, at, ends), kind is Break.COLON
            start = at + 1
        at = ends[at] if kind is Break.OPEN else at + 1
    yield Clause(found, start, len(found), ends), False


def printed(text: str, span: tuple[int, int]) -> str:
    """The words of a span, NFC, white space folded."""
    return " ".join(unicodedata.normalize("NFC", text[span[0] : span[1]]).split())
