"""Due dates: what resolving says, kept; a change of date withdraws what was not yet sent about the old one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from deadlines.types import Awaited, Occurrence, Resolution, Track
from store import answers
from store.codec import to_json
from store.schema import assignments, deadlines, dues, plans, reminders, tasks


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
        return _withdraw(connection, row, resolution)
    values = _values(*wanted)
    if row.state == "done" or (
        row.state == "open" and all(getattr(row, name) == held for name, held in values.items())
    ):
        return None
    moved = row.on_date != values["on_date"] or row.state == "withdrawn"
    values |= {"state": "open", "next_on": None if values["blocked"] else today}
    if moved:
        values |= {"told": {}, "first_seen": today}
    connection.execute(update(dues).where(dues.c.id == row.id).values(values))
    if not moved:
        return None
    told = withdraw_reminders(connection, row.id)
    return Moved(due_id=row.id, old_on=row.on_date, new_on=values["on_date"], was_told=told)


def _withdraw(connection: Connection, row: Row[Any], resolution: Resolution) -> Moved | None:
    # Occurrences beyond the horizon that `resolution` covers are not gone, only not listed.
    outside = resolution.complete_until is not None and row.on_date > resolution.complete_until
    if row.state != "open" or outside:
        return None
    connection.execute(update(dues).where(dues.c.id == row.id).values(state="withdrawn", next_on=None))
    told = withdraw_reminders(connection, row.id)
    return Moved(due_id=row.id, old_on=row.on_date, new_on=None, was_told=told)


def withdraw_reminders(connection: Connection, due_id: int) -> bool:
    """Take back what was not sent about a due; True where something had been sent."""
    connection.execute(
        update(reminders)
        .where(reminders.c.due_id == due_id, reminders.c.state == "planned")
        .values(state="withdrawn", message_id=None)
    )
    told = select(reminders.c.id).where(reminders.c.due_id == due_id, reminders.c.state == "told").limit(1)
    return connection.execute(told).first() is not None


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """A due that something may have to be said about today, with what deciding needs."""

    id: int
    task_id: int
    plan_number: str | None
    occurrence: Occurrence
    first_seen: date
    told: dict[str, list[str]]
    agencies: tuple[tuple[str, str], ...]
    """Agency code and role of everyone who still has to act."""


def due_batch(
    connection: Connection, province: str, today: date, *, after: int, limit: int, groups_coordinate: bool
) -> list[Open]:
    """The next open dues, by id above `after`, whose day to be looked at is `today` or earlier.

    Found by an index: what is not due costs nothing.
    """
    rows = connection.execute(
        select(dues, plans.c.number.label("plan_number"))
        .join(tasks, tasks.c.id == dues.c.task_id)
        .join(plans, plans.c.id == tasks.c.plan_id)
        .where(
            dues.c.province == province,
            dues.c.next_on <= today,
            dues.c.state == "open",
            tasks.c.state == "open",
            dues.c.id > after,
        )
        .order_by(dues.c.id)
        .limit(limit)
    ).all()
    agencies = _agencies_of(connection, {row.task_id for row in rows}, groups_coordinate)
    reported = answers.reported(connection, [row.id for row in rows])
    return [
        _open(row, tuple(pair for pair in agencies.get(row.task_id, ()) if (row.id, pair[0]) not in reported))
        for row in rows
    ]


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


def waiting_readings(connection: Connection, province: str) -> Sequence[Row[Any]]:
    """The readings of open tasks that wait for something, in printed order."""
    return connection.execute(
        select(deadlines.c.task_id, deadlines.c.reading, deadlines.c.waiting, tasks.c.title)
        .join(tasks, tasks.c.id == deadlines.c.task_id)
        .where(deadlines.c.province == province, deadlines.c.waiting_for.is_not(None), tasks.c.state == "open")
        .order_by(tasks.c.plan_id, tasks.c.position)
    ).all()


TaskRow = Row[Any]


def find_task(connection: Connection, province: str, task_id: int) -> TaskRow | None:
    """A task of the province, or None."""
    return connection.execute(select(tasks).where(tasks.c.id == task_id, tasks.c.province == province)).first()


def plan_of(connection: Connection, task_id: int) -> int:
    return int(connection.execute(select(tasks.c.plan_id).where(tasks.c.id == task_id)).scalar_one())


def running_out(connection: Connection, province: str, near: date) -> list[int]:
    """Open tasks whose listed occurrences end before `near`."""
    rows = connection.execute(
        select(deadlines.c.task_id)
        .join(tasks, tasks.c.id == deadlines.c.task_id)
        .where(deadlines.c.province == province, deadlines.c.complete_until < near, tasks.c.state == "open")
    )
    return [row.task_id for row in rows]


def told_agencies(connection: Connection, due_id: int, on: date) -> list[tuple[str, str, str]]:
    """Agency, audience and role of everyone who was sent something about this due on its date `on`."""
    rows = connection.execute(
        select(reminders.c.agency, reminders.c.audience, reminders.c.role)
        .where(reminders.c.due_id == due_id, reminders.c.on_date == on, reminders.c.state == "told")
        .distinct()
    )
    return [(row.agency, row.audience, row.role) for row in rows]


def _open(row: Row[Any], agencies: tuple[tuple[str, str], ...]) -> Open:
    return Open(
        id=row.id,
        task_id=row.task_id,
        plan_number=row.plan_number,
        occurrence=Occurrence(
            key=row.key,
            term=row.term,
            track=Track(row.track),
            on=row.on_date,
            aim=row.aim,
            late_from=row.late_from,
            tentative=row.tentative,
        ),
        first_seen=row.first_seen,
        told=row.told,
        agencies=agencies,
    )


def _agencies_of(
    connection: Connection, task_ids: Iterable[int], groups_coordinate: bool
) -> dict[int, tuple[tuple[str, str], ...]]:
    query = select(assignments.c.task_id, assignments.c.agency, assignments.c.role).where(
        assignments.c.task_id.in_(task_ids), assignments.c.state == "open"
    )
    if not groups_coordinate:
        query = query.where(~((assignments.c.role == "coordinating") & assignments.c.as_group))
    found: dict[int, list[tuple[str, str]]] = {}
    for task_id, agency, role in connection.execute(query.order_by(assignments.c.id)):
        found.setdefault(task_id, []).append((agency, role))
    return {task_id: tuple(pairs) for task_id, pairs in found.items()}


def note_decisions(
    connection: Connection, decided: Sequence[tuple[int, dict[str, list[str]], date | None]]
) -> None:
    """Keep, for each due, what has been told or let go and the next day to look at it (None: never again)."""
    if decided:
        connection.execute(
            update(dues)
            .where(dues.c.id == bindparam("due"))
            .values(told=bindparam("stages"), next_on=bindparam("next_day")),
            [{"due": due, "stages": told, "next_day": next_on} for due, told, next_on in decided],
        )


def look_again(connection: Connection, province: str, today: date) -> None:
    """Have every open due looked at today: what decides about it has changed."""
    connection.execute(
        update(dues)
        .where(dues.c.province == province, dues.c.state == "open", ~dues.c.blocked)
        .values(next_on=today)
    )
