"""A hundred thousand tasks: how long a page takes, alone and with twenty users at once, over loopback.

python -m bench.desk.crowd [--tasks 100000] [--seconds 120] [--keep FOLDER] [--prefect] [--pages-only]

The database is DONDOC_DATABASE_URL's, empty or filled by this program before, or an SQLite file. The desk is
`dondoc web` as people run it, in processes of its own; while the users click, `dondoc run` does one working day
after the other in another. A user reads for one to three seconds between two clicks; one click in twelve changes
something. Whatever is not answered, or not by the page that was asked for, is a failure: each is counted and told,
and the program then ends with 1.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy import select
from starlette.testclient import TestClient

from bench.desk import clicks
from bench.desk.clicks import Known
from bench.desk.seeding import fill
from bench.desk.times import HEAD, at, timed
from desk.web.app import build
from desk.web.passwords import hashed
from flows.steps.clock import here
from flows.steps.workplace import Workplace, open_workplace
from store import people
from store.people import Lifetime
from store.schema import tasks

USERS = 20
READS = (1.0, 3.0)
"""Seconds between two clicks of one user, from and to."""
CHANGES = 1 / 12
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    PORT = free.getsockname()[1]
BASE = f"http://127.0.0.1:{PORT}"
SLOW = 0.3
TRIES = 15


@dataclass
class Seen:
    """What the users met. Filled by many threads, each line at once."""

    times: list[tuple[str, float]] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    bare: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    """Changes that the desk refused in words, as one of a task without a date that could be extended."""


@contextmanager
def desk_of(environment: Mapping[str, str]) -> Iterator[None]:
    """The desk as a process of its own until the end."""
    words = [sys.executable, "-m", "desk.cli", "web"]
    process = subprocess.Popen(words, env=dict(environment), stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                httpx.get(f"{BASE}/healthz", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


class Daily(threading.Thread):
    """The daily job again and again, each time for the next working day, in a process of its own."""

    def __init__(self, place: Workplace, environment: Mapping[str, str], *, plain: bool) -> None:
        super().__init__(daemon=True)
        self.place, self.environment, self.plain = place, dict(environment), plain
        self.ended, self.runs = threading.Event(), list[tuple[float, int]]()
        self.cut = 0.0

    def run(self) -> None:
        day = here(self.place.zone)().date()
        while not self.ended.is_set():
            day = self.place.calendar.on_or_after(day)
            words = [sys.executable, "-m", "desk.cli", "run", "--on", day.isoformat()]
            started = time.monotonic()
            ran = subprocess.Popen(
                words + ["--plain"] * self.plain, env=self.environment, stdout=subprocess.DEVNULL
            )
            while ran.poll() is None and not self.ended.wait(0.2):
                pass
            if ran.poll() is None:
                # The users have gone home; how this day would have ended says nothing of them.
                ran.terminate()
                ran.wait()
                self.cut = time.monotonic() - started
                return
            self.runs.append((time.monotonic() - started, ran.returncode))
            day += timedelta(days=1)


def logged_in(place: Workplace, number: int) -> list[str]:
    """Session cookies of so many operators, who are made where they are missing."""
    now = here(place.zone)()
    secrets, password = [], hashed("mot cau dai de nho 7")
    with place.database.write() as connection:
        for turn in range(number):
            name = f"nguoi-{turn}"
            if people.find(connection, place.province, name) is None:
                people.add(
                    connection, place.province, name=name, role="operator", password=password, must_change=False,
                    now=now, actor="bench",
                )  # fmt: skip
            user = people.find(connection, place.province, name)
            assert user is not None
            secrets.append(
                people.open_session(
                    connection,
                    place.province,
                    user.id,
                    complete=True,
                    now=now,
                    lifetime=Lifetime(idle=timedelta(minutes=30), absolute=timedelta(hours=8)),
                )
            )
    return secrets


def browser(secret: str) -> httpx.Client:
    return httpx.Client(base_url=BASE, headers={"origin": BASE}, cookies={"dondoc": secret}, timeout=30)


def one_user(turn: int, secret: str, known: Known, until: float, seen: Seen) -> None:
    """Clicks until the time is over; whatever goes wrong is a failure and the user goes on."""
    chance = random.Random(turn)
    with browser(secret) as client:
        time.sleep(chance.uniform(0, READS[1]))
        while time.monotonic() < until:
            if chance.random() < CHANGES:
                name, path, form = clicks.change(known, chance)
                answer = _click(client, "POST", f"change: {name}", path, seen, form)
                if answer is not None and answer.status_code == 303:
                    _click(client, "GET", "after a change", answer.headers["location"], seen)
            else:
                drawn = clicks.pages(known, chance)
                name = chance.choices(list(drawn), [weight for weight, _ in drawn.values()])[0]
                _click(client, "GET", name, drawn[name][1], seen)
            time.sleep(chance.uniform(*READS))


def _click(
    client: httpx.Client, method: str, name: str, path: str, seen: Seen, form: Mapping[str, str] | None = None
) -> httpx.Response | None:
    started = time.monotonic()
    try:
        answer = client.request(method, path, data=form)
    except httpx.HTTPError as error:
        seen.failures[f"{name}: {type(error).__name__}"] += 1
        return None
    finally:
        seen.times.append((name, time.monotonic() - started))
    if method == "POST" and answer.status_code == 422:
        seen.refused[name] += 1
        return answer
    if answer.status_code != {"GET": 200, "POST": 303}[method] or answer.headers.get("location", "").startswith(
        "/login"
    ):
        seen.failures[f"{name}: {answer.status_code} {path}"] += 1
    return answer


def bare(until: float, times: list[float]) -> None:
    """What the same server takes meanwhile for a small file that needs no page and no database."""
    with httpx.Client(base_url=BASE, timeout=30) as client:
        while time.monotonic() < until:
            started = time.monotonic()
            client.get("/static/icon.svg").raise_for_status()
            times.append((time.monotonic() - started) * 1000)
            time.sleep(0.5)


def crowd(place: Workplace, known: Known, secrets: list[str], seconds: int, daily: Daily) -> Seen:
    seen, until = Seen(), time.monotonic() + seconds
    users = [
        threading.Thread(target=one_user, args=(turn, secret, known, until, seen))
        for turn, secret in enumerate(secrets)
    ]
    users.append(threading.Thread(target=bare, args=(until, seen.bare)))
    daily.start()
    for one in users:
        one.start()
    for one in users:
        one.join()
    daily.ended.set()
    daily.join()
    return seen


def report(seen: Seen, seconds: int, daily: Daily) -> int:
    took = [one * 1000 for _, one in seen.times]
    over = sum(one > SLOW * 1000 for one in took)
    changes = sum(name.startswith("change") for name, _ in seen.times)
    print(f"\n{USERS} users, {seconds} s, {READS[0]:.0f} to {READS[1]:.0f} s between clicks: {len(took)} requests "
          f"({changes} changes, {sum(seen.refused.values())} of them refused in words), "
          f"{sum(seen.failures.values())} failures")  # fmt: skip
    print(f"median {at(took, 0.5):.0f} ms, p95 {at(took, 0.95):.0f}, p99 {at(took, 0.99):.0f}, "
          f"longest {max(took):.0f}; over {SLOW * 1000:.0f} ms: {over}")  # fmt: skip
    print(f"a static file of the same server meanwhile: median {at(seen.bare, 0.5):.0f} ms, "
          f"p95 {at(seen.bare, 0.95):.0f}")  # fmt: skip
    by_name: dict[str, list[float]] = {}
    for name, one in seen.times:
        by_name.setdefault(name, []).append(one * 1000)
    print("\n| in the crowd | times | median ms | p95 | longest |\n|---|---|---|---|---|")
    for name, times in sorted(by_name.items(), key=lambda one: -at(one[1], 0.95)):
        print(f"| {name} | {len(times)} | {at(times, 0.5):.0f} | {at(times, 0.95):.0f} | {max(times):.0f} |")
    print(f"\nthe daily job meanwhile: {len(daily.runs)} days, seconds {[round(one, 1) for one, _ in daily.runs]}, "
          f"exit codes {sorted({code for _, code in daily.runs})}, and {daily.cut:.0f} s of another")  # fmt: skip
    for name, times_failed in seen.failures.most_common():
        print(f"FAILED {times_failed} x {name}")
    return 1 if seen.failures or any(code for _, code in daily.runs) else 0


def single(place: Workplace, known: Known, secret: str) -> None:
    chance = random.Random(7)
    inside = TestClient(build(place), base_url=BASE, cookies={"dondoc": secret})
    print(HEAD)
    with browser(secret) as over:
        for name in ("bare", *clicks.pages(known, chance)):
            path = (
                (lambda: "/static/icon.svg")
                if name == "bare"
                else lambda name=name: clicks.pages(known, chance)[name][1]
            )  # type: ignore[misc]
            named = "a static file of the same server" if name == "bare" else name
            print(timed(named, path, over, inside, place, TRIES).row(), flush=True)


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--tasks", type=int, default=100_000)
    words.add_argument("--seconds", type=int, default=120)
    words.add_argument("--keep", type=Path)
    words.add_argument("--prefect", action="store_true")
    words.add_argument("--pages-only", action="store_true")
    words.add_argument("--crowd-only", action="store_true")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="dondoc-desk-") as folder:
        var = asked.keep or Path(folder)
        environment = os.environ | {"DONDOC_VAR": str(var), "DONDOC_BASE_URL": BASE, "DONDOC_PORT": str(PORT)}
        place = open_workplace(environment)
        place.ready()
        now = here(place.zone)()
        with place.database.read() as connection:
            filled = connection.execute(select(tasks.c.id).limit(1)).first() is not None
        if not filled:
            fill(place, now, asked.tasks)
        secrets = logged_in(place, USERS)
        known = Known.of(place, now.date())
        daily = Daily(place, environment, plain=not asked.prefect)
        with desk_of(environment):
            if not asked.crowd_only:
                single(place, known, secrets[0])
            if asked.pages_only:
                return 0
            seen = crowd(place, known, secrets, asked.seconds, daily)
        return report(seen, asked.seconds, daily)


if __name__ == "__main__":
    sys.exit(main())
