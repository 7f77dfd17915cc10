"""Plans as the desk lists them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from store.schema import plans, tasks


def task_keys(connection: Connection, plan_id: int) -> dict[str, int]:
    """The tasks of a plan that are not withdrawn, by key."""
    rows = connection.execute(
        select(tasks.c.key, tasks.c.id).where(tasks.c.plan_id == plan_id, tasks.c.state != "withdrawn")
    )
    return {row.key: row.id for row in rows}


def some(connection: Connection, province: str) -> bool:
    """Whether any plan was ever imported."""
    return connection.execute(select(plans.c.id).where(plans.c.province == province).limit(1)).first() is not None


def total(connection: Connection, province: str) -> int:
    return connection.execute(select(func.count()).where(plans.c.province == province)).scalar_one()


def listed(connection: Connection, province: str, *, limit: int, offset: int) -> Sequence[Row[Any]]:
    """Every version of every plan, newest first, with how many of its tasks there are and are open."""
    # With the province, an index has all that is counted by.
    own = (tasks.c.province == plans.c.province, tasks.c.plan_id == plans.c.id)
    of_plan = select(func.count()).where(*own, tasks.c.state != "withdrawn")
    return connection.execute(
        select(
            plans,
            of_plan.scalar_subquery().label("all_tasks"),
            of_plan.where(tasks.c.state == "open").scalar_subquery().label("open_tasks"),
        )
        .where(plans.c.province == province)
        .order_by(plans.c.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
