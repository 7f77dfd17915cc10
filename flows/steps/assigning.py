"""From the words of a cell to the agencies that are told."""

from __future__ import annotations

from datetime import date

from deadlines.directory import Directory
from store.plans import AssignmentRecord


def assign(
    directory: Directory, lead_text: str | None, coordinating_text: str | None, *, on: date
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
        if role == "lead":
            unmatched = [part.words for part in cell.ambiguous] + [part.words for part in cell.unknown]
    return tuple(named.values()), "; ".join(unmatched) or None
