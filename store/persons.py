"""Everything that is kept about one address, for the person it belongs to (Luật 91/2025/QH15), and its erasure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, null, select, update

from store.archiving import ARCHIVED
from store.audit import record
from store.schema import contacts, deliveries, messages
from store.sealing import Seal

ERASED = "đã xóa"
"""What stands in the place of a recipient who was erased."""
ENDED = ("sent", "refused", "withdrawn", "lapsed")


def found(connection: Connection, province: str, address: str, seal: Seal) -> dict[str, list[dict[str, Any]]]:
    """The contacts and messages of an address, opened."""
    lookup = seal.lookup(address)
    people = connection.execute(
        select(contacts).where(contacts.c.province == province, contacts.c.address_lookup == lookup)
    )
    sent = connection.execute(
        select(messages)
        .where(messages.c.province == province, messages.c.recipient_lookup == lookup)
        .order_by(messages.c.id)
    )
    return {
        "contacts": [
            {
                "agency": row.agency,
                "role": row.role,
                "channel": row.channel,
                "name": row.name,
                "address": seal.open(row.address_sealed),
                "failing_since": row.failing_since,
                "failure": row.failure,
            }
            for row in people
        ],
        "messages": [
            {
                "id": row.id,
                "day": row.day,
                "agency": row.agency,
                "channel": row.channel,
                "state": row.state,
                "recipient": seal.open(row.recipient_sealed) if row.recipient_sealed else row.recipient,
                "frozen": row.frozen,
            }
            for row in sent
        ],
    }


def erase(
    connection: Connection, province: str, address: str, seal: Seal, *, now: datetime, actor: str
) -> tuple[int, int]:
    """Forget an address: its contacts go, and so do recipient and words of messages that have ended.

    What is still to leave is left alone. The audit log holds neither the address nor its look-up key. Returns
    how many contacts and messages.
    """
    lookup = seal.lookup(address)
    gone = connection.execute(
        delete(contacts).where(contacts.c.province == province, contacts.c.address_lookup == lookup)
    ).rowcount
    ids = list(
        connection.execute(
            select(messages.c.id).where(
                messages.c.province == province,
                messages.c.recipient_lookup == lookup,
                messages.c.state.in_(ENDED),
            )
        ).scalars()
    )
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        connection.execute(
            update(messages)
            .where(messages.c.id.in_(some))
            .values(
                frozen={ARCHIVED: now.isoformat()},
                recipient=ERASED,
                recipient_sealed=null(),
                recipient_lookup=null(),
                reason=null(),
            )
        )
        connection.execute(update(deliveries).where(deliveries.c.message_id.in_(some)).values(answer=null()))
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action="person.erase",
        subject="person",
        after={"contacts": gone, "messages": len(ids)},
    )
    return gone, len(ids)


def note_export(connection: Connection, province: str, *, now: datetime, actor: str) -> None:
    """Note that somebody's data was given out; whose is not kept."""
    record(connection, province, at=now, actor=actor, action="person.export", subject="person")
