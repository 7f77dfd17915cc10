"""A cell as words and breaks, in a form where spelling habits make no difference.

The letters of a name are compared without blanks, "và", "các", commas and dashes; capitals, NFC or NFD, the
place of a tone mark (hòa, hoà) and y for i (kỹ, kĩ) change nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from deadlines.directory_words import ABBREVIATIONS, JOINERS

_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_STROKE = "\u0335"
_MARKS = re.compile("[\u0300-\u036f]+")
_SIGNS = dict(zip(map(ord, _TONES + _STROKE + "\u0302\u0306\u031b"), "`'~?./^<+", strict=True))
_FINAL_Y = re.compile(r"^([bcdghklmnprstvx]+|qu)y$")
_TOKEN = re.compile(
    r"(?P<number>(?:(?<=^)|(?<=[\s;,:.\-–+*•(]))(?:\d{1,3}[.)]|[a-zđ][)])(?=\s*[^\W\d]))"
    r"|(?P<word>(?:[^\W_]|[\u0300-\u036f])+)|(?P<mark>\S)",
    re.IGNORECASE,
)


class Break(Enum):
    NONE = auto()
    SOFT = auto()
    """May stand inside a name or between two."""
    DASH = auto()
    """As soft, but what stands on both sides belongs together ("Chi cục Dân số - Sở Y tế")."""
    HARD = auto()
    COLON = auto()
    OPEN = auto()
    CLOSE = auto()


_BREAKS = {";": Break.HARD, "|": Break.HARD, "•": Break.HARD, "+": Break.HARD, "*": Break.HARD, ":": Break.COLON}
_BREAKS |= dict.fromkeys("-‐‑‒–—−", Break.DASH)
_BREAKS |= {"(": Break.OPEN, "[": Break.OPEN, "{": Break.OPEN, ")": Break.CLOSE, "]": Break.CLOSE, "}": Break.CLOSE}


WITHIN = frozenset({Break.NONE, Break.SOFT, Break.DASH})
"""What a name may have between its letters."""


@dataclass(frozen=True, slots=True)
class Token:
    key: str
    """Empty for a break."""
    start: int
    end: int
    broken: Break = Break.NONE
    joiner: bool = False
    plural: bool = False


@lru_cache(maxsize=131072)
def syllable(word: str) -> str:
    """Lower case, decomposed, its tone mark at the end: one form for all ways of typing it."""
    letters = unicodedata.normalize("NFD", word.casefold())
    letters = unicodedata.normalize("NFD", letters)
    tones = "".join(letter for letter in letters if letter in _TONES)
    plain = "".join(letter for letter in letters if letter not in _TONES)
    if plain.endswith("y"):
        plain = _FINAL_Y.sub(r"\1i", plain)
    return plain.replace("đ", "d" + _STROKE).replace("ð", "d" + _STROKE) + tones


def bare(key: str) -> str:
    """A key without any diacritics."""
    return key if key.isascii() else _MARKS.sub("", key)


def only_lost(printed: str, named: str) -> bool:
    """Whether `printed` is `named` with some diacritics missing and none changed."""
    letters = iter(named)
    for letter in printed:
        for other in letters:
            if other == letter:
                break
            if not _MARKS.match(other):
                return False
        else:
            return False
    return all(_MARKS.match(letter) for letter in letters)


def spelling(words: list[str]) -> str:
    """Words to compare letter by letter, each mark one ASCII sign: that is what rapidfuzz is quick at."""
    return " ".join(words).translate(_SIGNS)


def words_of(text: str) -> list[str]:
    """The words of a name or phrase as they are compared; abbreviations are written out, joiners left out."""
    return words_among(tokens(text))


def words_among(found: Iterable[Token]) -> list[str]:
    words = [token for token in found if token.key]
    return [token.key for token in words if not token.joiner] or [token.key for token in words]


def name_key(text: str) -> str:
    """What two spellings of one name have in common."""
    return "".join(words_of(text))


def phrase_keys(phrases: Iterable[str]) -> frozenset[str]:
    """Phrases by their letters, as `name_key` gives them."""
    return frozenset(map(name_key, phrases))


def tokens(text: str) -> list[Token]:
    """Words and breaks in printed order, with the characters that each stands on."""
    found: list[Token] = []
    seen = text.translate(_INVISIBLE)
    places: Sequence[int] = range(len(text))
    if len(seen) < len(text):
        places = [at for at, letter in enumerate(text) if ord(letter) not in _INVISIBLE]
    for piece in _TOKEN.finditer(seen):
        start, end = places[piece.start()], places[piece.end() - 1] + 1
        if piece.lastgroup == "word":
            key = syllable(piece.group())
            joins = key in _JOINERS
            found.append(Token(key, start, end, joiner=joins, plural=joins and key != _AND))
        elif piece.lastgroup == "number":
            found.append(Token("", start, end, Break.HARD))
        else:
            found.append(Token("", start, end, _BREAKS.get(piece.group(), Break.SOFT)))
    return _written_out(found)


def _written_out(found: list[Token]) -> list[Token]:
    """Abbreviations in full, also those that print joins of their parts ("LĐ - TB&XH")."""
    whole: list[Token] = []
    at = 0
    while at < len(found):
        if found[at].key not in _SHORT_STARTS:
            whole.append(found[at])
            at += 1
            continue
        end, key = _abbreviation(found, at)
        whole.append(Token(key, found[at].start, found[end - 1].end) if key else found[at])
        at = end
    return whole


def _abbreviation(found: list[Token], at: int) -> tuple[int, str]:
    letters, longest, words = "", (at + 1, ""), 0
    for end in range(at, min(at + 8, len(found))):
        token = found[end]
        if token.broken is Break.NONE and not token.joiner:
            if len(token.key) > _LONGEST_SHORT:
                break
            letters, words = letters + token.key, words + 1
            if letters in _ABBREVIATED:
                longest = (end + 1, _ABBREVIATED[letters])
        elif token.broken not in WITHIN or not words or token.plural:
            break
    return longest


def _full(phrase: str) -> str:
    return "".join(syllable(word) for word in re.findall(r"[^\W_]+", phrase))


_AND = syllable("và")
_JOINERS = frozenset(map(syllable, JOINERS))
_ABBREVIATED = {syllable(short): _full(full) for short, full in ABBREVIATIONS.items()}
_SHORT_STARTS = frozenset(short[:end] for short in _ABBREVIATED for end in range(1, len(short) + 1))
_LONGEST_SHORT = max(map(len, _ABBREVIATED))
