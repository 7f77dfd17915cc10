"""A printed page as words and ruled cells at their coordinates, whether a PDF holds them or OCR found them.

Coordinates are in points from the upper left corner.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from plans.spelling import squeeze

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
_BROKEN_HYPHEN = re.compile(r"\w-$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    italic: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    ruled: tuple[tuple[Box, ...], ...] = ()
    """The cells of each ruled table."""
    levels: tuple[float, ...] = ()
    """Heights at which a horizontal line runs over much of the page."""


@dataclass(kw_only=True, slots=True)
class Line:
    """Words that stand on one height, from left to right."""

    words: list[Word]
    page: int

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        return max(word.bottom for word in self.words)

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @property
    def size(self) -> float:
        return max(word.size for word in self.words)

    @property
    def text(self) -> str:
        return squeeze(" ".join(word.text for word in self.words))

    def segments(self, gap: float) -> list[Line]:
        """Cut where two words are further apart than so many times the letters' size."""
        parts = [[self.words[0]]]
        for word in self.words[1:]:
            if word.x0 - parts[-1][-1].x1 > gap * self.size:
                parts.append([])
            parts[-1].append(word)
        return [Line(words=part, page=self.page) for part in parts]


@dataclass(kw_only=True, slots=True)
class Band:
    """Words gathered while a line is put together."""

    middle: float
    words: list[Word] = field(default_factory=list)


def lines_of(words: Iterable[Word], page: int) -> list[Line]:
    """From top to bottom."""
    bands: list[Band] = []
    for word in sorted(words, key=lambda each: (each.middle[1], each.x0)):
        middle = word.middle[1]
        if bands and middle - bands[-1].middle < 0.5 * min(word.size, bands[-1].words[-1].size):
            bands[-1].words.append(word)
        else:
            bands.append(Band(middle=middle, words=[word]))
    return [Line(words=sorted(band.words, key=lambda each: each.x0), page=page) for band in bands]


def running_text(lines: Sequence[str]) -> str:
    """Lines put together; a hyphen inside a word or number at a line's end keeps no blank after it."""
    text = ""
    for line in lines:
        glue = "" if not text or (_BROKEN_HYPHEN.search(text) and line[:1].isalnum()) else " "
        text += glue + line
    return squeeze(text)


def text_of(words: Iterable[Word], page: int) -> str:
    return running_text([line.text for line in lines_of(words, page)])
