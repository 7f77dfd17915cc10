"""Runs of the daily job and small marks that outlive them. The desk's red banner and the metrics read these."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from store.outbox import inserting
from store.schema import marks, runs

MISSED = "missed"
"""The kind under which a day stands on which there was no run."""


def start(connection: Connection, province: str, kind: str, day: date, now: datetime) -> int:
    values = {"province": province, "kind": kind, "day": day, "started_at": now, "counts": {}}
    return int(connection.execute(insert(runs).values(values).returning(runs.c.id)).scalar_one())


def end(
    connection: Connection,
    run_id: int,
    *,
    ok: bool,
    counts: dict[str, Any],
    now: datetime,
    error: str | None = None,
) -> None:
    connection.execute(
        update(runs).where(runs.c.id == run_id).values(ended_at=now, ok=ok, counts=counts, error=error)
    )


def last_good(connection: Connection, province: str, kind: str = "daily") -> Row[Any] | None:
    return connection.execute(
        select(runs)
        .where(runs.c.province == province, runs.c.kind == kind, runs.c.ok.is_(True))
        .order_by(runs.c.id.desc())
        .limit(1)
    ).first()


def silence(connection: Connection, province: str, now: datetime, kind: str = "daily") -> timedelta | None:
    """How long ago the last run that went well ended; None where there was none. An alarm outside watches it."""
    last = last_good(connection, province, kind)
    return None if last is None or last.ended_at is None else now - last.ended_at


def last_begun(connection: Connection, province: str, kind: str = "daily") -> Row[Any] | None:
    return connection.execute(
        select(runs).where(runs.c.province == province, runs.c.kind == kind).order_by(runs.c.id.desc()).limit(1)
    ).first()


def beginning(connection: Connection, province: str, kind: str = "daily") -> datetime | None:
    """When the first run began, however it ended; None where there was none."""
    first: datetime | None = connection.execute(
        select(func.min(runs.c.started_at)).where(runs.c.province == province, runs.c.kind == kind)
    ).scalar()
    return first


def note_missed(connection: Connection, province: str, days: Sequence[date], now: datetime) -> list[date]:
    """Keep that there was no run on these days. Returns those that had not been noted yet."""
    noted = select(runs.c.day).where(runs.c.province == province, runs.c.kind == MISSED, runs.c.day.in_(days))
    known = set(connection.execute(noted).scalars())
    fresh = [day for day in days if day not in known]
    if fresh:
        values = {"province": province, "kind": MISSED, "started_at": now, "ok": False, "counts": {}}
        connection.execute(insert(runs), [values | {"day": day} for day in fresh])
    return fresh


def missed_since(connection: Connection, province: str, moment: datetime) -> list[date]:
    """The days without a run that were noted at `moment` or later, in order."""
    noted = select(runs.c.day).where(
        runs.c.province == province, runs.c.kind == MISSED, runs.c.started_at >= moment
    )
    return list(connection.execute(noted.order_by(runs.c.day)).scalars())


def mark(connection: Connection, province: str, name: str) -> str | None:
    """A remembered value, or None."""
    return connection.execute(
        select(marks.c.value).where(marks.c.province == province, marks.c.name == name)
    ).scalar()


def set_mark(connection: Connection, province: str, name: str, value: str) -> None:
    connection.execute(
        inserting(connection, marks)
        .values(province=province, name=name, value=value)
        .on_conflict_do_update(index_elements=["province", "name"], set_={"value": value})
    )
