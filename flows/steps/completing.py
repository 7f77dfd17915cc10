"""Completions and extensions, and the tasks that were waiting for a task to end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from flows.steps.events import waiting_terms
from flows.steps.resolving import announce, resolve_tasks
from flows.steps.workplace import Workplace
from store import completions, dues, events
from store.dues import Moved
from store.events import EventRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Completed:
    """`late` is the verdict; `released` are the tasks that waited for this one."""

    late: bool
    released: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NoSuch:
    """There is nothing of that name to act on; `message` says so in Vietnamese."""

    message: str


def complete(
    workplace: Workplace,
    task_id: int,
    *,
    on: date,
    document: str | None,
    due_key: str | None,
    now: datetime,
    today: date,
    actor: str,
) -> Completed | NoSuch:
    """Record that a task, or one occurrence of it, was completed on `on`."""
    with workplace.ready().write() as connection:
        return complete_within(
            connection,
            workplace,
            task_id,
            on=on,
            document=document,
            due_key=due_key,
            now=now,
            today=today,
            actor=actor,
        )


def complete_within(
    connection: Connection,
    workplace: Workplace,
    task_id: int,
    *,
    on: date,
    document: str | None,
    due_key: str | None,
    now: datetime,
    today: date,
    actor: str,
) -> Completed | NoSuch:
    """As `complete`, in the caller's transaction."""
    row = dues.find_task(connection, workplace.province, task_id)
    if row is None:
        return NoSuch(message=f"Không có nhiệm vụ số {task_id}.")
    if row.state != "open":
        return NoSuch(message=f"Nhiệm vụ số {task_id} không còn mở.")
    if due_key is not None and not any(due.key == due_key for due in completions.open_dues(connection, task_id)):
        return NoSuch(message=f"Nhiệm vụ số {task_id} không có kỳ hạn đang mở {due_key}.")
    late = completions.complete(
        connection,
        workplace.province,
        task_id,
        on=on,
        document=document,
        due_key=due_key,
        now=now,
        actor=actor,
    )
    released = () if due_key else _release_followers(connection, workplace, row, on, now, today, actor)
    return Completed(late=late, released=released)


def _release_followers(
    connection: Connection,
    workplace: Workplace,
    done: dues.TaskRow,
    on: date,
    now: datetime,
    today: date,
    actor: str,
) -> tuple[int, ...]:
    """The end of a task is an event too, for the tasks of its plan that wait for its number."""
    followers = [
        held
        for held in waiting_terms(connection, workplace.province, done.plan_id)
        if held.waiting.condition.after_task == done.number
    ]
    if not followers:
        return ()
    ended = EventRecord(
        issuer=done.lead_text or "",
        instrument="Hoàn thành nhiệm vụ",
        number=done.number,
        on_date=on,
        subject=done.title,
    )
    event_id = events.add_event(connection, workplace.province, ended, now=now, actor=actor)
    pairs = [(held.task_id, held.term) for held in followers]
    events.release(connection, workplace.province, event_id, pairs, on=on, now=now, actor=actor)
    ids = sorted({task for task, _ in pairs})
    announce(connection, workplace, resolve_tasks(connection, workplace, ids, today=today), now=now, today=today)
    return tuple(ids)


def extend(
    workplace: Workplace,
    task_id: int,
    *,
    to: date,
    document: str,
    due_key: str | None,
    now: datetime,
    today: date,
    actor: str,
) -> list[Moved] | NoSuch:
    """Give one occurrence a new date. Without a key the task must have one open date that can be late."""
    with workplace.ready().write() as connection:
        return extend_within(
            connection,
            workplace,
            task_id,
            to=to,
            document=document,
            due_key=due_key,
            now=now,
            today=today,
            actor=actor,
        )


def extend_within(
    connection: Connection,
    workplace: Workplace,
    task_id: int,
    *,
    to: date,
    document: str,
    due_key: str | None,
    now: datetime,
    today: date,
    actor: str,
) -> list[Moved] | NoSuch:
    """As `extend`, in the caller's transaction."""
    row = dues.find_task(connection, workplace.province, task_id)
    if row is None:
        return NoSuch(message=f"Không có nhiệm vụ số {task_id}.")
    found = [
        due
        for due in completions.open_dues(connection, task_id)
        if due.track == "due" and due_key in {None, due.key}
    ]
    if not found:
        return NoSuch(message=f"Nhiệm vụ số {task_id} không có thời hạn đang mở để gia hạn.")
    events.extend(
        connection,
        workplace.province,
        task_id,
        found[0].key,
        old_on=found[0].on_date,
        new_on=to,
        document=document,
        now=now,
        actor=actor,
    )
    moved = resolve_tasks(connection, workplace, [task_id], today=today)
    announce(connection, workplace, moved, now=now, today=today)
    return moved
