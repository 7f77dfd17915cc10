"""Who may enter: sessions kept on the server, roles, and a door that stays shut until there is an admin."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.responses import Response

from desk.web import limits
from desk.web.guard import SAFE
from desk.web.visit import Visit
from store import people
from store.database import Database
from store.errors import StoreError

Handler = Callable[[Visit], Response]

SEEN_EVERY = timedelta(minutes=1)
"""How often a session's use is written down; the desk does not write at every look."""

UNFINISHED = frozenset({"/account", "/account/password", "/logout"})
"""What a user who has to change the password may do."""


def cookie_name(visit: Visit) -> str:
    """Browsers keep a __Host- cookie to this very host, and only over https."""
    return "__Host-dondoc" if secure(visit) else "dondoc"


def secure(visit: Visit) -> bool:
    return visit.desk.place.secure or visit.request.url.scheme == "https"


def recognise(visit: Visit) -> None:
    """Put the user of the request's session into the visit, where there is one that holds."""
    secret = visit.request.cookies.get(cookie_name(visit), "")
    if not secret:
        return
    with visit.workplace.database.read() as connection:
        found = people.session(connection, visit.province, secret, now=visit.now, lifetime=visit.desk.lifetime)
    if found is None or not found.complete:
        return
    visit.user = found


def admitted(visit: Visit, role: str, handler: Handler) -> Response:
    """The page, or why not: no admin yet, not logged in, not entitled."""
    recognise(visit)
    if visit.user is None and nobody(visit):
        return visit.page("setup.html", 503)
    response = _page_or_door(visit, role, handler)
    if visit.user is not None and visit.now - visit.user.seen_at > SEEN_EVERY:
        # When the page has left: who only looks does not wait for somebody else's writing to end.
        response.background = BackgroundTask(_seen, visit.workplace.database, visit.user.session_id, visit.now)
    return response


def _seen(database: Database, session: int, now: datetime) -> None:
    try:
        with database.write() as connection:
            people.seen(connection, session, now)
    except StoreError as error:
        # The page has been shown; the next one writes it down.
        logging.getLogger(__name__).warning("%s", error)


def _page_or_door(visit: Visit, role: str, handler: Handler) -> Response:
    if visit.user is None:
        path = visit.request.url.path + (f"?{visit.request.url.query}" if visit.request.url.query else "")
        back = f"?next={quote(path)}" if visit.request.method in SAFE and path != "/" else ""
        return visit.go(f"/login{back}")
    if must_change(visit) and visit.request.url.path not in UNFINISHED:
        return visit.go("/account")
    if lacks_second_step(visit) and visit.request.url.path not in UNFINISHED | {"/account/totp"}:
        return visit.go("/account")
    refusal = limits.refusal(visit, role)
    if refusal:
        return visit.sorry(refusal, 403)
    return handler(visit)


def nobody(visit: Visit) -> bool:
    """Whether there is no user at all."""
    with visit.workplace.database.read() as connection:
        return people.count(connection, visit.province) == 0


def lacks_second_step(visit: Visit) -> bool:
    """Whether the user still has to set up the second step, where the settings want one."""
    user = visit.user
    if user is None or user.second_step or user.totp_sealed is not None:
        return False
    return visit.workplace.settings.desk.wants_totp(user.role)


def must_change(visit: Visit) -> bool:
    """Whether a new password is due before anything else; who came by way of the issuer used none."""
    return visit.user is not None and visit.user.method == "password" and (visit.user.must_change or is_aged(visit))


def is_aged(visit: Visit) -> bool:
    """Whether the password is older than the settings let one be."""
    days, user = visit.workplace.settings.desk.password_days, visit.user
    return (
        days > 0 and user is not None and visit.now - (user.password_at or user.created_at) > timedelta(days=days)
    )
