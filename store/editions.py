"""What admins wrote at the desk in the place of configuration files: versions, of which the highest holds.

Nothing is overwritten: going back to an earlier version is a version too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, inspect, select, update

from store.schema import editions
from store.sealing import Seal


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """One version. `content` None: from then on the file held again."""

    version: int
    content: str | None
    changed_at: datetime
    changed_by: str
    reason: str


def current(connection: Connection, province: str, seal: Callable[[], Seal]) -> dict[str, str]:
    """What holds in the place of a file, by part. Nothing where the database is older than this table."""
    if not inspect(connection).has_table(editions.name):
        return {}
    newest = (
        select(editions.c.part, func.max(editions.c.version).label("version"))
        .where(editions.c.province == province)
        .group_by(editions.c.part)
        .subquery()
    )
    rows = connection.execute(
        select(editions.c.part, editions.c.content_sealed)
        .join(newest, and_(newest.c.part == editions.c.part, newest.c.version == editions.c.version))
        .where(editions.c.province == province, editions.c.content_sealed.is_not(None))
    ).all()
    return {row.part: seal().open(row.content_sealed) for row in rows}


def newest_id(connection: Connection, province: str) -> int:
    """Grows with every version of any part; 0 before the first."""
    return int(
        connection.execute(select(func.max(editions.c.id)).where(editions.c.province == province)).scalar() or 0
    )


def history(connection: Connection, province: str, part: str, seal: Seal) -> Sequence[Edition]:
    """Every version of a part, newest first."""
    rows = connection.execute(
        select(editions)
        .where(editions.c.province == province, editions.c.part == part)
        .order_by(editions.c.version.desc())
        .limit(200)
    ).all()
    return [_edition(row, seal) for row in rows]


def _edition(row: Row[Any], seal: Seal) -> Edition:
    return Edition(
        version=row.version,
        content=seal.open(row.content_sealed) if row.content_sealed is not None else None,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        reason=row.reason,
    )


def newest(connection: Connection, province: str, part: str) -> int:
    """The number of the version that holds; 0 where only the file ever did."""
    found = connection.execute(
        select(func.max(editions.c.version)).where(editions.c.province == province, editions.c.part == part)
    ).scalar()
    return int(found or 0)


def add(
    connection: Connection,
    province: str,
    part: str,
    content: str | None,
    *,
    seal: Seal,
    now: datetime,
    actor: str,
    reason: str,
) -> int:
    """Keep a new version, which holds from now on; returns its number."""
    version = newest(connection, province, part) + 1
    connection.execute(
        insert(editions).values(
            province=province,
            part=part,
            version=version,
            content_sealed=seal.close(content) if content is not None else None,
            changed_at=now,
            changed_by=actor,
            reason=reason,
        )
    )
    return version


def rewrite(connection: Connection, province: str, part: str, seal: Seal, change: Callable[[str], str]) -> int:
    """Change every kept version of a part, as where a person is forgotten; returns how many were."""
    rows = connection.execute(
        select(editions.c.id, editions.c.content_sealed).where(
            editions.c.province == province, editions.c.part == part, editions.c.content_sealed.is_not(None)
        )
    ).all()
    changed = 0
    for row in rows:
        before = seal.open(row.content_sealed)
        after = change(before)
        if after != before:
            connection.execute(
                update(editions).where(editions.c.id == row.id).values(content_sealed=seal.close(after))
            )
            changed += 1
    return changed
