"""Four planners and four senders at once, while PostgreSQL crashes, connections are cut and senders are killed.

    PYTHONPATH=. .venv/bin/python bench/crash/outages.py [--messages 10000]

The server waits for the disk (fsync) and dies without a word (`pg_ctl -m immediate`), again and again. What goes
wrong is spread over the work by how many mails have arrived, so that no machine is too fast for it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from bench.crash.children import fork, in_child
from bench.crash.servers import PostgresProcess, SinkProcess
from bench.daily.seeding import DAY, NOW, Scaled, code, seed, workplace
from flows.steps.composing import sender
from flows.steps.deciding import decide
from flows.steps.sending import deliver
from notifiers.email_message import message_id
from store.balance import Balance, balance
from store.database import Database
from store.errors import StoreError

LEASE = 10.0
"""Seconds that a worker may hold what it claimed."""
LONGEST = 3600.0
"""Seconds after which a run that does not end has failed."""


@dataclass(kw_only=True)
class Verdict:
    messages: int
    workers: int
    crashes: int = 0
    cuts: int = 0
    kills: int = 0
    lost: int = 0
    foreign: int = 0
    duplicates: int = 0
    most_copies: int = 0
    bound: int = 0
    """What may have been in flight: each worker's mail at a crash, one at a cut or a kill."""
    changed_copies: int = 0
    balance: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return (
            self.lost == self.foreign == self.changed_copies == 0
            and self.duplicates <= self.bound
            and self.balance["sent"] == self.balance["planned"] == self.messages
        )


class Office:
    """The workers, and what is done to them and to their database."""

    def __init__(
        self, place: Scaled, server: PostgresProcess, sink: SinkProcess, verdict: Verdict, *, lease: float
    ) -> None:
        self.place, self.server, self.sink, self.verdict = place, server, sink, verdict
        self.lease = timedelta(seconds=lease)
        self.begun = time.monotonic()
        self.senders: list[int] = []

    def clock(self) -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - self.begun)

    def start(self, work: Callable[[], None]) -> int:
        return fork(work)

    def plan(self) -> None:
        """Decide, again where the database was away."""
        while True:
            try:
                decide(self.place, now=self.clock(), today=DAY)
                return
            except StoreError:
                time.sleep(0.1)

    def send(self) -> None:
        """Send until nothing is left, as the schedule would: a round that failed is followed by another."""
        while True:
            try:
                deliver(self.place, clock=self.clock, lease=self.lease)
                if _account(self.place.database, self.place.province).pending == 0:
                    return
            except StoreError:
                pass
            time.sleep(0.2)

    def crash(self) -> None:
        self.verdict.crashes += 1
        self.server.crash()

    def cut(self) -> None:
        """End the connection of one of the programs, whatever it is doing."""
        query = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
        )
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            self.verdict.cuts += len(connection.execute(query).fetchall())

    def kill(self) -> None:
        victim = self.senders.pop(random.randrange(len(self.senders)))
        os.kill(victim, signal.SIGKILL)
        self.verdict.kills += os.WIFSIGNALED(os.waitpid(victim, 0)[1])
        self.senders.append(self.start(self.send))

    def arrived(self) -> int:
        with self.sink.log.open("rb") as log:
            return sum(1 for _ in log)


def trial(
    *, messages: int, workers: int, crashes: int, cuts: int, kills: int, folder: Path, lease: float = LEASE
) -> Verdict:
    """Raises AssertionError where a worker fails otherwise than by what is done to it."""
    verdict, begun = Verdict(messages=messages, workers=workers), time.monotonic()
    random.seed(messages)
    with PostgresProcess(fsync=True) as server, SinkProcess(folder / "sink.tsv") as sink:
        place = workplace(folder, url=server.url, smtp=sink.url, agencies=messages)
        in_child(lambda: seed(place, stored=messages, due=messages, agencies=messages))
        office = Office(place, server, sink, verdict, lease=lease)
        planners = [office.start(office.plan) for _ in range(workers)]
        office.crash()
        for pid in planners:
            assert os.waitpid(pid, 0)[1] == 0
        _send(office, _mishaps(messages, {office.crash: crashes - 1, office.cut: cuts, office.kill: kills}))
        _count(verdict, place, sink)
    verdict.seconds = round(time.monotonic() - begun, 1)
    return verdict


def _mishaps(messages: int, wanted: dict[Callable[[], None], int]) -> list[tuple[int, Callable[[], None]]]:
    """What happens once so many mails have arrived, in order."""
    last = messages * 9 // 10
    made = [(random.randrange(1, last), what) for what, count in wanted.items() for _ in range(count)]
    return sorted(made, key=lambda one: one[0])


def _send(office: Office, mishaps: list[tuple[int, Callable[[], None]]]) -> None:
    last = time.monotonic() + LONGEST
    office.senders = [office.start(office.send) for _ in range(office.verdict.workers)]
    for after, happens in mishaps:
        while office.arrived() < after:
            assert time.monotonic() < last, "the mails do not leave"
            time.sleep(0.05)
        happens()
    for pid in office.senders:
        assert os.waitpid(pid, 0)[1] == 0


def _account(database: Database, province: str) -> Balance:
    with database.read() as connection:
        return balance(connection, province)


def _count(verdict: Verdict, place: Scaled, sink: SinkProcess) -> None:
    host = sender(place).host
    keys = (f"{place.province}|reminders|{code(number)}|agency|email|{DAY}" for number in range(verdict.messages))
    expected = {message_id(key, host) for key in keys}
    kept, copies = sink.kept(), sink.copies()
    verdict.lost, verdict.foreign = len(expected - set(copies)), len(set(copies) - expected)
    verdict.duplicates = copies.total() - len(copies)
    verdict.most_copies = max(copies.values(), default=0)
    verdict.bound = verdict.crashes * verdict.workers + verdict.cuts + verdict.kills
    texts = Counter(identity for identity, _ in {(identity, digest) for identity, _, digest in kept})
    verdict.changed_copies = sum(count > 1 for count in texts.values())
    account = _account(place.database, place.province)
    place.database.close()
    assert account.holds
    verdict.balance = asdict(account)


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--messages", type=int, default=10_000)
    words.add_argument("--crashes", type=int, default=40)
    words.add_argument("--cuts", type=int, default=200)
    words.add_argument("--kills", type=int, default=60)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="dondoc-outages-") as folder:
        verdict = trial(
            messages=asked.messages,
            workers=4,
            crashes=asked.crashes,
            cuts=asked.cuts,
            kills=asked.kills,
            folder=Path(folder),
        )
    print(json.dumps(asdict(verdict) | {"passed": verdict.passed}, indent=1))
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
