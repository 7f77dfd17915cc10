"""A desk at work on the sample plans, with its clock standing still and an SMTP server on loopback."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import func, select
from starlette.testclient import TestClient

from desk.web.app import build
from desk.web.passwords import hashed
from flows.steps.clock import standing_at
from flows.steps.daily import run_daily
from flows.steps.importing import import_file
from flows.steps.workplace import Workplace, open_workplace
from store import people
from store.schema import assignments, dues, metadata, tasks
from tests.conftest import SAMPLES

BASE = "http://127.0.0.1:8420"
DAY = date(2026, 6, 1)
PASSWORD = "mot cau dai de nho 7"


class Clock:
    """Stands still until it is moved."""

    def __init__(self, place: Workplace, day: date = DAY) -> None:
        schedule = place.settings.schedule
        self.now: datetime = standing_at(day, schedule.work_from, schedule.zone)()

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now = self.now + timedelta(**by)


def opened(environment: Mapping[str, str], **more: str) -> Workplace:
    place = open_workplace(dict(environment) | {"DONDOC_BASE_URL": BASE} | more)
    place.ready()
    return place


_imported: dict[object, sqlite3.Connection] = {}
"""What the database held after the sample plans were imported, by day, settings and configuration files."""


def with_samples(place: Workplace, day: date = DAY) -> Clock:
    """The sample plans are in. Another desk of the same settings gets a copy of what the first import left."""
    clock = Clock(place, day)
    known, untouched = _known_by(place, day), _is_empty(place)
    if untouched and known in _imported:
        _copy(_imported[known], place)
        return clock
    for file in sorted(SAMPLES.glob("*.txt")):
        import_file(place, file, now=clock(), today=day, actor="test")
    if untouched:
        _imported[known] = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(str(place.database.path))) as held:
            held.backup(_imported[known])
    return clock


def _copy(held: sqlite3.Connection, place: Workplace) -> None:
    with closing(sqlite3.connect(str(place.database.path))) as own:
        held.backup(own)


def _is_empty(place: Workplace) -> bool:
    if not place.database.is_sqlite:
        return False
    with place.database.read() as connection:
        return not any(
            connection.execute(select(func.count()).select_from(table)).scalar() for table in metadata.sorted_tables
        )


def _known_by(place: Workplace, day: date) -> object:
    settings, folder = place.settings, place.settings.folder
    plain = settings.model_dump(exclude={"folder", "var", "inbox", "database_url", "key"})
    files = tuple((str(file.relative_to(folder)), file.read_bytes()) for file in sorted(folder.rglob("*.toml")))
    return day, repr(plain), files


def morning(place: Workplace, clock: Clock) -> None:
    run_daily(place, clock=clock, day=clock().date())


def browser(place: Workplace, clock: Clock) -> TestClient:
    """A browser that stays on one host and says where its forms come from."""
    return TestClient(build(place, clock), base_url=BASE, headers={"origin": BASE}, follow_redirects=False)


def add_user(place: Workplace, clock: Clock, name: str, role: str) -> None:
    with place.database.write() as connection:
        people.add(
            connection,
            place.province,
            name=name,
            role=role,
            password=hashed(PASSWORD),
            must_change=False,
            now=clock(),
            actor="test",
        )


def logged_in(place: Workplace, clock: Clock, role: str, name: str = "") -> TestClient:
    """A browser of a new user of that role."""
    name = name or f"{role}1"
    add_user(place, clock, name, role)
    client = browser(place, clock)
    answer = client.post("/login", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


def links_in(message: EmailMessage) -> list[str]:
    """The links of a mail's plain text, without the desk's address."""
    body = message.get_body(("plain",))
    assert body is not None
    return [link.removeprefix(BASE) for link in re.findall(rf"{re.escape(BASE)}\S+", body.get_content())]


def lead_due(place: Workplace, agency: str, *, single: bool = True) -> tuple[int, int]:
    """The task and the first open due of a task that `agency` alone leads."""
    with place.database.read() as connection:
        rows = connection.execute(
            select(tasks.c.id, dues.c.id.label("due"), dues.c.key)
            .join(assignments, assignments.c.task_id == tasks.c.id)
            .join(dues, dues.c.task_id == tasks.c.id)
            .where(
                assignments.c.agency == agency,
                assignments.c.role == "lead",
                dues.c.state == "open",
                dues.c.track == "due",
                tasks.c.state == "open",
            )
            .order_by(dues.c.on_date)
        ).all()
        for row in rows:
            leads = connection.execute(
                select(assignments.c.id).where(assignments.c.task_id == row.id, assignments.c.role == "lead")
            ).all()
            if len(leads) == 1 and (row.key == "t0:once") is single:
                return row.id, row.due
    raise AssertionError(f"no such task of {agency}")
