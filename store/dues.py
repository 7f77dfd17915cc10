"""Due dates: what resolving says, kept; a change of date withdraws what was not yet sent about the old one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    func,
    insert,
    select,
    update,
)

from deadlines.types import Awaited, Occurrence, Resolution
from store import history
from store.codec import to_json
from store.schema import deadlines, dues, messages, plans, reminders, tasks
from store.strays import in_flight


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A due whose date changed. `was_told` is True where somebody was sent the old date."""

    due_id: int
    old_on: date
    new_on: date | None
    """None where the occurrence exists no more."""
    was_told: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    inserted: int = 0
    moved: tuple[Moved, ...] = ()


def apply(connection: Connection, province: str, task_id: int, resolution: Resolution, *, today: date) -> Applied:
    """Make the dues of a task those of `resolution`. Doing it twice changes nothing."""
    existing = {row.key: row for row in connection.execute(select(dues).where(dues.c.task_id == task_id))}
    wanted = {occurrence.key: (occurrence, False) for occurrence in resolution.occurrences}
    wanted |= {occurrence.key: (occurrence, True) for occurrence in resolution.blocked}
    fresh = [
        _values(occurrence, blocked)
        | {
            "province": province,
            "task_id": task_id,
            "state": "open",
            "first_seen": today,
            "told": {},
            "next_on": None if blocked else today,
        }
        for key, (occurrence, blocked) in wanted.items()
        if key not in existing
    ]
    if fresh:
        connection.execute(insert(dues), fresh)
    moved = [
        change
        for key, row in existing.items()
        if (change := _settle(connection, row, wanted.get(key), resolution, today)) is not None
    ]
    _note_waiting(connection, task_id, resolution)
    return Applied(inserted=len(fresh), moved=tuple(moved))


def _values(occurrence: Occurrence, blocked: bool) -> dict[str, Any]:
    return {
        "key": occurrence.key,
        "term": occurrence.term,
        "track": occurrence.track.value,
        "on_date": occurrence.on,
        "aim": occurrence.aim,
        "late_from": occurrence.late_from,
        "after_date": occurrence.after,
        "tentative": occurrence.tentative,
        "blocked": blocked,
    }


def _settle(
    connection: Connection,
    row: Row[Any],
    wanted: tuple[Occurrence, bool] | None,
    resolution: Resolution,
    today: date,
) -> Moved | None:
    """Bring one stored due to what is wanted; says so where its date moved."""
    if wanted is None:
        return _withdraw(connection, row, resolution, today)
    values = _values(*wanted)
    if row.state == "done" or (
        row.state == "open" and all(getattr(row, name) == held for name, held in values.items())
    ):
        return None
    moved = row.on_date != values["on_date"] or row.state == "withdrawn"
    values |= {"state": "open", "next_on": None if values["blocked"] else today}
    if moved:
        values |= {"told": {}, "first_seen": today}
    if values["blocked"] and not row.blocked:
        # What was not sent is withdrawn below; when the gate opens it is decided anew.
        values |= {"told": {}}
        withdraw_reminders(connection, row.id)
    history.keep_due(connection, row, today)
    connection.execute(update(dues).where(dues.c.id == row.id).values(values))
    if not moved:
        return None
    told = withdraw_reminders(connection, row.id)
    return Moved(due_id=row.id, old_on=row.on_date, new_on=values["on_date"], was_told=told)


def _withdraw(connection: Connection, row: Row[Any], resolution: Resolution, today: date) -> Moved | None:
    # Occurrences beyond the horizon that `resolution` covers are not gone, only not listed.
    outside = resolution.complete_until is not None and row.on_date > resolution.complete_until
    if row.state != "open" or outside:
        return None
    history.keep_due(connection, row, today)
    connection.execute(update(dues).where(dues.c.id == row.id).values(state="withdrawn", next_on=None))
    told = withdraw_reminders(connection, row.id)
    return Moved(due_id=row.id, old_on=row.on_date, new_on=None, was_told=told)


def withdraw_reminders(connection: Connection, due_id: int) -> bool:
    """Take back what was not sent about a due; True where something had been sent, or may have been.

    What a message on its way says is left alone: it can't be taken back, and counts as told.
    """
    planned = and_(reminders.c.due_id == due_id, reminders.c.state == "planned")
    leaving = _leaving(connection, planned)
    connection.execute(
        update(reminders)
        .where(planned, reminders.c.message_id.is_(None) | reminders.c.message_id.not_in(leaving))
        .values(state="withdrawn", message_id=None)
    )
    told = select(reminders.c.id).where(reminders.c.due_id == due_id, reminders.c.state == "told").limit(1)
    return bool(leaving) or connection.execute(told).first() is not None


def _leaving(connection: Connection, which: ColumnElement[bool]) -> list[int]:
    """Of the messages of these reminders, those on their way. All of them are locked against being taken now."""
    held = connection.execute(
        select(messages.c.id, in_flight().label("leaving"))
        .where(messages.c.id.in_(select(reminders.c.message_id).where(which)))
        .order_by(messages.c.id)
        .with_for_update()
    )
    return [row.id for row in held if row.leaving]


