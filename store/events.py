"""The ledger of issued documents, what each released, and extensions: recorded, corrected, never erased."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from store.audit import record
from store.schema import events, extensions, releases


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRecord:
    issuer: str
    instrument: str
    number: str | None
    on_date: date
    subject: str
    link: str | None = None


def add_event(connection: Connection, province: str, event: EventRecord, *, now: datetime, actor: str) -> int:
    """Record an issued document. The same number of the same issuer on the same day is the same event."""
    known = connection.execute(
        select(events.c.id).where(
            events.c.province == province,
            events.c.issuer == event.issuer,
            events.c.instrument == event.instrument,
            func.coalesce(events.c.number, "") == (event.number or ""),
            events.c.on_date == event.on_date,
            events.c.subject == event.subject,
            events.c.withdrawn_at.is_(None),
        )
    ).scalar()
    if known is not None:
        return int(known)
    values = {
        name: getattr(event, name) for name in ("issuer", "instrument", "number", "on_date", "subject", "link")
    }
    event_id = connection.execute(
        insert(events)
        .values(values | {"province": province, "recorded_at": now, "recorded_by": actor})
        .returning(events.c.id)
    ).scalar_one()
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action="event.add",
        subject=f"event:{event_id}",
        after=values | {"on_date": event.on_date.isoformat()},
    )
    return int(event_id)


def release(
    connection: Connection,
    province: str,
    event_id: int,
    terms: Sequence[tuple[int, int]],
    *,
    on: date,
    now: datetime,
    actor: str,
) -> None:
    """Confirm that an event satisfies these (task id, term) pairs, in place of any confirmed before."""
    for task_id, term in terms:
        connection.execute(delete(releases).where(releases.c.task_id == task_id, releases.c.term == term))
        connection.execute(
            insert(releases).values(province=province, event_id=event_id, task_id=task_id, term=term, on_date=on)
        )
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action="event.release",
        subject=f"event:{event_id}",
        after={"terms": [list(pair) for pair in terms]},
    )


def correct_event(
    connection: Connection, province: str, event_id: int, on: date, *, now: datetime, actor: str
) -> tuple[int, ...]:
    """Give an event its right date. Returns the tasks to resolve again."""
    row = find_event(connection, province, event_id)
    if row is None:
        return ()
    connection.execute(update(events).where(events.c.id == event_id).values(on_date=on))
    connection.execute(update(releases).where(releases.c.event_id == event_id).values(on_date=on))
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action="event.correct",
        subject=f"event:{event_id}",
        before={"on_date": row.on_date.isoformat()},
        after={"on_date": on.isoformat()},
    )
    return released_tasks(connection, event_id)


def withdraw_event(
    connection: Connection, province: str, event_id: int, *, now: datetime, actor: str
) -> tuple[int, ...]:
    """Take an event back: what it released waits again. Returns the tasks to resolve again."""
    if find_event(connection, province, event_id) is None:
        return ()
    affected = released_tasks(connection, event_id)
    connection.execute(update(events).where(events.c.id == event_id).values(withdrawn_at=now))
    connection.execute(delete(releases).where(releases.c.event_id == event_id))
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action="event.withdraw",
        subject=f"event:{event_id}",
        before={"tasks": list(affected)},
    )
    return affected


def find_event(connection: Connection, province: str, event_id: int) -> Row[Any] | None:
    """An event that still stands, or None."""
    return connection.execute(
        select(events).where(
            events.c.id == event_id, events.c.province == province, events.c.withdrawn_at.is_(None)
        )
    ).first()


def all_events(connection: Connection, province: str) -> Sequence[Row[Any]]:
    """Events that stand, newest first, with how many tasks each released."""
    count = select(func.count()).where(releases.c.event_id == events.c.id).scalar_subquery()
    return connection.execute(
        select(events, count.label("released"))
        .where(events.c.province == province, events.c.withdrawn_at.is_(None))
        .order_by(events.c.on_date.desc(), events.c.id.desc())
    ).all()


def released_tasks(connection: Connection, event_id: int) -> tuple[int, ...]:
    rows = connection.execute(select(releases.c.task_id).where(releases.c.event_id == event_id).distinct())
    return tuple(row.task_id for row in rows)


def met_terms(connection: Connection, task_ids: Sequence[int]) -> Mapping[int, dict[int, date]]:
    """For each task, the terms whose event has happened, and on which day."""
    found: dict[int, dict[int, date]] = {}
    rows = connection.execute(
        select(releases.c.task_id, releases.c.term, releases.c.on_date).where(releases.c.task_id.in_(task_ids))
    )
    for task_id, term, on in rows:
        found.setdefault(task_id, {})[term] = on
    return found


def extend(
    connection: Connection,
    province: str,
    task_id: int,
    key: str,
    *,
    old_on: date,
    new_on: date,
    document: str,
    now: datetime,
    actor: str,
) -> None:
    """Record that an occurrence may be done by `new_on`, inclusive, and which document says so."""
    connection.execute(
        insert(extensions).values(
            province=province,
            task_id=task_id,
            key=key,
            old_on=old_on,
            new_on=new_on,
            document=document,
            recorded_at=now,
            recorded_by=actor,
        )
    )
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action="task.extend",
        subject=f"task:{task_id}",
        before={"key": key, "on": old_on.isoformat()},
        after={"on": new_on.isoformat(), "document": document},
    )


def extended(connection: Connection, task_ids: Sequence[int]) -> Mapping[int, dict[str, date]]:
    """For each task, the newest date that each extended occurrence was given."""
    found: dict[int, dict[str, date]] = {}
    rows = connection.execute(
        select(extensions.c.task_id, extensions.c.key, extensions.c.new_on)
        .where(extensions.c.task_id.in_(task_ids))
        .order_by(extensions.c.id)
    )
    for task_id, key, new_on in rows:
        found.setdefault(task_id, {})[key] = new_on
    return found
