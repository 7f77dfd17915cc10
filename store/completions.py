"""Completing a task or one of its dates, and the dates that are open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from store.audit import record
from store.schema import assignments, dues, tasks
from store.taking_back import withdraw_reminders


def complete(
    connection: Connection,
    province: str,
    task_id: int,
    *,
    on: date,
    document: str | None,
    now: datetime,
    actor: str,
    due_key: str | None = None,
) -> bool:
    """Record a completion on `on`; True where it was late. What is queued about it is withdrawn.

    `due_key` completes one occurrence of a recurring task; without it the whole task is done.
    """
    query = select(dues).where(dues.c.task_id == task_id, dues.c.state == "open")
    if due_key is not None:
        query = query.where(dues.c.key == due_key)
    late_any = False
    for due in connection.execute(query):
        late = due.late_from is not None and on >= due.late_from and not due.blocked
        late_any = late_any or late
        connection.execute(
            update(dues).where(dues.c.id == due.id).values(state="done", done_on=on, done_late=late, next_on=None)
        )
        withdraw_reminders(connection, due.id)
    if due_key is None:
        connection.execute(
            update(tasks).where(tasks.c.id == task_id).values(state="done", done_on=on, done_late=late_any)
        )
        connection.execute(
            update(assignments)
            .where(assignments.c.task_id == task_id, assignments.c.state.in_(("open", "reported")))
            .values(state="done", done_on=on)
        )
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action="task.done",
        subject=f"task:{task_id}",
        after={"on": on.isoformat(), "late": late_any, "document": document, "due": due_key},
    )
    return late_any


def open_dues(connection: Connection, task_id: int) -> Sequence[Row[Any]]:
    return connection.execute(
        select(dues).where(dues.c.task_id == task_id, dues.c.state == "open").order_by(dues.c.on_date)
    ).all()
