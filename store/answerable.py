"""What an agency may answer about: its assignments, their dates, and what it was told of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, not_, or_, select

from store.answers import REPEATED_NAME
from store.schema import assignments, deadlines, dues, plans, reminders, tasks

_ASSIGNED = (
    assignments.c.role,
    assignments.c.state,
    tasks.c.id.label("task_id"),
    tasks.c.state.label("task_state"),
    tasks.c.done_late,
    tasks.c.number,
    tasks.c.title,
    tasks.c.product,
    tasks.c.lead_text,
    tasks.c.deadline_text,
    plans.c.kind.label("plan_kind"),
    plans.c.number.label("plan_number"),
    plans.c.issued_on,
    plans.c.title.label("plan_title"),
    dues.c.id.label("due_id"),
    dues.c.track,
    dues.c.on_date,
    dues.c.late_from,
    dues.c.blocked,
)
"""What both an agency's page and one of its dates show."""


def _assigned(province: str, agency: str, *more: Any, few: bool = False) -> Select[Any]:
    """The tasks of an agency that are not withdrawn; the caller joins their dates, and names the `few` it means."""
    # With something added, SQLite finds the few by themselves and does not go through all of the agency.
    own = assignments.c.province.concat("") if few else assignments.c.province
    return (
        select(*_ASSIGNED, *more)
        .select_from(assignments)
        .join(tasks, tasks.c.id == assignments.c.task_id)
        .join(deadlines, deadlines.c.task_id == tasks.c.id)
        .join(plans, plans.c.id == tasks.c.plan_id)
        .where(
            own == province,
            assignments.c.agency == agency,
            assignments.c.state != "withdrawn",
            tasks.c.state != "withdrawn",
        )
    )


def assignment(
    connection: Connection, province: str, due_id: int, agency: str, *, lock: bool = False
) -> Row[Any] | None:
    """What an agency has to do with a due: its assignment, task and due; None where it has nothing.

    `lock` makes a second answer of the same agency wait until the first is kept.
    """
    more = (
        assignments.c.id,
        assignments.c.as_group,
        tasks.c.coordinating_text,
        deadlines.c.kinds,
        dues.c.key.label("due_key"),
        dues.c.state.label("due_state"),
    )
    query = (
        _assigned(province, agency, *more)
        .join(dues, dues.c.task_id == tasks.c.id)
        .where(dues.c.state != "withdrawn", dues.c.id == due_id)
        .order_by(assignments.c.role.desc())
        .limit(1)
    )
    return connection.execute(query.with_for_update(of=assignments) if lock else query).first()


_DONE = or_(tasks.c.state == "done", assignments.c.state == "done")
"""The task is over, or this agency's part of it."""


def _held(province: str, agency: str) -> tuple[ColumnElement[bool], ...]:
    """The assignments of an agency that hold, to tasks that do."""
    return (
        assignments.c.province == province,
        assignments.c.agency == agency,
        assignments.c.state != "withdrawn",
        tasks.c.state != "withdrawn",
    )


def count_assigned(connection: Connection, province: str, agency: str, *, done: bool | None = None) -> int:
    """How many tasks an agency has that are not withdrawn; of those that are done, or of the others."""
    query = (
        select(func.count(assignments.c.task_id.distinct()))
        .join(tasks, tasks.c.id == assignments.c.task_id)
        .where(*_held(province, agency))
    )
    if done is not None:
        query = query.where(_DONE if done else not_(_DONE))
    return int(connection.execute(query).scalar_one())


_OPEN_DUE = and_(dues.c.task_id == tasks.c.id, dues.c.state == "open")
_LAST_DONE = (tasks.c.done_on.desc(), tasks.c.plan_id, tasks.c.position)
_NEAREST = (dues.c.on_date.is_(None), dues.c.on_date, tasks.c.plan_id, tasks.c.position)


def assigned_dues(
    connection: Connection,
    province: str,
    agency: str,
    *,
    done: bool | None = None,
    of: Collection[int] | None = None,
) -> Sequence[Row[Any]]:
    """The dues of every task of an agency that is not withdrawn, nearest first; tasks without one come last.

    `done` asks for those that are done, the last ones first, or for the others; `of` are the ids of the tasks that
    are meant.
    """
    query = _assigned(province, agency, tasks.c.done_on, deadlines.c.waiting_for).join(
        dues, _OPEN_DUE, isouter=True
    )
    if done is not None:
        query = query.where(_DONE if done else not_(_DONE))
    if of is not None:
        query = query.where(tasks.c.id.in_(of))
    return connection.execute(query.order_by(*(_LAST_DONE if done else _NEAREST))).all()


def standing_dues(
    connection: Connection,
    province: str,
    agency: str,
    *,
    done: Literal[False] | None = False,
    limit: int | None = None,
) -> Sequence[Row[Any]]:
    """The same in the same order, with no more than tells the part of a page: sorting is dear by the word.

    `done` is False for what is not done, None for all.
    """
    query = (
        select(
            assignments.c.task_id,
            assignments.c.role,
            assignments.c.state,
            dues.c.id.label("due_id"),
            dues.c.blocked,
            dues.c.late_from,
        )
        .select_from(assignments)
        .join(tasks, tasks.c.id == assignments.c.task_id)
        .join(dues, _OPEN_DUE, isouter=True)
        .where(*_held(province, agency))
        .order_by(*_NEAREST)
        .limit(limit)
    )
    return connection.execute(query if done is None else query.where(not_(_DONE))).all()


def last_done(connection: Connection, province: str, agency: str, limit: int) -> list[int]:
    """The tasks of an agency that were done last."""
    query = (
        select(assignments.c.task_id)
        .join(tasks, tasks.c.id == assignments.c.task_id)
        .where(*_held(province, agency), _DONE)
        .order_by(*_LAST_DONE)
        .limit(limit)
    )
    return list(dict.fromkeys(connection.execute(query).scalars()))


def told_stages(connection: Connection, due_id: int, agency: str) -> list[str]:
    """The names of the stages that an agency was sent about a due, without the number of a repetition."""
    rows = connection.execute(
        select(reminders.c.stage)
        .where(reminders.c.due_id == due_id, reminders.c.agency == agency, reminders.c.state == "told")
        .order_by(reminders.c.id)
    )
    return list(dict.fromkeys(row.stage.partition(REPEATED_NAME)[0] for row in rows))


def own_dues(connection: Connection, agency: str, due_ids: Sequence[int]) -> frozenset[int]:
    """Those of the dues whose task the agency leads or helps with."""
    rows = connection.execute(
        select(dues.c.id)
        .join(assignments, assignments.c.task_id == dues.c.task_id)
        .where(dues.c.id.in_(due_ids), assignments.c.agency == agency, assignments.c.state != "withdrawn")
    )
    return frozenset(row.id for row in rows)
