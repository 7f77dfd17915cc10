"""Every route by every role, from every origin, and with hostile words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from desk.web.routes import ROUTES, Entry
from flows.steps.missed import expect
from flows.steps.workplace import Workplace
from store.people import ROLES
from tests.desk_samples import BASE, PASSWORD, Clock, add_user, browser, logged_in, morning, with_samples

GATED = [entry for entry in ROUTES if entry.role is not None]
ISSUERS = {"/login/oidc", "/login/oidc/back", "/login/oidc/leave", "/login/code"}
PUBLIC = {"/login", "/language", "/healthz", "/calendar/{secret}.ics", *ISSUERS}


@pytest.fixture
def clock(place: Workplace) -> Clock:
    return Clock(place)


def path_of(entry: Entry) -> str:
    named = re.sub(r"\{\w+:int\}", "999999", entry.path)
    return re.sub(r"\{(\w+)\}", "x", named)


def test_only_pages_that_need_no_login_have_no_role() -> None:
    open_to_all = {entry.path for entry in ROUTES if entry.role is None}
    assert {path for path in open_to_all if not path.startswith("/a/")} == PUBLIC


def test_nothing_but_a_notice_before_there_is_an_admin(place: Workplace, clock: Clock) -> None:
    client = browser(place, clock)
    for entry in GATED + [one for one in ROUTES if one.path == "/login"]:
        answer = client.request(entry.method, path_of(entry))
        assert answer.status_code == 503, entry
        assert "dondoc user add" in answer.text


def test_a_fresh_desk_is_healthy_until_a_morning_passes(place: Workplace, clock: Clock) -> None:
    client = browser(place, clock)
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok\n")
    expect(place, clock())
    clock.move(days=1, minutes=5)
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (503, "late\n")


def test_every_route_asks_a_stranger_to_log_in(place: Workplace, clock: Clock) -> None:
    add_user(place, clock, "a", "admin")
    client = browser(place, clock)
    for entry in GATED:
        answer = client.request(entry.method, path_of(entry))
        assert answer.status_code == 303, entry
        assert answer.headers["location"].startswith("/login"), entry


@pytest.mark.parametrize("role", ROLES)
def test_every_route_by_role(place: Workplace, clock: Clock, role: str) -> None:
    client = logged_in(place, clock, role)
    for entry in GATED:
        if entry.path == "/logout":
            continue
        answer = client.request(entry.method, path_of(entry))
        entitled = ROLES.index(role) >= ROLES.index(entry.role or "")
        assert (answer.status_code == 403) is not entitled, (entry, answer.status_code)
        assert answer.status_code < 500, (entry, answer.text)


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"origin": BASE}, True),
        ({"origin": BASE, "sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({}, False),
        ({"origin": "null"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "http://127.0.0.1:9999"}, False),
        ({"origin": "http://127.0.0.1:8420.evil.example"}, False),
        ({"origin": "https://127.0.0.1:8420"}, False),
        ({"origin": BASE, "sec-fetch-site": "cross-site"}, False),
        ({"origin": BASE, "sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "https://evil.example", "sec-fetch-site": "same-origin"}, False),
    ],
)
def test_forms_from_elsewhere_change_nothing(
    place: Workplace, clock: Clock, headers: dict[str, str], passes: bool
) -> None:
    client = logged_in(place, clock, "admin")
    client.headers.pop("origin")
    for entry in ROUTES:
        if entry.method == "POST" and entry.path not in {"/logout"}:
            answer = client.post(path_of(entry), headers=headers)
            refused = answer.status_code == 403 and "không đến từ trang" in answer.text
            assert refused is not passes, (entry, answer.status_code)


def test_an_unknown_host_is_refused(place: Workplace, clock: Clock) -> None:
    client = browser(place, clock)
    for host in ("evil.example", "127.0.0.1.evil.example", "", "evil.example:8420"):
        assert client.get("/login", headers={"host": host}).status_code == 421
    for host in ("127.0.0.1:8420", "localhost", "[::1]:8420"):
        assert client.get("/login", headers={"host": host}).status_code == 503


def test_every_answer_carries_the_safe_headers_and_no_inline_code(place: Workplace, clock: Clock) -> None:
    with_samples(place)
    morning(place, clock)
    client = logged_in(place, clock, "admin")
    for entry in ROUTES:
        if entry.method != "GET":
            continue
        answer = client.get(path_of(entry))
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", answer.text), entry


HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "{{7*7}}{% raw %}",
    "'; DROP TABLE tasks; --",
    "\x00\x1b[31m\u202eabc",
    "%00%0d%0aSet-Cookie: a=b",
    "\ud83d\ude00" * 3,
    "a" * 5000,
    "../../../../etc/passwd",
    "=HYPERLINK(1)",
    "-1",
    "99999999999999999999999",
    "٣",
)


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_words_do_no_harm(place: Workplace, clock: Clock, value: str) -> None:
    with_samples(place)
    client = logged_in(place, clock, "admin")
    value = value.encode("utf-16", "surrogatepass").decode("utf-16")
    names = ("q", "plan", "agency", "status", "kind", "from", "to", "page", "state", "year", "next", "told")
    for path in ("/tasks", "/messages", "/audit", "/calendar", "/login", "/"):
        answer = client.get(path, params=dict.fromkeys(names, value))
        assert answer.status_code in {200, 303, 422}, (path, answer.status_code)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
    fields = (
        "name",
        "text",
        "document",
        "on",
        "to",
        "words",
        "issuer",
        "instrument",
        "number",
        "subject",
        "link",
        "action",
        "task",
        "term",
        "key",
        "agency",
        "reason",
        "role",
        "scope",
        "secret",
        "code",
        "old",
        "new",
    )
    for entry in ROUTES:
        if entry.method != "POST" or entry.path in {"/logout", "/login"}:
            continue
        path = re.sub(r"\{\w+:int\}", "1", entry.path)
        path = re.sub(r"\{\w+\}", "x", path)
        answer = client.post(path, data=dict.fromkeys(fields, value))
        assert answer.status_code < 500, (path, answer.text)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text


def test_bodies_have_a_limit(place: Workplace, clock: Clock) -> None:
    client = logged_in(place, clock, "admin")
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/events", content=b"a" * 600_000, headers=form).status_code == 413
    assert client.post("/events", content=iter([b"a" * 300_000] * 3), headers=form).status_code == 413


class TestLogin:
    @pytest.fixture
    def client(self, place: Workplace, clock: Clock) -> Iterator[TestClient]:
        add_user(place, clock, "lan", "admin")
        with browser(place, clock) as made:
            yield made

    def enter(self, client: TestClient, password: str = PASSWORD, **more: str) -> int:
        return client.post("/login", data={"name": "lan", "password": password} | more).status_code

    def test_right_and_wrong(self, client: TestClient) -> None:
        assert self.enter(client, "sai mat khau roi") == 401
        assert client.get("/").status_code == 303
        assert self.enter(client) == 303
        assert client.get("/").status_code == 200

    def test_the_cookie_is_kept_from_scripts(self, client: TestClient) -> None:
        answer = client.post("/login", data={"name": "lan", "password": PASSWORD})
        cookie = answer.headers["set-cookie"].lower()
        assert cookie.startswith("dondoc=")
        assert "httponly" in cookie
        assert "samesite=lax" in cookie

    def test_a_session_runs_out_when_idle_and_in_any_case(self, client: TestClient, clock: Clock) -> None:
        self.enter(client)
        clock.move(minutes=29)
        assert client.get("/").status_code == 200
        clock.move(minutes=31)
        assert client.get("/").status_code == 303
        self.enter(client)
        for _ in range(23):
            clock.move(minutes=20)
            assert client.get("/").status_code == 200
        clock.move(minutes=25)
        assert client.get("/").status_code == 303

    def test_a_new_session_at_every_login_and_none_after_logout(self, client: TestClient) -> None:
        client.cookies.set("dondoc", "chosen-by-somebody-else")
        self.enter(client)
        first = next(cookie.value for cookie in client.cookies.jar if cookie.value != "chosen-by-somebody-else")
        assert first != "chosen-by-somebody-else"
        client.cookies.clear()
        client.cookies.set("dondoc", first)
        assert client.get("/").status_code == 200
        assert client.post("/logout").status_code == 303
        client.cookies.clear()
        client.cookies.set("dondoc", first)
        assert client.get("/").status_code == 303

    def test_guessing_is_throttled(self, client: TestClient, clock: Clock) -> None:
        codes = [self.enter(client, f"sai mat khau {turn}") for turn in range(12)]
        assert codes[:10] == [401] * 10
        assert codes[10:] == [429] * 2
        assert self.enter(client) == 429, "even the right one waits"
        clock.move(hours=1)
        assert self.enter(client) == 303

    def test_a_forwarded_address_is_not_believed(self, client: TestClient) -> None:
        for turn in range(25):
            data = {"name": f"ai-do-{turn}", "password": "khong biet mat khau"}
            answer = client.post("/login", data=data, headers={"x-forwarded-for": f"10.0.0.{turn}"})
        assert answer.status_code == 429

    def test_the_second_step(self, client: TestClient, clock: Clock) -> None:
        import pyotp

        self.enter(client)
        secret = re.search(r'name="secret" value="(\w+)"', client.get("/account").text)
        assert secret is not None
        code = lambda: pyotp.TOTP(secret[1]).at(clock())  # noqa: E731
        form = {"secret": secret[1], "code": code(), "password": PASSWORD}
        assert client.post("/account/totp", data=form).status_code == 303
        client.post("/logout")
        assert self.enter(client) == 401
        assert self.enter(client, code="000000") == 401
        assert self.enter(client, code=code()) == 401, "spent when it was set up"
        clock.move(seconds=31)
        assert self.enter(client, code=code()) == 303

    @pytest.mark.parametrize("password", ["ngan", "a" * 12, "abcdabcdabcd", "lan-lan-lan-7", "password1234"])
    def test_weak_passwords_are_refused(self, client: TestClient, password: str) -> None:
        self.enter(client)
        form = {"old": PASSWORD, "new": password, "again": password}
        assert client.post("/account/password", data=form).status_code == 422

    def test_a_new_password_ends_the_other_sessions(
        self, client: TestClient, place: Workplace, clock: Clock
    ) -> None:
        self.enter(client)
        other = browser(place, clock)
        self.enter(other)
        form = {"old": PASSWORD, "new": "mot cau khac dai hon", "again": "mot cau khac dai hon"}
        assert client.post("/account/password", data=form).status_code == 303
        assert client.get("/").status_code == 200
        assert other.get("/").status_code == 303

    @pytest.mark.parametrize("next_", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"])
    def test_login_leads_nowhere_else(self, client: TestClient, next_: str) -> None:
        answer = client.post("/login", data={"name": "lan", "password": PASSWORD, "next": next_})
        assert answer.headers["location"] == "/"

    def test_old_hashes_are_renewed(self, client: TestClient, place: Workplace) -> None:
        from argon2 import PasswordHasher
        from sqlalchemy import select, update

        from store.schema import users

        weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
        with place.database.write() as connection:
            connection.execute(update(users).values(password=weak))
        assert self.enter(client) == 303
        with place.database.read() as connection:
            assert "m=19968,t=2" in connection.execute(select(users.c.password)).scalar_one()

    def test_no_secret_is_kept_in_clear(self, client: TestClient, place: Workplace) -> None:
        self.enter(client)
        cookie = client.cookies["dondoc"]
        path = place.database.path
        assert path is not None
        place.database.close()
        kept = b"".join(file.read_bytes() for file in path.parent.glob("dondoc.db*"))
        assert cookie.encode() not in kept
        assert PASSWORD.encode() not in kept
