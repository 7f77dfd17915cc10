"""Messages whose worker is gone, or that nobody took, and what a person decides about messages that are stuck."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, select, update

from store.attempts import told
from store.schema import deliveries, messages


def reclaim(
    connection: Connection,
    *,
    province: str,
    now: datetime,
    resendable: Collection[str],
    undecided: Collection[str] = (),
) -> tuple[int, int]:
    """Take back messages whose worker's lease ran out: (put back to be sent, left for a person to decide).

    Where an attempt had started, the message may have left. On a channel in `resendable` it goes again, under
    the same identity; on the others a person decides. What went by a channel of `undecided`, which cannot be
    opened just now, is left as it is.
    """
    lost = connection.execute(
        select(messages.c.id, messages.c.channel, deliveries.c.id.label("delivery"))
        .join(
            deliveries,
            and_(deliveries.c.message_id == messages.c.id, deliveries.c.attempt == messages.c.attempts),
            isouter=True,
        )
        .where(
            messages.c.province == province,
            messages.c.state == "sending",
            messages.c.lease_until < now,
            messages.c.channel.not_in(undecided),
        )
        .order_by(messages.c.id)
        .with_for_update(of=messages, skip_locked=True)
    ).all()
    again = unsure = 0
    for row in lost:
        may_have_left = row.delivery is not None
        resend = not may_have_left or row.channel in resendable
        again, unsure = again + resend, unsure + (not resend)
        connection.execute(
            update(messages)
            .where(messages.c.id == row.id)
            .values(
                state="ready" if resend else "unconfirmed",
                worker=None,
                lease_until=None,
                ended_at=None if resend else now,
                reason=None if resend else "Tiến trình gửi dừng đột ngột, chưa rõ thư đã đến hay chưa.",
            )
        )
        if may_have_left:
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id == row.delivery, deliveries.c.outcome == "started")
                .values(outcome="abandoned", ended_at=now)
            )
    return again, unsure


def lying(connection: Connection, province: str, since: datetime, held: Collection[str]) -> bool:
    """Whether a message of a channel not in `held` should have left before `since` and nobody has taken it."""
    found = select(messages.c.id).where(
        messages.c.state == "ready",
        messages.c.not_before <= since,
        messages.c.created_at <= since,
        messages.c.province == province,
        messages.c.channel.not_in(held),
    )
    return connection.execute(found.limit(1)).first() is not None


def held_since(connection: Connection, province: str, until: datetime) -> bool:
    """Whether a worker holds a message for longer than `until`."""
    found = select(messages.c.id).where(
        messages.c.state == "sending", messages.c.lease_until > until, messages.c.province == province
    )
    return connection.execute(found.limit(1)).first() is not None


def settle(connection: Connection, province: str, message_id: int, *, arrived: bool, now: datetime) -> bool:
    """A person (or the channel's own report) says what became of an unconfirmed message.

    One that arrived is sent and its reminders told; one that did not is made anew and goes again. False where
    there is no such unconfirmed message.
    """
    values = (
        {"state": "sent", "ended_at": now}
        if arrived
        else {"state": "ready", "not_before": now, "frozen": None, "ended_at": None}
    )
    found = connection.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.province == province, messages.c.state == "unconfirmed")
        .values(values)
        .returning(*messages.c)
    ).first()
    if found is not None and arrived:
        told(connection, found)
    return found is not None


def try_again(connection: Connection, province: str, message_id: int, *, now: datetime) -> bool:
    """A person has a refused message sent again, its words made anew. False where there is no such message."""
    changed = connection.execute(
        update(messages)
        .where(messages.c.id == message_id, messages.c.province == province, messages.c.state == "refused")
        .values(state="ready", not_before=now, frozen=None, ended_at=None, code=None, reason=None)
    )
    return changed.rowcount == 1
