"""Finding tasks among a hundred thousand: everything by SQL, one page at a time.

The statuses are those that people read; each task has exactly one, and `attention` is the standing that
`store.tasks` gives, said in SQL.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, literal, or_, select
from sqlalchemy.sql import Select

from store.schema import assignments, deadlines, dues, plans, tasks

STATUSES = ("late", "open", "reported", "waiting", "undated", "done_on_time", "done_late", "withdrawn")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a list shows; blank and None mean any. `words` are folded: small letters without diacritics."""

    words: tuple[str, ...] = ()
    plan_id: int | None = None
    agency: str = ""
    status: str = ""
    kind: str = ""
    due_from: date | None = None
    due_to: date | None = None
    attention: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    ids: tuple[int, ...]
    total: int


def _open_due(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(
        select(literal(1)).where(dues.c.task_id == tasks.c.id, dues.c.state == "open", *more).correlate(tasks)
    )


def late(today: date) -> ColumnElement[bool]:
    return _open_due(dues.c.late_from <= today, ~dues.c.blocked)


def status_of(today: date) -> ColumnElement[str]:
    """The one status of a task. Needs `deadlines` joined."""
    leads = select(assignments.c.id).where(
        assignments.c.task_id == tasks.c.id, assignments.c.role == "lead", assignments.c.state != "withdrawn"
    )
    unreported = leads.where(assignments.c.state == "open")
    return case(
        (tasks.c.state == "withdrawn", "withdrawn"),
        (and_(tasks.c.state == "done", tasks.c.done_late.is_(True)), "done_late"),
        (tasks.c.state == "done", "done_on_time"),
        (and_(exists(leads.correlate(tasks)), ~exists(unreported.correlate(tasks))), "reported"),
        (late(today), "late"),
        (_open_due(~dues.c.blocked), "open"),
        (deadlines.c.waiting_for.is_not(None), "waiting"),
        else_="undated",
    )


def needs_attention(reachable: Collection[str]) -> ColumnElement[bool]:
    """Nobody would be reminded: the standing `attention`, as `store.tasks` has it. Needs `deadlines` joined."""
    reached = exists(
        select(literal(1))
        .where(
            assignments.c.task_id == tasks.c.id,
            assignments.c.role == "lead",
            assignments.c.state != "withdrawn",
            assignments.c.agency.in_(sorted(reachable)),
        )
        .correlate(tasks)
    )
    nothing_ahead = and_(
        ~_open_due(dues.c.next_on.is_not(None)),
        deadlines.c.waiting_for.is_(None),
        or_(deadlines.c.needs_date, deadlines.c.complete_until.is_(None)),
    )
    return and_(
        tasks.c.state == "open",
        or_(~reached, deadlines.c.state.in_(("unread", "ambiguous")), nothing_ahead),
    )


def find(
    connection: Connection,
    province: str,
    wanted: Wanted,
    *,
    reachable: Collection[str],
    today: date,
    limit: int,
    offset: int = 0,
) -> Page:
    """Ids of one page in the order of plans and rows, and how many there are in all."""
    query = _narrowed(
        select(tasks.c.id).join(deadlines, deadlines.c.task_id == tasks.c.id).where(tasks.c.province == province),
        province,
        wanted,
        reachable,
        today,
    )
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = connection.execute(query.order_by(tasks.c.plan_id, tasks.c.position).limit(limit).offset(offset))
    return Page(ids=tuple(row.id for row in rows), total=total)


def _narrowed(
    query: Select[Any], province: str, wanted: Wanted, reachable: Collection[str], today: date
) -> Select[Any]:
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
        query = query.where(tasks.c.id.in_(of_agency))
    query = _by_status(query, wanted.status, today)
    if wanted.kind:
        query = query.where(("," + deadlines.c.kinds + ",").contains(f",{wanted.kind},", autoescape=True))
    if wanted.due_from or wanted.due_to:
        between = [dues.c.on_date >= wanted.due_from] if wanted.due_from else []
        between += [dues.c.on_date <= wanted.due_to] if wanted.due_to else []
        query = query.where(_open_due(dues.c.track == "due", *between))
    return query.where(needs_attention(reachable)) if wanted.attention else query


def _by_status(query: Select[Any], status: str, today: date) -> Select[Any]:
    if not status:
        return query.where(tasks.c.state != "withdrawn")
    state = {"done_on_time": "done", "done_late": "done", "withdrawn": "withdrawn"}.get(status, "open")
    # The index on state does the first cut; the exact word of the status the rest.
    return query.where(tasks.c.state == state, status_of(today) == status)


def statuses(connection: Connection, task_ids: Collection[int], today: date) -> dict[int, str]:
    """The status of each of these tasks."""
    rows = connection.execute(
        select(tasks.c.id, status_of(today).label("status"))
        .join(deadlines, deadlines.c.task_id == tasks.c.id)
        .where(tasks.c.id.in_(task_ids))
    )
    return {row.id: row.status for row in rows}


def plan_choices(connection: Connection, province: str) -> list[Any]:
    return list(
        connection.execute(
            select(plans).where(plans.c.province == province, plans.c.state == "active").order_by(plans.c.id.desc())
        )
    )
