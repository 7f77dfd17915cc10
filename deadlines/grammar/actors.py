"""The bodies in a printed list of issuers."""

from __future__ import annotations

import re

from deadlines.grammar.words import ORGANISATIONS
from deadlines.text import bare

_HEADS = sorted({bare(name) for name in ORGANISATIONS} | {"lanh dao", "cac", "nhung"}, key=len, reverse=True)
_NEXT_ACTOR = re.compile(r"\s*[,;/&]\s*|\s+(?:và|hoặc|và/hoặc|va|hoac)\s+", re.IGNORECASE)


def actors_of(text: str) -> tuple[str, ...]:
    """The bodies in a printed list; names that hold a comma or "và" themselves stay whole."""
    pieces: list[str] = []
    start = 0
    for separator in _NEXT_ACTOR.finditer(text):
        if _starts_actor(text[separator.end() :]):
            pieces.append(text[start : separator.start()])
            start = separator.end()
    pieces.append(text[start:])
    return tuple(piece.strip(" ,;") for piece in pieces if piece.strip(" ,;"))


def _starts_actor(text: str) -> bool:
    plain = bare(text.lower())
    return any(plain.startswith(head) and not plain[len(head) : len(head) + 1].isalnum() for head in _HEADS)
