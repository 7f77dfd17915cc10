"""The audit log: append-only, each entry chained by SHA-256 to the one before it in its province.

Each entry is also told to the logger "dondoc.audit", with its number and digest but no person's name: taken away to
another machine, such a line shows later whether the log up to it is still what it was.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import Connection, insert, select, text

from store.database import WRITERS, when_kept
from store.schema import audit

GENESIS = "0" * 64


_PLAIN = frozenset({"agencies", "agency", "channel", "config", "keys"})
"""Kinds of subjects whose names are nobody's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """An entry as it was noted elsewhere."""

    entry: int
    digest: str


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
    digest = _digest(entry)
    made = connection.execute(insert(audit).values(entry | {"at": at, "digest": digest}).returning(audit.c.id))
    line = {"province": province, "seq": made.scalar_one(), "action": action, "digest": digest}
    line |= _plain(actor, subject)
    when_kept(connection, lambda: _log.info("audit", **line))


_log = structlog.stdlib.get_logger("dondoc.audit")


def _plain(actor: str, subject: str) -> dict[str, object]:
    """Who and what, without a name: the kind of the actor, the kind of the subject and its number or code."""
    kind, _, identity = subject.partition(":")
    told: dict[str, object] = {"by": actor.partition(":")[0] if ":" in actor else "program"}
    if identity:
        told["of"] = kind
    if identity.isdecimal():
        told["id"] = int(identity)
    elif identity and kind in _PLAIN:
        told["id"] = identity
    return told


def verify(connection: Connection, province: str, noted: Head | None = None) -> int | Broken:
    """How many entries the chain has, or where it breaks. Reads them one by one.

    `noted` has to be one of them: a chain that somebody computed anew, or cut off, holds in itself.
    """
    previous, count, met = GENESIS, 0, noted is None
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
        if noted is not None and row["id"] == noted.entry:
            if row["digest"] != noted.digest:
                return Broken(entry=row["id"], reason="khác với mục đã ghi lại trước đây, nhật ký đã bị viết lại")
            met = True
        previous, count = row["digest"], count + 1
    if noted is not None and not met:
        return Broken(entry=noted.entry, reason="mục đã ghi lại trước đây không còn, nhật ký đã bị cắt bớt")
    return count


def head(connection: Connection, province: str) -> Head | None:
    """The last entry; None where there is none. Noted elsewhere, it shows a log that was rewritten or cut off."""
    found = connection.execute(
        select(audit.c.id, audit.c.digest).where(audit.c.province == province).order_by(audit.c.id.desc()).limit(1)
    ).one_or_none()
    return Head(entry=found.id, digest=found.digest) if found is not None else None


def _digest(entry: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _hold_the_end(connection: Connection) -> None:
    # Two transactions that append at once would chain to the same entry. SQLite has one writer anyway.
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITERS})"))
