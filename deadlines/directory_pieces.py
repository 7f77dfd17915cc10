"""What a clause is cut into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from deadlines.directory_index import Entry


class Part(Enum):
    NAME = auto()
    TITLE = auto()
    CONNECTOR = auto()
    QUALIFIER = auto()
    REMARK = auto()
    """In parentheses."""
    UNREAD = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    part: Part
    start: int
    """The first token, and the one behind the last."""
    end: int
    entries: tuple[Entry, ...] = ()
    folded: bool = False
    opened: bool = False
    """"các" stands before it or in it: the start of an enumeration."""


def whole(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Words right before unread ones belong to them: "giao" of "giao thông" is no order to anybody."""
    held: Piece | None = None
    for piece in pieces:
        if held is not None and piece.part is Part.UNREAD and held.end == piece.start:
            piece = replace(piece, start=held.start)
        elif held is not None:
            yield held
        held = piece if piece.part in (Part.TITLE, Part.CONNECTOR) else None
        if held is None:
            yield piece
    if held is not None:
        yield held
