"""What a rule is: a name, a pattern, and what its words come to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from deadlines.grammar.first import first_signs
from deadlines.grammar.pattern import expression


@dataclass(frozen=True)
class AtomRule:
    """Reads a few words as one value; `sign` is the character that then stands for them.

    `build` gets the numbers that the pattern keeps, by name (a tuple for names that start with "list"),
    and gives None where they make no sense (31/4).
    """

    name: str
    sign: str
    pattern: str
    build: Callable[..., Any]
    rival: bool = False
    """Read beside, not after, another rule that takes the same words: they mean two things."""
    confidence: float = 1.0

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(expression(self.pattern))

    @cached_property
    def source(self) -> str:
        """The expression without its captures, to stand beside others."""
        return re.sub(r"\(\?P<\w+>", "(?:", expression(self.pattern))

    @cached_property
    def first(self) -> frozenset[str]:
        return first_signs(self.source)


@dataclass(frozen=True)
class ClauseRule:
    """Reads one clause. `needs` are the signs of the atoms in it, in order.

    `build` gets a `Clause` (deadlines.grammar.clause) and gives a `Piece`, a term, several terms, or None
    where the words make no sense after all.
    """

    name: str
    pattern: str
    build: Callable[[Any], Any]
    confidence: float = 1.0
    final: bool = False
    """Where it matches the whole text and makes nothing, the text makes no sense ("2030-2026")."""
    alone: bool = False
    """Only for a text that is one clause."""
    family: str = ""
    """Of the rules of one family the first that reads a clause is the most exact; the others are not asked."""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(expression(self.pattern))

    @cached_property
    def first(self) -> frozenset[str]:
        return first_signs(expression(self.pattern))

    @cached_property
    def needs(self) -> str:
        return "".join(re.findall(r"\{\w+:([PpQqRrEU])\}", self.pattern))
