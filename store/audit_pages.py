"""Reading the audit log a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from store.schema import audit


def of_subject(connection: Connection, province: str, subject: str) -> Sequence[Row[Any]]:
    """What was changed about one thing, newest first."""
    return connection.execute(
        select(audit)
        .where(audit.c.province == province, audit.c.subject == subject)
        .order_by(audit.c.id.desc())
        .limit(500)
    ).all()


def of_kinds(connection: Connection, province: str, starts: Sequence[str], limit: int) -> Sequence[Row[Any]]:
    """The last entries whose action begins with one of `starts`, newest first."""
    return connection.execute(
        select(audit)
        .where(audit.c.province == province, or_(*(audit.c.action.startswith(one) for one in starts)))
        .order_by(audit.c.id.desc())
        .limit(limit)
    ).all()


def newest(connection: Connection, province: str) -> int:
    """The number of the last entry; it moves with every change that is recorded."""
    found = connection.execute(
        select(audit.c.id).where(audit.c.province == province).order_by(audit.c.id.desc()).limit(1)
    ).scalar()
    return int(found or 0)


def listed(connection: Connection, province: str, *, limit: int, offset: int) -> tuple[Sequence[Row[Any]], int]:
    """One page of the log, newest first, and how many entries there are."""
    total = connection.execute(select(func.count()).where(audit.c.province == province)).scalar_one()
    of_page = select(audit.c.id).where(audit.c.province == province).order_by(audit.c.id.desc())
    ids = connection.execute(of_page.limit(limit).offset(offset)).scalars().all()
    rows = connection.execute(select(audit).where(audit.c.id.in_(ids)).order_by(audit.c.id.desc())).all()
    return rows, total
