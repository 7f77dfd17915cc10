"""Send messages to a real mail server while the sender is killed with SIGKILL, and count what arrived.

    PYTHONPATH=. .venv/bin/python bench/crash/run.py                      10,000 messages, SQLite
    PYTHONPATH=. .venv/bin/python bench/crash/run.py --postgresql [--fsync]
    PYTHONPATH=. .venv/bin/python bench/crash/run.py --short              as the test suite runs it

Every kill happens to a fresh child process of a warm parent, so that a thousand of them take minutes. A child is
one worker. The clock of the children moves on past the lease at each start, as it would by waiting.
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
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bench.crash.children import fork, in_child
from bench.crash.servers import PostgresProcess, SinkProcess
from bench.daily.seeding import DAY, NOW, Scaled, code, seed, workplace
from flows.steps.composing import sender
from flows.steps.deciding import decide
from flows.steps.sending import deliver
from notifiers.email_message import message_id
from store.balance import balance
from store.database import Database

INSIDE = ("claim", "render", "freeze", "connect", "reply", "mark")
"""Failpoints of the sender itself."""
OUTSIDE = ("greeting", "rcpt", "data", "dot", "kept")
"""Stages of the mail server at which it kills the sender."""
DECIDING = ("plan", "decide", "decide-batch")
LEASE = timedelta(seconds=2)
RATE = 50.0
"""Messages a second that one worker sends here, roughly."""
PATIENCE = 60.0
"""Seconds after which a child that should have been killed is."""


@dataclass(kw_only=True)
class Verdict:
    """What a run came to. `kills` counts the killed senders only."""

    database: str
    messages: int
    kills: int = 0
    killed_at: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    duplicates: int = 0
    most_copies: int = 0
    identities: int = 0
    changed_copies: int = 0
    """Copies with the same Message-ID whose text differed."""
    foreign: int = 0
    """Message-IDs that belong to none of our messages."""
    balance: dict[str, int] = field(default_factory=dict)
    balances: bool = False
    intact: bool = True
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return (
            self.lost == 0
            and self.duplicates <= self.kills
            and self.identities == self.messages
            and self.changed_copies == 0
            and self.foreign == 0
            and self.balances
            and self.balance["sent"] == self.messages
            and self.intact
        )


class Victims:
    """Starts children of this process and kills them."""

    def __init__(self, place: Scaled, sink: SinkProcess, verdict: Verdict) -> None:
        self.place = place
        self.sink = sink
        self.verdict = verdict
        self.starts = 0
        self.finished = False

    def start(self, work: Callable[[], None], failpoint: str = "") -> int:
        """A child that does `work` until it ends or is killed."""
        self.starts += 1
        return fork(work, failpoint)

    def clock(self) -> Callable[[], datetime]:
        """Later than the lease of whoever was started before."""
        begun, moment = time.monotonic(), NOW + (LEASE + timedelta(milliseconds=10)) * self.starts
        return lambda: moment + timedelta(seconds=(time.monotonic() - begun) / 1000)

    def send(self) -> None:
        deliver(self.place, clock=self.clock(), lease=LEASE)

    def decide(self) -> None:
        decide(self.place, now=self.clock()(), today=DAY)

    def end(self, pid: int, name: str, *, within: float = PATIENCE) -> bool:
        """Wait for a child; kill it after `within` seconds. Whether it was killed."""
        last = time.monotonic() + within
        while time.monotonic() < last:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return self._ended(status, name)
            time.sleep(0.001)
        os.kill(pid, signal.SIGKILL)
        return self._ended(os.waitpid(pid, 0)[1], name)

    def _ended(self, status: int, name: str) -> bool:
        if os.WIFSIGNALED(status):
            self.verdict.killed_at[name] = self.verdict.killed_at.get(name, 0) + 1
            return True
        assert os.WEXITSTATUS(status) == 0, f"a child failed by itself at {name}"
        return False


def trial(*, messages: int, random_kills: int, each: int, url: str, folder: Path, seed_of: int = 1) -> Verdict:
    """Decide and send `messages` under fire. Raises AssertionError where a child fails otherwise than by a kill."""
    verdict = Verdict(database=url.partition(":")[0], messages=messages)
    random.seed(seed_of)
    begun = time.monotonic()
    with SinkProcess(folder / "sink.tsv") as sink:
        place = workplace(folder, url=url, smtp=sink.url, agencies=messages)
        _prepare(place, messages)
        victims = Victims(place, sink, verdict)
        _decide_under_fire(victims, each)
        _send_under_fire(victims, messages, random_kills, each)
        _count(verdict, place, sink, messages)
    verdict.seconds = round(time.monotonic() - begun, 1)
    return verdict


def _prepare(place: Scaled, messages: int) -> None:
    """Fill the database in a child, and load what children would load."""
    in_child(lambda: seed(place, stored=messages, due=messages, agencies=messages))
    for part in (place.directory, place.policies, place.channels, place.calendar, place.seal):
        assert part is not None
    # Loading asked the database for edits; a child killed on that connection would leave it in a transaction.
    place.database.close()
    import notifiers.email_channel
    import notifiers.render  # noqa: F401


def _decide_under_fire(victims: Victims, each: int) -> None:
    for name in [name for name in DECIDING for _ in range(each)]:
        victims.end(victims.start(victims.decide, name), name)
    assert not victims.end(victims.start(victims.decide), "deciding")


def _send_under_fire(victims: Victims, messages: int, random_kills: int, each: int) -> None:
    plan = [name for name in INSIDE + OUTSIDE for _ in range(each)] + ["random"] * random_kills
    random.shuffle(plan)
    before = sum(victims.verdict.killed_at.values())
    share = max(1.0, (messages - 2 * each * len(INSIDE + OUTSIDE)) / max(1, random_kills))
    for name in plan:
        if name == "random":
            pid = victims.start(victims.send)
            victims.end(pid, name, within=_life(share, RATE))
            continue
        pid = victims.start(victims.send, f"{name}:{random.randint(1, 2)}" if name in INSIDE else "")
        if name in OUTSIDE:
            victims.sink.arm(name, pid)
        victims.end(pid, name)
        victims.sink.disarm()
    victims.verdict.kills = sum(victims.verdict.killed_at.values()) - before
    for _ in range(5):
        assert not victims.end(victims.start(victims.send), "last", within=3600)


def _life(share: float, rate: float) -> float:
    """How many seconds a child may live, so that random kills are spread over the whole of the work."""
    return random.uniform(0.02, 2 * share / rate)


def _count(verdict: Verdict, place: Scaled, sink: SinkProcess, messages: int) -> None:
    host = sender(place).host
    keys = {f"{place.province}|reminders|{code(number)}|agency|email|{DAY}" for number in range(messages)}
    expected = {message_id(key, host) for key in keys}
    copies = sink.copies()
    texts: dict[str, set[str]] = {}
    for identity, _, digest in sink.kept():
        texts.setdefault(identity, set()).add(digest)
    verdict.lost = len(expected - set(copies))
    verdict.foreign = len(set(copies) - expected)
    verdict.identities = len(copies)
    verdict.duplicates = sum(copies.values()) - len(copies)
    verdict.most_copies = max(copies.values(), default=0)
    verdict.changed_copies = sum(len(kinds) > 1 for kinds in texts.values())
    database = Database(place.settings.database_url)
    with database.read() as connection:
        found = balance(connection, place.province)
        if database.is_sqlite:
            verdict.intact = connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    database.close()
    verdict.balance, verdict.balances = asdict(found), found.holds


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--postgresql", action="store_true")
    words.add_argument("--fsync", action="store_true", help="PostgreSQL waits for the disk at each commit")
    words.add_argument("--short", action="store_true")
    words.add_argument("--messages", type=int, default=10_000)
    words.add_argument("--random", type=int, default=200)
    words.add_argument("--each", type=int, default=50)
    asked = words.parse_args()
    if asked.short:
        asked.messages, asked.random, asked.each = 150, 10, 2
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dondoc-crash-")))
        url = f"sqlite:///{folder / 'dondoc.db'}"
        if asked.postgresql:
            url = stack.enter_context(PostgresProcess(fsync=asked.fsync)).url
        verdict = trial(messages=asked.messages, random_kills=asked.random, each=asked.each, url=url, folder=folder)
    print(json.dumps(asdict(verdict) | {"passed": verdict.passed}, indent=1))
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
