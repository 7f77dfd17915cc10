"""Makes text from plans, directories and settings safe to put into a header, a mail or a cell.

What is printed stays; what is not printed goes: control characters, bidirectional marks (they can make
"exe.fdp" look like "pdf.exe"), zero-width characters, Unicode tags and halves of surrogate pairs. Text comes
out in NFC, the form that Vietnamese keyboards type.
"""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNSEEN_LETTERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
"""Those of `_UNSEEN` that Unicode, and so `str.isprintable`, counts as letters or marks."""
_SURROGATES = re.compile("[\ud800-\udfff\ufffe\uffff]")


def block(text: str) -> str:
    """Text of several lines: breaks become "\\n", tabs stay."""
    flat = text.replace("\n", "").replace("\t", "")
    if flat.isprintable() and not _UNSEEN_LETTERS.search(flat) and unicodedata.is_normalized("NFC", flat):
        return text  # nearly all text, many times as fast
    text = _CONTROLS.sub("", _BREAKS.sub("\n", text))
    text = _SURROGATES.sub("\ufffd", _UNSEEN.sub("", text))
    return unicodedata.normalize("NFC", text)


def line(text: str) -> str:
    """Text of one line: every run of white space, breaks included, becomes one blank."""
    if not text.isprintable():
        text = _CONTROLS.sub(" ", _BREAKS.sub(" ", text))
    return " ".join(block(text).split())


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words, with "…" where something is missing."""
    text = line(text)
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > limit // 2 else head).rstrip(" ,;:.-–") + "…"
