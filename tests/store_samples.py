"""A small province in the tables: one plan, tasks with one date each, and what a test needs to look at them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from store import attempts, outbox
from store.database import Database
from store.envelopes import Envelopes
from store.outbox import Planned
from store.schema import assignments, deadlines, deliveries, dues, messages, metadata, plans, reminders, tasks

PROVINCE = "phu-chau"
DAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
LEASE = timedelta(minutes=30)
DUE = date(2026, 6, 30)


def opened(url: str, *, busy_seconds: float = 30.0) -> Database:
    """A database with every table."""
    database = Database(url, busy_seconds=busy_seconds)
    with database.write() as connection:
        metadata.create_all(connection)
    return database


def add_tasks(connection: Connection, count: int, *, agency: str = "so-y-te", on: date = DUE) -> list[int]:
    """Open tasks of one plan, each with one lead agency and one due; returns the ids of the dues."""
    plan = {
        "province": PROVINCE,
        "identity": f"plan-{agency}-{on}",
        "revision": 1,
        "state": "active",
        "digest": f"digest-{agency}-{on}",
        "file": "a.txt",
        "format": "txt",
        "basis": [],
        "warnings": [],
        "imported_at": NOW,
    }
    plan_id = connection.execute(insert(plans).values(plan).returning(plans.c.id)).scalar_one()
    return [_add_task(connection, plan_id, number, agency, on) for number in range(count)]


def _add_task(connection: Connection, plan_id: int, number: int, agency: str, on: date) -> int:
    task = {
        "province": PROVINCE,
        "plan_id": plan_id,
        "key": f"tasks::{number}",
        "position": number,
        "table_kind": "tasks",
        "number": str(number),
        "title": f"Nhiệm vụ {number}",
        "conditions": [],
        "place": {},
        "confidence": 1.0,
        "doubts": [],
        "folded": "",
        "state": "open",
        "first_seen": DAY,
    }
    task_id = connection.execute(insert(tasks).values(task).returning(tasks.c.id)).scalar_one()
    read = {
        "state": "read",
        "kinds": "fixed",
        "reading": {"is": "Unread", "text": ""},
        "confidence": 1.0,
        "waiting": [],
        "steps": [],
    }
    connection.execute(
        insert(deadlines).values(read | {"province": PROVINCE, "task_id": task_id, "text": "", "needs_date": False})
    )
    lead = {"agency": agency, "role": "lead", "words": agency, "as_group": False, "state": "open"}
    connection.execute(insert(assignments).values(lead | {"province": PROVINCE, "task_id": task_id}))
    due = {
        "province": PROVINCE,
        "task_id": task_id,
        "key": "t0:once",
        "term": 0,
        "track": "due",
        "on_date": on,
        "aim": on,
        "late_from": on + timedelta(days=1),
        "tentative": False,
        "blocked": False,
        "state": "open",
        "first_seen": DAY,
        "told": {},
        "next_on": DAY,
    }
    return int(connection.execute(insert(dues).values(due).returning(dues.c.id)).scalar_one())


def reminder(due_id: int, *, stage: str = "d-30", agency: str = "so-y-te", on: date = DUE, **more: Any) -> Planned:
    given = {"audience": "agency", "role": "lead", "channel": "email", "urgency": "soon"} | more
    return Planned(due_id=due_id, due_on=on, stage=stage, agency=agency, **given)


def envelopes(connection: Connection, first: date = DAY) -> Envelopes:
    days = [first + timedelta(days=step) for step in range(5)]
    opens = {day: datetime.combine(day, time(0, 30), tzinfo=UTC) for day in days}
    return Envelopes(connection, PROVINCE, days=opens, now=NOW)


def planned(connection: Connection, *wanted: Planned, on: date = DAY) -> int:
    return outbox.plan(connection, PROVINCE, wanted, envelopes(connection, on), on)


def claimed(database: Database, worker: str = "a", *, now: datetime = NOW, limit: int = 10) -> list[Row[Any]]:
    with database.write(alone=False) as connection:
        return attempts.claim(connection, worker=worker, now=now, lease=LEASE, limit=limit, province=PROVINCE)


def frozen(database: Database, message: Row[Any], *, now: datetime = NOW) -> None:
    """Freeze a claimed message with all that is planned in it, as a sender does."""
    with database.write(alone=False) as connection:
        said = [row.id for row in outbox.planned_in(connection, message.id)]
        attempts.freeze(
            connection,
            message,
            sealed=b"sealed",
            lookup="lookup",
            shown="d•••@so-y-te.example",
            content={"reminders": said},
            now=now,
        )


def the_reminders(connection: Connection) -> list[Row[Any]]:
    return list(connection.execute(select(reminders).order_by(reminders.c.id)))


def the_messages(connection: Connection) -> list[Row[Any]]:
    return list(connection.execute(select(messages).order_by(messages.c.id)))


def the_deliveries(connection: Connection) -> list[Row[Any]]:
    return list(connection.execute(select(deliveries).order_by(deliveries.c.id)))


def change(connection: Connection, table: Any, row_id: int, **values: Any) -> None:
    connection.execute(update(table).where(table.c.id == row_id).values(values))