def dropped(connection: Connection, task_ids: Sequence[int]) -> list[Moved]:
    """Take back what was not sent about tasks that their plan names no more; the dates that are no more."""
    rows = connection.execute(
        select(dues.c.id, dues.c.on_date)
        .where(dues.c.task_id.in_(task_ids), dues.c.state == "withdrawn")
        .order_by(dues.c.id)
    ).all()
    return [
        Moved(due_id=row.id, old_on=row.on_date, new_on=None, was_told=withdraw_reminders(connection, row.id))
        for row in rows
    ]


def forget_agency(connection: Connection, task_id: int, agency: str) -> None:
    """Take back what was not sent to an agency about a task that is its no more; its successor is told instead."""
    of_task = select(dues.c.id).where(dues.c.task_id == task_id, dues.c.state == "open", ~dues.c.blocked)
    planned = and_(reminders.c.due_id.in_(of_task), reminders.c.agency == agency, reminders.c.state == "planned")
    leaving = _leaving(connection, planned)
    taken_back = connection.execute(
        update(reminders)
        .where(planned, reminders.c.message_id.is_(None) | reminders.c.message_id.not_in(leaving))
        .values(state="withdrawn", message_id=None)
        .returning(reminders.c.due_id)
    ).scalars()
    again = sorted(set(taken_back))
    if again:
        connection.execute(update(dues).where(dues.c.id.in_(again)).values(told={}, next_on=dues.c.first_seen))


def _note_waiting(connection: Connection, task_id: int, resolution: Resolution) -> None:
    connection.execute(
        update(deadlines)
        .where(deadlines.c.task_id == task_id)
        .values(
            waiting=[to_json(awaited) for awaited in resolution.waiting],
            waiting_for=_waiting_for(resolution.waiting),
            needs_date=resolution.needs_date,
            complete_until=resolution.complete_until,
            steps=list(resolution.steps),
        )
    )


def _waiting_for(waiting: Sequence[Awaited]) -> str | None:
    """What is awaited in a few words, the same for the same document; None where nothing is."""
    if not waiting:
        return None
    condition = waiting[0].condition
    if condition.after_task:
        return f"nhiệm vụ {condition.after_task}"
    words = [
        condition.instrument or condition.act or "sự kiện",
        condition.number or "",
        " / ".join(condition.actors),
    ]
    return " · ".join(word for word in words if word)


def readings(connection: Connection, task_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """The stored readings of open tasks, with their plan's date of issue and their earliest open date."""
    earliest = (
        select(func.min(dues.c.on_date))
        .where(dues.c.task_id == deadlines.c.task_id, dues.c.state == "open")
        .scalar_subquery()
    )
    return connection.execute(
        select(deadlines.c.task_id, deadlines.c.reading, plans.c.issued_on, earliest.label("earliest"))
        .join(tasks, tasks.c.id == deadlines.c.task_id)
        .join(plans, plans.c.id == tasks.c.plan_id)
        .where(deadlines.c.task_id.in_(task_ids), tasks.c.state == "open")
        .order_by(deadlines.c.task_id)
    ).all()


def waiting_readings(connection: Connection, province: str, plan: int | None = None) -> Sequence[Row[Any]]:
    """The readings of open tasks that wait for something, of one plan where it is given, in printed order."""
    query = (
        select(deadlines.c.task_id, deadlines.c.reading, deadlines.c.waiting, tasks.c.title)
        .join(tasks, tasks.c.id == deadlines.c.task_id)
        .where(deadlines.c.province == province, deadlines.c.waiting_for.is_not(None), tasks.c.state == "open")
        .order_by(tasks.c.plan_id, tasks.c.position)
    )
    return connection.execute(query if plan is None else query.where(tasks.c.plan_id == plan)).all()


TaskRow = Row[Any]


def find_task(connection: Connection, province: str, task_id: int) -> TaskRow | None:
    """A task of the province, or None."""
    return connection.execute(select(tasks).where(tasks.c.id == task_id, tasks.c.province == province)).first()


def running_out(connection: Connection, province: str, near: date, *, after: int, limit: int) -> list[int]:
    """Open tasks behind `after`, in order, whose listed occurrences end before `near`; at most `limit`."""
    rows = connection.execute(
        select(deadlines.c.task_id)
        .join(tasks, tasks.c.id == deadlines.c.task_id)
        .where(deadlines.c.province == province, deadlines.c.complete_until < near, tasks.c.state == "open")
        .where(deadlines.c.task_id > after)
        .order_by(deadlines.c.task_id)
        .limit(limit)
    )
    return [row.task_id for row in rows]


def look_again(connection: Connection, province: str, today: date) -> None:
    """Have every open due looked at today: what decides about it has changed."""
    connection.execute(
        update(dues)
        .where(dues.c.province == province, dues.c.state == "open", ~dues.c.blocked)
        .values(next_on=today)
    )
