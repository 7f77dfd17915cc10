"""What was sent before, as a sender has to know it about the message in hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select

from store.outbox import stands
from store.schema import deliveries, dues, messages, reminders, tasks

_TURNS = 684218
"""The class of PostgreSQL's advisory locks by which workers take turns."""


class Before(Enum):
    """How a message stands to those that may have been handed over on its day."""

    NONE = "none"
    ON_ITS_WAY = "on its way"
    """What stands before it may still come to nothing."""
    HANDED_OVER = "handed over"


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A day as two instants; `end` is the beginning of the next one.

    The end matters: what a clock that ran ahead has sent must silence nobody on the days until then.
    """

    start: datetime
    end: datetime

    def holds(self, moment: ColumnElement[Any]) -> ColumnElement[bool]:
        return and_(moment >= self.start, moment < self.end)


def follows_another(connection: Connection, message: Row[Any], day: Day) -> Before:
    """Whether the same people were sent, or are being sent, a message by this channel on `day`.

    Until the transaction ends, no other worker finds this out for the same people.
    """
    people = (message.agency, message.audience, message.channel, message.purpose)
    _in_turn(connection, message.province, *people)
    other = and_(
        messages.c.province == message.province,
        messages.c.agency == message.agency,
        messages.c.audience == message.audience,
        messages.c.channel == message.channel,
        messages.c.purpose == message.purpose,
        messages.c.id != message.id,
    )
    arrived, on_way = _counts(connection, other, day)
    return Before.HANDED_OVER if arrived else Before.ON_ITS_WAY if on_way else Before.NONE


def fills(connection: Connection, message: Row[Any], lookup: str, day: Day, most: int) -> Before:
    """Whether one address has had all of its `most` messages of `day`, whatever agency they were for.

    Until the transaction ends, no other worker finds this out for the same address.
    """
    _in_turn(connection, message.province, lookup)
    other = and_(
        messages.c.province == message.province,
        messages.c.recipient_lookup == lookup,
        messages.c.id != message.id,
    )
    arrived, on_way = _counts(connection, other, day)
    if arrived >= most:
        return Before.HANDED_OVER
    return Before.ON_ITS_WAY if arrived + on_way >= most else Before.NONE


def _counts(connection: Connection, other: ColumnElement[bool], day: Day) -> tuple[int, int]:
    """How many of the messages may have arrived on `day`, and how many are on their way."""
    ended = and_(messages.c.state.in_(("sent", "unconfirmed")), day.holds(messages.c.ended_at))
    tried = exists().where(
        deliveries.c.message_id == messages.c.id,
        deliveries.c.outcome.in_(("started", "unconfirmed", "abandoned")),
        day.holds(deliveries.c.started_at),
    )
    unsure = and_(messages.c.state.in_(("ready", "sending", "refused", "lapsed")), tried)
    found = connection.execute(
        select(messages.c.state, func.count()).where(other, or_(ended, unsure)).group_by(messages.c.state)
    )
    by_state = {row[0]: int(row[1]) for row in found}
    on_way = by_state.pop("sending", 0)
    return sum(by_state.values()), on_way


def _in_turn(connection: Connection, *words: str) -> None:
    """Take turns with the other workers about the same words; on SQLite there is one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TURNS, func.hashtext("|".join(words)))))


def still_stands(connection: Connection, message: Row[Any]) -> bool:
    """Whether anything that a frozen message says still holds and was not said in newer words meanwhile."""
    newer = reminders.alias("newer")
    said = exists().where(
        newer.c.due_id == reminders.c.due_id,
        newer.c.agency == reminders.c.agency,
        newer.c.audience == reminders.c.audience,
        newer.c.id > reminders.c.id,
        newer.c.state == "told",
    )
    query = (
        select(reminders.c.id)
        .join(dues, dues.c.id == reminders.c.due_id)
        .join(tasks, tasks.c.id == dues.c.task_id)
        .where(reminders.c.message_id == message.id, reminders.c.state == "planned", stands(), ~said)
    )
    return message.purpose != "reminders" or connection.execute(query.limit(1)).first() is not None


def own_failures(connection: Connection, message: Row[Any]) -> int:
    """How many attempts failed for the message's own sake, not because the whole channel was down."""
    return connection.execute(
        select(func.count()).where(
            deliveries.c.message_id == message.id,
            deliveries.c.outcome.in_(("unavailable", "unconfirmed", "abandoned")),
            func.coalesce(deliveries.c.scope, "message") != "channel",
        )
    ).scalar_one()


def unsure_before(connection: Connection, message: Row[Any]) -> bool:
    """Whether an attempt before this one ended without an answer, so that its words may have arrived."""
    before = select(deliveries.c.id).where(
        deliveries.c.message_id == message.id,
        deliveries.c.attempt < message.attempts,
        deliveries.c.outcome.in_(("unconfirmed", "abandoned", "started")),
    )
    return connection.execute(before.limit(1)).first() is not None


def sealed_recipient(connection: Connection, message_id: int) -> bytes | None:
    return connection.execute(select(messages.c.recipient_sealed).where(messages.c.id == message_id)).scalar()


def mails_to(connection: Connection, province: str, lookup: str, *, since: datetime) -> Sequence[Row[Any]]:
    """The messages that one address was sent since `since` and that did not come back yet."""
    return connection.execute(
        select(messages).where(
            messages.c.province == province,
            messages.c.recipient_lookup == lookup,
            messages.c.state.in_(("sent", "unconfirmed")),
            messages.c.ended_at >= since,
        )
    ).all()
