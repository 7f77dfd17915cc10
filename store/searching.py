"""Finding tasks among a hundred thousand: everything by SQL, one page at a time.

The statuses are those that people read; each task has exactly one, and `attention` is the standing that
`store.tasks` gives, said in SQL.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, case, exists, func, literal, or_, select
from sqlalchemy.sql import Select

from store.schema import assignments, deadlines, dues, tasks

ROLES = ("lead", "coordinating")

STATUSES = ("late", "open", "reported", "waiting", "undated", "done_on_time", "done_late", "withdrawn")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a list shows; blank and None mean any. `words` are folded: small letters without diacritics.

    `role` is what `agency` has to be for a task.
    """

    words: tuple[str, ...] = ()
    plan_id: int | None = None
    agency: str = ""
    role: str = ""
    status: str = ""
    kind: str = ""
    due_from: date | None = None
    due_to: date | None = None
    attention: bool = False


def _open_due(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(
        select(literal(1)).where(dues.c.task_id == tasks.c.id, dues.c.state == "open", *more).correlate(tasks)
    )


def late(today: date) -> ColumnElement[bool]:
    return _open_due(dues.c.late_from <= today, ~dues.c.blocked)


def status_of(today: date) -> ColumnElement[str]:
    """The one status of a task. Needs `deadlines` joined."""
    return case(
        (tasks.c.state == "withdrawn", "withdrawn"),
        (and_(tasks.c.state == "done", tasks.c.done_late.is_(True)), "done_late"),
        (tasks.c.state == "done", "done_on_time"),
        (and_(_has_lead(), ~_has_lead(assignments.c.state == "open")), "reported"),
        (late(today), "late"),
        (_open_due(~dues.c.blocked), "open"),
        (deadlines.c.waiting_for.is_not(None), "waiting"),
        else_="undated",
    )


def needs_attention(reachable: Collection[str]) -> ColumnElement[bool]:
    """Nobody would be reminded: the standing `attention`, as `store.tasks` has it. Needs `deadlines` joined."""
    # Said so that SQLite looks at a task's few leads, not for each of the many agencies that it could have.
    reached = _has_lead(assignments.c.agency.concat("").in_(sorted(reachable)))
    nothing_ahead = and_(
        ~_open_due(dues.c.next_on.is_not(None)),
        deadlines.c.waiting_for.is_(None),
        or_(deadlines.c.needs_date, deadlines.c.complete_until.is_(None)),
    )
    return and_(
        tasks.c.state == "open",
        or_(~reached, deadlines.c.state.in_(("unread", "ambiguous")), nothing_ahead),
    )


def narrowed(
    query: Select[Any], province: str, wanted: Wanted, reachable: Collection[str], today: date
) -> Select[Any]:
    if wanted.kind or wanted.attention:
        query = query.join(deadlines, deadlines.c.task_id == tasks.c.id).where(deadlines.c.province == province)
    for word in wanted.words:
        query = query.where(tasks.c.folded.contains(word, autoescape=True))
    if wanted.plan_id is not None:
        query = query.where(tasks.c.plan_id == wanted.plan_id)
    if wanted.agency:
        of_agency = select(assignments.c.task_id).where(
            assignments.c.agency == wanted.agency,
            assignments.c.province == province,
            assignments.c.state != "withdrawn",
        )
        if wanted.role:
            of_agency = of_agency.where(assignments.c.role == wanted.role)
        query = query.where(tasks.c.id.in_(of_agency))
    query = _by_status(query, province, wanted.status, today)
    if wanted.kind:
        query = query.where(("," + deadlines.c.kinds + ",").contains(f",{wanted.kind},", autoescape=True))
    if wanted.due_from or wanted.due_to:
        between = [dues.c.on_date >= wanted.due_from] if wanted.due_from else []
        between += [dues.c.on_date <= wanted.due_to] if wanted.due_to else []
        within = select(dues.c.task_id).where(
            dues.c.province == province, dues.c.state == "open", dues.c.track == "due", *between
        )
        query = query.where(tasks.c.id.in_(within))
    return query.where(needs_attention(reachable)) if wanted.attention else query


def _by_status(query: Select[Any], province: str, status: str, today: date) -> Select[Any]:
    """Only tasks of one status, by the same rules in the same order as `status_of`; a test holds them together.

    What is rare is said as a set that the database finds by an index, what is common as a look at each row.
    """
    match status:
        case "":
            return query.where(tasks.c.state.in_(("open", "done")))
        case "withdrawn":
            return query.where(tasks.c.state == "withdrawn")
        case "done_late":
            return query.where(tasks.c.state == "done", tasks.c.done_late.is_(True))
        case "done_on_time":
            return query.where(tasks.c.state == "done", tasks.c.done_late.is_not(True))
    query = query.where(tasks.c.state == "open")
    leads = select(assignments.c.task_id).where(
        assignments.c.province == province, assignments.c.role == "lead", assignments.c.state != "withdrawn"
    )
    if status == "reported":
        return query.where(
            tasks.c.id.in_(leads.where(assignments.c.state.in_(("reported", "done")))),
            ~_has_lead(assignments.c.state == "open"),
        )
    # Last, since it is the dearest to look at and true of nearly all.
    unreported = or_(_leads(assignments.c.state == "open") > 0, _leads() == 0)
    late_ones = select(dues.c.task_id).where(
        dues.c.province == province, dues.c.state == "open", dues.c.late_from <= today, ~dues.c.blocked
    )
    if status == "late":
        return query.where(tasks.c.id.in_(late_ones), unreported)
    if status == "open":
        return query.where(_open_due(~dues.c.blocked), ~late(today), unreported)
    waiting = select(deadlines.c.task_id).where(
        deadlines.c.province == province, deadlines.c.waiting_for.is_not(None)
    )
    waits = tasks.c.id.in_(waiting) if status == "waiting" else tasks.c.id.not_in(waiting)
    return query.where(waits, ~_open_due(~dues.c.blocked), unreported)


def _leads(*more: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many leads a task has. A number, because PostgreSQL would gather all tasks' leads for an `exists`."""
    return (
        select(func.count())
        .where(
            assignments.c.task_id == tasks.c.id,
            assignments.c.role == "lead",
            assignments.c.state != "withdrawn",
            *more,
        )
        .correlate(tasks)
        .scalar_subquery()
    )


def _has_lead(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(
        select(literal(1))
        .where(
            assignments.c.task_id == tasks.c.id,
            assignments.c.role == "lead",
            assignments.c.state != "withdrawn",
            *more,
        )
        .correlate(tasks)
    )


def statuses(connection: Connection, task_ids: Collection[int], today: date) -> dict[int, str]:
    """The status of each of these tasks."""
    rows = connection.execute(
        select(tasks.c.id, status_of(today).label("status"))
        .join(deadlines, deadlines.c.task_id == tasks.c.id)
        .where(tasks.c.id.in_(task_ids))
    )
    return {row.id: row.status for row in rows}
