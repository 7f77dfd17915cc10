"""Log-ins at an OpenID Connect issuer: those under way, and whose an identity is.

An identity is known by issuer and subject alone, never by an address or a name: those may pass to somebody else.
Until an admin links it to a user it opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from store.audit import record
from store.outbox import inserting
from store.people import digest
from store.schema import identities, signins, users

UNDER_WAY = timedelta(minutes=10)
"""How long somebody may take at the issuer."""
MOST_ASKING = 100
"""Requests of a province that wait for an admin; the oldest go first, so that strangers cannot fill the table."""
ASKING = timedelta(days=30)


def begin(
    connection: Connection, province: str, *, state: str, browser: str, content: bytes, now: datetime
) -> None:
    """Keep what has to come back with `state` to the same browser. What has run out is cleared away."""
    connection.execute(
        delete(signins).where(signins.c.province == province, signins.c.created_at < now - UNDER_WAY)
    )
    connection.execute(
        insert(signins).values(
            province=province,
            digest=digest(state),
            browser=digest(browser),
            content_sealed=content,
            created_at=now,
        )
    )


def take_up(connection: Connection, province: str, *, state: str, browser: str, now: datetime) -> bytes | None:
    """What was kept for `state`, once; None where it is unknown, used, another browser's or too old.

    A state that another browser brings is used up too: it has leaked.
    """
    row = connection.execute(
        delete(signins)
        .where(signins.c.province == province, signins.c.digest == digest(state))
        .returning(signins.c.browser, signins.c.content_sealed, signins.c.created_at)
    ).first()
    if row is None or row.browser != digest(browser) or row.created_at < now - UNDER_WAY:
        return None
    return bytes(row.content_sealed)


def owner(connection: Connection, province: str, issuer: str, subject: str) -> Row[Any] | None:
    """The user whom an admin linked to this identity."""
    return connection.execute(
        select(users)
        .join(identities, identities.c.user_id == users.c.id)
        .where(*_is(province, issuer, subject), users.c.province == province)
    ).first()


def ask(connection: Connection, province: str, *, issuer: str, subject: str, shown: bytes, now: datetime) -> None:
    """Put an unknown identity before the admins; asking again renews the request."""
    connection.execute(
        inserting(connection, identities)
        .values(province=province, issuer=issuer, subject=subject, shown_sealed=shown, asked_at=now)
        .on_conflict_do_nothing(index_elements=["province", "issuer", "subject"])
    )
    asking = (identities.c.province == province, identities.c.user_id.is_(None))
    connection.execute(
        update(identities)
        .where(*_is(province, issuer, subject), identities.c.user_id.is_(None))
        .values(asked_at=now, shown_sealed=shown)
    )
    newest = select(identities.c.id).where(*asking).order_by(identities.c.asked_at.desc(), identities.c.id.desc())
    kept = connection.execute(newest.limit(MOST_ASKING)).scalars().all()
    old = identities.c.asked_at < now - ASKING
    connection.execute(delete(identities).where(*asking, old | identities.c.id.not_in(kept)))


def _is(province: str, issuer: str, subject: str) -> tuple[Any, ...]:
    return (
        identities.c.province == province,
        identities.c.issuer == issuer,
        identities.c.subject == subject,
    )


def all_of(connection: Connection, province: str) -> Sequence[Row[Any]]:
    """Requests first, then linked identities with their users' names."""
    return connection.execute(
        select(identities, users.c.name.label("user_name"))
        .outerjoin(users, users.c.id == identities.c.user_id)
        .where(identities.c.province == province)
        .order_by(identities.c.user_id.is_not(None), identities.c.asked_at.desc(), identities.c.id)
    ).all()


def find(connection: Connection, province: str, identity_id: int) -> Row[Any] | None:
    return connection.execute(
        select(identities).where(identities.c.province == province, identities.c.id == identity_id)
    ).first()


def link(
    connection: Connection, province: str, identity_id: int, user: Row[Any], *, now: datetime, actor: str
) -> bool:
    """Let an identity that asks in as `user`; False where it asks no more."""
    changed = connection.execute(
        update(identities)
        .where(
            identities.c.province == province,
            identities.c.id == identity_id,
            identities.c.user_id.is_(None),
        )
        .values(user_id=user.id, linked_at=now, linked_by=actor)
    ).rowcount
    if changed == 1:
        told = {"identity": identity_id}
        record(
            connection, province, at=now, actor=actor, action="oidc.link", subject=f"user:{user.name}", after=told
        )
    return changed == 1


def unlink(connection: Connection, province: str, identity_id: int, *, now: datetime, actor: str) -> int | None:
    """Make a linked identity a request again. Returns the user's id; None where it was not linked."""
    row = connection.execute(
        select(identities.c.user_id, users.c.name)
        .join(users, users.c.id == identities.c.user_id)
        .where(identities.c.province == province, identities.c.id == identity_id)
    ).first()
    if row is None:
        return None
    values = {"user_id": None, "linked_at": None, "linked_by": None, "asked_at": now}
    connection.execute(update(identities).where(identities.c.id == identity_id).values(values))
    told = {"identity": identity_id}
    record(connection, province, at=now, actor=actor, action="oidc.unlink", subject=f"user:{row.name}", before=told)
    return int(row.user_id)


def forget(connection: Connection, province: str, identity_id: int, *, now: datetime, actor: str) -> bool:
    """Throw a request away; whoever asked may ask again."""
    gone = connection.execute(
        delete(identities).where(
            identities.c.province == province,
            identities.c.id == identity_id,
            identities.c.user_id.is_(None),
        )
    ).rowcount
    if gone == 1:
        record(connection, province, at=now, actor=actor, action="oidc.decline", subject=f"identity:{identity_id}")
    return gone == 1


def asking(connection: Connection, province: str) -> int:
    """How many requests wait for an admin."""
    query = select(func.count()).where(identities.c.province == province, identities.c.user_id.is_(None))
    return connection.execute(query).scalar_one()
