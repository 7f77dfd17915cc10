"""Messages as the delivery log shows them, and what a person may do about one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from store import late
from store.audit import record
from store.schema import deliveries, dues, messages, reminders, tasks


def listed(
    connection: Connection, province: str, *, state: str, agency: str, limit: int, offset: int
) -> tuple[Sequence[Row[Any]], int]:
    """One page of messages, newest first, without their content, and how many there are.

    The state `failing` stands for those that need a person: refused or unconfirmed.
    """
    query = select(messages.c.id).where(messages.c.province == province)
    if state == "failing":
        query = query.where(messages.c.state.in_(("refused", "unconfirmed")))
    elif state:
        query = query.where(messages.c.state == state)
    if agency:
        query = query.where(messages.c.agency == agency)
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    # Which they are is told by an index; only the rows of the page are read, for a message is long.
    # What fails is so little that it is quicker to sort than to meet among the others.
    order = (messages.c.id + 0 if state == "failing" else messages.c.id).desc()
    ids = connection.execute(query.order_by(order).limit(limit).offset(offset)).scalars().all()
    rows = connection.execute(select(messages).where(messages.c.id.in_(ids)).order_by(messages.c.id.desc())).all()
    return rows, total


def find(connection: Connection, province: str, message_id: int) -> Row[Any] | None:
    return connection.execute(
        select(messages).where(messages.c.id == message_id, messages.c.province == province)
    ).first()


def attempts(connection: Connection, message_id: int) -> Sequence[Row[Any]]:
    return connection.execute(
        select(deliveries).where(deliveries.c.message_id == message_id).order_by(deliveries.c.attempt)
    ).all()


def last_failures(connection: Connection, province: str, channel: str, limit: int = 10) -> Sequence[Row[Any]]:
    """The last attempts by a channel that did not go well, newest first, with the time as `at`."""
    return connection.execute(
        select(
            deliveries.c.message_id,
            deliveries.c.outcome,
            deliveries.c.code,
            deliveries.c.answer,
            func.coalesce(deliveries.c.ended_at, deliveries.c.started_at).label("at"),
        )
        .join(messages, messages.c.id == deliveries.c.message_id)
        .where(
            messages.c.province == province,
            messages.c.channel == channel,
            deliveries.c.outcome.in_(("refused", "unavailable", "unconfirmed", "abandoned")),
        )
        .order_by(deliveries.c.id.desc())
        .limit(limit)
    ).all()


def says(connection: Connection, message_id: int) -> Sequence[Row[Any]]:
    """The reminders of a message with their tasks."""
    return connection.execute(
        select(reminders, dues.c.task_id, tasks.c.number, tasks.c.title)
        .join(dues, dues.c.id == reminders.c.due_id)
        .join(tasks, tasks.c.id == dues.c.task_id)
        .where(reminders.c.message_id == message_id)
        .order_by(reminders.c.id)
    ).all()


def about_task(connection: Connection, task_id: int) -> Sequence[Row[Any]]:
    """Everything said, or to be said, about a task, newest first."""
    return connection.execute(
        select(
            reminders.c.on_date,
            reminders.c.stage,
            reminders.c.agency,
            reminders.c.audience,
            reminders.c.channel,
            reminders.c.state,
            reminders.c.decided_on,
            reminders.c.message_id,
            messages.c.state.label("message_state"),
            messages.c.ended_at,
        )
        .join(dues, dues.c.id == reminders.c.due_id)
        .join(messages, messages.c.id == reminders.c.message_id, isouter=True)
        .where(dues.c.task_id == task_id)
        .order_by(reminders.c.id.desc())
        .limit(500)
    ).all()


FROM = {
    "resend": ("refused", "unconfirmed"),
    "cancel": ("ready",),
    "delivered": ("ready", "refused", "unconfirmed"),
}
"""From which states a person may do what."""

TO = {"resend": "ready", "cancel": "lapsed", "delivered": "sent"}


def decide(
    connection: Connection,
    province: str,
    message_id: int,
    action: str,
    *,
    reason: str,
    now: datetime,
    actor: str,
) -> bool:
    """Resend, cancel or mark as told another way; False where the message is not in a state for it.

    Resending keeps what was frozen, and with it the identity that a second copy is known by.
    """
    values: dict[str, Any] = {"state": TO[action], "worker": None, "lease_until": None}
    values |= (
        {"not_before": now, "ended_at": None} if action == "resend" else {"ended_at": now, "reason": reason or None}
    )
    before = connection.execute(
        select(messages).where(messages.c.id == message_id, messages.c.province == province)
    ).first()
    changed = connection.execute(
        update(messages)
        .where(
            messages.c.id == message_id,
            messages.c.province == province,
            messages.c.state.in_(FROM[action]),
        )
        .values(values)
    )
    if before is None or changed.rowcount != 1:
        return False
    if action == "delivered" and before.frozen:
        late.told_after_all(connection, before)
    if action != "resend":
        connection.execute(
            update(reminders)
            .where(reminders.c.message_id == message_id, reminders.c.state == "planned")
            .values(state="told" if action == "delivered" else "lapsed")
        )
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action=f"message.{action}",
        subject=f"message:{message_id}",
        before={"state": before.state},
        after={"state": TO[action], "reason": reason or None},
    )
    return True


def undelivered(connection: Connection, province: str, limit: int) -> Sequence[Row[Any]]:
    """Messages that need a person."""
    return connection.execute(
        select(messages)
        .where(messages.c.province == province, messages.c.state.in_(("refused", "unconfirmed")))
        .order_by((messages.c.id + 0).desc())
        .limit(limit)
    ).all()
