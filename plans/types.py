"""A plan and its tasks, as printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plans.document import Place


class TableKind(StrEnum):
    GOALS = "goals"
    TASKS = "tasks"
    DUTIES = "duties"
    """Sentences outside the annexes that give somebody a deadline."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One row of an annex, or one duty in prose. Texts are as printed, white space folded, NFC.

    None means that the table has no such column; "" means that the cell is blank.
    """

    table: TableKind
    number: str
    title: str
    place: Place
    section: str | None = None
    lead_text: str | None = None
    coordinating_text: str | None = None
    product: str | None = None
    deadline_text: str | None = None
    conditions: tuple[str, ...] = ()
    """Conditions that the title or the product prints ("sau khi có Nghị quyết của Quốc hội")."""
    parent: str | None = None
    """The number of the row that this one is a part of (6 for 6.1)."""
    note: str | None = None
    """The row's cell under "Ghi chú", where there is such a column."""
    confidence: float = 1.0
    doubts: tuple[str, ...] = ()
    """Why a person should look, in Vietnamese; empty where nothing was guessed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartialDate:
    """A printed date with a part left open ("ngày    tháng 02 năm 2026")."""

    year: int | None
    month: int | None
    day: int | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Instruction:
    """What a sentence tells to change in one row of another plan ("Bãi bỏ nhiệm vụ số 5 Phụ lục I …")."""

    text: str
    place: Place
    withdraws: bool
    number: str | None = None
    """The number of the row, as the sentence prints it."""
    under: tuple[str, ...] = ()
    """Numbers of the headings or rows that it stands under, the nearest first."""
    annex: str | None = None
    quoted: str | None = None
    """The words by which the sentence names the row."""
    plan: str | None = None
    """The number of the plan that the row stands in."""
    changes: tuple[tuple[str, str], ...] = ()
    """(field of Task, new words)."""
    before: str | None = None
    """The words that are to go, where they are printed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    file: str
    """The name of the file, without folders."""
    format: str
    number: str | None
    issued: date | PartialDate | None
    issuer: str | None
    title: str | None
    tasks: tuple[Task, ...]
    kind: str | None = None
    """Kế hoạch, Quyết định, Chương trình …"""
    signer: str | None = None
    basis: tuple[str, ...] = ()
    """Numbers of the documents that it says it carries out."""
    replaces: tuple[str, ...] = ()
    """Numbers of the plans that it says it replaces."""
    amends: tuple[str, ...] = ()
    """Numbers of the plans that it says it amends."""
    warnings: tuple[str, ...] = ()
    instructions: tuple[Instruction, ...] = ()
    """Sentences that change rows of the plans that it amends; nothing of them is carried out by itself."""
    symbol: str | None = None
    """The part of the number after the figure ("KH-UBND"), printed even where the figure is left open."""

    @property
    def issued_on(self) -> date | None:
        """The full date of issue, or None where it is missing or partial."""
        return self.issued if isinstance(self.issued, date) else None
