"""Who reaches what: every route as the application has it, by every role, and nobody another's things.

`corpora/access.tsv` names who may use each route; a route that is new fails here until somebody has said who.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from desk.web.app import build
from desk.web.users import SCOPES
from flows.steps.linking import token_for
from flows.steps.workplace import Workplace
from store import people
from store.people import ROLES, Lifetime
from store.schema import assignments, dues, events, messages, metadata, tasks, tokens, users
from tests.desk_crowded import Crowd, crowd, endpoints
from tests.desk_samples import Clock, browser, logged_in, morning, opened
from tests.prefect_site import two_provinces

ACCESS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "corpora" / "access.tsv").read_text(encoding="utf-8").splitlines()[1:]
]
MARK = "QWXB"
AGENCY, OTHER = "phu-chau.so-khoa-hoc-va-cong-nghe", "phu-chau.so-tu-phap"
RUNNING = {"sessions", "throttles", "audit", "signins"}
"""Tables that change by being looked at, or by being refused."""


def rows_of(place: Workplace, province: str, but: set[str] = RUNNING) -> dict[str, list[Any]]:
    with place.database.read() as connection:
        return {
            table.name: list(
                connection.execute(select(table).where(table.c.province == province).order_by(table.c.id)).all()
            )
            for table in metadata.sorted_tables
            if "province" in table.c and table.name not in but
        }


def text_of(content: bytes) -> str:
    """What an answer says, also inside a Word or Excel file."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return content.decode("utf-8", "replace").replace("\r\n ", "")


def test_every_route_of_the_application_says_who_may_use_it(place: Workplace) -> None:
    found = endpoints(build(place).routes)
    assert len(found) == len(set(found))
    assert sorted(found) == sorted((method, path) for method, path, _ in ACCESS)
    assert {who for *_, who in ACCESS} == {*ROLES, *SCOPES, "anybody", "link", "signature"}
    assert len(found) > 100


class TestByRole:
    @pytest.fixture(scope="class")
    @classmethod
    def site(cls, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workplace, Clock, Crowd]:
        place = opened({"DONDOC_VAR": str(tmp_path_factory.mktemp("role") / "var")})
        clock, found = crowd(place, AGENCY)
        return place, clock, found

    @pytest.mark.parametrize("role", ["", "viewer", "operator"])
    def test_what_is_above_a_role_is_refused_and_changes_nothing(
        self, site: tuple[Workplace, Clock, Crowd], role: str
    ) -> None:
        place, clock, found = site
        client = logged_in(place, clock, role) if role else browser(place, clock)
        before, tried = rows_of(place, place.province), 0
        for method, pattern, who in ACCESS:
            if who not in ROLES or (role and ROLES.index(role) >= ROLES.index(who)):
                continue
            for path in found.paths(pattern):
                answer = client.request(method, path, data={"reason": "x", "name": "x", "role": "admin"})
                tried += 1
                if role:
                    assert answer.status_code == 403, (method, path, answer.status_code)
                else:
                    assert answer.status_code == 303, (method, path, answer.status_code)
                    assert answer.headers["location"].startswith("/login"), path
        assert tried > {"": 80, "viewer": 50, "operator": 25}[role]
        assert rows_of(place, place.province) == before

    @pytest.mark.parametrize("role", ROLES)
    def test_every_page_of_a_role_opens(self, site: tuple[Workplace, Clock, Crowd], role: str) -> None:
        place, clock, found = site
        with place.database.write() as connection:
            user = people.find(connection, place.province, "admin1")
            assert user is not None
            secret = people.open_session(
                connection, place.province, user.id, complete=True, now=clock(),
                lifetime=Lifetime(idle=place.settings.schedule.zone and _hours(1), absolute=_hours(8)), role=role,
            )  # fmt: skip
        client = browser(place, clock)
        client.cookies.set("dondoc", secret)
        for method, pattern, who in ACCESS:
            if method == "GET" and who in ROLES and ROLES.index(role) >= ROLES.index(who):
                for path in found.paths(pattern):
                    whole = path + "?year=2026" * (path == "/calendar/export.toml")
                    if not path.endswith("/mail"):  # shows a draft, which somebody has to have written before
                        assert client.get(whole).status_code == 200, whole

    def test_programs_reach_what_their_scopes_say_and_no_page(self, site: tuple[Workplace, Clock, Crowd]) -> None:
        place, clock, found = site
        client = browser(place, clock)
        client.headers.pop("origin")
        headers = {}
        for scope in SCOPES:
            with place.database.write() as connection:
                secret = people.make_token(
                    connection, place.province, kind="api", name=scope, scopes=[scope], now=clock(), actor="test"
                )
            headers[scope] = {"authorization": f"Bearer {secret}"}
        for method, pattern, who in ACCESS:
            path = found.paths(pattern)[0] if pattern != "/static/…" else "/static/x"
            for scope, header in headers.items():
                clock.move(seconds=2)
                answer = client.request(method, path, headers=header, json={} if method == "POST" else None)
                if who in SCOPES:
                    assert (answer.status_code == 403) is (scope != who), (path, scope)
                elif who in ROLES:
                    assert answer.status_code in {303, 403}, (path, scope, answer.status_code)

    def test_nothing_is_reached_by_another_method(self, site: tuple[Workplace, Clock, Crowd]) -> None:
        place, clock, found = site
        client = browser(place, clock)
        for path in {path for _, path, _ in ACCESS}:
            methods = {method for method, other, _ in ACCESS if other == path}
            address = found.paths(path)[0] if path != "/static/…" else "/static/desk.css"
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - methods:
                answer = client.request(method, address)
                assert answer.status_code in {404, 405}, (method, address, answer.status_code)


