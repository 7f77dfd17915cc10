"""Which plan is in force: by its file, its identity or its number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from store.plan_records import Saved
from store.schema import plans, tasks


def known_plan(connection: Connection, province: str, digest: str) -> Saved | None:
    row = connection.execute(
        select(plans.c.id, plans.c.revision).where(plans.c.province == province, plans.c.digest == digest)
    ).first()
    return Saved(plan_id=row.id, revision=row.revision, known=True) if row else None


def current_plan(connection: Connection, province: str, identity: str) -> Row[Any] | None:
    """The newest version of a plan, or None."""
    return connection.execute(
        select(plans)
        .where(plans.c.province == province, plans.c.identity == identity)
        .order_by(plans.c.revision.desc())
        .limit(1)
    ).first()


def in_force(connection: Connection, province: str, number: str, until: date | None) -> Row[Any] | None:
    """The plan of this number that is in force, issued on `until` or before; numbers begin again every year."""
    query = select(plans).where(plans.c.province == province, plans.c.number == number, plans.c.state == "active")
    if until is not None:
        query = query.where(or_(plans.c.issued_on.is_(None), plans.c.issued_on <= until))
    return connection.execute(
        query.order_by(plans.c.issued_on.is_(None), plans.c.issued_on.desc(), plans.c.revision.desc()).limit(1)
    ).first()


def followed(connection: Connection, plan_ids: Sequence[int]) -> list[Row[Any]]:
    """The tasks of these plans in printed order, but for those that were withdrawn."""
    return list(
        connection.execute(
            select(tasks)
            .where(tasks.c.plan_id.in_(plan_ids), tasks.c.state != "withdrawn")
            .order_by(tasks.c.plan_id, tasks.c.position)
        )
    )
