"""A database with many tasks and what belongs to them, made by the store's own tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from store.audit import record
from store.database import Database
from store.migrate import migrate
from store.schema import assignments, deadlines, deliveries, dues, marks, messages, plans, reminders, tasks

NOW = datetime(2026, 6, 1, 1, 30, 15, 250_000, tzinfo=UTC)
A_PLAN = 1000
CHUNK = 5000


def fill(database: Database, count: int, *, province: str = "minh-son") -> None:
    """`count` tasks, each with a lead, a deadline, a due and a reminder; a message for every ten."""
    migrate(database)
    with database.write() as connection:
        for number in range(0, count, A_PLAN):
            connection.execute(insert(plans).values(_plan(province, number // A_PLAN + 1)))
        for first in range(1, count + 1, CHUNK):
            numbers = range(first, min(first + CHUNK, count + 1))
            _fill(connection, province, numbers)
        for number in range(5):
            record(
                connection,
                province,
                at=NOW,
                actor="thử",
                action="import",
                subject=f"kế hoạch {number}",
                after={"số": number, "tên": "Kế hoạch “thử” – Đắk"},
            )
        connection.execute(insert(marks).values(province=province, name="config.agencies", value="đã đọc"))


def _fill(connection: Connection, province: str, numbers: range) -> None:
    of = {"province": province}
    connection.execute(insert(tasks), [of | _task(number) for number in numbers])
    connection.execute(insert(assignments), [of | _assignment(number) for number in numbers])
    connection.execute(insert(deadlines), [of | _deadline(number) for number in numbers])
    connection.execute(insert(dues), [of | _due(number) for number in numbers])
    tenth = [number for number in numbers if number % 10 == 1]
    connection.execute(insert(messages), [of | _message(number) for number in tenth])
    connection.execute(insert(deliveries), [of | _delivery(number) for number in tenth])
    connection.execute(insert(reminders), [of | _reminder(number) for number in numbers])


def _plan(province: str, number: int) -> dict[str, Any]:
    return {
        "province": province,
        "identity": f"ke-hoach-{number}",
        "revision": 1,
        "state": "active",
        "digest": f"{number:064d}",
        "file": f"{number}.txt",
        "format": "txt",
        "basis": ["Nghị quyết số 7"],
        "warnings": [],
        "imported_at": NOW,
    }


def _task(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "plan_id": (number - 1) // A_PLAN + 1,
        "key": f"tasks::{number}",
        "position": number,
        "table_kind": "tasks",
        "number": str(number),
        "title": f"Rà soát, hoàn thiện quy chế phối hợp số {number} trên địa bàn tỉnh Minh Sơn",
        "lead_text": "Sở Y tế",
        "deadline_text": "Quý II/2026",
        "conditions": [],
        "place": {"row": number},
        "confidence": 0.1 + number % 9 / 10,
        "doubts": [],
        "folded": f"ra soat {number}",
        "state": "open" if number % 3 else "done",
        "first_seen": date(2026, 1, 5),
        "assigned_by_hand": False,
    }


def _assignment(number: int) -> dict[str, Any]:
    return {
        "task_id": number,
        "agency": f"so-{number % 20}",
        "role": "lead",
        "words": "Sở Y tế",
        "as_group": False,
        "state": "open",
    }


def _deadline(number: int) -> dict[str, Any]:
    return {
        "task_id": number,
        "text": "Quý II/2026",
        "state": "read",
        "kinds": "fixed",
        "reading": {"terms": [{"kind": "fixed", "due": "2026-06-30", "số": 1.5}]},
        "confidence": 1.0,
        "waiting": [],
        "needs_date": False,
        "asked": [],
        "steps": [["ngày cuối quý", "30/06/2026"]],
    }


def _due(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "task_id": number,
        "key": "0:2026-06-30",
        "term": 0,
        "track": "due",
        "on_date": date(2026, 6, 30),
        "aim": date(2026, 6, 30),
        "late_from": date(2026, 7, 1),
        "tentative": False,
        "blocked": False,
        "state": "open" if number % 3 else "done",
        "first_seen": date(2026, 1, 5),
        "told": {"chung/lead": ["30"]},
        "next_on": date(2026, 6, 15),
    }


def _message(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "key": f"minh-son|reminders|{number}",
        "purpose": "reminders",
        "agency": f"co-quan-{number}",
        "audience": "agency",
        "channel": "email",
        "day": date(2026, 6, 1),
        "state": "sent",
        "not_before": NOW,
        "attempts": 1,
        "recipient": "v…@soyte.minhson.example",
        "recipient_sealed": bytes(range(256)),
        "recipient_lookup": f"{number:064d}",
        "frozen": {"subject": "[Đôn đốc]", "text": "Kính gửi Quý cơ quan…", "reminders": [number]},
        "created_at": NOW,
        "ended_at": NOW + timedelta(seconds=number % 60),
    }


def _delivery(number: int) -> dict[str, Any]:
    return {
        "message_id": number,
        "attempt": 1,
        "worker": "may:1",
        "started_at": NOW,
        "ended_at": NOW,
        "outcome": "sent",
        "answer": "250 2.0.0 Ok",
    }


def _reminder(number: int) -> dict[str, Any]:
    return {
        "key": f"{number}|2026-06-30|30",
        "due_id": number,
        "on_date": date(2026, 6, 30),
        "stage": "30",
        "agency": f"so-{number % 20}",
        "audience": "agency",
        "role": "lead",
        "channel": "email",
        "urgency": "soon",
        "note": "",
        "state": "told",
        "decided_on": date(2026, 6, 1),
        "message_id": (number - 1) // 10 * 10 + 1,
    }
