"""Messages of which nobody knows whether they arrived, and that must not go twice: their words go by mail, once.

    unconfirmed, its reminders planned ──moved──▶ unconfirmed, its reminders lapsed, their copies planned by mail
    either ──arrived──▶ sent                      a copy that has not left yet is taken back (`store.late`)

Every function works in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select, update

from store import strays
from store.audit import record
from store.envelopes import Envelopes
from store.outbox import stands
from store.schema import deliveries, dues, messages, reminders, tasks


def unsure(
    connection: Connection,
    province: str,
    channels: Collection[str],
    *,
    ended_before: datetime,
    today: date,
    limit: int,
) -> Sequence[Row[Any]]:
    """Messages whose answer was lost before `ended_before` and that still have something to say, oldest first.

    `first_due` is the earliest of their due dates from `today` on, None where all are past. What a restored copy
    only suspects to have been sent was not tried by this installation, and is left to a person.
    """
    said = (
        select(reminders.c.on_date)
        .join(dues, dues.c.id == reminders.c.due_id)
        .join(tasks, tasks.c.id == dues.c.task_id)
        .where(reminders.c.message_id == messages.c.id, reminders.c.state == "planned", stands())
        .correlate(messages)
    )
    ahead = said.where(reminders.c.on_date >= today).with_only_columns(func.min(reminders.c.on_date))
    tried = exists().where(
        deliveries.c.message_id == messages.c.id, deliveries.c.outcome.in_(("unconfirmed", "abandoned"))
    )
    return connection.execute(
        select(messages, ahead.scalar_subquery().label("first_due"))
        .where(
            messages.c.province == province,
            messages.c.channel.in_(channels),
            messages.c.state == "unconfirmed",
            messages.c.purpose == "reminders",
            messages.c.ended_at <= ended_before,
            tried,
            said.exists(),
        )
        .order_by(messages.c.ended_at, messages.c.id)
        .limit(limit)
    ).all()


def move(
    connection: Connection, message: Row[Any], channel: str, envelopes: Envelopes, *, note: str, reason: str
) -> int:
    """Plan the words of an unconfirmed message by `channel`; returns how many, 0 where its fate is known by now."""
    found = connection.execute(
        select(messages.c.id)
        .where(messages.c.id == message.id, messages.c.state == "unconfirmed")
        .with_for_update()
    ).first()
    moved = strays.redirect(connection, message, channel, envelopes, note=note) if found is not None else 0
    if moved:
        connection.execute(update(messages).where(messages.c.id == message.id).values(reason=reason))
        record(
            connection,
            message.province,
            at=envelopes.now,
            actor="dondoc",
            action="message.fallback",
            subject=f"message:{message.id}",
            before={"channel": message.channel},
            after={"channel": channel, "reminders": moved},
        )
    return moved
