"""The tasks of one table: headings kept as sections, sub-rows tied to their parents, nothing dropped silently."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

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
from plans.types import TableKind

_FOOT = re.compile(r"^\W*(?:Nơi nhận\s*:|T/?M\.|KT\.|TL\.|TUQ\.|(?:NGƯỜI|Người) lập biểu)")
DASHES = frozenset("-–—+•")


@dataclass(slots=True)
class Draft:
    """A task while its table is being read."""

    row: Printed
    section: str | None
    outer: str | None = None
    """The heading above the section's."""
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
    annex: str | None = None
    """As `Place.annex`."""

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
    heading = section_number(reading.section)
    number = bare(row.number)
    if not heading or not number:
        return
    if number.startswith(f"{heading}.") or marker_of(number) in (Marker.DASH, Marker.SMALL):
        reading.dotted = True
    elif reading.dotted and marker_of(number) is Marker.ARABIC and number.count(".") <= heading.count("."):
        reading.section, reading.dotted = reading.outer, False


def section_number(section: str | None) -> str:
    """The number of a heading that is counted 1, 2, 3, or ""."""
    heading = bare(leading_number(section or "") or (section or "").split(" ")[0])
    return heading if marker_of(heading) is Marker.ARABIC else ""


def _draft(reading: Reading, row: Printed, before: Draft | None) -> Draft:
    draft = Draft(row=row, section=reading.section, outer=reading.outer)
    if marker_of(row.number) in (Marker.ROMAN, Marker.LETTER):
        reading.section = reading.outer = same_heading([row.number, row.title])
        draft.doubt("Dòng đánh số như đề mục nhưng có cơ quan hoặc thời hạn.", 0.75)
    if not row.title and before is not None and not row.number:
        draft.row = replace(row, number=before.row.number, title=before.row.title)
        draft.doubt("Dòng không in số và nội dung, hiểu là cùng nhiệm vụ với dòng trên.", 0.7)
    elif not row.title:
        draft.doubt("Dòng không có nội dung nhiệm vụ.", 0.5)
    elif reading.numbered and not row.number and row.title[:1] not in DASHES:
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
