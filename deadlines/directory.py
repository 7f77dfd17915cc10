"""Who the agencies are: reading a cell, following successors, expanding groups.

A directory is frozen: a change makes a new one (`deadlines.directory_change`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from deadlines.directory_index import Index, build
from deadlines.directory_reading import Question, read
from deadlines.directory_text import name_key
from deadlines.directory_types import (
    Agency,
    AgencyKind,
    Candidate,
    CellReading,
    Contact,
    Doubtful,
    Group,
    Match,
    Province,
    Role,
    Unmatched,
    Via,
)

__all__ = [
    "Agency",
    "AgencyKind",
    "Candidate",
    "CellReading",
    "Contact",
    "Directory",
    "Doubtful",
    "Group",
    "Match",
    "Province",
    "Role",
    "Unmatched",
    "Via",
]


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Agencies and groups of one or more provinces, in the order in which they are listed to people."""

    agencies: tuple[Agency, ...] = ()
    groups: tuple[Group, ...] = ()
    provinces: tuple[Province, ...] = ()

    @cached_property
    def index(self) -> Index:
        return build(self.agencies, self.groups, self.provinces)

    @cached_property
    def _agencies(self) -> dict[str, Agency]:
        return {agency.code: agency for agency in self.agencies}

    @cached_property
    def _groups(self) -> dict[str, Group]:
        return {group.code: group for group in self.groups}

    @cached_property
    def _expanded(self) -> dict[tuple[str, date, date], tuple[str, ...]]:
        return {}

    def agency(self, code: str) -> Agency | None:
        return self._agencies.get(code)

    def group(self, code: str) -> Group | None:
        return self._groups.get(code)

    def name(self, code: str) -> str:
        """How an agency or a group is called, or the code itself where nobody has it."""
        if code in self._agencies:
            return self._agencies[code].name
        group = self._groups.get(code)
        return group.names[0] if group and group.names else code

    def exists(self, code: str, on: date) -> bool:
        agency = self._agencies.get(code)
        return agency is not None and agency.valid(on)

    def read_cell(
        self, text: str, *, on: date, issued: date | None = None, province: str | None = None
    ) -> CellReading:
        """Whom a cell names, as the agencies of the day `on`. Never raises.

        `issued` is the plan's date: it decides where a name has belonged to different agencies in turn.
        `province` limits names to one province and the central agencies; without it, a name that several
        provinces have is ambiguous.
        """
        return read(text, self, Question(on=on, issued=issued or on, province=province))

    def resolve(self, code: str, on: date) -> tuple[str, ...]:
        """The agencies that have the duties of `code` on a day, its successors' order kept.

        An agency that does not exist yet, or ended without a successor, stands for itself; so does a code
        that the directory lacks. A ring of successors ends where it closes.
        """
        return tuple(dict.fromkeys(self._heirs(code, on, ())))

    def _heirs(self, code: str, on: date, passed: tuple[str, ...]) -> Iterator[str]:
        agency = self._agencies.get(code)
        if agency is None or agency.valid_to is None or on <= agency.valid_to or not agency.successors:
            yield code
            return
        for successor in agency.successors:
            if successor not in (*passed, code):
                yield from self._heirs(successor, on, (*passed, code))

    def expand(self, group: str, on: date, issued: date | None = None) -> tuple[str, ...]:
        """The members of a group on a day, in the directory's order.

        Members by kind are those of that day; where none of them is left (districts after 30/06/2025), those
        of the plan's day `issued`, as the agencies that they have become.
        """
        asked = (group, on, issued or on)
        if asked not in self._expanded:
            codes = set(self._members(group, on, issued or on, frozenset()))
            ordered = (agency.code for agency in self.agencies if agency.code in codes)
            self._expanded[asked] = tuple(ordered)
        return self._expanded[asked]

    def _members(self, code: str, on: date, issued: date, passed: frozenset[str]) -> Iterator[str]:
        group = self._groups.get(code)
        if group is None or code in passed:
            return
        left_out = {heir for gone in group.exceptions for heir in self.resolve(gone, on)}
        for agency in (*self._by_kind(group, on, issued), *group.members):
            yield from (heir for heir in self.resolve(agency, on) if heir not in left_out)
        for included in group.includes:
            members = self._members(included, on, issued, passed | {code})
            yield from (heir for heir in members if heir not in left_out)

    def _by_kind(self, group: Group, on: date, issued: date) -> list[str]:
        own = [a for a in self.agencies if a.province == group.province and a.kind in group.kinds]
        today = [agency.code for agency in own if agency.valid(on)]
        then = [agency.code for agency in own if agency.valid(issued)]
        return today or then or [agency.code for agency in own]

    def province_in(self, text: str) -> str | None:
        """The province that a text names ("Ủy ban nhân dân tỉnh Phú Châu"), if it names just one."""
        key = name_key(text)
        named = {p.code for p in self.provinces if any(name_key(n) in key for n in (p.name, *p.aliases))}
        return named.pop() if len(named) == 1 else None

    def in_province(self, province: str, on: date) -> tuple[Agency, ...]:
        return tuple(a for a in self.agencies if a.province == province and a.valid(on))

    def similar(self, text: str, *, province: str | None = None, limit: int = 10) -> tuple[Candidate, ...]:
        """Agencies and groups spelt most like a text, for a person to choose from."""
        near = self.index.similar(text, province, 30.0, limit)
        return tuple(Candidate(code=e.target, name=self.name(e.target), score=round(s, 1)) for e, s in near)
