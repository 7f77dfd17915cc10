"""The small language that rules are written in, compiled to regular expressions over words.

    quý {q:QUARTER} (năm)? {y:YEAR}

Lower-case words and punctuation stand for themselves, capitals for a named pattern of `NAMES`, `{x:NAME}`
keeps what matched under the name x
(any pattern may stand for NAME, and the sign of an atom: `{a:P}`). `(
    | )`, `?`, `*` and `+` mean what they mean in regular expressions;
a printed bracket is `LP` or `RP`. `!x` demands that the next word is not x.
"""

from __future__ import annotations

import re

from deadlines.grammar.alphabet import ALPHABET

_PIECE = re.compile(r"\{(\w+):([^}]+)\}|(!?)([()|]|[?*+]\??|<[a-zA-Z]+>|[^\s(){}|?*+!]+)|\s+")
BRACKETS = {"LP": "(", "RP": ")", "PLUS": "+"}
ATOM_SIGNS = frozenset("PpQqRrEU")
NAMES: dict[str, str] = {}
_COMPILED: dict[str, str] = {}


def define(name: str, pattern: str) -> None:
    NAMES[name] = pattern


def define_one_of(name: str, words: list[str]) -> None:
    """A named pattern for any one of these words."""
    signs = "".join(dict.fromkeys("".join(ALPHABET.literal(word) for word in words)))
    _COMPILED[name] = f"[{signs}]"


def define_all_but(name: str, words: str, signs: str) -> None:
    """A named pattern for any one word except these words and signs."""
    barred = "".join(ALPHABET.literal(word) for word in words.split())
    _COMPILED[name] = f"[^{re.escape(barred)}{signs}]"


def expression(pattern: str) -> str:
    """The regular expression, over word characters, of a rule's pattern."""
    pattern = re.sub(r"(?<=\s)[+](?=\s|$)", "PLUS", pattern)
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        match = _PIECE.match(pattern, position)
        if match is None:
            raise ValueError(f"cannot read the pattern {pattern!r} at {position}")
        position = match.end()
        group, inner, negated, piece = match.group(1, 2, 3, 4)
        if group:
            parts.append(f"(?P<{group}>{_atom_sign(inner) or expression(inner)})")
        elif piece:
            parts.append(f"(?!{_one(piece)})" if negated else _one(piece))
    return _WORDS_ONLY.sub(_one_class, "".join(parts))


_WORDS_ONLY = re.compile(r"\(\?:(\[[^]^]+\](?:\|\[[^]^]+\])+)\)")


def _one_class(alternatives: re.Match[str]) -> str:
    """`(?:[a]|[b])` is `[ab]`: smaller, and sooner compiled."""
    return f"[{alternatives[1].replace('[', '').replace(']', '').replace('|', '')}]"


def _one(piece: str) -> str:
    if piece in "()|":
        return "(?:" if piece == "(" else piece
    if piece[0] in "?*+" and len(piece) <= 2:
        return piece
    if piece[0] == "<":
        return f"[{piece[1:-1]}]"
    if piece in BRACKETS:
        return f"[{ALPHABET.literal(BRACKETS[piece])}]"
    if piece.isupper() and (len(piece) > 1 or piece in NAMES):
        return _named(piece)
    return f"[{re.escape(ALPHABET.literal(piece))}]"


def _atom_sign(inner: str) -> str | None:
    return inner if inner in ATOM_SIGNS else None


def _named(name: str) -> str:
    if name not in _COMPILED:
        if name not in NAMES:
            raise ValueError(f"no pattern is called {name!r}")
        _COMPILED[name] = f"(?:{expression(NAMES[name])})"
    return _COMPILED[name]
