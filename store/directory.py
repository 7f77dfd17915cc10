"""Agencies and contacts as the database knows them: who there is, and which contact is failing.

The directory's files say who the agencies are; this keeps what only sending can find out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from store import zalo
from store.schema import agencies, contacts
from store.sealing import Seal


@dataclass(frozen=True, kw_only=True, slots=True)
class AgencyRecord:
    code: str
    name: str
    kind: str
    superior: str | None
    valid_from: date | None
    valid_to: date | None
    successors: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactRecord:
    agency: str
    role: str
    channel: str
    name: str
    address: str


def sync(
    connection: Connection,
    province: str,
    wanted: Iterable[AgencyRecord],
    people: Iterable[ContactRecord],
    seal: Seal,
) -> bool:
    """Make the stored agencies and contacts those of the files; True where anything changed."""
    changed = _sync_agencies(connection, province, wanted)
    return _sync_contacts(connection, province, people, seal) or changed


def _sync_agencies(connection: Connection, province: str, wanted: Iterable[AgencyRecord]) -> bool:
    before = {row.code: row for row in connection.execute(select(agencies).where(agencies.c.province == province))}
    changed = False
    named = set()
    for agency in wanted:
        named.add(agency.code)
        values = {
            "name": agency.name,
            "kind": agency.kind,
            "superior": agency.superior,
            "valid_from": agency.valid_from,
            "valid_to": agency.valid_to,
            "successors": list(agency.successors),
        }
        row = before.get(agency.code)
        if row is None:
            connection.execute(insert(agencies).values(values | {"province": province, "code": agency.code}))
        elif any(getattr(row, name) != value for name, value in values.items()):
            connection.execute(update(agencies).where(agencies.c.id == row.id).values(values))
        else:
            continue
        changed = True
    gone = [row.id for code, row in before.items() if code not in named]
    if gone:
        connection.execute(delete(agencies).where(agencies.c.id.in_(gone)))
    return changed or bool(gone)


def _sync_contacts(connection: Connection, province: str, people: Iterable[ContactRecord], seal: Seal) -> bool:
    rows = connection.execute(select(contacts).where(contacts.c.province == province))
    before = {(row.agency, row.role, row.channel, row.address_lookup): row for row in rows}
    named: set[tuple[str, str, str, str]] = set()
    fresh: list[dict[str, Any]] = []
    for person in people:
        identity = (person.agency, person.role, person.channel, seal.lookup(person.address))
        if identity not in before and identity not in named:
            fresh.append(
                {
                    "province": province,
                    "agency": person.agency,
                    "role": person.role,
                    "channel": person.channel,
                    "name": person.name,
                    "address_sealed": seal.close(person.address),
                    "address_lookup": identity[3],
                }
            )
        named.add(identity)
    if fresh:
        connection.execute(insert(contacts), fresh)
    gone = [row.id for identity, row in before.items() if identity not in named]
    if gone:
        connection.execute(delete(contacts).where(contacts.c.id.in_(gone)))
    return bool(fresh or gone)


def failing(connection: Connection, province: str) -> Collection[str]:
    """The look-up keys of addresses that do not take messages."""
    rows = connection.execute(
        select(contacts.c.address_lookup).where(
            contacts.c.province == province, contacts.c.failing_since.is_not(None)
        )
    )
    return frozenset(row.address_lookup for row in rows) | zalo.gone(connection, province)


def flag(connection: Connection, province: str, lookup: str, *, reason: str | None, now: datetime) -> None:
    """Note that an address does not take messages, or (`reason` None) that it does again."""
    connection.execute(
        update(contacts)
        .where(contacts.c.province == province, contacts.c.address_lookup == lookup)
        .values(failing_since=now if reason else None, failure=reason)
    )
    zalo.flag_person(connection, province, lookup, now if reason else None)
