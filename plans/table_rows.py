"""What one row of a plan's table is: a heading, a task, the rest of a task that a page break cut, or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from plans.column_words import Role
from plans.columns import Columns, period_label
from plans.document import Place, Row
from plans.spelling import is_upper, squeeze

_ROMAN = re.compile(r"^(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$")
_ARABIC = re.compile(r"^\d{1,3}(?:\.\d{1,3})*$")
_LETTER = re.compile(r"^[A-ZĐ]$")
_SMALL = re.compile(r"^[a-zđê]{1,2}$")
_LEADING = re.compile(
    r"^\s*(?:(?:PHẦN|MỤC|Phần|Mục|Nhóm|NHÓM)\s+)?\(?([IVXLC]{1,6}|[A-ZĐ]|\d{1,3}(?:\.\d{1,3})*|[a-zđê])\s*[.):\-–]\s*(?=\S)"
)
_MARK = re.compile(r"^[xX×✓✔√vV+*●■]$")


class Marker(StrEnum):
    """The kinds of number that a row can bear."""

    NONE = "none"
    ROMAN = "roman"
    LETTER = "letter"
    ARABIC = "arabic"
    SMALL = "small"
    DASH = "dash"
    OTHER = "other"


def bare(number: str) -> str:
    """A number without its dots and brackets: "(6.1)." is 6.1."""
    return number.strip(" .()[]:;*").replace(" ", "")


def marker_of(number: str) -> Marker:
    text = bare(number)
    if not text:
        return Marker.NONE
    if set(text) <= set("-–—+•"):
        return Marker.DASH
    for pattern, marker in (
        (_ROMAN, Marker.ROMAN),
        (_ARABIC, Marker.ARABIC),
        (_LETTER, Marker.LETTER),
        (_SMALL, Marker.SMALL),
    ):
        if pattern.match(text):
            return marker
    return Marker.OTHER


def leading_number(title: str) -> str:
    """The number printed at the beginning of a title ("1.2. Rà soát …"), or ""."""
    found = _LEADING.match(title)
    return found.group(1) if found else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """A row with its cells by role. A cell is None where the table has no such column."""

    place: Place
    cells: tuple[str | None, ...]
    number: str
    title: str
    lead: str | None
    coordinating: str | None
    both: str | None
    product: str | None
    deadline: str | None
    start: str | None
    note: str | None
    group: str | None
    surplus: bool
    """It has more cells than the header."""
    missing: bool
    """It has fewer."""

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(text for cell in self.cells if cell and (text := squeeze(cell)))

    @property
    def assigned(self) -> bool:
        """Whether the row says who, what comes of it, or when."""
        parts = (self.lead, self.coordinating, self.both, self.product, self.deadline, self.start)
        return any(parts)

    @property
    def merged(self) -> bool:
        """One text over all columns, or a number and one text over the others."""
        return len(self.texts) <= 2 and len(self.cells) > 2 and self.cells[-1] is None


def by_role(row: Row, columns: Columns) -> Printed:
    """A row read with these columns; missing cells are blank, surplus ones are noted."""
    size = len(columns.roles)
    cells = (*row.cells, *[""] * (size - len(row.cells)))

    def cell(role: Role) -> str | None:
        at = columns.at(role)
        return None if at is None else squeeze(cells[at] or "")

    return Printed(
        place=row.place,
        cells=cells,
        number=cell(Role.NUMBER) or "",
        title=cell(Role.TITLE) or "",
        lead=cell(Role.LEAD),
        coordinating=cell(Role.COORDINATING),
        both=cell(Role.LEAD_AND_COORDINATING),
        product=cell(Role.PRODUCT),
        deadline=_marked(cells, columns) if columns.at(Role.DEADLINE) is None else cell(Role.DEADLINE),
        start=cell(Role.START),
        note=cell(Role.NOTE),
        group=cell(Role.GROUP),
        surplus=any(cells[size:]),
        missing=len(row.cells) < size,
    )


def _marked(cells: Sequence[str | None], columns: Columns) -> str | None:
    """The periods whose columns bear a mark; None where there are no such columns or only figures in them."""
    at = [i for i, role in enumerate(columns.roles) if role is Role.PERIOD]
    texts = [squeeze(cells[i] or "") for i in at]
    if len(at) < 2 or any(text and not _MARK.match(text) for text in texts):
        return None
    return ", ".join(period_label(columns, i) for i, text in zip(at, texts, strict=True) if text)


def is_heading(row: Printed, following: Printed | None, *, numbered: bool) -> bool:
    """Whether a row without agency, product and deadline is a heading over the rows that follow."""
    texts = row.texts
    if row.assigned or not texts:
        return False
    if row.merged or _in_number_column(row):
        return True
    marker = marker_of(row.number or leading_number(row.title))
    if marker in (Marker.ROMAN, Marker.LETTER):
        return True
    if following is None:
        return is_upper(row.title)
    if marker is Marker.ARABIC:
        return _opens(bare(row.number or leading_number(row.title)), following)
    return marker is Marker.NONE and not row.title[:1].islower() and (numbered or following.assigned)


def _in_number_column(row: Printed) -> bool:
    """A whole heading printed in the narrow number column, as merged cells come out of plain text."""
    return len(row.texts) == 1 and len(row.number) > 6 and marker_of(row.number) is Marker.OTHER


def _opens(number: str, following: Printed) -> bool:
    """Whether the next row stands under this number: 6.1 under 6, a dash, or a numbering that begins anew."""
    below = bare(following.number or leading_number(following.title))
    if below.startswith(f"{number}."):
        return True
    marker = marker_of(below)
    if marker in (Marker.DASH, Marker.SMALL):
        return True
    return marker is Marker.ARABIC and below == "1" and following.assigned


def continues(row: Printed, before: Printed | None, *, numbered: bool) -> bool:
    """Whether the row is the rest of the one before, cut by a page break."""
    if before is None or row.number or not row.texts or not numbered:
        return False
    if row.title:
        return row.title[:1].islower()
    fresh = bool(row.deadline and before.deadline) and bool(row.lead or row.both or row.product)
    return not fresh


def same_heading(texts: Sequence[str]) -> str:
    """A heading as printed, its cells apart by a blank."""
    return squeeze(" ".join(texts))
