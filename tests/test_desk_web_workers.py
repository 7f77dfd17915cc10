"""The desk in several processes: what one of them knows, all of them know, and none is left over.

Two desks that share nothing but the database stand for two processes; the last tests have real ones.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from desk.commands import workers
from desk.web.api import PER_MINUTE
from desk.web.app import build
from desk.web.tries import ADDRESS_TRIES
from desk.web.visit import Desk
from flows.steps.workplace import Workplace
from store import people, zalo
from tests.conftest import ROOT, Cli
from tests.desk_samples import BASE, PASSWORD, Clock, add_user, opened
from tests.test_desk_web_api import token
from tests.test_desk_web_directory import HEALTH, edit
from tests.test_desk_web_oidc import Site, make, prepared  # noqa: F401 - fixtures


@pytest.fixture
def clock(place: Workplace) -> Clock:
    return Clock(place)


@pytest.fixture
def two(environment: dict[str, str], place: Workplace, clock: Clock) -> tuple[TestClient, TestClient]:
    """The same browser at two desks, logged in at the first as an admin."""
    first, second = (at(opened(environment), clock) for _ in range(2))
    add_user(place, clock, "mot", "admin")
    assert first.post("/login", data={"name": "mot", "password": PASSWORD}).status_code == 303
    second.cookies = first.cookies
    return first, second


def at(place: Workplace, clock: Clock) -> TestClient:
    return TestClient(build(place, clock), base_url=BASE, headers={"origin": BASE}, follow_redirects=False)


def test_a_session_opens_and_ends_at_both(two: tuple[TestClient, TestClient]) -> None:
    first, second = two
    assert first.get("/users").status_code == second.get("/users").status_code == 200
    cookie = first.cookies["dondoc"]
    assert second.post("/logout").status_code == 303
    first.cookies.set("dondoc", cookie)
    assert first.get("/users").headers["location"].startswith("/login")


def test_an_edit_at_one_is_shown_by_the_other_at_once(two: tuple[TestClient, TestClient]) -> None:
    first, second = two
    for turn in range(3):
        name = f"Sở Y tế và Dân số lần {turn}"
        assert name not in second.get("/agencies").text
        assert getattr(edit(first, HEALTH, name=name), "status_code") == 303  # noqa: B009
        assert name in second.get("/agencies").text
        first, second = second, first


def test_tries_and_limits_count_at_both_together(
    place: Workplace, clock: Clock, two: tuple[TestClient, TestClient]
) -> None:
    wrong = {"name": "ai do", "password": "sai roi sai roi"}
    codes = [
        two[turn % 2].post("/login", data=wrong | {"name": f"ai {turn}"}) for turn in range(int(ADDRESS_TRIES))
    ]
    assert [one.status_code for one in codes] == [401] * (int(ADDRESS_TRIES) - 1) + [429]
    headers = token(place, clock, "events:read")
    with place.database.write() as connection:
        for _ in range(int(PER_MINUTE) - 2):
            key = f"api:{people.tokens_of(connection, place.province, 'api')[0].id}"
            people.take(connection, place.province, key, capacity=PER_MINUTE, per=timedelta(minutes=1), now=clock())
    answers = [two[turn % 2].get("/api/v1/events", headers=headers).status_code for turn in range(4)]
    assert answers == [200, 200, 429, 429]


def test_who_is_linked_on_zalo_at_one_is_known_to_the_other(
    environment: dict[str, str], place: Workplace, clock: Clock
) -> None:
    desk = Desk(opened(environment), clock)
    desk.catch_up()
    assert desk.workplace.zalo_people == {}
    with place.database.write() as connection:
        zalo.link_person(
            connection, place.province, place.seal, kind="oa", user_id="7001", contact="c", digest="", now=clock()
        )
    desk.catch_up()
    assert desk.workplace.zalo_people == {("oa", "c"): "7001"}


def test_who_leaves_for_the_issuer_from_one_comes_back_to_the_other(make: Callable[..., Site]) -> None:  # noqa: F811
    site = make()
    site.linked()
    back = site.out()
    other = at(opened(site.environment), site.clock)
    other.cookies = site.client.cookies
    assert other.get(back).status_code == 303
    assert other.get("/").status_code == 200


def test_how_many_processes() -> None:
    assert workers.number_of(5) == 5
    assert 1 <= workers.number_of(0) <= workers.MOST


class Served:
    """`dondoc web` in two processes."""

    def __init__(self, cli: Cli) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        more = {"PYTHONPATH": str(ROOT), "DONDOC_PORT": str(self.port), "DONDOC_WORKERS": "2"}
        words = [sys.executable, "-m", "desk.cli", "web"]
        self.parent = subprocess.Popen(words, env=cli.environment | more, stderr=subprocess.DEVNULL)
        until(self.answers)

    def answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/login", timeout=30).status_code == 503
        except httpx.TransportError:
            return False

    def children(self) -> set[int]:
        listed = Path(f"/proc/{self.parent.pid}/task/{self.parent.pid}/children").read_text(encoding="ascii")
        return {int(one) for one in listed.split()}


def until(comes: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not comes():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_gone(process: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return True


@pytest.fixture
def served(environment: dict[str, str], tmp_path: Path) -> Iterator[Served]:
    if not Path("/proc/self/task").is_dir():
        pytest.skip("the children of a process are looked up under /proc")
    made = Served(Cli(environment, tmp_path))
    yield made
    made.parent.kill()
    made.parent.wait()


def test_one_that_dies_is_replaced_and_all_end_together(served: Served) -> None:
    until(lambda: len(served.children()) == 2)
    first = served.children()
    os.kill(min(first), signal.SIGKILL)
    until(lambda: len(served.children()) == 2 and served.children() != first)
    assert served.answers()
    children = served.children()
    served.parent.terminate()
    assert served.parent.wait(timeout=60) == 0
    assert all(is_gone(one) for one in children)
    assert not served.answers()


def test_none_outlives_the_parent(served: Served) -> None:
    until(lambda: len(served.children()) == 2)
    children = served.children()
    served.parent.kill()
    until(lambda: all(is_gone(one) for one in children))
    assert not served.answers()
