"""What need not be kept for ever: the words and addresses of old messages about finished work.

The row of each message stays, with its day, agency, channel, state and masked recipient; so do its reminders and
deliveries. Only what a person wrote or could be reached by goes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, func, null, select, update

from store.audit import record
from store.schema import deliveries, dues, messages, reminders, tasks

_ENDED = ("sent", "refused", "withdrawn", "lapsed", "unconfirmed")
_CHUNK = 500
ARCHIVED = "archived"
"""What stands in the place of a message's words."""


def archive(connection: Connection, province: str, *, before: datetime, now: datetime, actor: str) -> int:
    """Drop the words of messages that ended before `before` and speak of no open task. Returns how many."""
    total = 0
    while ids := _next(connection, province, before):
        connection.execute(
            update(messages)
            .where(messages.c.id.in_(ids))
            .values(frozen={ARCHIVED: now.isoformat()}, recipient_sealed=null(), reason=null())
        )
        connection.execute(update(deliveries).where(deliveries.c.message_id.in_(ids)).values(answer=null()))
        total += len(ids)
    if total:
        record(
            connection,
            province,
            at=now,
            actor=actor,
            action="archive",
            subject=f"messages before {before:%Y-%m-%d}",
            after={"messages": total},
        )
    return total


def _next(connection: Connection, province: str, before: datetime) -> list[int]:
    about_open = exists(
        select(reminders.c.id)
        .join(dues, dues.c.id == reminders.c.due_id)
        .join(tasks, tasks.c.id == dues.c.task_id)
        .where(reminders.c.message_id == messages.c.id, tasks.c.state == "open")
    )
    return list(
        connection.execute(
            select(messages.c.id)
            .where(
                messages.c.province == province,
                messages.c.state.in_(_ENDED),
                messages.c.ended_at < before,
                messages.c.recipient_sealed.is_not(None),
                ~about_open,
            )
            .order_by(messages.c.id)
            .limit(_CHUNK)
        ).scalars()
    )


def archived(connection: Connection, province: str) -> int:
    """How many messages have had their words dropped."""
    return int(
        connection.execute(
            select(func.count()).where(
                and_(
                    messages.c.province == province,
                    messages.c.frozen.is_not(None),
                    messages.c.recipient_sealed.is_(None),
                )
            )
        ).scalar_one()
    )


def doubt_queued(connection: Connection, province: str, *, now: datetime, reason: str) -> int:
    """Leave to a person what waits to be sent: after a restore it may have been sent already. Returns how many."""
    changed: Any = connection.execute(
        update(messages)
        .where(
            messages.c.province == province,
            messages.c.state.in_(("ready", "sending")),
            messages.c.not_before <= now,
        )
        .values(
            state="unconfirmed",
            reason=reason,
            worker=None,
            lease_until=None,
            # When it may have been sent: what is for the same people today need not wait for tomorrow.
            ended_at=messages.c.not_before,
        )
    )
    return int(changed.rowcount)
