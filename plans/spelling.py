"""Two forms of a printed text: as people see it, and folded for comparing."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SOFT_HYPHEN = "\u00ad"
_VIETNAMESE = re.compile("[\u1ea0-\u1ef9ăđơưĂĐƠƯ]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BLANKS = re.compile(r"\s+")
_WORDS = re.compile(r"[^0-9a-z]+")
_MARKS = re.compile("[\u0300-\u036f]+")


def squeeze(text: str) -> str:
    """NFC, white space folded to single blanks, no invisible or control characters."""
    plain = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    if _SOFT_HYPHEN in plain and _VIETNAMESE.search(unicodedata.normalize("NFC", plain)):
        plain = plain.replace(_SOFT_HYPHEN, "")  # in TCVN3 it is the letter ư, and none of these stand beside it
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", plain)).strip()


def fold(text: str) -> str:
    """Lower case without diacritics and punctuation, words apart by one blank: for comparing only."""
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text.lower().replace("đ", "d")))
    if not bare.isascii():
        bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return _WORDS.sub(" ", bare).strip()


def is_upper(text: str) -> bool:
    """All letters are capitals, and there are at least three of them."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) >= 3 and all(letter.isupper() for letter in letters)
