"""From the words of a cell to the agencies that are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from deadlines.directory import Directory
from deadlines.directory_text import name_key
from store.plans import AssignmentRecord


def assign(
    directory: Directory,
    lead_text: str | None,
    coordinating_text: str | None,
    *,
    on: date,
    names: Mapping[str, str] | None = None,
) -> tuple[tuple[AssignmentRecord, ...], str | None]:
    """Who leads and who coordinates as of `on`, and the words of the lead's cell that nobody matched.

    An agency that leads is not told a second time for coordinating.
    """
    named: dict[tuple[str, str], AssignmentRecord] = {}
    unmatched: list[str] = []
    for role, text in (("lead", lead_text), ("coordinating", coordinating_text)):
        if not text:
            continue
        cell = directory.read_cell(text, on=on)
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
        for words in [part.words for part in cell.ambiguous] + [part.words for part in cell.unknown]:
            told = (names or {}).get(name_key(words))
            if told is None:
                unmatched += [words] if role == "lead" else []
            elif (told, "lead") not in named:
                named.setdefault((told, role), AssignmentRecord(agency=told, role=role, words=words))
    return tuple(named.values()), "; ".join(unmatched) or None
