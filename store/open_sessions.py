"""The sessions that a user has open, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from store.people import Lifetime, within
from store.schema import sessions


def of_user(connection: Connection, user_id: int, *, now: datetime, lifetime: Lifetime) -> Sequence[Row[Any]]:
    """Those that still hold, the last used first. What proves them is not among what is told."""
    return connection.execute(
        select(
            sessions.c.id,
            sessions.c.created_at,
            sessions.c.seen_at,
            sessions.c.method,
            sessions.c.address,
            sessions.c.browser,
        )
        .where(sessions.c.user_id == user_id, *_holding(now, lifetime))
        .order_by(sessions.c.seen_at.desc(), sessions.c.id.desc())
    ).all()


def counts(connection: Connection, province: str, *, now: datetime, lifetime: Lifetime) -> dict[int, int]:
    """How many each user of a province has open; those with none are left out."""
    rows = connection.execute(
        select(sessions.c.user_id, func.count().label("number"))
        .where(sessions.c.province == province, *_holding(now, lifetime))
        .group_by(sessions.c.user_id)
    )
    return {row.user_id: row.number for row in rows}


def _holding(now: datetime, lifetime: Lifetime) -> tuple[ColumnElement[bool], ...]:
    return (sessions.c.complete.is_(True), *within(lifetime, now))
