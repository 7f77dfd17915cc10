"""Tasks as people list them, and the standing of each: scheduled, waiting, on the attention list, or finished.

The standings are exclusive and cover every task, so their counts add up to all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from store.schema import assignments, deadlines, dues, plans, tasks


class Standing(StrEnum):
    SCHEDULED = "scheduled"
    WAITING = "waiting"
    ATTENTION = "attention"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Reason(StrEnum):
    """Why nobody would be reminded of a task, the first that holds."""

    UNKNOWN_LEAD = "unknown_lead"
    GENERAL_GOAL = "general_goal"
    """A goal of the plan as a whole that names nobody: shown apart, since nobody has to be found for it."""
    NO_LEAD = "no_lead"
    NO_CONTACT = "no_contact"
    UNREAD = "unread"
    AMBIGUOUS = "ambiguous"
    NEEDS_DATE = "needs_date"
    NOTHING_LEFT = "nothing_left"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A task with what a list shows of it."""

    id: int
    plan_id: int
    plan_number: str | None
    plan_issued_on: date | None
    plan_issuer: str | None
    plan_title: str | None
    position: int
    table: str
    number: str
    section: str | None
    title: str
    lead_text: str | None
    coordinating_text: str | None
    product: str | None
    deadline_text: str | None
    conditions: tuple[str, ...]
    state: str
    done_on: date | None
    done_late: bool | None
    kinds: tuple[str, ...]
    deadline_state: str
    confidence: float
    waiting_for: str | None
    leads: tuple[str, ...]
    unknown_lead: str | None
    doubts: tuple[str, ...]
    next_due: date | None
    """The nearest open date that can be late, or the nearest of any other track."""
    late_from: date | None
    next_on: date | None
    standing: Standing
    reason: Reason | None


_SHOWN = (
    select(
        *(
            tasks.c[name]
            for name in (
                "id", "plan_id", "position", "table_kind", "number", "section", "title", "lead_text",
                "coordinating_text", "product", "deadline_text", "conditions", "doubts", "state", "done_on",
                "done_late", "unknown_lead",
            )
        ),
        deadlines.c.state.label("deadline_state"),
        *(deadlines.c[name] for name in ("kinds", "confidence", "waiting_for", "needs_date", "complete_until")),
        plans.c.number.label("plan_number"),
        plans.c.issued_on,
        plans.c.issuer,
        plans.c.title.label("plan_title"),
    )
    .join(deadlines, deadlines.c.task_id == tasks.c.id)
    .join(plans, plans.c.id == tasks.c.plan_id)
    .order_by(tasks.c.plan_id, tasks.c.position)
)  # fmt: skip
"""What a list says of a task, and no more: readings and steps are long, and JSON is dear to take apart."""


def listed(
    connection: Connection,
    province: str,
    *,
    reachable: Collection[str],
    task_ids: Collection[int] | None = None,
    plan_id: int | None = None,
) -> list[Listed]:
    """Tasks in printed order. `reachable` are the codes of agencies with a usable contact."""
    own = tasks.c.province if task_ids is None else tasks.c.province.concat(_NO_INDEX)
    query = _SHOWN.where(own == province)
    if task_ids is not None:
        query = query.where(tasks.c.id.in_(task_ids))
    if plan_id is not None:
        query = query.where(tasks.c.plan_id == plan_id)
    rows = connection.execute(query).all()
    leads = _leads(connection, province, task_ids)
    dated = _dated(connection, province, task_ids)
    return [_listed(row, leads.get(row.id, ()), dated.get(row.id, ()), reachable) for row in rows]


_NO_INDEX = ""
"""Added to the province, so that SQLite finds a few tasks' rows by the tasks, not by reading a whole province."""


def _leads(
    connection: Connection, province: str, task_ids: Collection[int] | None
) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    own = assignments.c.province if task_ids is None else assignments.c.province.concat(_NO_INDEX)
    query = (
        select(assignments.c.task_id, assignments.c.agency)
        .where(own == province, assignments.c.role == "lead", assignments.c.state != "withdrawn")
        .order_by(assignments.c.id)
    )
    if task_ids is not None:
        query = query.where(assignments.c.task_id.in_(task_ids))
    for task_id, agency in connection.execute(query):
        found.setdefault(task_id, []).append(agency)
    return {task_id: tuple(codes) for task_id, codes in found.items()}


