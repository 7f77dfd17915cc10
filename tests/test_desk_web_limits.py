"""What settings shut: names after wrong tries, old passwords, administering elsewhere or at night; and undo."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient

from config.errors import ConfigError
from config.settings import PACKAGED, load
from desk.web.app import build
from desk.web.passwords import LONGEST, SHORTEST
from flows.steps.workplace import Workplace
from store import people
from store.audit import verify
from store.schema import audit, sessions, tokens, users
from tests.desk_samples import BASE, PASSWORD, Clock, add_user, browser, logged_in, opened

Make = Callable[..., tuple[Workplace, Clock]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """An installation with lines of its own in [desk]."""

    def build(**lines: str) -> tuple[Workplace, Clock]:
        folder = tmp_path / "config"
        shutil.copytree(PACKAGED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        file = folder / "dondoc.toml"
        text = file.read_text(encoding="utf-8")
        for name, value in lines.items():
            text = re.sub(rf"(?m)^(# )?{name} = .*$", f"{name} = {value}", text)
        file.write_text(text, encoding="utf-8")
        place = opened({"DONDOC_VAR": str(tmp_path / "var"), "DONDOC_CONFIG": str(folder)})
        return place, Clock(place)

    return build


def enter(client: TestClient, name: str, password: str = PASSWORD) -> int:
    return client.post("/login", data={"name": name, "password": password}).status_code


def entries(place: Workplace, action: str) -> list[Any]:
    with place.database.read() as connection:
        assert isinstance(verify(connection, place.province), int)
        return list(connection.execute(select(audit).where(audit.c.action == action)).all())


class TestLocking:
    def test_a_name_is_shut_after_wrong_tries_and_an_admin_opens_it(self, make: Make) -> None:
        place, clock = make(lock_after="3", lock_minutes="600")
        admin = logged_in(place, clock, "admin")
        add_user(place, clock, "mai", "operator")
        client = browser(place, clock)
        assert [enter(client, "mai", "sai roi sai roi") for _ in range(4)] == [401] * 3 + [429]
        clock.move(hours=9)
        assert enter(client, "mai") == 429
        assert len(entries(place, "login.locked")) == 1
        admin = browser(place, clock)
        assert enter(admin, "admin1") == 303
        page = admin.get("/users").text
        number = re.search(r'action="/users/(\d+)/unlock"', page)
        assert number is not None
        assert admin.post(f"/users/{number[1]}/unlock").status_code == 303
        assert enter(client, "mai") == 303
        assert len(entries(place, "login.unlocked")) == 1
        assert "/unlock" not in admin.get("/users").text

    def test_a_right_try_forgets_the_wrong_ones_and_time_opens(self, make: Make) -> None:
        place, clock = make(lock_after="3", lock_minutes="30")
        add_user(place, clock, "mai", "admin")
        client = browser(place, clock)
        for _ in range(4):
            assert [enter(client, "mai", "sai roi sai roi") for _ in range(2)] == [401] * 2
            assert enter(client, "mai") == 303
            client.post("/logout")
            clock.move(hours=1)
        assert [enter(client, "mai", "sai roi sai roi") for _ in range(3)] == [401] * 3
        assert enter(client, "mai") == 429
        clock.move(minutes=31)
        assert enter(client, "mai") == 303

    def test_an_unknown_name_is_shut_like_a_known_one(self, make: Make) -> None:
        place, clock = make(lock_after="3")
        add_user(place, clock, "mai", "admin")
        client = browser(place, clock)
        told = {name: [enter(client, name, "sai roi sai roi") for _ in range(5)] for name in ("mai", "khong-co")}
        assert told["mai"] == told["khong-co"] == [401, 401, 401, 429, 429]

    def test_the_command_line_opens_too(self, make: Make, tmp_path: Path) -> None:
        from tests.conftest import Cli

        place, clock = make(lock_after="3")
        add_user(place, clock, "mai", "admin")
        client = browser(place, clock)
        assert [enter(client, "mai", "sai roi sai roi") for _ in range(4)][-1] == 429
        run = Cli(dict(place.environment or {}), tmp_path)
        assert run("user", "password", "mai", DONDOC_PASSWORD="mot cau khac han").returncode == 0
        assert enter(client, "mai", "mot cau khac han") == 303
        assert client.get("/tasks").headers["location"] == "/account", "it has to be changed at once"


class TestPasswords:
    def test_a_password_past_its_days_is_changed_before_anything_else(self, make: Make) -> None:
        place, clock = make(password_days="90")
        add_user(place, clock, "mai", "admin")
        client = browser(place, clock)
        clock.move(days=89)
        assert enter(client, "mai") == 303
        assert client.get("/tasks").status_code == 200
        client.post("/logout")
        clock.move(days=2)
        assert enter(client, "mai") == 303
        assert client.get("/tasks").headers["location"] == "/account"
        assert "hết thời hạn" in client.get("/account").text
        new = {"old": PASSWORD, "new": "mot cau moi toanh", "again": "mot cau moi toanh"}
        assert client.post("/account/password", data=new | {"new": PASSWORD, "again": PASSWORD}).status_code == 422
        assert client.post("/account/password", data=new).status_code == 303
        assert client.get("/tasks").status_code == 200

    def test_nobody_has_to_change_a_password_where_no_days_are_set(self, place: Workplace) -> None:
        clock = Clock(place)
        add_user(place, clock, "mai", "admin")
        clock.move(days=4000)
        client = browser(place, clock)
        assert enter(client, "mai") == 303
        assert client.get("/tasks").status_code == 200

    def test_a_first_password_is_random_shown_once_and_changed_at_once(self, place: Workplace) -> None:
        clock = Clock(place)
        admin = logged_in(place, clock, "admin")
        page = admin.post("/users", data={"name": "moi", "role": "operator"}).text
        given = re.search(r"moi: ([\w-]{16,})<", page)
        assert given is not None
        assert given[1] not in admin.get("/users").text
        client = browser(place, clock)
        assert enter(client, "moi", given[1]) == 303
        for path in ("/tasks", "/", "/export/tasks.csv"):
            assert client.get(path).headers["location"] == "/account", path
        assert client.post("/events", data={"issuer": "x"}).headers["location"] == "/account"

    def test_any_letters_long_and_spaced_and_exactly_as_typed(self, place: Workplace) -> None:
        clock = Clock(place)
        client = logged_in(place, clock, "admin")
        long = " Đôi lời dặn dò: giữ kín, nhớ lâu! 🌾 " + "x" * 150 + " Z "
        assert SHORTEST == 12
        assert SHORTEST < 64 < len(long) < LONGEST
        form = {"old": PASSWORD, "new": long, "again": long}
        assert client.post("/account/password", data=form).status_code == 303
        other = browser(place, clock)
        for wrong in (long.strip(), long.lower(), long[:128], long + "x"):
            assert enter(other, "admin1", wrong) == 401
        assert enter(other, "admin1", long) == 303

    def test_fields_hide_what_is_typed_and_let_a_keeper_of_passwords_help(self, place: Workplace) -> None:
        client = logged_in(place, Clock(place), "admin")
        pages = client.get("/account").text + browser(place, Clock(place)).get("/login").text
        fields = re.findall(r"<input[^>]*name=\"(?:old|new|again|password)\"[^>]*>", pages)
        assert len(fields) >= 5
        assert all('type="password"' in one and 'autocomplete="' in one for one in fields)
        assert 'autocomplete="off"' not in pages


class TestAdministering:
    def client(self, place: Workplace, clock: Clock, address: str) -> TestClient:
        return TestClient(
            build(place, clock), base_url=BASE, headers={"origin": BASE}, follow_redirects=False,
            client=(address, 50000),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("address", "may"),
        [
            ("10.20.3.4", True),
            ("::ffff:10.20.3.4", True),
            ("2001:db8::7", True),
            ("10.21.0.1", False),
            ("x", False),
        ],
    )
    def test_only_from_the_networks_named(self, make: Make, address: str, may: bool) -> None:
        place, clock = make(admin_networks='["10.20.0.0/16", "2001:db8::/32"]')
        add_user(place, clock, "mai", "admin")
        client = self.client(place, clock, address)
        assert enter(client, "mai") == 303
        client.headers["x-forwarded-for"] = "10.20.3.4"
        assert client.get("/audit").status_code == 200, "the rest of the work goes on anywhere"
        assert client.get("/users").status_code == (200 if may else 403)
        assert client.post("/users", data={"name": "a", "role": "admin"}).status_code == (200 if may else 403)
        refused = entries(place, "denied")
        assert len(refused) == (0 if may else 2)
        if refused:
            assert refused[0].after["address"] == address

    @pytest.mark.parametrize(
        ("move", "may"),
        [({}, True), ({"hours": 11}, False), ({"days": 5}, False), ({"days": 7}, True), ({"hours": -2}, False)],
    )
    def test_only_in_the_hours_of_working_days(self, make: Make, move: dict[str, float], may: bool) -> None:
        place, clock = make(admin_hours='["07:00", "18:00"]')
        add_user(place, clock, "mai", "admin")
        clock.move(**move)
        client = browser(place, clock)
        assert enter(client, "mai") == 303
        assert client.get("/tasks").status_code == 200
        assert client.get("/users").status_code == (200 if may else 403)

    def test_refusals_are_logged_but_not_without_end(self, place: Workplace) -> None:
        clock = Clock(place)
        client = logged_in(place, clock, "viewer")
        for _ in range(65):
            assert client.get("/users").status_code == 403
        refused = entries(place, "denied")
        assert len(refused) == 60
        assert refused[0].actor == "user:viewer1"
        assert refused[0].subject == "GET /users"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("admin_networks", '["văn phòng"]'),
            ("admin_networks", '["10.0.0.1/8"]'),
            ("admin_hours", '["18:00", "07:00"]'),
            ("lock_after", "1"),
            ("lock_minutes", "0"),
            ("password_days", "-1"),
        ],
    )
    def test_settings_that_cannot_be_meant_are_refused(self, make: Make, name: str, value: str) -> None:
        with pytest.raises(ConfigError, match=name):
            make(**{name: value})

    def test_nothing_is_shut_unless_the_settings_say_so(self) -> None:
        desk = load({}).desk
        assert (desk.password_days, desk.admin_networks, desk.admin_hours) == (0, (), None)
        assert (desk.lock_after, desk.lock_minutes, desk.idle_minutes, desk.absolute_hours) == (10, 60, 30, 8)


class TestUndo:
    """Changes to users and tokens: each is in the log with before and after, and can be undone or says why not."""

    @pytest.fixture
    def admin(self, place: Workplace) -> TestClient:
        clock = Clock(place)
        client = logged_in(place, clock, "admin")
        add_user(place, clock, "mai", "viewer")
        return client

    @staticmethod
    def undo(client: TestClient, place: Workplace, action: str) -> int:
        number = entries(place, action)[-1].id
        return client.post(f"/users/changes/{number}/undo").status_code

    @staticmethod
    def user(place: Workplace, name: str = "mai") -> Any:
        with place.database.read() as connection:
            return people.find(connection, place.province, name)

    def test_a_role_goes_back_and_forth(self, place: Workplace, admin: TestClient) -> None:
        number = self.user(place).id
        assert admin.post(f"/users/{number}", data={"role": "operator", "active": "1"}).status_code == 303
        told = entries(place, "user.change")[-1]
        assert told.before["role"] == "viewer"
        assert told.after["role"] == "operator"
        assert self.undo(admin, place, "user.change") == 303
        assert self.user(place).role == "viewer"
        assert self.undo(admin, place, "user.change") == 303, "undoing is a change of its own"
        assert self.user(place).role == "operator"

    def test_what_was_changed_since_is_not_undone_over_it(self, place: Workplace, admin: TestClient) -> None:
        number = self.user(place).id
        admin.post(f"/users/{number}", data={"role": "operator", "active": "1"})
        first = entries(place, "user.change")[-1].id
        admin.post(f"/users/{number}", data={"role": "admin", "active": "1"})
        assert admin.post(f"/users/changes/{first}/undo").status_code == 409
        assert self.user(place).role == "admin"

    def test_a_new_user_is_shut_out_again_with_all_sessions(self, place: Workplace, admin: TestClient) -> None:
        client = browser(place, Clock(place))
        assert enter(client, "mai") == 303
        assert self.undo(admin, place, "user.add") == 303
        assert not self.user(place).active
        assert client.get("/").status_code == 303

    def test_the_last_admin_stays(self, place: Workplace, admin: TestClient) -> None:
        number = next(one.id for one in entries(place, "user.add") if one.subject == "user:admin1")
        assert admin.post(f"/users/changes/{number}/undo").status_code == 409
        assert self.user(place, "admin1").active

    def test_a_token_is_taken_back_and_a_revoked_one_is_not_revived(
        self, place: Workplace, admin: TestClient
    ) -> None:
        admin.post("/tokens", data={"name": "Hệ thống", "scope": "tasks:read"})
        assert self.undo(admin, place, "token.api") == 303
        with place.database.read() as connection:
            assert connection.execute(select(tokens.c.revoked_at)).scalar_one() is not None
        assert self.undo(admin, place, "token.revoke") == 409
        assert "có thể đã lộ" in admin.get("/users").text

    def test_every_change_shown_has_a_button_or_a_reason(self, place: Workplace, admin: TestClient) -> None:
        new = {"old": PASSWORD, "new": "mot cau moi toanh", "again": "mot cau moi toanh"}
        assert admin.post("/account/password", data=new).status_code == 303
        page = admin.get("/users").text.rpartition("Thay đổi gần đây")[2]
        rows = re.findall(r"<li>.*?</li>", page, re.DOTALL)
        assert len(rows) >= 3
        assert all("<button" in row or re.search(r'<span class="dim">[^<]{15,}</span></form>', row) for row in rows)
        assert self.undo(admin, place, "user.password") == 409

    def test_nothing_else_of_the_log_can_be_undone_here(self, place: Workplace, admin: TestClient) -> None:
        number = entries(place, "login")[-1].id
        assert admin.post(f"/users/changes/{number}/undo").status_code == 404


class TestBrowsersAndSessions:
    def test_over_https_cookies_belong_to_this_host_and_to_https_alone(self, tmp_path: Path) -> None:
        home = "https://nhacviec.phuchau.example"
        place = opened({"DONDOC_VAR": str(tmp_path / "var")}, DONDOC_BASE_URL=home)
        clock = Clock(place)
        add_user(place, clock, "mai", "admin")
        client = TestClient(build(place, clock), base_url=home, headers={"origin": home}, follow_redirects=False)
        answer = client.post("/login", data={"name": "mai", "password": PASSWORD})
        chosen = client.post("/language", data={"to": "en", "next": "/"})
        for cookie in (answer.headers["set-cookie"], chosen.headers["set-cookie"]):
            assert cookie.startswith("__Host-dondoc")
            assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}
            assert "domain" not in cookie.lower()
            assert "samesite=lax" in cookie.lower()
        page = client.get("/")
        assert '<html lang="en">' in page.text
        assert page.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert client.post("/logout").headers["clear-site-data"] == '"cache", "storage"'

    def test_a_changed_second_step_ends_the_other_sessions(self, place: Workplace) -> None:
        import pyotp

        clock = Clock(place)
        client = logged_in(place, clock, "admin")
        other = browser(place, clock)
        assert enter(other, "admin1") == 303
        secret = re.search(r'name="secret" value="(\w+)"', client.get("/account").text)
        assert secret is not None
        form = {"secret": secret[1], "code": pyotp.TOTP(secret[1]).at(clock()), "password": PASSWORD}
        assert client.post("/account/totp", data=form | {"password": "sai"}).status_code == 422
        assert client.post("/account/totp", data=form).status_code == 303
        assert client.get("/").status_code == 200
        assert other.get("/").status_code == 303

    def test_an_admin_ends_a_users_sessions(self, place: Workplace) -> None:
        clock = Clock(place)
        admin = logged_in(place, clock, "admin")
        client = logged_in(place, clock, "operator")
        with place.database.read() as connection:
            number = connection.execute(select(users.c.id).where(users.c.name == "operator1")).scalar_one()
        assert admin.post(f"/users/{number}", data={"role": "operator"}).status_code == 303
        assert client.get("/").status_code == 303
        assert enter(client, "operator1") == 401

    def test_session_secrets_are_long_random_and_kept_as_digests(self, place: Workplace) -> None:
        clock = Clock(place)
        found = {logged_in(place, clock, role).cookies["dondoc"] for role in ("admin", "viewer", "operator")}
        assert len(found) == 3
        assert all(len(one) == 43 for one in found), "256 bits"
        with place.database.read() as connection:
            kept = set(connection.execute(select(sessions.c.digest)).scalars())
        assert kept == {people.digest(one) for one in found}

    def test_an_unforeseen_failure_tells_nothing_of_the_inside(self, place: Workplace) -> None:
        clock = Clock(place)
        client = logged_in(place, clock, "operator")
        with place.database.write() as connection:
            connection.exec_driver_sql("DROP TABLE proposals")
        app = TestClient(build(place, clock), base_url=BASE, raise_server_exceptions=False, cookies=client.cookies)
        answer = app.get("/proposals")
        assert answer.status_code in {500, 503}
        assert not re.search(r"Traceback|sqlite|SELECT|no such table|/site-packages", answer.text)

    def test_nothing_offers_documentation_or_lists_a_folder(self, place: Workplace) -> None:
        client = browser(place, Clock(place))
        for path in ("/docs", "/redoc", "/api/v1/docs", "/api/v1/redoc", "/static/", "/static", "/.git/config",
                     "/static/../app.py", "/static/%2e%2e/app.py", "/metrics"):  # fmt: skip
            assert client.get(path, follow_redirects=True).status_code in {404, 405}, path
        assert "server" not in client.get("/login").headers
        assert client.request("TRACE", "/login").status_code == 405

    def test_no_answer_lets_another_origin_read_it(self, place: Workplace) -> None:
        client = logged_in(place, Clock(place), "admin")
        for path in ("/", "/api/v1/tasks", "/static/desk.css", "/export/tasks.csv"):
            answer = client.get(path, headers={"origin": "https://evil.example"})
            assert "access-control-allow-origin" not in answer.headers, path

    def test_the_address_of_an_admin_who_was_shut_out_is_logged(self, place: Workplace) -> None:
        clock = Clock(place)
        add_user(place, clock, "mai", "admin")
        with place.database.write() as connection:
            connection.execute(update(users).values(active=False))
        client = browser(place, clock)
        assert enter(client, "mai") == 401
        told = entries(place, "login.failed")[-1]
        assert told.actor == "address:testclient"
        assert told.at - clock() < timedelta(seconds=1)


class TestTheLog:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("actor", "user:khac"),
            ("action", "user.chang"),
            ("subject", "user:m"),
            ("before", {"role": "admin"}),
            ("after", None),
            ("at", "later"),
            ("previous", "0" * 64),
            ("digest", "f" * 64),
        ],
    )
    def test_an_altered_entry_of_the_log_is_found(self, place: Workplace, name: str, value: Any) -> None:
        clock = Clock(place)
        admin = logged_in(place, clock, "admin")
        for number in range(3):
            add_user(place, clock, f"u{number}", "viewer")
        with place.database.write() as connection:
            number = connection.execute(select(audit.c.id).order_by(audit.c.id).offset(2)).scalars().first()
            changed = clock() + timedelta(seconds=1) if value == "later" else value
            connection.execute(update(audit).where(audit.c.id == number).values({name: changed}))
            found = verify(connection, place.province)
        assert not isinstance(found, int)
        assert found.entry in {number, (number or 0) + 1}
        assert "bị sửa" in admin.get("/audit?verify=1").text

    def test_an_entry_that_was_taken_out_is_missed(self, place: Workplace) -> None:
        clock = Clock(place)
        for number in range(4):
            add_user(place, clock, f"u{number}", "viewer")
        with place.database.write() as connection:
            connection.execute(delete(audit).where(audit.c.subject == "user:u1"))
            assert not isinstance(verify(connection, place.province), int)
