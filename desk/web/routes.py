"""Every page and who may see or do it. `role` is the least that is needed; None means without logging in.

An agency's pages are without a role: there the signed link in the path is the key.
"""

from __future__ import annotations

from dataclasses import dataclass

from desk.web import agency_pages, login
from desk.web.gate import Handler


@dataclass(frozen=True, slots=True)
class Entry:
    method: str
    path: str
    role: str | None
    handler: Handler


UPLOADS = frozenset({"/plans/upload"})
"""Paths that take a file."""

AGENCIES_OWN = (
    Entry("GET", "/a/{token}", None, agency_pages.home),
    Entry("GET", "/a/{token}/due/{due:int}", None, agency_pages.due),
    Entry("POST", "/a/{token}/due/{due:int}/{action}", None, agency_pages.answer),
    Entry("POST", "/a/{token}/calendar", None, agency_pages.make_calendar),
    Entry("POST", "/a/{token}/calendar/{calendar:int}/revoke", None, agency_pages.drop_calendar),
    Entry("GET", "/calendar/{secret}.ics", None, agency_pages.feed),
)

DOOR = (
    Entry("GET", "/login", None, login.form),
    Entry("POST", "/login", None, login.enter),
    Entry("POST", "/logout", "viewer", login.leave),
    Entry("GET", "/account", "viewer", login.account),
    Entry("POST", "/account/password", "viewer", login.change_password),
    Entry("POST", "/account/totp", "viewer", login.set_totp),
)

ROUTES = (*AGENCIES_OWN, *DOOR)
