"""One request at the desk: who asks, when, and what the page may use."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from sqlalchemy import Connection, Row
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from deadlines.awaiting import Grouping
from desk.web import language
from desk.web.followed import Followed
from desk.web.guard import SAFE, Place
from desk.web.kept import Kept
from desk.web.rendering import render
from flows.steps.workplace import Workplace
from store import audit_pages, editions
from store.people import ROLES, Lifetime
from store.places import Follow

if TYPE_CHECKING:
    from desk.oidc.signing_in import Door

FRESH = 5.0
"""Seconds after which the configuration files are looked at again."""


AT_ONCE = 3
"""Pages drawn at the same time by one process. More of them would only take the interpreter from one another, at
each row that SQLite gives; who waits for a turn is not far behind."""


class Desk:
    """The open desk: its workplace, made anew when a configuration file changes, and its clock."""

    def __init__(self, workplace: Workplace, clock: Callable[[], datetime]) -> None:
        workplace.ready()
        self._workplace = workplace
        self._stamp = _stamp(workplace)
        self._looked = time.monotonic()
        self._lock = threading.Lock()
        self._changed: tuple[int, int] | None = None
        self.turns = threading.BoundedSemaphore(AT_ONCE)
        self.kept = Kept()
        self.lists = Followed(workplace.database, workplace.province)
        self.grouping = Grouping()
        self.clock = clock
        self.door = _door(workplace)

    @property
    def workplace(self) -> Workplace:
        """The workplace as configured now. A mistake in a file leaves the last good one in place."""
        if time.monotonic() - self._looked > FRESH:
            with self._lock:
                self._renew()
        return self._workplace

    def _renew(self) -> None:
        from config.errors import ConfigError

        self._looked = time.monotonic()
        stamp = _stamp(self._workplace)
        if stamp == self._stamp:
            return
        renewed = Workplace(self._workplace.settings, self._workplace.environment)
        renewed.__dict__["database"] = self._workplace.database
        try:
            renewed.validate()
        except ConfigError:
            return
        self._workplace, self._stamp = renewed, stamp

    def catch_up(self) -> None:
        """Take in what was edited, and who made himself known on Zalo, in another process. Raises StoreError."""
        place = self._workplace
        with place.database.read() as connection:
            edited = editions.newest_id(connection, place.province)
            changed = (edited, audit_pages.newest(connection, place.province))
        before, self._changed = self._changed, changed
        if before is None or before == changed:
            return
        if before[0] != edited:
            place = self.look_again()
        place.forget_people()

    def look_again(self) -> Workplace:
        """The workplace as it is after an edit, at once."""
        with self._lock:
            self._renew()
        return self._workplace

    @property
    def place(self) -> Place:
        return Place(self._workplace.settings.desk.base_url)

    @property
    def lifetime(self) -> Lifetime:
        desk = self._workplace.settings.desk
        return Lifetime(idle=timedelta(minutes=desk.idle_minutes), absolute=timedelta(hours=desk.absolute_hours))


def _door(workplace: Workplace) -> Door | None:
    if workplace.settings.oidc is None:
        return None
    from desk.oidc.signing_in import Door

    return Door(workplace.settings)


def _stamp(workplace: Workplace) -> tuple[tuple[str, int], ...]:
    files = sorted(workplace.settings.folder.rglob("*.toml"))
    with workplace.database.read() as connection:
        edited = editions.newest_id(connection, workplace.province)
    return (("editions", edited), *((str(path), path.stat().st_mtime_ns) for path in files))


class Wrong(Exception):  # noqa: N818 - what was typed makes no sense; the words say why, in Vietnamese
    """A form field that cannot be taken."""


@dataclass(slots=True)
class Visit:
    request: Request
    desk: Desk
    now: datetime
    form: FormData = field(default_factory=FormData)
    user: Row[Any] | None = None

    @property
    def workplace(self) -> Workplace:
        return self.desk.workplace

    @property
    def province(self) -> str:
        return self.desk.workplace.province

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def actor(self) -> str:
        return f"user:{self.user.name}" if self.user is not None else "desk"

    def state(self, connection: Connection, *more: Hashable) -> Hashable:
        """What the figures that `Desk.kept` keeps hang on: the last change, the day, and whatever else is named."""
        return (audit_pages.newest(connection, self.province), self.today, *more)

    def following(self, connection: Connection, near: Collection[str]) -> Follow:
        """Lists of tasks as they are now, most of them known; `near` are the agencies that can be reached."""
        basis, entry = (self.today, frozenset(near)), audit_pages.newest(connection, self.province)
        return lambda asked, look, most: self.desk.lists.get(connection, asked, basis, entry, look, most)

    @property
    def language(self) -> str:
        """What the person chose to read: Vietnamese unless a cookie says otherwise."""
        kept = self.request.cookies
        chosen = kept.get(f"__Host-{language.COOKIE}") or kept.get(language.COOKIE, "")
        return chosen if chosen in language.LANGUAGES else language.VIETNAMESE

    def said(self, text: str) -> str:
        """A text of the program in that language."""
        return language.said(self.language, text)

    def may(self, role: str) -> bool:
        return self.user is not None and ROLES.index(self.user.role) >= ROLES.index(role)

    def path(self, name: str) -> int:
        """A number in the path; too long a one is nobody's."""
        return min(int(self.request.path_params[name]), 2**31 - 1)

    def query(self, name: str) -> str:
        return clean(self.request.query_params.get(name, ""))

    def text(self, name: str, *, needed: str = "", longest: int = 2000) -> str:
        """A field as typed, without control characters. Raises Wrong where it is `needed` and blank."""
        value = self.form.get(name, "")
        found = clean(value if isinstance(value, str) else "")[:longest]
        if needed and not found:
            raise Wrong(f"{needed} còn để trống.")
        return found

    def day(self, name: str, *, needed: str = "") -> date | None:
        return day_of(self.text(name, needed=needed))

    def numbers(self, name: str) -> list[int]:
        """The values of a field that may stand several times."""
        return [int(value) for value in self.form.getlist(name) if isinstance(value, str) and is_number(value)]

    def upload(self, name: str) -> UploadFile | None:
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def page(self, template: str, status: int = 200, /, **values: Any) -> Response:
        # Wherever a text comes from: these are in no valid page.
        return HTMLResponse(_CONTROLS.sub("", render(template, {**self._common(), **values})), status)

    def sorry(self, message: str, status: int = 400) -> Response:
        """One clear line, and a way back."""
        return self.page("sorry.html", status, message=message, back=self._back())

    def go(self, path: str, told: str = "") -> Response:
        """On to another page, which says what was done."""
        mark = "&" if "?" in path else "?"
        return RedirectResponse(path + (f"{mark}told={quote(told)}" if told else ""), 303)

    def _back(self) -> str:
        parts = urlsplit(self.request.headers.get("referer", ""))
        return parts.path + (f"?{parts.query}" if parts.query else "") if parts.path.startswith("/") else "/"

    def _again(self) -> str:
        """This page's address without what was told, to look at it in another language; "/" after a form."""
        if self.request.method not in SAFE:
            return "/"
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name != "told"]
        return self.request.url.path + (f"?{urlencode(kept)}" if kept else "")

    def _common(self) -> Mapping[str, Any]:
        office = self.workplace.settings.office
        return {
            "user": self.user,
            "may": self.may,
            "office": office.name,
            "today": self.today,
            "here": self.request.url.path,
            "language": self.language,
            "again": self._again(),
            "told": self.query("told"),
            "name_of": self.workplace.directory.name,
            "zone": self.workplace.settings.schedule.zone,
        }


def is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 10


def clean(text: str) -> str:
    """Without characters that are no text: controls (but line ends), and marks that turn the writing round."""
    kept = "".join(
        letter
        for letter in text.replace("\r\n", "\n")
        if letter == "\n" or (ord(letter) >= 32 and not 0x7F <= ord(letter) <= 0x9F and letter not in _TURNING)
    )
    return kept.encode("utf-8", "ignore").decode().strip()


_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def day_of(text: str) -> date | None:
    """A day as a browser sends it or as people type it; None for a blank. Raises Wrong."""
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar date has no zone
        except ValueError:
            continue
        if 1990 <= found.year <= 2199:
            return found
    raise Wrong(f"“{text[:40]}” không phải là ngày hợp lệ; viết dạng 31/12/2026.")
