"""What was understood of open tasks, read again: to resolve it anew, and where it waits or its dates run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, func, select

from store.schema import deadlines, dues, plans, tasks


def of_tasks(connection: Connection, task_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """The stored readings of open tasks, with their plan's date of issue and their earliest open date."""
    earliest = (
        select(func.min(dues.c.on_date))
        .where(dues.c.task_id == deadlines.c.task_id, dues.c.state == "open")
        .scalar_subquery()
    )
    return connection.execute(
        select(deadlines.c.task_id, deadlines.c.reading, plans.c.issued_on, earliest.label("earliest"))
        .join(tasks, tasks.c.id == deadlines.c.task_id)
        .join(plans, plans.c.id == tasks.c.plan_id)
        .where(deadlines.c.task_id.in_(task_ids), tasks.c.state == "open")
        .order_by(deadlines.c.task_id)
    ).all()


def waiting(connection: Connection, province: str, plan: int | None = None) -> Sequence[Row[Any]]:
    """The readings of open tasks that wait for something, as JSON texts, in printed order, of one plan or all."""
    query = (
        select(
            deadlines.c.task_id,
            cast(deadlines.c.reading, Text).label("reading"),
            deadlines.c.waiting,
            tasks.c.title,
        )
        .join(tasks, tasks.c.id == deadlines.c.task_id)
        .where(deadlines.c.province == province, deadlines.c.waiting_for.is_not(None), tasks.c.state == "open")
        .order_by(tasks.c.plan_id, tasks.c.position)
    )
    return connection.execute(query if plan is None else query.where(tasks.c.plan_id == plan)).all()


def running_out(connection: Connection, province: str, near: date, *, after: int, limit: int) -> list[int]:
    """Open tasks behind `after`, in order, whose listed occurrences end before `near`; at most `limit`."""
    rows = connection.execute(
        select(deadlines.c.task_id)
        .join(tasks, tasks.c.id == deadlines.c.task_id)
        .where(deadlines.c.province == province, deadlines.c.complete_until < near, tasks.c.state == "open")
        .where(deadlines.c.task_id > after)
        .order_by(deadlines.c.task_id)
        .limit(limit)
    )
    return [row.task_id for row in rows]
