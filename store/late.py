"""What is learnt about a message after it was sent: that it came back, that nobody knows, that it did arrive.

    sent, unconfirmed ──came_back──▶ refused      its reminders are to be told again, another way
    sent ──nobody_knows──▶ unconfirmed            a person decides
    refused ──arrived──▶ sent                     what waits to be told another way is told already

Every function works in the caller's transaction and changes nothing where the message is in another state.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, select, update

from store.attempts import clean
from store.audit import record
from store.schema import deliveries, messages, reminders


def came_back(
    connection: Connection, message: Row[Any], *, code: str, answer: str, scope: str, now: datetime, actor: str
) -> bool:
    """Zalo or a mail server says that a message which it had taken will not arrive; False where it is not open.

    Its reminders are planned again, save those of dates about which the same people were told later.
    """
    values = {"state": "refused", "code": clean(code, 40), "reason": clean(answer)}
    if not _move(connection, message, ("sent", "unconfirmed"), values):
        return False
    note_attempt(connection, message, outcome="refused", code=clean(code, 40), answer=clean(answer), scope=scope)
    later = reminders.alias("later")
    newer = exists(
        select(later.c.id).where(
            later.c.due_id == reminders.c.due_id,
            later.c.agency == reminders.c.agency,
            later.c.audience == reminders.c.audience,
            later.c.id > reminders.c.id,
            later.c.message_id != message.id,
            later.c.state.in_(("planned", "told")),
        )
    )
    said = and_(reminders.c.message_id == message.id, reminders.c.state == "told")
    connection.execute(update(reminders).where(said, newer).values(state="lapsed"))
    connection.execute(update(reminders).where(said).values(state="planned"))
    _record(connection, message, "refused", now=now, actor=actor, code=code)
    return True


def nobody_knows(connection: Connection, message: Row[Any], *, reason: str, now: datetime, actor: str) -> bool:
    """No word of its arrival came in all the time that was allowed: a person has to decide."""
    if not _move(connection, message, ("sent",), {"state": "unconfirmed", "reason": reason}):
        return False
    note_attempt(connection, message, outcome="unconfirmed", answer=reason)
    connection.execute(
        update(reminders)
        .where(reminders.c.message_id == message.id, reminders.c.state == "told")
        .values(state="planned")
    )
    _record(connection, message, "unconfirmed", now=now, actor=actor, code="")
    return True


def arrived(connection: Connection, message: Row[Any], *, answer: str, now: datetime, actor: str) -> bool:
    """A message that was given up did arrive: what has not yet left another way is not said a second time."""
    if not _move(connection, message, ("refused",), {"state": "sent", "code": None, "reason": answer}):
        return False
    note_attempt(connection, message, outcome="sent", code=None, answer=answer)
    told_after_all(connection, message)
    _record(connection, message, "sent", now=now, actor=actor, code="")
    return True


def told_after_all(connection: Connection, message: Row[Any]) -> None:
    """Count what a message said as told, and take back what of it waits to leave another way."""
    said = (message.frozen or {}).get("reminders", [])
    waiting = select(messages.c.id).where(messages.c.state == "ready", messages.c.frozen.is_(None))
    unsaid = and_(reminders.c.state == "planned", reminders.c.message_id.in_(waiting))
    other = reminders.alias("other")
    twin = and_(*(getattr(other.c, name) == reminders.c[name] for name in ("due_id", "on_date", "stage")))
    same = and_(twin, other.c.agency == reminders.c.agency, other.c.audience == reminders.c.audience)
    own = select(other.c.id).where(same, other.c.id.in_(said), other.c.channel != reminders.c.channel)
    copies = connection.execute(select(reminders.c.id).where(unsaid, exists(own))).scalars().all()
    connection.execute(update(reminders).where(reminders.c.id.in_(copies)).values(state="withdrawn"))
    connection.execute(
        update(reminders)
        .where(reminders.c.id.in_(said), (reminders.c.state == "lapsed") | unsaid)
        .values(state="told")
    )


def _move(connection: Connection, message: Row[Any], states: tuple[str, ...], values: dict[str, Any]) -> bool:
    changed = connection.execute(
        update(messages)
        .where(
            messages.c.id == message.id,
            messages.c.state.in_(states),
            messages.c.attempts == message.attempts,
        )
        .values(values)
    )
    return changed.rowcount == 1


def note_attempt(connection: Connection, message: Row[Any], **values: Any) -> None:
    """Write down what became known of the last attempt of a message."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.message_id == message.id, deliveries.c.attempt == message.attempts)
        .values(values)
    )


def _record(connection: Connection, message: Row[Any], state: str, *, now: datetime, actor: str, code: str) -> None:
    record(
        connection,
        message.province,
        at=now,
        actor=actor,
        action=f"message.{'delivered' if state == 'sent' else 'undelivered'}",
        subject=f"message:{message.id}",
        before={"state": message.state},
        after={"state": state, "code": code or None},
    )
