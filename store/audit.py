"""The audit log: append-only, each entry chained by SHA-256 to the one before it in its province."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from store.database import WRITERS
from store.schema import audit

GENESIS = "0" * 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """The first entry whose chain does not hold."""

    entry: int
    reason: str


def record(
    connection: Connection,
    province: str,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    before: Any = None,
    after: Any = None,
) -> None:
    """Append one entry inside the caller's transaction, so that no change is kept without it."""
    _hold_the_end(connection)
    previous = connection.execute(
        select(audit.c.digest).where(audit.c.province == province).order_by(audit.c.id.desc()).limit(1)
    ).scalar()
    entry = {
        "province": province,
        "at": at.astimezone(UTC).isoformat(),
        "actor": actor,
        "action": action,
        "subject": subject,
        "before": before,
        "after": after,
        "previous": previous or GENESIS,
    }
    connection.execute(insert(audit).values(entry | {"at": at, "digest": _digest(entry)}))


def verify(connection: Connection, province: str) -> int | Broken:
    """How many entries the chain has, or where it breaks. Reads them one by one."""
    previous, count = GENESIS, 0
    rows = connection.execute(
        select(audit).where(audit.c.province == province).order_by(audit.c.id).execution_options(yield_per=1000)
    )
    for row in rows.mappings():
        entry = {name: row[name] for name in ("province", "actor", "action", "subject", "before", "after")}
        entry |= {"at": row["at"].isoformat(), "previous": row["previous"]}
        if row["previous"] != previous:
            return Broken(entry=row["id"], reason="không nối với mục đứng trước")
        if row["digest"] != _digest(entry):
            return Broken(entry=row["id"], reason="nội dung đã bị sửa")
        previous, count = row["digest"], count + 1
    return count


def head(connection: Connection, province: str) -> tuple[int, str]:
    """How many entries there are and the last digest: kept elsewhere, it shows a cut-off log."""
    count = connection.execute(select(func.count()).where(audit.c.province == province)).scalar_one()
    last = connection.execute(
        select(audit.c.digest).where(audit.c.province == province).order_by(audit.c.id.desc()).limit(1)
    ).scalar()
    return count, last or GENESIS


def _digest(entry: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _hold_the_end(connection: Connection) -> None:
    # Two transactions that append at once would chain to the same entry. SQLite has one writer anyway.
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITERS})"))
