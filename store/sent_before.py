"""What was sent before, as a sender has to know it about the message in hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from store.outbox import stands
from store.schema import deliveries, dues, messages, reminders, tasks


def follows_another(connection: Connection, message: Row[Any], since: datetime) -> bool:
    """Whether the same people were sent, or are being sent, a message by this channel since `since`."""
    another = select(messages.c.id).where(
        messages.c.province == message.province,
        messages.c.agency == message.agency,
        messages.c.audience == message.audience,
        messages.c.channel == message.channel,
        messages.c.purpose == message.purpose,
        messages.c.id != message.id,
        or_(
            and_(messages.c.state.in_(("sent", "unconfirmed")), messages.c.ended_at >= since),
            and_(messages.c.state == "sending", messages.c.id < message.id),
        ),
    )
    return connection.execute(another.limit(1)).first() is not None


def count_to(connection: Connection, province: str, lookup: str, since: datetime) -> int:
    """How many messages one address was sent since `since`, whatever agency they were for."""
    return connection.execute(
        select(func.count()).where(
            messages.c.province == province,
            messages.c.recipient_lookup == lookup,
            messages.c.state.in_(("sent", "unconfirmed")),
            messages.c.ended_at >= since,
        )
    ).scalar_one()


def still_stands(connection: Connection, message: Row[Any]) -> bool:
    """Whether anything that a frozen message says still holds."""
    query = (
        select(reminders.c.id)
        .join(dues, dues.c.id == reminders.c.due_id)
        .join(tasks, tasks.c.id == dues.c.task_id)
        .where(reminders.c.message_id == message.id, reminders.c.state == "planned", stands())
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
