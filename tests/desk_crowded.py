"""A desk that has something of everything, and the numbers of what it has: for tests that go through every page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from starlette.routing import BaseRoute, Mount, Route

from flows.steps.linking import token_for
from flows.steps.workplace import Workplace
from store import identities, people
from store.schema import answers, audit, dues, events, messages, proposals, tasks, users
from store.schema import identities as identity_rows
from tests.conftest import SAMPLES
from tests.desk_samples import DAY, Clock, browser, lead_due, logged_in, morning, with_samples

ISSUER = "https://dangnhap.tinh.example"


@dataclass(kw_only=True)
class Crowd:
    """What can stand in a path, by its name there."""

    agency: str
    link: str
    feed: str
    upload: str
    numbers: dict[str, list[int]] = field(default_factory=dict)

    def paths(self, pattern: str, most: int = 1) -> list[str]:
        """Addresses of a route with things that exist in them."""
        values = {
            "agency": [self.agency],
            "group": [f"{self.agency.partition('.')[0]}.cac-so"],
            "part": ["agencies"],
            "name": ["wording.j2"],
            "channel": ["email"],
            "ending": ["toml"],
            "action": ["acknowledge"] if pattern.startswith("/a/") else ["resend"],
            "secret": [self.feed],
            "upload": [self.upload],
        } | {name: [str(one) for one in found[:most]] for name, found in self.numbers.items()}
        if pattern.startswith("/a/"):
            values["token"] = [self.link]
        found = [pattern]
        for name in re.findall(r"\{(\w+)(?::int)?\}", pattern):
            found = [
                re.sub(rf"\{{{name}(?::int)?\}}", value.replace("\\", ""), one)
                for one in found
                for value in values[name]
            ]
        return found


def crowd(place: Workplace, agency: str, admin: str = "admin") -> tuple[Clock, Crowd]:
    """Plans, messages, answers, documents, proposals, tokens, requests, an upload under review, an edited file."""
    clock = with_samples(place)
    morning(place, clock)
    client = logged_in(place, clock, admin)
    _, due = lead_due(place, agency)
    link = token_for(place, agency)
    own = browser(place, clock)
    home = f"/a/{link}"
    assert own.post(f"{home}/due/{due}/progress", data={"text": "Đang lấy ý kiến"}).status_code == 303
    assert own.post(f"{home}/due/{due}/not-ours", data={"text": "Việc của sở khác"}).status_code == 303
    shown = own.post(f"{home}/calendar").text
    feed = re.search(r"/calendar/([\w-]{20,})\.ics", shown)
    assert feed is not None
    document = {
        "issuer": "Chính phủ",
        "instrument": "Nghị định",
        "number": "1/2026/NĐ-CP",
        "on": DAY.isoformat(),
        "subject": "quy định chi tiết một số điều",
    }
    assert client.post("/events", data=document).status_code == 303
    assert client.post("/tokens", data={"name": "Hệ thống văn bản", "scope": "tasks:read"}).status_code == 200
    plan = sorted(SAMPLES.glob("*.txt"))[0]
    sent = client.post("/plans/upload", files={"file": ("ke-hoach-moi.txt", plan.read_bytes())})
    upload = sent.headers["location"].rsplit("/", 1)[-1] if sent.status_code == 303 else "x"
    with place.database.write() as connection:
        identities.ask(
            connection,
            place.province,
            issuer=ISSUER,
            subject="u-1",
            shown=place.seal.close(json.dumps(["Trần Văn Bình", "viewer"])),
            now=clock(),
        )
    return clock, Crowd(agency=agency, link=link, feed=feed[1], upload=upload, numbers=_numbers(place))


def _numbers(place: Workplace) -> dict[str, list[int]]:
    tables: dict[str, Any] = {
        "task": tasks,
        "answer": answers,
        "event": events,
        "message": messages,
        "proposal": proposals,
        "user": users,
        "identity": identity_rows,
        "due": dues,
        "change": audit,
    }
    with place.database.read() as connection:
        found = {
            name: list(
                connection.execute(
                    select(table.c.id).where(table.c.province == place.province).order_by(table.c.id)
                ).scalars()
            )
            for name, table in tables.items()
        }
        for name, kind in (("token", "api"), ("calendar", "calendar")):
            found[name] = [row.id for row in people.tokens_of(connection, place.province, kind)]
    return found


def endpoints(routes: list[BaseRoute], before: str = "") -> list[tuple[str, str]]:
    """Method and path of everything that an application answers, mounted ones too."""
    found: list[tuple[str, str]] = []
    for route in routes:
        if isinstance(route, Mount):
            inner = list(route.routes or [])
            found += endpoints(inner, before + route.path) if inner else [("GET", before + route.path + "/…")]
        elif isinstance(route, Route):
            found += [(method, before + route.path) for method in sorted(set(route.methods or ()) - {"HEAD"})]
        else:
            inner = getattr(route, "routes", None)
            methods, path = getattr(route, "methods", None), getattr(route, "path", "?")
            found += (
                endpoints(list(inner), before) if inner else [(one, before + path) for one in methods or ("GET",)]
            )
    return found
