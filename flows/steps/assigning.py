"""From the words of a cell to the agencies that are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row

from deadlines.directory import Directory
from deadlines.directory_text import name_key
from store.plan_records import AssignmentRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Naming:
    """How the words of a cell are turned into agencies.

    `issued` is the plan's date: a name of that day is followed to whoever has its duties `on`. `names` are
    words that the directory does not know and a person has said whose they are, folded as `name_key` does.
    """

    directory: Directory
    province: str
    on: date
    issued: date | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Named:
    """What a task's cells say: who is assigned, as records and as (agency, role) pairs, and the words of the lead's
    cell that nobody matched."""

    assignments: tuple[AssignmentRecord, ...]
    unknown: str | None
    pairs: frozenset[tuple[str, str]]


class Reader:
    """Names the agencies of tasks by one directory; the same words of plans of the same day are read once."""

    def __init__(self, directory: Directory, province: str, on: date, names: Mapping[str, str]) -> None:
        self._directory, self._province, self._on, self._names = directory, province, on, names
        self._read: dict[tuple[str | None, str | None, date | None], Named] = {}

    def of(self, row: Row[Any]) -> Named:
        """`row` is one of `store.assigning.open_cells`."""
        cells = (row.lead_text, row.coordinating_text, row.issued_on)
        if cells not in self._read:
            naming = Naming(
                directory=self._directory,
                province=self._province,
                on=self._on,
                issued=row.issued_on,
                names=self._names,
            )
            found, unknown = assign(naming, row.lead_text, row.coordinating_text)
            self._read[cells] = Named(found, unknown, frozenset((one.agency, one.role) for one in found))
        return self._read[cells]


def assign(
    naming: Naming, lead_text: str | None, coordinating_text: str | None
) -> tuple[tuple[AssignmentRecord, ...], str | None]:
    """Who leads and who coordinates, and the words of the lead's cell that nobody matched.

    An agency that leads is not told a second time for coordinating.
    """
    named: dict[tuple[str, str], AssignmentRecord] = {}
    unmatched: list[str] = []
    for role, text in (("lead", lead_text), ("coordinating", coordinating_text)):
        if not text:
            continue
        cell = naming.directory.read_cell(text, on=naming.on, issued=naming.issued, province=naming.province)
        for match in cell.matches:
            as_role = "coordinating" if match.coordinating else role
            for agency in match.agencies:
                if (agency, "lead") not in named:
                    named.setdefault(
                        (agency, as_role),
                        AssignmentRecord(
                            agency=agency, role=as_role, words=match.words, as_group=match.group is not None
                        ),
                    )
        # A group without members reaches nobody, so its words are as unmatched as words nobody knows.
        lost = [one.words for one in cell.ambiguous] + [one.words for one in cell.unknown]
        lost += [one.words for one in cell.nobody]
        for words in lost:
            told = naming.names.get(name_key(words))
            if told is None:
                unmatched += [words] if role == "lead" else []
            elif (told, "lead") not in named:
                named.setdefault((told, role), AssignmentRecord(agency=told, role=role, words=words))
    return tuple(named.values()), "; ".join(unmatched) or None