def _dated(
    connection: Connection, province: str, task_ids: Collection[int] | None
) -> Mapping[int, Sequence[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    own = dues.c.province if task_ids is None else dues.c.province.concat(_NO_INDEX)
    query = (
        select(dues.c.task_id, dues.c.on_date, dues.c.late_from, dues.c.next_on, dues.c.blocked)
        .where(own == province, dues.c.state == "open")
        .order_by(dues.c.on_date)
    )
    if task_ids is not None:
        query = query.where(dues.c.task_id.in_(task_ids))
    for row in connection.execute(query):
        found.setdefault(row.task_id, []).append(row)
    return found


def _listed(row: Row[Any], leads: tuple[str, ...], dated: Sequence[Row[Any]], reachable: Collection[str]) -> Listed:
    standing, reason = _standing(row, leads, dated, reachable)
    binding = [due for due in dated if due.late_from is not None]
    shown = next(iter(binding or dated), None)
    ahead = [due.next_on for due in dated if due.next_on is not None]
    return Listed(
        id=row.id,
        plan_id=row.plan_id,
        plan_number=row.plan_number,
        plan_issued_on=row.issued_on,
        plan_issuer=row.issuer,
        plan_title=row.plan_title,
        position=row.position,
        table=row.table_kind,
        number=row.number,
        section=row.section,
        title=row.title,
        lead_text=row.lead_text,
        coordinating_text=row.coordinating_text,
        product=row.product,
        deadline_text=row.deadline_text,
        conditions=tuple(row.conditions),
        state=row.state,
        done_on=row.done_on,
        done_late=row.done_late,
        kinds=tuple(row.kinds.split(",")),
        deadline_state=row.deadline_state,
        confidence=row.confidence,
        waiting_for=row.waiting_for,
        leads=leads,
        unknown_lead=row.unknown_lead,
        doubts=tuple(row.doubts),
        next_due=shown.on_date if shown else None,
        late_from=shown.late_from if shown else None,
        next_on=min(ahead, default=None),
        standing=standing,
        reason=reason,
    )


def _standing(
    row: Row[Any], leads: tuple[str, ...], dated: Sequence[Row[Any]], reachable: Collection[str]
) -> tuple[Standing, Reason | None]:
    """The one standing of a task, and the reason where it is on the attention list."""
    state, reading = row.state, row.deadline_state
    if state != "open":
        return Standing(state), None
    if not leads:
        return Standing.ATTENTION, _leaderless(row)
    if not any(lead in reachable for lead in leads):
        return Standing.ATTENTION, Reason.NO_CONTACT
    if reading in {"unread", "ambiguous"}:
        return Standing.ATTENTION, Reason(reading)
    if any(due.next_on is not None for due in dated):
        return Standing.SCHEDULED, None
    if row.waiting_for:
        return Standing.WAITING, None
    if row.needs_date:
        return Standing.ATTENTION, Reason.NEEDS_DATE
    # Between the last listed occurrence and the next extension of the horizon there is always more to come.
    if row.complete_until is not None:
        return Standing.SCHEDULED, None
    return Standing.ATTENTION, Reason.NOTHING_LEFT


def _leaderless(row: Row[Any]) -> Reason:
    if row.unknown_lead:
        return Reason.UNKNOWN_LEAD
    aim = row.table_kind != "tasks" and "mục tiêu" in (row.section or "").lower()
    return Reason.GENERAL_GOAL if aim and not row.lead_text else Reason.NO_LEAD


def answered(connection: Connection, province: str) -> dict[int, tuple[int, int]]:
    """Of tasks with several leads: how many of these have reported or are done, and how many they are."""
    lead = select(assignments.c.task_id, assignments.c.state).where(
        assignments.c.province == province, assignments.c.role == "lead", assignments.c.state != "withdrawn"
    )
    found: dict[int, tuple[int, int]] = {}
    for task_id, state in connection.execute(lead):
        said, many = found.get(task_id, (0, 0))
        found[task_id] = (said + (state in {"reported", "done"}), many + 1)
    return {task_id: counts for task_id, counts in found.items() if counts[1] > 1}
