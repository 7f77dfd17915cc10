"""Passwords that everybody tries first: the most used of those that leaked, and what offices here are fond of.

`common_passwords.txt` has a digest a line, so that no leaked password stands in clear among the sources. Where they
come from is told in docs/decisions/0020-common-passwords.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from flows.steps.recording import fold

LISTED = 10_000
"""Passwords in the list, each of 12 letters or more."""

DIGITS = 12
"""Hexadecimal digits of a digest. Among 2^48 values, ten thousand hit nothing by chance."""

HABITS = """
    abc abcd abcdef admin administrator anhyeuem asdfgh asdfghjkl canbo chao chinhphu congchuc congvan dangnhap
    dondoc emyeuanh hanoi hello iloveyou kehoach khongbiet khongco khongnho letmein login matkhau nhacviec nhanvien
    nhiemvu pass passwd password quantri quantrivien qwerty qwertyuiop saigon test thoihan tinh ubnd user uyban
    uybannhandan vanphong vietnam welcome xinchao yeuem zxcvbn zxcvbnm 1q2w3e 1q2w3e4r 1q2w3e4r5t 1qaz 2wsx 3edc
"""
"""Words of passwords that office workers choose, without diacritics: they protect nothing."""

OWN = 4
"""So many letters and figures of a password have to be something else than known words, years and runs."""

_FIGURES = re.compile(r"(?:19|20)\d\d|(\w)\1{2,}")
_LEET = str.maketrans("@4310$57", "aaeiosst")
_RUNS = ("0123456789012", "9876543210987", "abcdefghijklmnopqrstuvwxyz")


def digest(password: str) -> str:
    """What the list has for a password; small and capital letters are one."""
    return hashlib.sha256(password.casefold().encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


@cache
def listed() -> frozenset[str]:
    file = Path(__file__).parent / "common_passwords.txt"
    return frozenset(file.read_text(encoding="ascii").split())


def is_common(password: str, known: Iterable[str]) -> bool:
    """Whether a password is in the list, or nothing is left of it but what anybody would try here.

    `known` are texts whose words count as such: the office's name, the user's.
    """
    bare = plain(password)
    if digest(password) in listed() or digest(bare) in listed():
        return True
    words = sorted(
        {*HABITS.split(), *(word for text in known for word in _words(text))}, key=lambda word: -len(word)
    )
    read = plain(_without_runs(password.casefold()).translate(_LEET))
    return any(len(_own(said, words)) < OWN for said in {bare, read})


def plain(text: str) -> str:
    """Small letters without diacritics, and figures; nothing between them."""
    return "".join(letter for letter in fold(text) if letter.isalnum())


def _words(text: str) -> list[str]:
    """The words of a name of two letters and more, and all of it as one."""
    words = [plain(word) for word in re.split(r"[\s.,_-]+", text)]
    return [word for word in (*words, "".join(words)) if len(word) > 1]


def _own(text: str, words: Iterable[str]) -> str:
    for word in words:
        text = text.replace(word, " ")
    return _without_runs(text).replace(" ", "")


def _without_runs(text: str) -> str:
    """Without years, repeated signs, and three or more letters or figures in their order."""
    text = _FIGURES.sub(" ", text)
    for run in _RUNS:
        for length in range(min(len(run), 10), 2, -1):
            for at in range(len(run) - length + 1):
                text = text.replace(run[at : at + length], " ")
    return text
