"""Printed text made comparable, with a way back to where each letter stood.

A reading may not depend on how the same words were typed: NFC or NFD, capitals or not, a tone mark on
either vowel ("hoà", "hòa"), no-break spaces, any of a dozen dashes.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

TONES = {"\u0300": "`", "\u0301": "'", "\u0309": "?", "\u0303": "~", "\u0323": "."}
_MARKS = re.compile("[\u0300-\u036f]")
_FOREIGN_D = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"})
_SAYS_SOMETHING = re.compile(r"[^\W_]")
BLANK_CELLS = frozenset({"", "-", "--", "---", "…", "...", "..", ".", "/", "x", "_", "__", "___"})
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])


class Printed(NamedTuple):
    """A text and its lower-case NFC form; `offsets[i]` is where letter i of the form begins in the text.

    `offsets` is None where both have the same length, letter for letter.
    """

    text: str
    folded: str
    offsets: tuple[int, ...] | None = None
    tidy: bool = False
    """No white space but single blanks, and letters where they stand in the text: words need no folding."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the printed text behind letters `start` to `end` (exclusive) of the form."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end]

    def words(self, start: int, end: int) -> str:
        """What is printed there, NFC, white space folded."""
        if self.tidy:
            return self.text[start:end]
        first, last = self.span(start, end)
        printed = self.text[first:last]
        if self.offsets is not None:
            printed = unicodedata.normalize("NFC", printed.translate(_INVISIBLE))
        return " ".join(printed.split())


def normalise(text: str) -> Printed:
    """Lower-case NFC without invisible characters; never raises, whatever the text holds."""
    folded = text.lower()
    if len(folded) == len(text) and unicodedata.is_normalized("NFC", folded):
        if folded.isprintable():  # so it holds no white space but blanks, and nothing invisible
            return Printed(text=text, folded=folded, tidy="  " not in folded)
        if len(folded.translate(_INVISIBLE)) == len(folded):
            return Printed(text=text, folded=folded)
    return _normalise_by_cluster(text)


def _normalise_by_cluster(text: str) -> Printed:
    letters: list[str] = []
    offsets: list[int] = []
    position = 0
    while position < len(text):
        end = position + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        cluster = unicodedata.normalize("NFC", text[position:end].translate(_INVISIBLE)).lower()
        letters.append(cluster)
        offsets.extend([position] * len(cluster))
        position = end
    return Printed(text=text, folded="".join(letters), offsets=(*offsets, len(text)))


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, dashes, dots."""
    return _SAYS_SOMETHING.search(text) is None or text.strip() in BLANK_CELLS


@lru_cache(maxsize=65536)
def bare(word: str) -> str:
    """The word without any diacritics: "trước" -> "truoc"."""
    if word.isascii():
        return word
    return _MARKS.sub("", unicodedata.normalize("NFD", word.translate(_FOREIGN_D)))


@lru_cache(maxsize=65536)
def tone_free(word: str) -> tuple[str, str]:
    """A syllable's letters without its tone, and the tone: "hoà" and "hòa" come to the same."""
    tone = ""
    letters = []
    for letter in unicodedata.normalize("NFD", word):
        if letter in TONES:
            tone += TONES[letter]
        else:
            letters.append(letter)
    return unicodedata.normalize("NFC", "".join(letters)), tone


def key(text: str) -> str:
    """One form for comparing names and phrases: lower case, NFC, tone and white space folded."""
    words = re.findall(r"[^\W_]+|[^\w\s]", normalise(text).folded)
    return " ".join("".join(tone_free(word)) for word in words)


def tone_variants(word: str) -> set[str]:
    """The same syllable with its tone mark on each of its vowels, as typists place it: "quý", "qúy"."""
    letters, tone = tone_free(word)
    if not tone:
        return {word}
    mark = next(mark for mark, sign in TONES.items() if sign == tone)
    vowels = [i for i, letter in enumerate(letters) if bare(letter) in "aeiouy"]
    variants = {unicodedata.normalize("NFC", letters[: i + 1] + mark + letters[i + 1 :]) for i in vowels}
    return variants | {word}
