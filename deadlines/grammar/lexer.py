"""Text to words, each with the one character that the rules know it by."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from deadlines.grammar.alphabet import (
    ALPHABET,
    DASHES,
    DOCUMENT,
    LARGE_NUMBER,
    LOOKALIKES,
    OTHER,
    SMALL_NUMBER,
    WORD,
)
from deadlines.text import Printed, bare
from deadlines.types import Evidence

_DASH = f"[{re.escape(DASHES)}]"
_DOCUMENT_NUMBER = (
    rf"\d{{1,5}}[a-zđ]?(?:/\d{{4}})?(?:/|\s?{_DASH}\s{{0,8}})"
    rf"(?:[a-zđ]{{1,8}}\d{{0,2}}(?:(?:/|{_DASH})\s{{0,8}}[a-zđ&]{{2,12}}\d{{0,2}})+|qh\d{{1,2}}|bc|cv|tb)(?![^\W_])"
)
_WORDS = re.compile(rf"{_DOCUMENT_NUMBER}|\d+|[^\W\d_]+|[^\w\s]|_")
_OCR_DIGITS = [
    (re.compile(r"(?<=\d)[oO]|[oO](?=\d)"), "0"),
    (re.compile(r"(?<=\d)[lI|](?=[\d/.-])|\b[lI|](?=\d)"), "1"),
]
EXACT, PLAIN, MENDED = 1.0, 0.8, 0.6
_DATE_WORDS = (
    "quý tháng năm ngày tuần hằng trước đến từ thường xuyên định kỳ giai đoạn chậm nhất mỗi cuối đầu giữa hết"
)
_DATE_SIGNS = frozenset(ALPHABET.literal(word)[1] for word in _DATE_WORDS.split())
"""Wrong marks are forgiven on these words only; on others they mostly make another word."""


class Lexed(NamedTuple):
    """`signs[i]` stands for `words[i]`, which begins at `starts[i]` of the folded text."""

    printed: Printed
    words: list[str]
    signs: str
    starts: list[int]
    confidence: float

    def end(self, i: int) -> int:
        """Where word i ends, in the folded text."""
        return self.starts[i] + len(self.words[i])

    def evidence(self, rule: str, first: int, last: int) -> Evidence:
        """What a rule read: the words from `first` to before `last`, with the bracket that closes one of theirs."""
        if last < len(self.words) and self.words[last] == ")" and "(" in self.words[first:last]:
            inside = self.words[first:last]
            last += inside.count("(") > inside.count(")")
        start, end = self.starts[first], self.end(last - 1)
        printed = self.printed
        return Evidence(rule=rule, words=printed.words(start, end), span=printed.span(start, end))

    def text(self, first: int, last: int) -> str:
        """What is printed from word `first` to before word `last`."""
        return self.printed.words(self.starts[first], self.end(last - 1)) if last > first else ""


def lex(printed: Printed) -> Lexed:
    folded, known = printed.folded, ALPHABET.words
    words = _WORDS.findall(folded)
    starts: list[int] = []
    position = 0
    for word in words:
        start = folded.index(word, position)
        starts.append(start)
        position = start + len(word)
    return Lexed(printed, words, "".join([known.get(word) or _sign(word) for word in words]), starts, EXACT)


def lex_loosely(printed: Printed) -> Lexed:
    """Words typed without diacritics, or scanned with letters for digits and wrong marks on vowels."""
    mended = printed.folded
    for pattern, digit in _OCR_DIGITS:
        mended = pattern.sub(digit, mended)
    lexed = lex(Printed(text=printed.text, folded=mended, offsets=printed.offsets))
    confidence = PLAIN if mended == printed.folded else MENDED
    marked = any(word[0].isalpha() and not word.isascii() for word in lexed.words)
    signs = []
    for word, sign in zip(lexed.words, lexed.signs, strict=True):
        plain = ALPHABET.loose.get(bare(word))
        if marked and word.isascii() and sign != WORD:
            plain = None
        if plain is None or (sign != WORD and not word.isascii()) or not word[0].isalpha():
            signs.append(sign)
            continue
        if not word.isascii() and plain not in _DATE_SIGNS:
            signs.append(sign)
            continue
        if word in LOOKALIKES or not word.isascii():
            confidence = MENDED
        signs.append(plain)
    return Lexed(lexed.printed, lexed.words, "".join(signs), lexed.starts, confidence)


def _sign(word: str) -> str:
    if word.isdecimal() and word.isascii():
        return LARGE_NUMBER if len(word) > 3 else SMALL_NUMBER
    if word[0].isalpha():
        return WORD
    return DOCUMENT if ("/" in word and len(word) > 1) or (word[0].isdecimal() and not word.isdecimal()) else OTHER


_NUMBER_WORDS = {
    "mot": 1, "nhat": 1, "dau": 1, "i": 1, "l": 1, "hai": 2, "nhi": 2, "ii": 2, "ll": 2, "li": 2, "il": 2,
    "ba": 3, "iii": 3, "lll": 3, "iil": 3, "bon": 4, "iv": 4, "lv": 4, "iy": 4, "lam": 5,
    "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
}  # fmt: skip


_MARKED_WORDS = {"sáu": 6, "tư": 4, "năm": 5, "qi": 1, "qii": 2, "qiii": 3, "qiv": 4}


def number(words: list[str]) -> int:
    """The number that one or more words print; digits come first where both are given ("30 (ba mươi)")."""
    if words[0].isdigit():
        return int(words[0])
    total = 0
    for word in words:
        value = _value(word)
        if value == 10 and bare(word) == "muoi" and total and word != "mười":
            total *= 10
        else:
            total += value
    return total


@lru_cache(maxsize=256)
def _value(word: str) -> int:
    """Words that are others without their marks ("sáu", "sau") count only with them."""
    return _MARKED_WORDS.get(word) or _NUMBER_WORDS.get(bare(word), 0)
