"""All task tables of a document: parts that page breaks made are joined, new annexes told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from plans.column_words import Role, names_goals
from plans.columns import Columns, read_double_header, read_header, repeats_header
from plans.columns_guess import guess_columns, names_agencies
from plans.document import Document, Paragraph, Row, Table
from plans.spelling import fold, is_upper
from plans.table_rows import Marker, leading_number, marker_of
from plans.table_tasks import Reading, read_rows, where
from plans.types import TableKind

_ANNEX = re.compile(r"^\W*(?:phụ lục|phu luc|biểu|danh mục|bảng|phân công)\b", re.IGNORECASE)
_NUMBERED = re.compile(
    r"^\W*(?:phụ lục|phu luc|biểu(?:\s+mẫu)?)(?:\s+số)?\s*:?\s+(?P<number>(?-i:[IVXLC]+)|\d{1,2})(?![\w/])",
    re.IGNORECASE,
)
_UNNUMBERED = re.compile(r"^\W*(?:phụ lục|phu luc)\b(?!\s+(?:số\s+)?(?-i:[\dIVX]))", re.IGNORECASE)
_LONGEST_HEADING = 250
_HEADER_WITHIN = 8
"""A header is looked for in so many first rows: titles may be printed inside the table."""


@dataclass(slots=True)
class Annexes:
    readings: list[Reading] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Head:
    columns: Columns
    first: int
    """Index of the first row below the header."""
    above: tuple[str, ...]
    """What is printed inside the table above its header."""


def read_annexes(document: Document) -> Annexes:
    """Every table of the document that names tasks, in printed order."""
    annexes = Annexes()
    between: list[Paragraph] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            between.append(block)
            continue
        if _read_table(annexes, block, between):
            between = []
    _drop_repeated(annexes)
    return annexes


def _drop_repeated(annexes: Annexes) -> None:
    """A whole table printed twice, as pages made for two kinds of screen do."""
    seen: set[tuple[object, ...]] = set()
    kept: list[Reading] = []
    for reading in annexes.readings:
        rows = tuple((draft.section, draft.row.texts) for draft in reading.drafts)
        if len(rows) > 1 and rows in seen:
            annexes.warnings.append(f"Một bảng {len(rows)} dòng in lặp lại nguyên văn, chỉ giữ một.")
            continue
        seen.add(rows)
        kept.append(reading)
    annexes.readings[:] = kept


def _read_table(annexes: Annexes, table: Table, between: Sequence[Paragraph]) -> bool:
    current = annexes.readings[-1] if annexes.readings else None
    head = find_header(table.rows)
    if head is None and (current is None or not _carries_on(current, table, between)):
        guessed = guess_columns(table.rows)
        if guessed is None:
            _tell_unread(annexes, table)
            return False
        head = _Head(guessed, 0, ())
    if head is None and current is not None:
        current.section = _heading_between([p.text for p in between]) or current.section
        read_rows(current, table.rows)
    elif head is not None:
        titles = [*[p.text for p in between[-8:]], *head.above]
        if current is None or not _same_table(current, head) or _new_annex(titles):
            kind = _kind(head.columns, titles)
            before = current.annex if current is not None else None
            current = Reading(columns=head.columns, kind=kind)
            current.annex = annex_of([*[p.text for p in between], *head.above], before)
            annexes.readings.append(current)
        current.section = _heading_between(titles) or current.section
        read_rows(current, table.rows[head.first :])
    if not table.complete:
        annexes.warnings.append(f"Bảng{where(table.place)} bị cắt ngang ở cuối tệp, có thể thiếu nhiệm vụ.")
    return True


def _tell_unread(annexes: Annexes, table: Table) -> None:
    if names_agencies(table.rows):
        annexes.warnings.append(
            f"Bảng{where(table.place)} có tên cơ quan nhưng không nhận ra các cột nên không đọc được."
        )


def annex_of(titles: Sequence[str], before: str | None) -> str | None:
    """The annex that the last of these headings opens, as `Place.annex`; `before` where none of them does."""
    for title in reversed(titles):
        if len(title) > _LONGEST_HEADING:
            continue
        if numbered := _NUMBERED.match(title):
            return numbered["number"]
        if _UNNUMBERED.match(title):
            return ""
    return before


def find_header(rows: Sequence[Row]) -> _Head | None:
    """The header among the first rows, in one row or two."""
    above: list[str] = []
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        if at + 1 < len(rows):
            double = read_double_header(row.cells, rows[at + 1].cells)
            if double is not None:
                return _Head(double, at + 2, tuple(above))
        single = read_header(row.cells)
        if single is not None:
            return _Head(single, at + 1, tuple(above))
        above.extend(cell for cell in row.cells if cell)
    return None


def _same_table(current: Reading, head: _Head) -> bool:
    """The header of the table before, printed again on the next page."""
    if current.columns.roles == head.columns.roles:
        return True
    same_width = len(current.columns.labels) == len(head.columns.labels)
    return same_width and repeats_header(current.columns, head.columns.labels)


def _carries_on(current: Reading, table: Table, between: Sequence[Paragraph]) -> bool:
    """A table without a header goes on with the one before over page furniture and headings of its rows."""
    width = max((len(row.cells) for row in table.rows), default=0)
    if width != len(current.columns.roles):
        return False
    return not any(len(p.text) > 12 and not _heading_between([p.text]) for p in between)


def _new_annex(titles: Sequence[str]) -> bool:
    return any(_ANNEX.match(title) or (is_upper(title) and len(title) > 15) for title in titles)


def _kind(columns: Columns, titles: Sequence[str]) -> TableKind:
    if columns.goals:
        return TableKind.GOALS
    at = columns.at(Role.TITLE)
    title = columns.labels[at] if at is not None else ""
    if any(word in fold(title) for word in ("nhiem vu", "cong viec", "hoat dong")):
        return TableKind.TASKS
    heading = " ".join(text for text in titles if is_upper(text) or _ANNEX.match(text))
    return TableKind.GOALS if names_goals(heading) else TableKind.TASKS


def _heading_between(titles: Sequence[str]) -> str | None:
    """A heading printed between two parts of a table ("II. LĨNH VỰC GIÁO DỤC")."""
    nearest = next((title for title in reversed(titles) if len(title) > 3), "")
    if len(nearest) > 200 or nearest.endswith((".", ";", ":")) or _ANNEX.match(nearest):
        return None
    kind = marker_of(leading_number(nearest))
    return nearest if kind in (Marker.ROMAN, Marker.LETTER, Marker.ARABIC) else None
