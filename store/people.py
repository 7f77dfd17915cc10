"""Users and their sessions, tokens of programs and calendars, and how often somebody may try.

What opens a door is random and leaves this program once; here only its SHA-256 is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from store.audit import record
from store.outbox import inserting
from store.schema import sessions, throttles, tokens, users

ROLES = ("viewer", "operator", "admin")


@dataclass(frozen=True, kw_only=True, slots=True)
class Lifetime:
    """How long a session may go unused, and how long it may last at all."""

    idle: timedelta
    absolute: timedelta


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def count(connection: Connection, province: str) -> int:
    return connection.execute(select(func.count()).where(users.c.province == province)).scalar_one()


def find(connection: Connection, province: str, name: str) -> Row[Any] | None:
    return connection.execute(select(users).where(users.c.province == province, users.c.name == name)).first()


def by_id(connection: Connection, province: str, user_id: int) -> Row[Any] | None:
    return connection.execute(select(users).where(users.c.province == province, users.c.id == user_id)).first()


def everyone(connection: Connection, province: str) -> Sequence[Row[Any]]:
    return connection.execute(select(users).where(users.c.province == province).order_by(users.c.name)).all()


def add(
    connection: Connection,
    province: str,
    *,
    name: str,
    role: str,
    password: str,
    must_change: bool,
    now: datetime,
    actor: str,
) -> int:
    """Add a user; `password` is its argon2id hash."""
    user_id = connection.execute(
        insert(users)
        .values(
            province=province,
            name=name,
            role=role,
            password=password,
            must_change=must_change,
            active=True,
            created_at=now,
        )
        .returning(users.c.id)
    ).scalar_one()
    record(
        connection, province, at=now, actor=actor, action="user.add", subject=f"user:{name}", after={"role": role}
    )
    return int(user_id)


def change(
    connection: Connection, province: str, user: Row[Any], *, action: str, now: datetime, actor: str, **values: Any
) -> None:
    """Change a user. Secrets among the values are not told in the audit log."""
    connection.execute(update(users).where(users.c.id == user.id).values(values))
    told = {name: value for name, value in values.items() if name in {"role", "active", "must_change"}}
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action=f"user.{action}",
        subject=f"user:{user.name}",
        before={name: getattr(user, name) for name in told} or None,
        after=told or None,
    )


def least(first: str, second: str) -> str:
    """The lesser of two roles."""
    return min(first, second, key=ROLES.index)


def rehash(connection: Connection, user_id: int, password: str) -> None:
    """The same password under newer parameters."""
    connection.execute(update(users).where(users.c.id == user_id).values(password=password))


def spend_step(connection: Connection, user_id: int, step: int) -> bool:
    """Use up a TOTP step; False where it, or a later one, has been used before."""
    changed = connection.execute(
        update(users)
        .where(users.c.id == user_id, (users.c.totp_step.is_(None)) | (users.c.totp_step < step))
        .values(totp_step=step)
    )
    return changed.rowcount == 1


def open_session(
    connection: Connection,
    province: str,
    user_id: int,
    *,
    complete: bool,
    now: datetime,
    lifetime: Lifetime,
    method: str = "password",
    role: str | None = None,
    second_step: bool = False,
    address: str = "",
    browser: str = "",
) -> str:
    """A new session's secret. What has run out is cleared away on the way.

    `role` is what this session has where it is less than the user's; `second_step`: the issuer vouches for one;
    `address` and `browser` tell the user which session it is.
    """
    secret = secrets.token_urlsafe(32)
    connection.execute(
        delete(sessions).where(
            sessions.c.province == province, sessions.c.created_at < now - max(lifetime.absolute, lifetime.idle)
        )
    )
    connection.execute(
        insert(sessions).values(
            province=province,
            digest=digest(secret),
            user_id=user_id,
            complete=complete,
            created_at=now,
            seen_at=now,
            method=method,
            role=role,
            second_step=second_step,
            address=address[:45] or None,
            browser=browser[:60] or None,
        )
    )
    return secret


def session(
    connection: Connection, province: str, secret: str, *, now: datetime, lifetime: Lifetime
) -> Row[Any] | None:
    """The session and its user, where it still holds and the user is active."""
    return connection.execute(
        select(
            sessions.c.id.label("session_id"),
            sessions.c.complete,
            sessions.c.seen_at,
            sessions.c.method,
            sessions.c.second_step,
            sessions.c.created_at.label("entered_at"),
            func.coalesce(sessions.c.role, users.c.role).label("role"),
            *(column for column in users.c if column.name != "role"),
        )
        .join(users, users.c.id == sessions.c.user_id)
        .where(
            sessions.c.digest == digest(secret),
            sessions.c.province == province,
            *within(lifetime, now),
            users.c.active.is_(True),
        )
    ).first()


def within(lifetime: Lifetime, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """That a session has not run out."""
    return (sessions.c.seen_at > now - lifetime.idle, sessions.c.created_at > now - lifetime.absolute)


def seen(connection: Connection, session_id: int, now: datetime) -> None:
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=now))


def end_session(connection: Connection, session_id: int) -> None:
    connection.execute(delete(sessions).where(sessions.c.id == session_id))


def end_sessions(
    connection: Connection,
    user_id: int,
    *,
    only: int | None = None,
    but: int | None = None,
    method: str | None = None,
) -> int:
    """End every session of a user, `only` one, all `but` one, or those opened in one way. Returns how many."""
    query = delete(sessions).where(sessions.c.user_id == user_id)
    if only is not None:
        query = query.where(sessions.c.id == only)
    if but is not None:
        query = query.where(sessions.c.id != but)
    if method is not None:
        query = query.where(sessions.c.method == method)
    return connection.execute(query).rowcount


def make_token(
    connection: Connection,
    province: str,
    *,
    kind: str,
    name: str,
    scopes: Collection[str] = (),
    agency: str | None = None,
    now: datetime,
    actor: str,
) -> str:
    """A new token, shown this once."""
    secret = secrets.token_urlsafe(32)
    token_id = connection.execute(
        insert(tokens)
        .values(
            province=province,
            kind=kind,
            digest=digest(secret),
            name=name,
            agency=agency,
            scopes=sorted(scopes),
            created_at=now,
            created_by=actor,
        )
        .returning(tokens.c.id)
    ).scalar_one()
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action=f"token.{kind}",
        subject=f"token:{name}"[:200],
        after={"agency": agency, "scopes": sorted(scopes), "token": token_id},
    )
    return secret


def token(connection: Connection, province: str, kind: str, secret: str) -> Row[Any] | None:
    """A token that has not been revoked."""
    return connection.execute(
        select(tokens).where(
            tokens.c.digest == digest(secret),
            tokens.c.province == province,
            tokens.c.kind == kind,
            tokens.c.revoked_at.is_(None),
        )
    ).first()


def tokens_of(connection: Connection, province: str, kind: str, agency: str | None = None) -> Sequence[Row[Any]]:
    query = select(tokens).where(
        tokens.c.province == province, tokens.c.kind == kind, tokens.c.revoked_at.is_(None)
    )
    if agency is not None:
        query = query.where(tokens.c.agency == agency)
    return connection.execute(query.order_by(tokens.c.id)).all()


def revoke_token(
    connection: Connection,
    province: str,
    token_id: int,
    *,
    now: datetime,
    actor: str,
    kind: str,
    agency: str | None = None,
) -> bool:
    """Make a token worthless; of one agency only, where it is given."""
    query = update(tokens).where(
        tokens.c.id == token_id,
        tokens.c.province == province,
        tokens.c.kind == kind,
        tokens.c.revoked_at.is_(None),
    )
    if agency is not None:
        query = query.where(tokens.c.agency == agency)
    changed = connection.execute(query.values(revoked_at=now)).rowcount == 1
    if changed:
        record(connection, province, at=now, actor=actor, action="token.revoke", subject=f"token:{token_id}")
    return changed


def take(
    connection: Connection, province: str, key: str, *, capacity: float, per: timedelta, now: datetime
) -> bool:
    """Take one from a bucket that holds `capacity` and fills in `per`; False where it is empty."""
    connection.execute(
        inserting(connection, throttles)
        .values(province=province, key=key, level=capacity, at=now)
        .on_conflict_do_nothing(index_elements=["province", "key"])
    )
    row = connection.execute(
        select(throttles).where(throttles.c.province == province, throttles.c.key == key).with_for_update()
    ).one()
    filled = max(0.0, (now - row.at).total_seconds() / per.total_seconds()) * capacity
    level = min(capacity, row.level + filled)
    enough = bool(level >= 1)
    connection.execute(
        update(throttles).where(throttles.c.id == row.id).values(level=level - 1 if enough else level, at=now)
    )
    return enough


def refill(connection: Connection, province: str, key: str) -> None:
    """Forget what was tried under a key."""
    connection.execute(delete(throttles).where(throttles.c.province == province, throttles.c.key == key))
