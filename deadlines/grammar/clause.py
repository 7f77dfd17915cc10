"""A clause as a rule's `build` sees it, and the piece of a deadline that it makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deadlines.types import Milestone, Term


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
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
    """The captures of one rule: values of atoms by name, and what is printed there."""

    values: Mapping[str, Any]
    texts: Mapping[str, str]
    front: str = ""
    """What is printed before the part that the rule's own pattern reads."""
    flags: frozenset[str] = field(default_factory=frozenset)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str) -> Any:
        return self.values.get(name)

    def has(self, name: str) -> bool:
        return name in self.texts

    def text(self, name: str) -> str:
        return self.texts.get(name, "")
