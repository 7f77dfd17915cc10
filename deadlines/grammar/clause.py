"""A clause as a rule's `build` sees it, and the piece of a deadline that it makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from deadlines.types import Milestone, Term

if TYPE_CHECKING:
    from deadlines.grammar.clauses import Span
    from deadlines.grammar.lexer import Lexed


class Piece(NamedTuple):
    """What one clause adds to a deadline."""

    terms: tuple[Term, ...] = ()
    tentative: bool = False
    milestone: Milestone | None = None
    reference: str | None = None
    phases: str | None = None
    note: bool = False
    """Says nothing about time by itself."""
    period: bool = False
    """Its words name a time of carrying out ("thực hiện năm 2018")."""


@dataclass(slots=True)
class Clause:
    """The captures of one rule: values of atoms by name, and what is printed there.

    Not frozen, and others here named tuples: one is made for each clause read, and freezing doubles its cost.
    """

    span: Span
    at: tuple[int, ...]
    values: dict[int, Any]
    lexed: Lexed

    def __getitem__(self, name: str) -> Any:
        return self.values[self.span.groups[name][0]]

    @property
    def flags(self) -> frozenset[str]:
        return self.span.flags

    def has(self, name: str) -> bool:
        """Whether a capture took part, or the clause before lends its word ("before")."""
        return name in self.span.groups or name in self.span.flags

    def text(self, name: str) -> str:
        """The printed words of a capture, "" where it took part in no match."""
        if name not in self.span.groups:
            return ""
        first, last = self.span.groups[name]
        return self.lexed.text(self.at[first], self.at[last])
