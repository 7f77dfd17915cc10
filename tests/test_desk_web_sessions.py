"""A user sees the open sessions and ends them, once the password has been proved; an admin ends a user's."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from desk.web.passwords import NONE
from desk.web.session_pages import browser_of
from flows.steps.workplace import Workplace
from store import open_sessions, people
from store.audit import verify
from store.people import Lifetime
from store.schema import audit, sessions, users
from tests.desk_samples import PASSWORD, Clock, add_user, browser, logged_in

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (CHROME, "Chrome, Windows"),
        (CHROME + " Edg/140.0", "Edge, Windows"),
        (CHROME.replace("Chrome", "coc_coc_browser/133 Chrome"), "Cốc Cốc, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36 Zalo",
            "Zalo, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_people_call_it(agent: str, said: str) -> None:
    assert browser_of(agent) == said


def enter(place: Workplace, clock: Clock, name: str, agent: str = CHROME) -> TestClient:
    client = browser(place, clock)
    client.headers["user-agent"] = agent
    assert client.post("/login", data={"name": name, "password": PASSWORD}).status_code == 303
    return client


def shown(client: TestClient) -> list[str]:
    """The numbers of the sessions that can be ended."""
    return re.findall(r'name="session" value="(\d+)"', client.get("/account").text)


@pytest.fixture
def clock(place: Workplace) -> Clock:
    made = Clock(place)
    add_user(place, made, "mai", "operator")
    add_user(place, made, "tu", "viewer")
    return made


def test_a_user_sees_where_sessions_were_opened_and_ends_one(place: Workplace, clock: Clock) -> None:
    old = enter(place, clock, "mai", "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36")
    clock.move(minutes=3)
    here, stranger = enter(place, clock, "mai"), enter(place, clock, "tu")
    page = here.get("/account").text
    assert "Chrome, Android" in page
    assert "Chrome, Windows" in page
    assert "testclient" in page, "the network address"
    numbers = shown(here)
    assert len(numbers) == 1
    assert here.post("/account/sessions", data={"session": numbers[0], "password": "sai"}).status_code == 422
    assert old.get("/").status_code == 200
    answer = here.post("/account/sessions", data={"session": numbers[0], "password": PASSWORD})
    assert answer.headers["location"] == "/account?told=ended"
    assert old.get("/").status_code == 303
    assert (here.get("/").status_code, stranger.get("/").status_code) == (200, 200)
    assert shown(here) == []
    with place.database.read() as connection:
        verify(connection, place.province)
        entry = connection.execute(select(audit).where(audit.c.action == "session.ended")).one()
    assert (entry.actor, entry.subject, entry.after) == ("user:mai", "user:mai", {"sessions": 1})


def test_all_others_end_at_once(place: Workplace, clock: Clock) -> None:
    others = [enter(place, clock, "mai") for _ in range(3)]
    here, stranger = enter(place, clock, "mai"), enter(place, clock, "tu")
    assert here.post("/account/sessions", data={"session": "others", "password": PASSWORD}).status_code == 303
    assert [one.get("/").status_code for one in (*others, here, stranger)] == [303] * 3 + [200] * 2


@pytest.mark.parametrize("session", ["", "x", "0", "99999999", "-1", "1e3", "9" * 30])
def test_nobody_ends_what_is_not_theirs(place: Workplace, clock: Clock, session: str) -> None:
    other, here = enter(place, clock, "tu"), enter(place, clock, "mai")
    with place.database.read() as connection:
        theirs = connection.execute(
            select(sessions.c.id).join(users, users.c.id == sessions.c.user_id).where(users.c.name == "tu")
        ).scalar_one()
    for asked in (session, str(theirs)):
        assert here.post("/account/sessions", data={"session": asked, "password": PASSWORD}).status_code == 303
    assert (other.get("/").status_code, here.get("/").status_code) == (200, 200)


def test_what_has_run_out_is_not_shown(place: Workplace, clock: Clock) -> None:
    enter(place, clock, "mai")
    clock.move(hours=2)
    here = enter(place, clock, "mai")
    assert shown(here) == []
    lifetime = Lifetime(idle=clock() - clock(), absolute=clock() - clock())
    with place.database.read() as connection:
        assert open_sessions.counts(connection, place.province, now=clock(), lifetime=lifetime) == {}


def test_who_has_no_password_has_to_have_logged_in_just_now(place: Workplace, clock: Clock) -> None:
    other, here = enter(place, clock, "mai"), enter(place, clock, "mai")
    with place.database.write() as connection:
        user = people.find(connection, place.province, "mai")
        assert user is not None
        people.rehash(connection, user.id, NONE)
    clock.move(minutes=6)
    assert here.post("/account/sessions", data={"session": "others"}).status_code == 422
    assert other.get("/").status_code == 200
    clock.move(minutes=-4)
    assert here.post("/account/sessions", data={"session": "others"}).status_code == 303
    assert other.get("/").status_code == 303


def test_an_admin_ends_a_users_sessions_by_themselves(place: Workplace, clock: Clock) -> None:
    admin, client = logged_in(place, clock, "admin"), enter(place, clock, "mai")
    page = admin.get("/users").text
    number = re.search(r'action="/users/(\d+)/sessions"[^>]*><span[^>]*>1 phiên', page)
    assert number is not None
    actions = re.findall(r'action="(/users/\d+/sessions)"', page)
    assert len(actions) == 1, "whose sessions are open; one's own stand under the account"
    for action in actions:
        assert admin.post(action).status_code == 303
    assert client.get("/").status_code == 303
    assert admin.get("/users").status_code == 200, "whoever looks after the others stays in"
    assert admin.post("/users/999/sessions").status_code == 404
    with place.database.read() as connection:
        ended = connection.execute(select(audit.c.subject).where(audit.c.action == "session.ended")).scalars().all()
    assert ended == ["user:mai"]
