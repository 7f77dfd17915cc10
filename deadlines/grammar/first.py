"""Which signs an expression can begin with, so that rules are tried only where they may match.

Works on the expressions that `pattern.expression` writes: classes, groups, alternatives, look-aheads and the
quantifiers ? * +, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

ANY = "\x00"
"""In a set of first signs: a negated class, so any sign may come."""


@dataclass
class _Reader:
    source: str
    at: int = 0

    def alternatives(self) -> tuple[set[str], bool]:
        """The first signs of `a|b|c` up to a closing bracket, and whether nothing at all may match."""
        signs, empty = self.sequence()
        while self.peek() == "|":
            self.at += 1
            more, other = self.sequence()
            signs, empty = signs | more, empty or other
        return signs, empty

    def sequence(self) -> tuple[set[str], bool]:
        signs: set[str] = set()
        open_start = True
        while self.peek() not in ("", "|", ")"):
            more, empty = self.item()
            if open_start:
                signs |= more
            open_start = open_start and empty
        return signs, open_start

    def item(self) -> tuple[set[str], bool]:
        sign = self.peek()
        if sign == "[":
            signs, empty = self.character_class(), False
        elif sign == "(":
            signs, empty = self.group()
        else:
            self.at += 1
            signs, empty = {sign}, False
        while self.peek() in ("?", "*", "+"):
            empty = empty or self.peek() != "+"
            self.at += 1
        return signs, empty

    def group(self) -> tuple[set[str], bool]:
        ahead = self.source.startswith("(?!", self.at)
        start = ">" if self.source.startswith("(?P<", self.at) else ":"
        self.at = self.at + 3 if ahead else self.source.index(start, self.at) + 1
        signs, empty = self.alternatives()
        self.at += 1
        return (set(), True) if ahead else (signs, empty)

    def character_class(self) -> set[str]:
        end = self.source.index("]", self.at)
        inner = self.source[self.at + 1 : end].replace("\\", "")
        self.at = end + 1
        return {ANY} if inner.startswith("^") else set(inner)

    def peek(self) -> str:
        return self.source[self.at : self.at + 1]


def first_signs(source: str) -> frozenset[str]:
    """The signs that a match can begin with; with `ANY` among them, any sign."""
    signs, empty = _Reader(source).alternatives()
    return frozenset(signs | {ANY} if empty else signs)


def needed_signs(source: str) -> frozenset[str]:
    """Signs of which every match holds at least one: the fewest that one of its pieces can begin with."""
    reader = _Reader(source)
    pieces: list[set[str]] = []
    while reader.peek() not in ("", "|"):
        signs, empty = reader.item()
        if not empty and ANY not in signs:
            pieces.append(signs)
    if reader.peek() == "|" or not pieces:
        raise ValueError(f"no piece that every match holds in {source!r}")
    _, fewest = min((len(piece), sorted(piece)) for piece in pieces)
    return frozenset(fewest)
