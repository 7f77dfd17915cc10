"""What held on a past day: dues and tasks as they were, found from what they are and what was kept of before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select

from store.schema import assignments, deadlines, due_history, dues, plans, task_history, tasks


def keep_due(connection: Connection, row: Row[Any], until: date) -> None:
    """Keep a due as it is before it changes; it held until `until`, exclusive."""
    connection.execute(
        insert(due_history).values(
            province=row.province,
            due_id=row.id,
            on_date=row.on_date,
            late_from=row.late_from,
            blocked=row.blocked,
            state=row.state,
            until=until,
        )
    )


def keep_tasks(connection: Connection, task_ids: Sequence[int], until: date) -> None:
    """Keep the state of tasks before it changes; it held until `until`, exclusive."""
    rows = connection.execute(select(tasks.c.id, tasks.c.province, tasks.c.state).where(tasks.c.id.in_(task_ids)))
    values = [{"task_id": row.id, "province": row.province, "state": row.state, "until": until} for row in rows]
    if values:
        connection.execute(insert(task_history), values)


@dataclass(frozen=True, kw_only=True, slots=True)
class DueThen:
    """One date of a task as it stood at the end of a day; `late_from` is None where it could not be late."""

    id: int
    key: str
    track: str
    on: date
    late_from: date | None
    blocked: bool
    tentative: bool
    done_on: date | None
    done_late: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskThen:
    """A task that stood at the end of a day, with its lead agencies and its dates of that day, nearest first."""

    id: int
    plan_id: int
    plan_kind: str | None
    plan_number: str | None
    plan_issued_on: date | None
    plan_title: str | None
    number: str
    title: str
    product: str
    lead_text: str
    deadline_text: str
    kinds: tuple[str, ...]
    waiting_for: str | None
    done_on: date | None
    done_late: bool | None
    leads: tuple[tuple[str, date | None], ...]
    """Code of each lead agency, and the day on which its own part was confirmed done."""
    dues: tuple[DueThen, ...]


def tasks_as_of(
    connection: Connection, province: str, day: date, *, agency: str | None = None, ended_since: date | None = None
) -> list[TaskThen]:
    """Every task that stood on `day`, in printed order; with `ended_since`, without those done before that day."""
    before = _earliest(connection, task_history, task_history.c.task_id, province, day)
    rows = connection.execute(_task_query(province, day, agency, ended_since)).all()
    standing = [row for row in rows if before.get(row.id, row).state != "withdrawn"]
    found_dues = _dues(connection, province, day)
    leads = _leads(connection, province)
    return [_task(row, leads.get(row.id, ()), found_dues.get(row.id, ())) for row in standing]


def _task_query(province: str, day: date, agency: str | None, ended_since: date | None) -> Any:
    query = (
        select(
            tasks,
            deadlines.c.kinds,
            deadlines.c.waiting_for,
            plans.c.kind.label("plan_kind"),
            plans.c.number.label("plan_number"),
            plans.c.issued_on,
            plans.c.title.label("plan_title"),
        )
        .join(deadlines, deadlines.c.task_id == tasks.c.id)
        .join(plans, plans.c.id == tasks.c.plan_id)
        .where(tasks.c.province == province, tasks.c.first_seen <= day)
        .order_by(tasks.c.plan_id, tasks.c.position)
    )
    if ended_since is not None:
        query = query.where(or_(tasks.c.done_on.is_(None), tasks.c.done_on >= ended_since))
    if agency is not None:
        mine = select(assignments.c.task_id).where(
            assignments.c.province == province,
            assignments.c.agency == agency,
            assignments.c.role == "lead",
            assignments.c.state != "withdrawn",
        )
        query = query.where(tasks.c.id.in_(mine))
    return query


def _earliest(connection: Connection, table: Any, owner: Any, province: str, day: date) -> Mapping[int, Row[Any]]:
    """For each owner that has changed since `day`, what it was on that day."""
    rows = connection.execute(
        select(table).where(table.c.province == province, table.c.until > day).order_by(table.c.until, table.c.id)
    )
    found: dict[int, Row[Any]] = {}
    for row in rows:
        found.setdefault(row._mapping[owner], row)
    return found


def _dues(connection: Connection, province: str, day: date) -> Mapping[int, Sequence[DueThen]]:
    before = _earliest(connection, due_history, due_history.c.due_id, province, day)
    rows = connection.execute(select(dues).where(dues.c.province == province).order_by(dues.c.on_date, dues.c.id))
    found: dict[int, list[DueThen]] = {}
    for row in rows:
        then = before.get(row.id, row)
        if then.state == "withdrawn":
            continue
        found.setdefault(row.task_id, []).append(
            DueThen(
                id=row.id,
                key=row.key,
                track=row.track,
                on=then.on_date,
                late_from=then.late_from,
                blocked=then.blocked,
                tentative=row.tentative,
                done_on=row.done_on,
                done_late=row.done_late,
            )
        )
    return found


def _leads(connection: Connection, province: str) -> Mapping[int, tuple[tuple[str, date | None], ...]]:
    rows = connection.execute(
        select(assignments.c.task_id, assignments.c.agency, assignments.c.done_on)
        .where(assignments.c.province == province, assignments.c.role == "lead", assignments.c.state != "withdrawn")
        .order_by(assignments.c.id)
    )
    found: dict[int, list[tuple[str, date | None]]] = {}
    for row in rows:
        found.setdefault(row.task_id, []).append((row.agency, row.done_on))
    return {task: tuple(pairs) for task, pairs in found.items()}


def _task(row: Row[Any], leads: Sequence[tuple[str, date | None]], then: Sequence[DueThen]) -> TaskThen:
    return TaskThen(
        id=row.id,
        plan_id=row.plan_id,
        plan_kind=row.plan_kind,
        plan_number=row.plan_number,
        plan_issued_on=row.issued_on,
        plan_title=row.plan_title,
        number=row.number,
        title=row.title,
        product=row.product or "",
        lead_text=row.lead_text or "",
        deadline_text=row.deadline_text or "",
        kinds=tuple(row.kinds.split(",")),
        waiting_for=row.waiting_for,
        done_on=row.done_on,
        done_late=row.done_late,
        leads=tuple(leads),
        dues=tuple(sorted(then, key=lambda due: (due.on, due.id))),
    )
