"""The tasks of one table: headings kept as sections, sub-rows tied to their parents, nothing dropped silently."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from deadlines.grammar import find_conditions
from plans.agencies import split_parties
from plans.columns import Columns, is_index_row, read_double_header, read_header, repeats_header
from plans.document import Place, Row
from plans.spelling import squeeze
from plans.table_rows import (
    Marker,
    Printed,
    bare,
    by_role,
    continues,
    is_heading,
    leading_number,
    marker_of,
    same_heading,
)
from plans.types import TableKind, Task

_FOOT = re.compile(r"^\W*(?:Nơi nhận\s*:|T/?M\.|KT\.|TL\.|TUQ\.|(?:NGƯỜI|Người) lập biểu)")
_LONGEST = 4000
"""Conditions are looked for in so many characters of a cell."""


@dataclass(slots=True)
class Draft:
    """A task while its table is being read."""

    row: Printed
    section: str | None
    doubts: list[str] = field(default_factory=list)
    certainty: float = 1.0

    def doubt(self, why: str, certainty: float) -> None:
        self.doubts.append(why)
        self.certainty = min(self.certainty, certainty)


@dataclass(slots=True)
class Reading:
    """One table, or one table printed in several parts, while it is being read."""

    columns: Columns
    kind: TableKind
    section: str | None = None
    drafts: list[Draft] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    heading_numbers: set[str] = field(default_factory=set)
    outer: str | None = None
    """The nearest heading above a heading that is numbered 1, 2, 3."""
    dotted: bool = False
    """The rows under the present heading repeat its number (2.1 under 2)."""
    warnings: list[str] = field(default_factory=list)

    @property
    def numbered(self) -> bool:
        return "number" in self.columns.roles


def read_rows(reading: Reading, rows: Sequence[Row]) -> None:
    """Reads the rows below a header into the reading."""
    printed = [by_role(row, reading.columns) for row in _without_headers(reading, rows)]
    for at, row in enumerate(printed):
        following = printed[at + 1] if at + 1 < len(printed) else None
        _read_row(reading, row, following)


def _without_headers(reading: Reading, rows: Sequence[Row]) -> list[Row]:
    kept: list[Row] = []
    skip = False
    for at, row in enumerate(rows):
        if skip or not any(cell and cell.strip() for cell in row.cells) or is_index_row(row.cells):
            skip = False
            continue
        if repeats_header(reading.columns, row.cells) and read_header(row.cells) is not None:
            below = rows[at + 1].cells if at + 1 < len(rows) else ()
            skip = bool(below) and read_double_header(row.cells, below) is not None
            continue
        if _ends_table(row):
            break
        kept.append(row)
    return kept


def _ends_table(row: Row) -> bool:
    """The recipients and the signature, which spreadsheets keep in rows under the table."""
    texts = [cell.strip() for cell in row.cells if cell and cell.strip()]
    return len(texts) <= 3 and any(_FOOT.match(text) for text in texts) and marker_of(texts[0]) is not Marker.ARABIC


def _read_row(reading: Reading, row: Printed, following: Printed | None) -> None:
    before = reading.drafts[-1] if reading.drafts else None
    if row.group:
        reading.section = row.group
    if continues(row, before.row if before else None, numbered=reading.numbered) and before is not None:
        before.row = _appended(before.row, row)
        before.doubt("Nội dung được ghép từ hai phần của một dòng bị ngắt trang.", 0.85)
        return
    if is_heading(row, following, numbered=reading.numbered):
        _open_section(reading, row)
        return
    if not row.title and not row.assigned:
        reading.warnings.append(
            f"Dòng chỉ có “{same_heading(row.texts)}”{where(row.place)} không được đọc thành nhiệm vụ."
        )
        return
    if before is not None and row.texts == before.row.texts and row.title:
        reading.warnings.append(f"Dòng {row.number or row.title[:40]}{where(row.place)} in lặp lại, chỉ giữ một.")
        return
    _close_section(reading, row)
    reading.drafts.append(_draft(reading, row, before))


def _open_section(reading: Reading, row: Printed) -> None:
    heading = same_heading(row.texts)
    number = row.number or leading_number(heading)
    if marker_of(number) is not Marker.ARABIC:
        reading.outer = heading
    reading.section = heading
    reading.dotted = False
    reading.headings.append(heading)
    reading.heading_numbers.add(bare(number))


def _close_section(reading: Reading, row: Printed) -> None:
    """A plain number after 2.1, 2.2 is a neighbour of the heading 2, not a part of it."""
    heading = bare(leading_number(reading.section or "") or (reading.section or "").split(" ")[0])
    number = bare(row.number)
    if marker_of(heading) is not Marker.ARABIC or not number:
        return
    if number.startswith(f"{heading}."):
        reading.dotted = True
    elif reading.dotted and marker_of(number) is Marker.ARABIC and number.count(".") <= heading.count("."):
        reading.section, reading.dotted = reading.outer, False


def _draft(reading: Reading, row: Printed, before: Draft | None) -> Draft:
    draft = Draft(row=row, section=reading.section)
    if not row.title and before is not None and not row.number:
        draft.row = replace(row, number=before.row.number, title=before.row.title)
        draft.doubt("Dòng không in số và nội dung, hiểu là cùng nhiệm vụ với dòng trên.", 0.7)
    elif not row.title:
        draft.doubt("Dòng không có nội dung nhiệm vụ.", 0.5)
    elif reading.numbered and not row.number:
        draft.doubt("Dòng không có số thứ tự.", 0.8)
    if not row.assigned:
        draft.doubt("Dòng không có cơ quan chủ trì, kết quả và thời hạn; có thể là đề mục.", 0.6)
    if row.missing and not row.surplus:
        draft.doubt("Dòng có ít ô hơn tiêu đề bảng, các ô có thể bị lệch cột.", 0.7)
    if row.surplus:
        draft.doubt("Dòng có nhiều ô hơn tiêu đề bảng, các ô có thể bị lệch cột.", 0.5)
    return draft


def _appended(upper: Printed, lower: Printed) -> Printed:
    def joined(one: str | None, two: str | None) -> str | None:
        return squeeze(f"{one or ''} {two}") if two else one

    return replace(
        upper,
        title=joined(upper.title, lower.title) or "",
        lead=joined(upper.lead, lower.lead),
        coordinating=joined(upper.coordinating, lower.coordinating),
        both=joined(upper.both, lower.both),
        product=joined(upper.product, lower.product),
        deadline=joined(upper.deadline, lower.deadline),
        note=joined(upper.note, lower.note),
    )


def where(place: Place) -> str:
    """How a place is told to people: " (trang 3, bảng 2, dòng 5)"."""
    parts = []
    for name, value in (("trang", place.page), ("trang tính", place.sheet), ("bảng", place.table)):
        if value is not None:
            parts.append(f"{name} {value}")
    line = place.row if place.row is not None else place.line
    if line is not None:
        parts.append(f"dòng {line}")
    return f" ({', '.join(parts)})" if parts else ""


def tasks_of(reading: Reading) -> list[Task]:
    """The tasks that were read, in printed order."""
    numbers = {bare(draft.row.number) for draft in reading.drafts} | reading.heading_numbers
    last = ""
    tasks = []
    for draft in reading.drafts:
        number = draft.row.number or ("" if reading.numbered else leading_number(draft.row.title))
        marker = marker_of(number)
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
    lead, coordinating = _parties(draft, row)
    return Task(
        table=reading.kind,
        number=number,
        title=row.title,
        place=row.place,
        section=draft.section,
        lead_text=lead,
        coordinating_text=coordinating,
        product=row.product,
        deadline_text=_deadline(row),
        conditions=(*find_conditions(row.title[:_LONGEST]), *find_conditions((row.product or "")[:_LONGEST])),
        parent=parent,
        note=row.note,
        confidence=round(min(draft.certainty, reading.columns.confidence), 2),
        doubts=(*draft.doubts, *reading.columns.doubts),
    )


def _parties(draft: Draft, row: Printed) -> tuple[str | None, str | None]:
    if row.both is None and (row.coordinating is not None or not row.lead):
        return row.lead, row.coordinating
    cell = row.both if row.both is not None else row.lead or ""
    parties = split_parties(cell)
    if parties is not None:
        return parties.lead, parties.coordinating
    if row.both is None:
        return cell, row.coordinating
    if "," in cell or ";" in cell:
        draft.doubt("Ô ghi chung cơ quan chủ trì và phối hợp, chưa tách được.", 0.7)
    return cell, ""


def _deadline(row: Printed) -> str | None:
    if not row.start:
        return row.deadline if row.deadline is not None else row.start
    return f"{row.start} - {row.deadline}" if row.deadline else row.start
