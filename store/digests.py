"""What the operator's digest asks of the store; every list comes with how many there are in all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, exists, func, or_, select, update

from store.schema import assignments, deadlines, dues, messages, plans, reminders, tasks

Found = tuple[Sequence[Row[Any]], int]
"""The first rows, and how many there are."""

_SHOWN = (
    tasks.c.id.label("task_id"),
    tasks.c.number,
    tasks.c.title,
    tasks.c.lead_text,
    plans.c.kind.label("plan_kind"),
    plans.c.number.label("plan_number"),
    plans.c.issued_on,
    plans.c.title.label("plan_title"),
)


def begun(connection: Connection, province: str, day: date) -> bool:
    """Whether a day has its digest already, be it waiting, on its way, sent or given up."""
    wanted = select(messages.c.id).where(
        messages.c.province == province,
        messages.c.agency == "operator",
        messages.c.purpose == "digest",
        messages.c.day == day,
    )
    return connection.execute(wanted.limit(1)).first() is not None


def last_sent(connection: Connection, province: str) -> Row[Any] | None:
    """Day of the last digest that was sent, and when it was begun and ended."""
    return connection.execute(
        select(messages.c.day, messages.c.created_at, messages.c.ended_at)
        .where(
            messages.c.province == province,
            messages.c.agency == "operator",
            messages.c.purpose == "digest",
            messages.c.state == "sent",
        )
        .order_by(messages.c.day.desc())
        .limit(1)
    ).first()


def new_plans(connection: Connection, province: str, since: datetime, limit: int) -> Found:
    count = select(func.count()).where(tasks.c.plan_id == plans.c.id).scalar_subquery()
    query = select(plans, count.label("tasks")).where(
        plans.c.province == province, plans.c.imported_at > since, plans.c.state == "active"
    )
    return _found(connection, query, plans.c.id, limit)


def due_between(connection: Connection, province: str, first: date, last: date, limit: int) -> Found:
    """Open dates that can be late, from `first` to `last`, both inclusive."""
    where = and_(dues.c.on_date >= first, dues.c.on_date <= last, dues.c.late_from.is_not(None))
    return _found(connection, _open_dues(province).where(where), dues.c.on_date, limit)


def late(connection: Connection, province: str, today: date, limit: int) -> Found:
    """What is late today, the longest first."""
    return _found(connection, _open_dues(province).where(dues.c.late_from <= today), dues.c.late_from, limit)


def tentative(connection: Connection, province: str, until: date, limit: int) -> Found:
    """Dates by a roadmap that come before `until`, inclusive, and that nobody has confirmed."""
    where = and_(dues.c.tentative, dues.c.on_date <= until, dues.c.track == "due")
    return _found(connection, _open_dues(province).where(where), dues.c.on_date, limit)


def _open_dues(province: str) -> Select[Any]:
    return (
        select(dues.c.id, dues.c.on_date, dues.c.late_from, *_SHOWN)
        .join(tasks, tasks.c.id == dues.c.task_id)
        .join(plans, plans.c.id == tasks.c.plan_id)
        .where(dues.c.province == province, dues.c.state == "open", ~dues.c.blocked, tasks.c.state == "open")
    )


def _found(connection: Connection, query: Select[Any], order: Any, limit: int) -> Found:
    rows = connection.execute(query.order_by(order).limit(limit)).all()
    if len(rows) < limit:
        return rows, len(rows)
    total = connection.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
    return rows, total


def undelivered(connection: Connection, province: str, since: datetime, limit: int) -> Found:
    """Messages given up since `since` whose words nobody else took over, or whose fate is unknown."""
    left = exists().where(reminders.c.message_id == messages.c.id, reminders.c.state == "planned")
    unsettled = exists().where(reminders.c.message_id == messages.c.id, reminders.c.state.in_(("planned", "told")))
    query = select(messages).where(
        messages.c.province == province,
        or_(
            and_(messages.c.state == "unconfirmed", or_(unsettled, messages.c.purpose != "reminders")),
            and_(messages.c.state == "refused", messages.c.ended_at > since, left),
        ),
    )
    return _found(connection, query, messages.c.id.desc(), limit)


def unreminded(connection: Connection, province: str, reachable: Collection[str]) -> list[int]:
    """Open tasks of which nobody would be reminded, by the rules of `store.tasks.Standing`, in printed order."""
    led = exists().where(
        assignments.c.task_id == tasks.c.id,
        assignments.c.role == "lead",
        assignments.c.state != "withdrawn",
        assignments.c.agency.in_(reachable),
    )
    ahead = exists().where(dues.c.task_id == tasks.c.id, dues.c.state == "open", dues.c.next_on.is_not(None))
    nothing = and_(
        ~ahead,
        deadlines.c.waiting_for.is_(None),
        or_(deadlines.c.needs_date, deadlines.c.complete_until.is_(None)),
    )
    unread = deadlines.c.state.in_(("unread", "ambiguous"))
    rows = connection.execute(
        select(tasks.c.id)
        .join(deadlines, deadlines.c.task_id == tasks.c.id)
        .where(tasks.c.province == province, tasks.c.state == "open", or_(~led, unread, nothing))
        .order_by(tasks.c.plan_id, tasks.c.position)
    )
    return list(rows.scalars())


def to_ask(connection: Connection, province: str, today: date) -> Sequence[Row[Any]]:
    """Waiting deadlines of which it is to be decided today whether the operator is asked."""
    return connection.execute(
        select(
            deadlines.c.id,
            deadlines.c.task_id,
            deadlines.c.asked,
            tasks.c.first_seen,
            plans.c.number.label("plan_number"),
        )
        .join(tasks, tasks.c.id == deadlines.c.task_id)
        .join(plans, plans.c.id == tasks.c.plan_id)
        .where(
            deadlines.c.province == province,
            deadlines.c.waiting_for.is_not(None),
            tasks.c.state == "open",
            or_(deadlines.c.ask_next.is_(None), deadlines.c.ask_next <= today),
        )
    ).all()


def leads_of(connection: Connection, task_ids: Collection[int]) -> dict[int, str]:
    """The first lead agency of each task."""
    rows = connection.execute(
        select(assignments.c.task_id, assignments.c.agency)
        .where(
            assignments.c.task_id.in_(task_ids), assignments.c.role == "lead", assignments.c.state != "withdrawn"
        )
        .order_by(assignments.c.id.desc())
    )
    return {row.task_id: row.agency for row in rows}


def note_asked(connection: Connection, asked: Sequence[tuple[int, list[str], date | None, date | None]]) -> None:
    """Keep for each deadline: the stages told or let go, the next day to look, and the day of asking, if asked."""
    for told in (True, False):
        rows = [one for one in asked if (one[3] is not None) is told]
        if not rows:
            continue
        values: dict[str, Any] = {"asked": bindparam("stages"), "ask_next": bindparam("next_day")}
        if told:
            values["asked_on"] = bindparam("day")
        connection.execute(
            update(deadlines).where(deadlines.c.id == bindparam("deadline")).values(values),
            [
                {"deadline": one, "stages": stages, "next_day": next_on} | ({"day": day} if told else {})
                for one, stages, next_on, day in rows
            ],
        )


def asked_since(connection: Connection, province: str, day: date | None) -> frozenset[int]:
    """Tasks that still wait and about which a question arose after `day` (None: ever)."""
    query = (
        select(deadlines.c.task_id)
        .join(tasks, tasks.c.id == deadlines.c.task_id)
        .where(
            deadlines.c.province == province,
            deadlines.c.waiting_for.is_not(None),
            deadlines.c.asked_on.is_not(None),
            tasks.c.state == "open",
        )
    )
    if day is not None:
        query = query.where(deadlines.c.asked_on > day)
    return frozenset(connection.execute(query).scalars())
