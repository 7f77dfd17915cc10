"""What a plan, its tasks and their agencies are stored as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from deadlines.types import Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class AssignmentRecord:
    """One agency on one task. `as_group` is True where the cell named it only through a group."""

    agency: str
    role: str
    words: str
    as_group: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskRecord:
    """A task ready to be kept. `key` is unique in its plan and the same in every version of it."""

    key: str
    table_kind: str
    number: str
    title: str
    folded: str
    section: str | None
    parent: str | None
    lead_text: str | None
    coordinating_text: str | None
    product: str | None
    deadline_text: str | None
    conditions: tuple[str, ...]
    place: dict[str, Any]
    confidence: float
    doubts: tuple[str, ...]
    reading: Reading
    assignments: tuple[AssignmentRecord, ...]
    unknown_lead: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Follows:
    """How a plan's tasks follow those that are stored already.

    `taken` gives, by the key of a new task, the id of the stored task that it goes on with. `withdrawn` are the
    stored tasks that it ends, `replaced` the stored plans that are in force no more.
    """

    taken: Mapping[str, int] = field(default_factory=dict)
    withdrawn: tuple[int, ...] = ()
    replaced: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanRecord:
    identity: str
    digest: str
    file: str
    format: str
    kind: str | None
    number: str | None
    issued_on: date | None
    issued_text: str | None
    issuer: str | None
    signer: str | None
    title: str | None
    basis: tuple[str, ...]
    warnings: tuple[str, ...]
    tasks: tuple[TaskRecord, ...]
    follows: Follows | None = None
    """None: it follows the version before it, task by task of the same key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """What keeping a plan changed, by task id. `known` means that the very same content was there already."""

    plan_id: int
    revision: int
    known: bool
    added: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    withdrawn: tuple[int, ...] = ()