def _hours(number: int) -> Any:
    from datetime import timedelta

    return timedelta(hours=number)


class TestAgencies:
    """One agency's link, and things of all the others."""

    @pytest.fixture(scope="class")
    @classmethod
    def site(cls, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workplace, Clock, Crowd]:
        place = opened({"DONDOC_VAR": str(tmp_path_factory.mktemp("agency") / "var")})
        clock, found = crowd(place, AGENCY)
        with place.database.write() as connection:
            others = select(assignments.c.task_id).where(assignments.c.agency == OTHER)
            mark = {
                name: func.coalesce(tasks.c[name], "").concat(MARK) for name in ("title", "lead_text", "product")
            }
            connection.execute(update(tasks).where(tasks.c.id.not_in(others)).values(mark))
            connection.execute(update(events).values(subject=MARK))
        return place, clock, found

    def test_no_page_of_an_agency_has_anything_of_another(self, site: tuple[Workplace, Clock, Crowd]) -> None:
        place, clock, found = site
        own = browser(place, clock)
        home = f"/a/{token_for(place, OTHER)}"
        made = own.post(f"{home}/calendar").text
        feed = re.findall(r"/calendar/([\w-]{20,})\.ics", made)[0]
        mine = Crowd(agency=OTHER, link=home[3:], feed=feed, upload="x", numbers=found.numbers)
        opened_pages = 0
        for method, pattern, who in ACCESS:
            if who == "link" and method == "GET":
                for path in mine.paths(pattern, most=500):
                    answer = own.get(path)
                    assert answer.status_code in {200, 404}, path
                    opened_pages += answer.status_code == 200
                    assert MARK not in text_of(answer.content), path
                    assert AGENCY not in text_of(answer.content), path
        assert opened_pages > 8

    def test_no_form_of_an_agency_changes_anything_of_another(self, site: tuple[Workplace, Clock, Crowd]) -> None:
        place, clock, found = site
        own = browser(place, clock)
        with place.database.read() as connection:
            theirs = connection.execute(
                select(dues.c.id).where(
                    dues.c.task_id.not_in(select(assignments.c.task_id).where(assignments.c.agency == OTHER))
                )
            ).scalars()
            numbers = found.numbers | {"due": list(theirs)}
        assert len(numbers["due"]) > 20
        mine = Crowd(agency=OTHER, link=token_for(place, OTHER), feed="x", upload="x", numbers=numbers)
        before = rows_of(place, place.province)
        for method, pattern, who in ACCESS:
            if who == "link" and method == "POST" and ("{due" in pattern or "{calendar" in pattern):
                for path in mine.paths(pattern, most=500):
                    for action in ("acknowledge", "done", "progress", "extend"):
                        form = {"text": "x", "reason": "x", "document": "1/BC", "on": "2026-06-01"}
                        answer = own.post(path.replace("acknowledge", action), data=form)
                        assert answer.status_code in {303, 404, 422}, path
                        assert MARK not in answer.text
                        if "acknowledge" not in path:
                            break
        after = rows_of(place, place.province)
        assert {name for name in after if after[name] != before[name]} == set()

    def test_no_message_to_an_agency_has_anything_of_another(self, site: tuple[Workplace, Clock, Crowd]) -> None:
        place, clock, _ = site
        clock.move(days=28)
        morning(place, clock)
        with place.database.read() as connection:
            rows = connection.execute(
                select(messages).where(messages.c.agency == OTHER, messages.c.province == place.province)
            ).all()
        assert rows
        for row in rows:
            sealed = [bytes(value) for value in row._mapping.values() if isinstance(value, bytes | memoryview)]
            whole = str(row._mapping) + "".join(_opened(place, one) for one in sealed)
            assert MARK not in whole


