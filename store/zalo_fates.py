"""What became of the messages that Zalo took: its own word, whether it comes by webhook or is asked for.

Every function works in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from store import late
from store.audit import record
from store.leases import settle
from store.outbox import inserting
from store.schema import messages, zalo_messages

ARRIVED = "Zalo báo tin đã đến máy"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """When Zalo is asked about a message: `after` it left, then `every` so often, no longer than `until`."""

    after: timedelta
    every: timedelta
    until: timedelta


def track(connection: Connection, province: str, message_id: int, tracking: str) -> None:
    """Keep by which name Zalo will speak of a message."""
    connection.execute(
        inserting(connection, zalo_messages)
        .values(province=province, message_id=message_id, tracking=tracking)
        .on_conflict_do_nothing()
    )


def delivered(
    connection: Connection, province: str, *, tracking: str, reference: str, at: datetime, now: datetime
) -> Row[Any] | None:
    """Note that a message arrived and settle it where we did not know; as it was, None where it is not ours."""
    row = _tracked(connection, province, tracking, reference)
    if row is None:
        return None
    connection.execute(
        update(zalo_messages)
        .where(zalo_messages.c.message_id == row.id, zalo_messages.c.delivered_at.is_(None))
        .values(delivered_at=at)
    )
    if row.reference is None and reference:
        connection.execute(update(messages).where(messages.c.id == row.id).values(reference=reference))
    if row.state == "unconfirmed":
        _settle(connection, row, at, now)
    elif row.state == "refused":
        late.arrived(connection, row, answer=ARRIVED, now=now, actor="zalo")
    return row


def settle_delivered(connection: Connection, province: str, now: datetime) -> int:
    """Settle messages whose answer was lost after Zalo had already told us of their delivery."""
    rows = connection.execute(
        select(messages, zalo_messages.c.delivered_at)
        .join(zalo_messages, zalo_messages.c.message_id == messages.c.id)
        .where(
            messages.c.province == province,
            messages.c.state == "unconfirmed",
            zalo_messages.c.delivered_at.is_not(None),
        )
    ).all()
    for row in rows:
        _settle(connection, row, row.delivered_at, now)
    return len(rows)


def _tracked(connection: Connection, province: str, tracking: str, reference: str) -> Row[Any] | None:
    query = (
        select(messages)
        .join(zalo_messages, zalo_messages.c.message_id == messages.c.id)
        .where(messages.c.province == province)
        .with_for_update(of=messages)
    )
    if tracking:
        return connection.execute(query.where(zalo_messages.c.tracking == tracking)).first()
    return connection.execute(query.where(messages.c.reference == reference)).first() if reference else None


def _settle(connection: Connection, row: Row[Any], at: datetime | None, now: datetime) -> bool:
    if not settle(connection, row.province, row.id, arrived=True, now=now):
        return False
    late.told_after_all(connection, row)
    answer = ARRIVED if at else "Zalo báo đã nhận tin"
    late.note_attempt(connection, row, outcome="sent", ended_at=now, answer=answer)
    record(
        connection,
        row.province,
        at=now,
        actor="zalo",
        action="message.delivered",
        subject=f"message:{row.id}",
        before={"state": "unconfirmed"},
        after={"state": "sent", "delivered_at": at.isoformat() if at else None},
    )
    return True


def open_questions(
    connection: Connection, province: str, channels: Collection[str], pace: Pace, *, now: datetime, limit: int
) -> Sequence[Row[Any]]:
    """Messages that Zalo took, or may have, whose delivery it has not told us and which it can be asked about.

    Those that have never been asked about come first. What ended long before `pace.until` is let rest.
    """
    asked = zalo_messages.c.asked_at
    return connection.execute(
        select(messages, zalo_messages.c.tracking, zalo_messages.c.said)
        .join(zalo_messages, zalo_messages.c.message_id == messages.c.id)
        .where(
            messages.c.province == province,
            messages.c.channel.in_(channels),
            messages.c.state.in_(("sent", "unconfirmed")),
            messages.c.reference.is_not(None),
            messages.c.ended_at <= now - pace.after,
            messages.c.ended_at > now - 2 * pace.until,
            zalo_messages.c.delivered_at.is_(None),
            or_(zalo_messages.c.said.is_(None), zalo_messages.c.said != ENDED),
            or_(asked.is_(None), asked <= now - pace.every),
        )
        .order_by(asked.is_not(None), asked, messages.c.id)
        .limit(limit)
    ).all()


ENDED = "ended"
"""What is kept of a message about which Zalo is asked no more."""


def answered(connection: Connection, message_id: int, said: str, now: datetime) -> None:
    """Keep what Zalo said of a message, and when."""
    connection.execute(
        update(zalo_messages).where(zalo_messages.c.message_id == message_id).values(said=said, asked_at=now)
    )


def taken(connection: Connection, message: Row[Any], now: datetime) -> bool:
    """Zalo has a message whose answer was lost: it is sent, though not delivered yet."""
    return message.state == "unconfirmed" and _settle(connection, message, None, now)
