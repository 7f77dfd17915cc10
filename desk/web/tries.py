"""How often somebody may try to get in, and the six digits of the second step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
from sqlalchemy import Row

from desk.web.visit import Visit
from store import locks, people
from store.audit import record

TOO_OFTEN = "Đã thử quá nhiều lần; hãy đợi ít phút rồi thử lại."
ADDRESS_TRIES, ISSUER_TRIES = 20.0, 60.0
"""Tries an hour from one address: with a password, and by way of the issuer, where nothing can be guessed."""


def address(visit: Visit) -> str:
    """Where the request comes from. Only a trusted proxy's word is taken, which the server sees to."""
    return visit.request.client.host if visit.request.client else "?"


def may_try(visit: Visit, name: str) -> bool:
    """Count a try with a password or a code of `name`; `succeeded` has to tell where it was right.

    Twenty an hour from one address; after so many wrong ones in a row the name is shut for a while, also where
    there is no such user.
    """
    desk = visit.workplace.settings.desk
    with visit.workplace.database.write() as connection:
        if not _take(visit, connection, "login:ip", ADDRESS_TRIES):
            return False
        shut = timedelta(minutes=desk.lock_minutes)
        count = locks.attempt(connection, visit.province, name, most=desk.lock_after, shut=shut, now=visit.now)
        if count == desk.lock_after:
            note(visit, connection, "login.locked", name)
    return count is not None


def may_ask(visit: Visit) -> bool:
    """Count a log-in by way of the issuer, at each of its two ends."""
    with visit.workplace.database.write() as connection:
        return _take(visit, connection, "oidc:ip", ISSUER_TRIES)


def _take(visit: Visit, connection: Any, kind: str, most: float) -> bool:
    key, hour = f"{kind}:{address(visit)}"[:160], timedelta(hours=1)
    return people.take(connection, visit.province, key, capacity=most, per=hour, now=visit.now)


def succeeded(visit: Visit, name: str) -> None:
    """Forget the wrong tries before the right one."""
    with visit.workplace.database.write() as connection:
        locks.clear(connection, visit.province, name)


def note(visit: Visit, connection: Any, action: str, subject: str, after: Any = None) -> None:
    """An entry of the audit log of somebody who is not in."""
    record(
        connection,
        visit.province,
        at=visit.now,
        actor=f"address:{address(visit)}",
        action=action,
        subject=f"user:{subject}"[:200],
        after=after,
    )


def second_step(visit: Visit, user: Row[Any], code: str) -> bool:
    """Whether the six digits are right and new; True where no second step is set up."""
    if user.totp_sealed is None:
        return True
    step = matching_step(visit.workplace.seal.open(user.totp_sealed), code, visit.now.timestamp())
    if step is None:
        return False
    with visit.workplace.database.write() as connection:
        return people.spend_step(connection, user.id, step)


def matching_step(secret: str, code: str, at: float) -> int | None:
    """The half minute for which a code is right, one to either side of now; None for a wrong one."""
    now = int(at) // 30
    for step in (now, now - 1, now + 1):
        if pyotp.TOTP(secret).verify(code, for_time=step * 30):
            return step
    return None