def _opened(place: Workplace, sealed: bytes) -> str:
    from store.errors import StoreError

    try:
        return place.seal.open(sealed)
    except StoreError:
        return sealed.decode("utf-8", "replace")


class TestProvinces:
    """Two provinces in one database; an admin of the one with the numbers and the keys of the other."""

    @pytest.fixture(scope="class")
    @classmethod
    def site(cls, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workplace, Clock, Crowd, Any]:
        folder = tmp_path_factory.mktemp("province")
        two_provinces(folder / "config")
        given = {
            "DONDOC_VAR": str(folder / "var"),
            "DONDOC_CONFIG": str(folder / "config"),
            "DONDOC_PROVINCES": "phu-chau,minh-son",
        }
        here, there = (opened(given, DONDOC_PROVINCE=name) for name in ("phu-chau", "minh-son"))
        clock, own = crowd(here, AGENCY)
        _, theirs = crowd(there, AGENCY.replace("phu-chau", "minh-son"), admin="admin")
        with there.database.write() as connection:
            for table, names in ((tasks, ("title", "product")), (events, ("subject",)), (tokens, ("name",))):
                values = dict.fromkeys(names, MARK)
                connection.execute(update(table).where(table.c.province == "minh-son").values(values))
            connection.execute(update(users).where(users.c.province == "minh-son").values(name=MARK.lower()))
        with here.database.read() as connection:
            admin = people.find(connection, "phu-chau", "admin1")
        assert admin is not None
        client = browser(here, clock)
        answer = client.post("/login", data={"name": "admin1", "password": "mot cau dai de nho 7"})
        assert answer.status_code == 303
        return here, clock, theirs, (client, there, own)

    @staticmethod
    def clean(said: str) -> bool:
        return not any(one in said.lower() for one in (MARK.lower(), "minh-son", "minhson", "minh sơn"))

    def test_no_page_has_anything_of_the_other(self, site: tuple[Workplace, Clock, Crowd, Any]) -> None:
        _, _, theirs, (client, _, own) = site
        opened_pages = 0
        for method, pattern, who in ACCESS:
            if method == "GET" and who in {*ROLES, "anybody"} and "oidc" not in pattern and "…" not in pattern:
                for path in {*theirs.paths(pattern, most=3), *own.paths(pattern)}:
                    answer = client.get(path)
                    assert answer.status_code in {200, 303, 404}, path
                    opened_pages += answer.status_code == 200
                    told = text_of(answer.content)
                    for asked in {path, *theirs.paths(pattern, most=3)}:
                        # What was asked for stands in the address that the page offers in another language.
                        told = told.replace(asked, "")
                    assert self.clean(told), (path, told[:300])
                    if "{" in pattern and ":int}" in pattern and path in theirs.paths(pattern, most=3):
                        assert answer.status_code == 404, path
        assert opened_pages > 35
        for query in (f"agency={theirs.agency}", "plan=1", f"q={MARK}"):
            for path in ("/tasks", "/messages", "/export/tasks.csv", "/export/tasks.xlsx", "/export/tasks.ics"):
                told = text_of(client.get(f"{path}?{query}").content)
                assert not any(f"/tasks/{number}" in told for number in theirs.numbers["task"]), (path, query)

    def test_no_form_changes_anything_of_the_other(self, site: tuple[Workplace, Clock, Crowd, Any]) -> None:
        _, _, theirs, (client, there, _) = site
        before, tried = rows_of(there, "minh-son", RUNNING - {"sessions", "audit"}), 0
        form = {
            "reason": "x", "on": "2026-06-01", "document": "1/BC", "role": "viewer", "name": "x", "agency": AGENCY,
            "to": "2026-06-01", "term": "0", "user": "1", "task": str(theirs.numbers["task"][0]), "do": "done",
            "action": "done", "version": "1", "text": "x",
        }  # fmt: skip
        for method, pattern, who in ACCESS:
            if method != "POST" or who not in ROLES or pattern in {"/logout", "/account/password", "/keys/links"}:
                continue
            if "{" in pattern or pattern == "/tasks/several":
                for path in theirs.paths(pattern, most=3):
                    tried += 1
                    answer = client.post(path, data=form)
                    assert answer.status_code < 500, path
                    assert self.clean(answer.text.replace(theirs.agency, "")), path
        assert tried > 35
        after = rows_of(there, "minh-son", RUNNING - {"sessions", "audit"})
        assert {name for name in after if after[name] != before[name]} == set()

    def test_no_key_of_the_other_opens_anything(self, site: tuple[Workplace, Clock, Crowd, Any]) -> None:
        here, clock, theirs, (_, there, own) = site
        stranger = browser(here, clock)
        assert stranger.get(f"/a/{theirs.link}").status_code == 404
        assert stranger.get(f"/calendar/{theirs.feed}.ics").status_code == 404
        assert stranger.get(f"/a/{own.link}").status_code == 200, "one's own does"
        with there.database.write() as connection:
            user = people.find(connection, "minh-son", MARK.lower())
            assert user is not None
            lifetime = Lifetime(idle=_hours(1), absolute=_hours(8))
            session = people.open_session(
                connection, "minh-son", user.id, complete=True, now=clock(), lifetime=lifetime
            )
            secret = people.make_token(
                connection, "minh-son", kind="api", name="x", scopes=SCOPES, now=clock(), actor="test"
            )
        stranger.cookies.set("dondoc", session)
        assert stranger.get("/").status_code == 303
        given = {"name": MARK.lower(), "password": "mot cau dai de nho 7"}
        assert browser(here, clock).post("/login", data=given).status_code == 401
        assert stranger.get("/api/v1/tasks", headers={"authorization": f"Bearer {secret}"}).status_code == 401

    def test_no_program_reads_or_changes_anything_of_the_other(
        self, site: tuple[Workplace, Clock, Crowd, Any]
    ) -> None:
        here, clock, theirs, (client, there, _) = site
        with here.database.write() as connection:
            secret = people.make_token(
                connection, "phu-chau", kind="api", name="x", scopes=SCOPES, now=clock(), actor="test"
            )
        headers = {"authorization": f"Bearer {secret}"}
        before = rows_of(there, "minh-son", RUNNING - {"sessions", "audit"})
        for method, pattern, who in ACCESS:
            if who in SCOPES:
                for path in theirs.paths(pattern, most=3):
                    body = {"on": "2026-06-01", "document": "1/BC"} if method == "POST" else None
                    answer = client.request(method, path, headers=headers, json=body)
                    assert self.clean(answer.text), path
                    if "{task}" in pattern:
                        assert answer.status_code in {404, 409} or answer.json() == [], path
        found = client.get("/api/v1/tasks", params={"q": MARK}, headers=headers).json()
        assert found["total"] == 0
        found = client.get("/api/v1/tasks", params={"agency": theirs.agency}, headers=headers).json()
        assert found["total"] == 0
        assert rows_of(there, "minh-son", RUNNING - {"sessions", "audit"}) == before
