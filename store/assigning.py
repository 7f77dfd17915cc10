"""Which agencies a task is assigned to, and what becomes of that when the directory changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from store.plan_records import AssignmentRecord
from store.schema import assignments, plans, tasks
from store.taking_back import forget_agency


def set_assignments(
    connection: Connection, province: str, task_id: int, wanted: Iterable[AssignmentRecord]
) -> None:
    """Make the agencies of a task these; who is no longer named is withdrawn, not deleted."""
    rows = connection.execute(select(assignments).where(assignments.c.task_id == task_id))
    existing = {(row.agency, row.role): row for row in rows}
    named = {(record.agency, record.role): record for record in wanted}
    fresh = [
        {
            "province": province,
            "task_id": task_id,
            "agency": record.agency,
            "role": record.role,
            "words": record.words,
            "as_group": record.as_group,
            "state": "open",
        }
        for pair, record in named.items()
        if pair not in existing
    ]
    if fresh:
        connection.execute(insert(assignments), fresh)
    for pair, row in existing.items():
        if pair not in named and row.state != "withdrawn":
            connection.execute(update(assignments).where(assignments.c.id == row.id).values(state="withdrawn"))
            forget_agency(connection, task_id, row.agency)
        elif pair in named and row.state == "withdrawn":
            connection.execute(update(assignments).where(assignments.c.id == row.id).values(state="open"))


def open_cells(connection: Connection, province: str, *, after: int, limit: int) -> Sequence[Row[Any]]:
    """The printed agencies of the next open tasks behind `after`, but of those whose agencies a person chose."""
    return connection.execute(
        select(tasks.c.id, tasks.c.lead_text, tasks.c.coordinating_text, tasks.c.unknown_lead, plans.c.issued_on)
        .join(plans, plans.c.id == tasks.c.plan_id)
        .where(tasks.c.province == province, tasks.c.state == "open", ~tasks.c.assigned_by_hand, tasks.c.id > after)
        .order_by(tasks.c.id)
        .limit(limit)
    ).all()


def by_hand(connection: Connection, province: str) -> dict[str, int]:
    """How many open tasks each agency has because a person chose it; the directory does not move those."""
    rows = connection.execute(
        select(assignments.c.agency, func.count())
        .join(tasks, tasks.c.id == assignments.c.task_id)
        .where(
            tasks.c.province == province,
            tasks.c.state == "open",
            tasks.c.assigned_by_hand,
            assignments.c.state != "withdrawn",
        )
        .group_by(assignments.c.agency)
    )
    return {row[0]: row[1] for row in rows}


def named(connection: Connection, task_ids: Sequence[int]) -> dict[int, set[tuple[str, str]]]:
    """For each of these tasks that has any, the agencies that hold, each with its role."""
    rows = connection.execute(
        select(assignments.c.task_id, assignments.c.agency, assignments.c.role).where(
            assignments.c.task_id.in_(task_ids), assignments.c.state != "withdrawn"
        )
    )
    found: dict[int, set[tuple[str, str]]] = {}
    for task_id, agency, role in rows:
        found.setdefault(task_id, set()).add((agency, role))
    return found


def reassign(
    connection: Connection,
    province: str,
    task_id: int,
    wanted: Iterable[AssignmentRecord],
    unknown_lead: str | None,
) -> None:
    """Name a task's agencies anew, because the directory changed."""
    set_assignments(connection, province, task_id, wanted)
    connection.execute(update(tasks).where(tasks.c.id == task_id).values(unknown_lead=unknown_lead))
