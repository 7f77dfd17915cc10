"""A user's open sessions: looked at and ended by the user, who proves it once more, or ended by an admin."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection
from starlette.responses import Response

from desk.web import account, passwords
from desk.web.visit import Visit, Wrong, is_number
from store import people
from store.audit import record

JUST_NOW = timedelta(minutes=5)
"""Somebody without a password of the desk proves it by having logged in at the issuer no longer ago."""

_BROWSERS = (
    ("Zalo", "Zalo"),
    ("coc_coc_browser", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(agent: str) -> str:
    """What browser and system a User-Agent header names, as "Chrome, Windows"; "" where it names neither."""
    found = [next((name for mark, name in known if mark in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found))


def end_own(visit: Visit) -> Response:
    """End one of one's own sessions, or all but this one."""
    user = visit.user
    assert user is not None
    wanted = visit.text("session")
    if passwords.usable(user.password):
        if (refused := account.unproved(visit, str(visit.form.get("password", "")))) is not None:
            return refused
    elif visit.now - user.entered_at > JUST_NOW:
        raise Wrong("Hãy đăng xuất rồi đăng nhập lại, sau đó kết thúc phiên trong vòng 5 phút.")
    with visit.workplace.database.write() as connection:
        if wanted == "others":
            ended = people.end_sessions(connection, user.id, but=user.session_id)
        else:
            ended = people.end_sessions(connection, user.id, only=int(wanted) if is_number(wanted) else 0)
        _note(visit, connection, user.name, ended)
    return visit.go("/account", "ended")


def end_of_user(visit: Visit) -> Response:
    """An admin ends every session of a user."""
    with visit.workplace.database.write() as connection:
        user = people.by_id(connection, visit.province, visit.path("user"))
        if user is None:
            return visit.sorry("Không có người dùng này.", 404)
        # Whoever looks after the others stays in.
        here = visit.user.session_id if visit.user is not None else None
        ended = people.end_sessions(connection, user.id, but=here)
        _note(visit, connection, user.name, ended)
    return visit.go("/users", "ended")


def _note(visit: Visit, connection: Connection, name: str, ended: int) -> None:
    if ended:
        record(
            connection,
            visit.province,
            at=visit.now,
            actor=visit.actor,
            action="session.ended",
            subject=f"user:{name}",
            after={"sessions": ended},
        )
