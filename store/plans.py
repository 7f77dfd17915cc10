"""Plans and their tasks: kept once a content, and replaced without losing what was done about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from deadlines.types import Deadline, Reading, Unread
from store import history
from store.assigning import set_assignments
from store.audit import record
from store.codec import to_json
from store.plan_records import Follows, PlanRecord, Saved, TaskRecord
from store.plan_versions import current_plan, known_plan
from store.schema import assignments, deadlines, dues, plans, tasks


def save_plan(
    connection: Connection, province: str, plan: PlanRecord, *, now: datetime, today: date, actor: str
) -> Saved:
    """Keep a plan. The same content twice changes nothing; a newer version takes over the tasks of the older."""
    known = known_plan(connection, province, plan.digest)
    if known:
        return known
    before = current_plan(connection, province, plan.identity)
    revision = before.revision + 1 if before else 1
    plan_id = _insert_plan(connection, province, plan, revision, now)
    follows = plan.follows or _by_key(connection, before.id if before else None, plan.tasks)
    if follows.replaced:
        connection.execute(update(plans).where(plans.c.id.in_(follows.replaced)).values(state="replaced"))
    saved = _save_tasks(connection, province, plan_id, revision, plan.tasks, follows, today)
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action="plan.import",
        subject=f"plan:{plan_id}",
        after={
            "file": plan.file,
            "number": plan.number,
            "revision": revision,
            "added": len(saved.added),
            "changed": len(saved.changed),
            "withdrawn": len(saved.withdrawn),
        },
    )
    return saved


def _insert_plan(connection: Connection, province: str, plan: PlanRecord, revision: int, now: datetime) -> int:
    values = {
        name: getattr(plan, name)
        for name in (
            "identity",
            "digest",
            "file",
            "format",
            "kind",
            "number",
            "issued_on",
            "issued_text",
            "issuer",
            "signer",
            "title",
        )
    }
    values |= {
        "basis": list(plan.basis),
        "warnings": list(plan.warnings),
        "province": province,
        "revision": revision,
        "state": "active",
        "imported_at": now,
    }
    return int(connection.execute(insert(plans).values(values).returning(plans.c.id)).scalar_one())


def _by_key(connection: Connection, before: int | None, records: Sequence[TaskRecord]) -> Follows:
    if before is None:
        return Follows()
    rows = connection.execute(
        select(tasks.c.id, tasks.c.key).where(tasks.c.plan_id == before, tasks.c.state != "withdrawn")
    )
    old = {row.key: row.id for row in rows}
    taken = {record.key: old[record.key] for record in records if record.key in old}
    gone = tuple(task_id for key, task_id in old.items() if key not in taken)
    return Follows(taken=taken, withdrawn=gone, replaced=(before,))


def _save_tasks(
    connection: Connection,
    province: str,
    plan_id: int,
    revision: int,
    records: Sequence[TaskRecord],
    follows: Follows,
    today: date,
) -> Saved:
    added: list[int] = []
    changed: list[int] = []
    kept: list[int] = []
    rows = connection.execute(select(tasks).where(tasks.c.id.in_(follows.taken.values())))
    old = {row.id: row for row in rows}
    for position, task in enumerate(records):
        values = _task_values(task) | {"plan_id": plan_id, "position": position}
        before = old.get(follows.taken.get(task.key, 0))
        if before is None:
            values |= {"province": province, "state": "open", "first_seen": today}
            task_id = int(connection.execute(insert(tasks).values(values).returning(tasks.c.id)).scalar_one())
            _insert_deadline(connection, province, task_id, task.reading, task.deadline_text)
            added.append(task_id)
        else:
            task_id = before.id
            connection.execute(update(tasks).where(tasks.c.id == task_id).values(values))
            moved = _update_deadline(connection, task_id, task)
            (changed if moved or before.title != task.title else kept).append(task_id)
        if before is None or not before.assigned_by_hand:
            set_assignments(connection, province, task_id, task.assignments)
    withdraw_tasks(connection, follows.withdrawn, today)
    return Saved(
        plan_id=plan_id,
        revision=revision,
        known=False,
        added=tuple(added),
        changed=tuple(changed),
        kept=tuple(kept),
        withdrawn=follows.withdrawn,
    )


def _task_values(task: TaskRecord) -> dict[str, Any]:
    values = {
        name: getattr(task, name)
        for name in (
            "key",
            "table_kind",
            "number",
            "title",
            "folded",
            "section",
            "parent",
            "lead_text",
            "coordinating_text",
            "product",
            "deadline_text",
            "place",
            "confidence",
            "unknown_lead",
        )
    }
    return values | {"conditions": list(task.conditions), "doubts": list(task.doubts)}


def reading_values(reading: Reading, text: str | None) -> dict[str, Any]:
    """A reading as the columns of `deadlines`; what it waits for is filled in when it is resolved."""
    read = isinstance(reading, Deadline)
    kinds = dict.fromkeys(term.kind.value for term in reading.terms) if isinstance(reading, Deadline) else ()
    return {
        "text": text or "",
        "state": "read" if read else ("unread" if isinstance(reading, Unread) else "ambiguous"),
        "kinds": ",".join(kinds) or "unread",
        "reading": to_json(reading),
        "confidence": reading.confidence if isinstance(reading, Deadline) else 0.0,
    }


def _insert_deadline(
    connection: Connection, province: str, task_id: int, reading: Reading, text: str | None
) -> None:
    connection.execute(
        insert(deadlines).values(
            reading_values(reading, text)
            | {"province": province, "task_id": task_id, "waiting": [], "needs_date": False, "steps": []}
        )
    )


def _update_deadline(connection: Connection, task_id: int, task: TaskRecord) -> bool:
    """Whether the printed words or their reading changed. A person's correction of the same words stays."""
    before = connection.execute(select(deadlines).where(deadlines.c.task_id == task_id)).one()
    values = reading_values(task.reading, task.deadline_text)
    same_words = before.text == values["text"]
    if same_words and (before.state == "corrected" or before.reading == values["reading"]):
        return False
    connection.execute(update(deadlines).where(deadlines.c.task_id == task_id).values(values))
    return True


def withdraw_tasks(connection: Connection, task_ids: Sequence[int], today: date) -> None:
    """From `today` on nobody is reminded of these; what was said and done about them stays."""
    if task_ids:
        history.keep_tasks(connection, task_ids, today)
        connection.execute(update(tasks).where(tasks.c.id.in_(task_ids)).values(state="withdrawn"))
        connection.execute(
            update(dues)
            .where(dues.c.task_id.in_(task_ids), dues.c.state == "open")
            .values(state="withdrawn", next_on=None)
        )


def open_tasks(connection: Connection, province: str, *, after: int = 0, limit: int | None = None) -> list[int]:
    """Their ids in order, those behind `after`; no more than `limit` where one is given."""
    rows = connection.execute(
        select(tasks.c.id)
        .where(tasks.c.province == province, tasks.c.state == "open", tasks.c.id > after)
        .order_by(tasks.c.id)
        .limit(limit)
    )
    return [row.id for row in rows]


def count_rows(connection: Connection, province: str) -> dict[str, int]:
    """How many rows of the province each table of plans holds."""
    return {
        table.name: connection.execute(select(func.count()).where(table.c.province == province)).scalar_one()
        for table in (plans, tasks, deadlines, dues, assignments)
    }
