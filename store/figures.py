"""The counts that a monitoring system asks for every few seconds; each by an index, none by names of people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select

from store.schema import deadlines, dues, messages, reminders, tasks

GAUGES = {
    "tasks_open": "Tasks that are not done",
    "tasks_waiting": "Open tasks that wait for a document or another task",
    "dues_today": "Open due dates that fall on today",
    "dues_soon": "Open due dates within the seven days after today",
    "dues_late": "Open due dates that are late",
    "messages_queued": "Messages that wait to be sent",
    "messages_due": "Messages that could be sent now",
    "messages_sending": "Messages that a worker holds",
    "oldest_queued_seconds": "Age of the oldest message that could be sent now; 0 where there is none",
    "last_good_run_timestamp_seconds": "When the last good daily run ended, in seconds since 1970; 0: never",
    "run_missed": "1 where today's run is overdue",
    "on_hold": "1 where sending is held back",
}


def gauges(connection: Connection, province: str, *, now: datetime, today: date) -> dict[str, float]:
    """A value for each of `GAUGES`."""
    found = dict.fromkeys(GAUGES, 0.0)
    opened = and_(tasks.c.province == province, tasks.c.state == "open")
    found["tasks_open"] = _count(connection, tasks.c.id, opened)
    waiting = select(func.count()).select_from(tasks.join(deadlines, deadlines.c.task_id == tasks.c.id))
    found["tasks_waiting"] = float(
        connection.execute(waiting.where(opened, deadlines.c.waiting_for.is_not(None))).scalar_one()
    )
    due = and_(dues.c.province == province, dues.c.state == "open", dues.c.track == "due", ~dues.c.blocked)
    week = date.fromordinal(today.toordinal() + 7)
    found["dues_today"] = _count(connection, dues.c.id, and_(due, dues.c.on_date == today))
    found["dues_soon"] = _count(connection, dues.c.id, and_(due, dues.c.on_date > today, dues.c.on_date <= week))
    found["dues_late"] = _count(connection, dues.c.id, and_(due, dues.c.late_from <= today))
    return found | _queue(connection, province, now)


def _queue(connection: Connection, province: str, now: datetime) -> dict[str, float]:
    ready = and_(messages.c.province == province, messages.c.state == "ready")
    sending = and_(messages.c.province == province, messages.c.state == "sending")
    may_go = and_(ready, messages.c.not_before <= now)
    oldest = connection.execute(select(func.min(messages.c.not_before)).where(may_go)).scalar()
    return {
        "messages_queued": _count(connection, messages.c.id, ready),
        "messages_due": _count(connection, messages.c.id, may_go),
        "messages_sending": _count(connection, messages.c.id, sending),
        "oldest_queued_seconds": (now - oldest).total_seconds() if oldest else 0.0,
    }


def _count(connection: Connection, column: ColumnElement[int], where: ColumnElement[bool]) -> float:
    return float(connection.execute(select(func.count(column)).where(where)).scalar_one())


def messages_by_state(connection: Connection, province: str) -> Sequence[tuple[str, str, int]]:
    """(state, channel, count)."""
    rows = connection.execute(
        select(messages.c.state, messages.c.channel, func.count())
        .where(messages.c.province == province)
        .group_by(messages.c.state, messages.c.channel)
        .order_by(messages.c.state, messages.c.channel)
    )
    return [(state, channel, count) for state, channel, count in rows]


def failures(connection: Connection, province: str) -> Sequence[tuple[str, str, int]]:
    """(channel, code of the reason, count) of what a person has to look at."""
    rows = connection.execute(
        select(messages.c.channel, func.coalesce(messages.c.code, "unknown"), func.count())
        .where(messages.c.province == province, messages.c.state.in_(("refused", "unconfirmed")))
        .group_by(messages.c.channel, messages.c.code)
        .order_by(messages.c.channel, messages.c.code)
    )
    return [(channel, code, count) for channel, code, count in rows]


def messages_by_agency(
    connection: Connection, province: str, start: datetime, end: datetime
) -> Sequence[tuple[str, str, int, int]]:
    """(agency, state, messages, reminders in them) of what could leave from `start` on and before `end`."""
    told = select(func.count()).where(reminders.c.message_id == messages.c.id).scalar_subquery()
    each = (
        select(messages.c.agency, messages.c.state, told.label("told"))
        .where(
            # Both columns of the index: without the states, years of messages would be read.
            messages.c.state.in_(("ready", "sending", "sent", "refused", "unconfirmed")),
            messages.c.not_before >= start,
            messages.c.not_before < end,
            messages.c.province == province,
        )
        .subquery()
    )
    rows = connection.execute(
        select(each.c.agency, each.c.state, func.count(), func.coalesce(func.sum(each.c.told), 0))
        .group_by(each.c.agency, each.c.state)
        .order_by(each.c.agency, each.c.state)
    )
    return [(agency, state, count, int(told)) for agency, state, count, told in rows]
