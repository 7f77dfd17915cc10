"""Due dates: what resolving says, kept; a change of date withdraws what was not yet sent about the old one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from deadlines.types import Awaited, Occurrence, Resolution
from store import history
from store.codec import to_json
from store.schema import deadlines, dues, tasks
from store.taking_back import withdraw_reminders


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


TaskRow = Row[Any]


def find_task(connection: Connection, province: str, task_id: int) -> TaskRow | None:
    """A task of the province, or None."""
    return connection.execute(select(tasks).where(tasks.c.id == task_id, tasks.c.province == province)).first()


def look_again(connection: Connection, province: str, today: date) -> None:
    """Have every open due looked at today: what decides about it has changed."""
    connection.execute(
        update(dues)
        .where(dues.c.province == province, dues.c.state == "open", ~dues.c.blocked)
        .values(next_on=today)
    )
