"""Rows that were read become tasks: parents found, agencies parted, conditions taken from title and product."""

from __future__ import annotations

from dataclasses import replace

from deadlines.grammar import find_conditions
from plans.agencies import split_parties
from plans.column_words import Role
from plans.columns_guess import names_agency
from plans.heading_words import agency_above, period_above
from plans.spelling import squeeze
from plans.table_rows import Marker, Printed, bare, leading_number, marker_of
from plans.table_tasks import DASHES, Draft, Reading, section_number
from plans.types import Task

_LONGEST = 4000
"""Conditions are looked for in so many characters of a cell."""


def tasks_of(reading: Reading) -> list[Task]:
    """The tasks that were read, in printed order."""
    numbers = {bare(draft.row.number) for draft in reading.drafts} | reading.heading_numbers
    last, section = "", None
    tasks = []
    for draft in reading.drafts:
        number = draft.row.number or ("" if reading.numbered else leading_number(draft.row.title))
        marker = Marker.DASH if not number and draft.row.title[:1] in DASHES else marker_of(number)
        if draft.section != section:
            last, section = section_number(draft.section), draft.section
        parent = None
        if marker in (Marker.DASH, Marker.SMALL):
            parent = last or None
        elif "." in bare(number):
            above = bare(number).rpartition(".")[0]
            parent = above if above in numbers else None
        if marker is Marker.ARABIC:
            last = bare(number)
        tasks.append(_task(reading, draft, number, parent))
    return tasks


def _task(reading: Reading, draft: Draft, number: str, parent: str | None) -> Task:
    row = draft.row
    lead, coordinating = _parties(draft, row, slashed=_is_slashed(reading))
    deadline = _deadline(row)
    if lead is None and (lead := agency_above((draft.section, draft.outer))):
        draft.doubt(f"Cơ quan lấy từ đề mục “{draft.section}” vì bảng không có cột cơ quan chủ trì.", 0.85)
    if deadline is None and (deadline := period_above((draft.section, draft.outer))):
        draft.doubt(f"Thời hạn lấy từ đề mục “{draft.section}” vì bảng không có cột thời hạn.", 0.85)
    return Task(
        table=reading.kind,
        number=number,
        title=row.title,
        place=row.place if reading.annex is None else replace(row.place, annex=reading.annex),
        section=draft.section,
        lead_text=lead,
        coordinating_text=coordinating,
        product=row.product,
        deadline_text=deadline,
        conditions=(*find_conditions(row.title[:_LONGEST]), *find_conditions((row.product or "")[:_LONGEST])),
        parent=parent,
        note=row.note,
        confidence=round(min(draft.certainty, reading.columns.confidence), 2),
        doubts=(*draft.doubts, *reading.columns.doubts),
    )


def _is_slashed(reading: Reading) -> bool:
    """The header itself parts lead and coordinating agencies by a stroke ("Cơ quan chủ trì/phối hợp")."""
    at = reading.columns.at(Role.LEAD_AND_COORDINATING)
    return at is not None and "/" in reading.columns.labels[at]


def _parties(draft: Draft, row: Printed, *, slashed: bool) -> tuple[str | None, str | None]:
    if row.both is None and (row.coordinating is not None or not row.lead):
        return row.lead, row.coordinating
    cell = row.both if row.both is not None else row.lead or ""
    parties = split_parties(cell)
    if parties is not None:
        return parties.lead, parties.coordinating
    if row.both is None:
        return cell, row.coordinating
    one, stroke, other = cell.partition("/")
    if slashed and stroke and "/" not in other and one.strip() and names_agency(other.strip()):
        draft.doubt("Tách cơ quan chủ trì và phối hợp theo dấu gạch chéo như tiêu đề cột.", 0.85)
        return squeeze(one), squeeze(other)
    if "," in cell or ";" in cell:
        draft.doubt("Ô ghi chung cơ quan chủ trì và phối hợp, chưa tách được.", 0.7)
    return cell, ""


def _deadline(row: Printed) -> str | None:
    if not row.start:
        return row.deadline if row.deadline is not None else row.start
    return f"{row.start} - {row.deadline}" if row.deadline else row.start
