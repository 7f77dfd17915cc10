"""Figures of the whole: what today's page and the charts show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, exists, func, literal, or_, select

from store.places import ORDER, Follow, looking
from store.schema import agencies, answers, assignments, deadlines, dues, messages, tasks


@dataclass(frozen=True, kw_only=True, slots=True)
class Today:
    """The four counts, and what a person has to decide on."""

    due: int
    late: int
    waiting: int
    failing: int
    pending: int


def today(connection: Connection, province: str, day: date, follow: Follow) -> Today:
    """`due` are the tasks with dates of the next seven days, today included; `failing` are messages that need a
    person."""
    binding = select(*ORDER).join(dues, dues.c.task_id == tasks.c.id).where(*_binding(province)).distinct()
    soon = dues.c.on_date.between(day, day + timedelta(days=7))
    waiting = (
        select(*ORDER)
        .join(deadlines, deadlines.c.task_id == tasks.c.id)
        .where(deadlines.c.province == province, deadlines.c.waiting_for.is_not(None), tasks.c.state == "open")
    )

    def listed(name: str, query: Select[Any]) -> int:
        return len(follow(name, looking(query), None))

    def counted(query: Select[Any]) -> int:
        return int(connection.execute(query).scalar_one())

    return Today(
        due=listed("due", binding.where(dues.c.track == "due", soon)),
        late=listed("late", binding.where(dues.c.late_from <= day)),
        waiting=listed("waiting", waiting),
        failing=counted(
            select(func.count()).where(
                messages.c.province == province, messages.c.state.in_(("refused", "unconfirmed"))
            )
        ),
        pending=counted(
            select(func.count()).where(
                answers.c.province == province,
                answers.c.state == "received",
                answers.c.kind.in_(("done", "extension")),
            )
        ),
    )


def nearest(connection: Connection, province: str, day: date, *, late: bool, limit: int) -> Sequence[Row[Any]]:
    """Open dates that are late (longest first), or of the next seven days."""
    if late:
        query = _dates(province).where(dues.c.late_from <= day)
    else:
        query = _dates(province).where(
            dues.c.on_date.between(day, day + timedelta(days=7)),
            or_(dues.c.late_from.is_(None), dues.c.late_from > day),
            dues.c.track == "due",
        )
    return connection.execute(query.order_by(dues.c.on_date, dues.c.id).limit(limit)).all()


def upcoming(connection: Connection, province: str, after: date, *, limit: int) -> Sequence[Row[Any]]:
    """The first open dates after a day, which is not counted."""
    query = _dates(province).where(dues.c.on_date > after, dues.c.track == "due")
    return connection.execute(query.order_by(dues.c.on_date, dues.c.id).limit(limit)).all()


def _dates(province: str) -> Select[Any]:
    return (
        select(
            dues.c.task_id,
            dues.c.on_date,
            dues.c.late_from,
            dues.c.track,
            tasks.c.number,
            tasks.c.title,
            tasks.c.lead_text,
        )
        .join(tasks, tasks.c.id == dues.c.task_id)
        .where(*_binding(province))
    )


def _binding(province: str) -> list[ColumnElement[bool]]:
    """The dates that hold and wait for somebody: what is counted and what is listed are the same."""
    return [
        dues.c.province == province,
        dues.c.state == "open",
        ~dues.c.blocked,
        tasks.c.state == "open",
        unreported(province),
    ]


def unreported(province: str) -> ColumnElement[bool]:
    """Whether a task still waits for its leads: one that all of them reported waits for the office instead.

    Few tasks have a report that waits, so these are looked up first.
    """
    still_open = exists(
        select(literal(1))
        .where(
            assignments.c.task_id == answers.c.task_id, assignments.c.role == "lead", assignments.c.state == "open"
        )
        .correlate(answers)
    )
    waiting = select(answers.c.task_id).where(
        answers.c.province == province, answers.c.state == "received", answers.c.kind == "done", ~still_open
    )
    return tasks.c.id.not_in(waiting)


def due_within(province: str, first: date, count: int) -> list[ColumnElement[bool]]:
    """The open dates of the `count` weeks from `first`: needs `tasks` joined."""
    return [
        dues.c.province == province,
        dues.c.track == "due",
        dues.c.state == "open",
        tasks.c.state == "open",
        dues.c.on_date >= first,
        dues.c.on_date < first + timedelta(weeks=count),
    ]


def weeks(connection: Connection, province: str, first: date, count: int) -> list[tuple[date, int, int]]:
    """For each week from `first`, a Monday: (Monday, open dates, of these tentative)."""
    rows = connection.execute(
        select(dues.c.on_date, func.count(), func.sum(case((dues.c.tentative, 1), else_=0)))
        .join(tasks, tasks.c.id == dues.c.task_id)
        .where(*due_within(province, first, count))
        .group_by(dues.c.on_date)
    ).all()
    found: list[list[int]] = [[0, 0] for _ in range(count)]
    for on, number, tentative in rows:
        week = (on - first).days // 7
        found[week][0] += number
        found[week][1] += int(tentative or 0)
    return [(first + timedelta(weeks=week), number, tentative) for week, (number, tentative) in enumerate(found)]


LATENESS = ((1, 7), (8, 30), (31, 90), (91, None))
"""Days of being late: from, to, both inclusive."""


def lateness(connection: Connection, province: str, day: date) -> list[tuple[str, str, int, tuple[int, ...]]]:
    """For each lead agency with something late: (code, name, open tasks, late ones by how long)."""
    # From each task's first late date, a set that the index on late dates gives.
    first = (
        select(dues.c.task_id, func.min(dues.c.late_from).label("late_from"))
        .where(dues.c.province == province, dues.c.state == "open", ~dues.c.blocked, dues.c.late_from.is_not(None))
        .group_by(dues.c.task_id)
        .subquery()
    )
    rows = connection.execute(
        select(assignments.c.agency, first.c.late_from, func.count())
        .select_from(first)
        .join(tasks, tasks.c.id == first.c.task_id)
        .join(assignments, assignments.c.task_id == first.c.task_id)
        .where(
            tasks.c.province == province,
            tasks.c.state == "open",
            assignments.c.role == "lead",
            assignments.c.state == "open",
        )
        .group_by(assignments.c.agency, first.c.late_from)
    ).all()
    named = select(agencies.c.code, agencies.c.name).where(agencies.c.province == province)
    names = {row.code: row.name for row in connection.execute(named)}
    found: dict[str, tuple[int, list[int]]] = {}
    for code, late_from, tasks_then in rows:
        number, late = found.get(code, (0, [0] * len(LATENESS)))
        days = (day - late_from).days + 1
        for place, (low, high) in enumerate(LATENESS):
            if low <= days and (high is None or days <= high):
                late[place] += tasks_then
        found[code] = (number + tasks_then, late)
    listed = [
        (code, names.get(code, code), number, tuple(late)) for code, (number, late) in found.items() if any(late)
    ]
    return sorted(listed, key=lambda one: (-sum(one[3]), one[1]))


def trend(connection: Connection, province: str, ends: Sequence[date]) -> list[tuple[date, int, int, int, int]]:
    """At each day: dates done on time, done late, open in time, open and late, of those that had been seen."""
    rows = connection.execute(
        select(dues.c.first_seen, dues.c.late_from, dues.c.done_on, dues.c.done_late, func.count().label("dates"))
        .where(dues.c.province == province, dues.c.track == "due", dues.c.state != "withdrawn", ~dues.c.blocked)
        .group_by(dues.c.first_seen, dues.c.late_from, dues.c.done_on, dues.c.done_late)
    ).all()
    found = []
    for end in ends:
        counts = [0, 0, 0, 0]
        for row in rows:
            if row.first_seen > end:
                continue
            if row.done_on is not None and row.done_on <= end:
                counts[1 if row.done_late else 0] += row.dates
            elif row.late_from is not None and row.late_from <= end:
                counts[3] += row.dates
            else:
                counts[2] += row.dates
        found.append((end, counts[0], counts[1], counts[2], counts[3]))
    return found
