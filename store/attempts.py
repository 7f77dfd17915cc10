"""The outbox, its sending side: claim, freeze, begin, finish, and take back what a dead worker held.

A worker takes a message by a conditional UPDATE with a lease. Every later step says again whose message it is,
so that a worker whose lease ran out changes nothing that is another's by now.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from store.outbox import inserting
from store.schema import deliveries, messages, reminders

NO_CONTACT = "no_contact"
"""The code of a message that had nobody to go to."""

_CHUNK = 5000


def claim(
    connection: Connection,
    *,
    worker: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    province: str,
    held_channels: Collection[str] = (),
) -> list[Row[Any]]:
    """Take up to `limit` messages that may go now. No two workers get the same one."""
    query = (
        select(messages.c.id)
        .where(messages.c.state == "ready", messages.c.not_before <= now, messages.c.province == province)
        .order_by(messages.c.not_before, messages.c.id)
        .limit(limit)
    )
    if held_channels:
        query = query.where(messages.c.channel.not_in(held_channels))
    if connection.dialect.name == "postgresql":
        # Materialised, because a planner that runs the sub-select twice would take more than `limit`.
        locked = query.with_for_update(skip_locked=True).cte("next_ones").prefix_with("MATERIALIZED")
        query = select(locked.c.id)
    taken = connection.execute(
        update(messages)
        .where(messages.c.id.in_(query), messages.c.state == "ready")
        .values(state="sending", worker=worker, lease_until=now + lease, attempts=messages.c.attempts + 1)
        .returning(*messages.c)
    ).all()
    return sorted(taken, key=lambda row: (row.not_before, row.id))


def _mine(message: Row[Any]) -> Any:
    return and_(
        messages.c.id == message.id,
        messages.c.state == "sending",
        messages.c.worker == message.worker,
        messages.c.attempts == message.attempts,
    )


def renew(connection: Connection, message: Row[Any], *, now: datetime, lease: timedelta) -> bool:
    """Hold a claimed message for another lease. False where it is somebody else's by now: leave it alone.

    Until the transaction ends, nobody changes what the message is to say.
    """
    changed = connection.execute(update(messages).where(_mine(message)).values(lease_until=now + lease))
    return changed.rowcount == 1


def freeze(
    connection: Connection,
    message: Row[Any],
    *,
    sealed: bytes,
    lookup: str,
    shown: str,
    content: dict[str, Any],
    now: datetime,
) -> None:
    """Keep what will be sent and that sending starts, before anything leaves."""
    connection.execute(
        update(messages)
        .where(_mine(message))
        .values(frozen=content, recipient_sealed=sealed, recipient_lookup=lookup, recipient=shown)
    )
    begin(connection, message, now)


def begin(connection: Connection, message: Row[Any], now: datetime) -> None:
    """Keep that an attempt starts. Whoever finds it without an end knows that the worker died in it."""
    connection.execute(
        inserting(connection, deliveries)
        .values(
            province=message.province,
            message_id=message.id,
            attempt=message.attempts,
            worker=message.worker,
            started_at=now,
            outcome="started",
        )
        .on_conflict_do_nothing()
    )


def put_back(
    connection: Connection, message: Row[Any], *, not_before: datetime | None = None, tried: bool = False
) -> None:
    """Give back a claimed message, to go from `not_before` on; one that was not tried has lost no attempt."""
    values: dict[str, Any] = {"state": "ready", "worker": None, "lease_until": None}
    if not tried:
        values["attempts"] = messages.c.attempts - 1
    if not_before is not None:
        values["not_before"] = not_before
    connection.execute(update(messages).where(_mine(message)).values(values))


def withdraw(connection: Connection, message: Row[Any], now: datetime) -> None:
    """End a claimed message that has nothing left to say."""
    connection.execute(
        update(messages)
        .where(_mine(message))
        .values(state="withdrawn", worker=None, lease_until=None, ended_at=now)
    )


def sent(connection: Connection, message: Row[Any], *, now: datetime, answer: str, reference: str | None) -> bool:
    """Keep that the other side took it, and that its reminders are told.

    That is true whoever holds the message by now; one that was put back meanwhile does not go again. False
    where another worker is sending it at this moment, who will find it out himself.
    """
    put_aside = and_(
        messages.c.id == message.id,
        messages.c.state.in_(("ready", "unconfirmed", "lapsed")),
        messages.c.attempts == message.attempts,
    )
    changed = connection.execute(
        update(messages)
        .where(or_(_mine(message), put_aside))
        .values(
            state="sent",
            code=None,
            reason=clean(answer),
            worker=None,
            lease_until=None,
            reference=reference,
            ended_at=now,
        )
    )
    _keep_delivery(connection, message, outcome="sent", now=now, answer=answer)
    told(connection, message)
    return changed.rowcount == 1


def finish(
    connection: Connection,
    message: Row[Any],
    *,
    state: str,
    outcome: str,
    now: datetime,
    code: str | None = None,
    answer: str | None = None,
    scope: str | None = None,
    not_before: datetime | None = None,
    thaw: bool = False,
    reference: str | None = None,
) -> bool:
    """End an attempt that did not succeed. False where the lease ran out and the message is another's by now.

    `thaw` forgets what was frozen, because nothing of it can have arrived; it is made anew when it goes.
    """
    values: dict[str, Any] = {
        "state": state,
        "code": clean(code, 40),
        "reason": clean(answer),
        "worker": None,
        "lease_until": None,
        "ended_at": None if state == "ready" else now,
    }
    if not_before is not None:
        values["not_before"] = not_before
    if thaw:
        values["frozen"] = None
    if reference is not None:
        values["reference"] = clean(reference, 200)
    changed = connection.execute(update(messages).where(_mine(message)).values(values))
    _keep_delivery(connection, message, outcome=outcome, now=now, code=code, answer=answer, scope=scope)
    return changed.rowcount == 1


def _keep_delivery(
    connection: Connection,
    message: Row[Any],
    *,
    outcome: str,
    now: datetime,
    code: str | None = None,
    answer: str | None = None,
    scope: str | None = None,
) -> None:
    connection.execute(
        update(deliveries)
        .where(deliveries.c.message_id == message.id, deliveries.c.attempt == message.attempts)
        .values(ended_at=now, outcome=outcome, code=clean(code, 40), answer=clean(answer), scope=scope)
    )


def clean(text: str | None, longest: int = 2000) -> str | None:
    """What the other side said, as a database can keep it: PostgreSQL takes no NUL."""
    return None if text is None else text.replace("\0", "")[:longest]


def told(connection: Connection, message: Row[Any]) -> None:
    """Mark as told what the frozen message said."""
    frozen = connection.execute(select(messages.c.frozen).where(messages.c.id == message.id)).scalar_one()
    said = (frozen or {}).get("reminders", [])
    for start in range(0, len(said), _CHUNK):
        connection.execute(
            update(reminders)
            .where(reminders.c.id.in_(said[start : start + _CHUNK]), reminders.c.state == "planned")
            .values(state="told")
        )
