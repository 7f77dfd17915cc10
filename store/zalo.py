"""What Zalo tells us, kept: events seen, who is who, and what the admin must know.

What became of messages is in `store.zalo_fates`.

Every function works in the caller's transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from store.audit import record
from store.outbox import inserting
from store.schema import (
    messages,
    zalo_alerts,
    zalo_links,
    zalo_messages,
    zalo_pairs,
    zalo_people,
    zalo_seen,
)
from store.sealing import Seal

REMEMBERED = timedelta(days=7)
"""How long the keys of events are kept; Zalo's own repeats end after two hours."""


class SeenEvents:
    """Remembers keys of events in the transaction that acts on them (`notifiers.zalo.webhook.Seen`)."""

    def __init__(self, connection: Connection, province: str, now: datetime) -> None:
        self._connection, self._province, self._now = connection, province, now

    def add_new(self, key: str) -> bool:
        """Remember the key; False where it was already there."""
        values = {"province": self._province, "digest": hashlib.sha256(key.encode()).hexdigest(), "at": self._now}
        added = self._connection.execute(
            inserting(self._connection, zalo_seen).values(values).on_conflict_do_nothing().returning(zalo_seen.c.id)
        ).first()
        old = zalo_seen.c.at < self._now - REMEMBERED
        self._connection.execute(delete(zalo_seen).where(zalo_seen.c.province == self._province, old))
        return added is not None


def add_link(connection: Connection, province: str, *, contact: str, digest: str, expires: datetime) -> None:
    """Keep a code that was given out; an earlier one of the same contact opens nothing any more."""
    mine = (zalo_links.c.province == province, zalo_links.c.contact == contact)
    connection.execute(delete(zalo_links).where(*mine))
    values = {"province": province, "contact": contact, "digest": digest, "expires_at": expires}
    connection.execute(zalo_links.insert().values(values))


def open_links(connection: Connection, province: str, now: datetime) -> Sequence[Row[Any]]:
    connection.execute(delete(zalo_links).where(zalo_links.c.province == province, zalo_links.c.expires_at <= now))
    return connection.execute(select(zalo_links).where(zalo_links.c.province == province)).all()


def link_person(
    connection: Connection,
    province: str,
    seal: Seal,
    *,
    kind: str,
    user_id: str,
    contact: str,
    digest: str,
    now: datetime,
) -> None:
    """From now on this user is this contact, who has no other; the code is spent."""
    person = _person(connection, province, seal, kind, user_id)
    others = (zalo_people.c.province == province, zalo_people.c.kind == kind, zalo_people.c.contact == contact)
    connection.execute(update(zalo_people).where(*others).values(contact=None))
    connection.execute(
        update(zalo_people)
        .where(zalo_people.c.id == person.id)
        .values(contact=contact, wrong_codes=0, left_at=None)
    )
    spent = (zalo_links.c.province == province, zalo_links.c.digest == digest)
    connection.execute(delete(zalo_links).where(*spent))
    record(
        connection,
        province,
        at=now,
        actor="zalo",
        action="contact.linked",
        subject=f"contact:{contact}"[:200],
        after={"kind": kind},
    )


def note_person(
    connection: Connection, province: str, seal: Seal, *, kind: str, user_id: str, **values: Any
) -> Row[Any]:
    """Keep what a user did (`followed_at`, `spoke_at`, `left_at`, `wrong_codes`); the row as it was before."""
    person = _person(connection, province, seal, kind, user_id)
    if values:
        connection.execute(update(zalo_people).where(zalo_people.c.id == person.id).values(values))
    return person


def _person(connection: Connection, province: str, seal: Seal, kind: str, user_id: str) -> Row[Any]:
    lookup = seal.lookup(user_id)
    connection.execute(
        inserting(connection, zalo_people)
        .values(province=province, kind=kind, lookup=lookup, user_sealed=seal.close(user_id), wrong_codes=0)
        .on_conflict_do_nothing()
    )
    return connection.execute(
        select(zalo_people)
        .where(zalo_people.c.province == province, zalo_people.c.kind == kind, zalo_people.c.lookup == lookup)
        .with_for_update()
    ).one()


def linked_people(connection: Connection, province: str, seal: Seal) -> Mapping[tuple[str, str], str]:
    """User ids by kind ("oa", "bot") and contact."""
    rows = connection.execute(
        select(zalo_people.c.kind, zalo_people.c.contact, zalo_people.c.user_sealed).where(
            zalo_people.c.province == province, zalo_people.c.contact.is_not(None)
        )
    )
    return {(row.kind, row.contact): seal.open(row.user_sealed) for row in rows}


def note_alert(
    connection: Connection, province: str, account: str, *, code: str, what: str, advice: str, at: datetime
) -> None:
    """Keep what the admin must know, one of each code, with when it was first and last so."""
    said = {"what": what, "advice": advice, "last_at": at}
    connection.execute(
        inserting(connection, zalo_alerts)
        .values(said | {"province": province, "account": account, "code": code[:40], "first_at": at})
        .on_conflict_do_update(index_elements=["province", "account", "code"], set_=said)
    )


def alerts_since(connection: Connection, province: str, since: datetime) -> Sequence[Row[Any]]:
    return connection.execute(
        select(zalo_alerts)
        .where(zalo_alerts.c.province == province, zalo_alerts.c.last_at >= since)
        .order_by(zalo_alerts.c.last_at.desc())
    ).all()


def counts(connection: Connection, province: str) -> dict[str, int]:
    """How many people are linked, how many follow without being linked, and what waits to be settled."""
    people = (zalo_people.c.province == province, zalo_people.c.left_at.is_(None))
    number = func.count()

    def count(*where: Any) -> int:
        return connection.execute(select(number).where(*where)).scalar_one()

    return {
        "linked": count(*people, zalo_people.c.contact.is_not(None)),
        "unlinked": count(*people, zalo_people.c.contact.is_(None)),
        "pairs": count(zalo_pairs.c.province == province, zalo_pairs.c.sealed.is_not(None)),
        "unconfirmed": count(
            messages.c.province == province,
            messages.c.state == "unconfirmed",
            messages.c.id.in_(select(zalo_messages.c.message_id)),
        ),
        "delivered": count(zalo_messages.c.province == province, zalo_messages.c.delivered_at.is_not(None)),
    }


def gone(connection: Connection, province: str) -> frozenset[str]:
    """The look-up keys of linked users who do not take messages."""
    rows = connection.execute(
        select(zalo_people.c.lookup).where(zalo_people.c.province == province, zalo_people.c.left_at.is_not(None))
    )
    return frozenset(row.lookup for row in rows)


def flag_person(connection: Connection, province: str, lookup: str, left_at: datetime | None) -> None:
    """Note that a linked user does not take messages, or (None) does again."""
    changes = zalo_people.c.left_at.is_(None) if left_at else zalo_people.c.left_at.is_not(None)
    connection.execute(
        update(zalo_people)
        .where(zalo_people.c.province == province, zalo_people.c.lookup == lookup, changes)
        .values(left_at=left_at)
    )
