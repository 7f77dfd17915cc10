"""What goes wrong on which day, and the means to make it so."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from store.database import WRITERS

MOODS = {"defer": (13, 3), "refuse": (17, 5), "drop": (11, 7), "lose": (19, 8)}
"""Of the mail server, by (every so many days, from which on)."""
OTHERS = {"locked": (23, 9), "kill": (29, 10), "forward": (31, 12), "backward": (37, 14), "off": (41, 20)}


def faults_of(number: int) -> list[str]:
    """What goes wrong on the day of this number."""
    return [name for name, (every, first) in (MOODS | OTHERS).items() if number % every == first]


class MoodySink:
    """The mail server, a process of its own, so that its memory is not counted."""

    def __init__(self, log: Path) -> None:
        self.log = log
        log.touch()
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("sink.py")), str(log)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = f"smtp://127.0.0.1:{int(self._process.stdout.readline())}"

    def mood(self, name: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(name, file=self._process.stdin, flush=True)
        self._process.stdout.readline()

    def taken(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(self.log.read_text().split())

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another program holds the database for as long as this lasts."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute(f"SELECT pg_advisory_lock({WRITERS})")
        yield


def kill_a_run(environment: dict[str, str], day: str, hour: int, sink: MoodySink) -> bool:
    """Another process begins the day's work and dies when its first mail was taken. False where none was due."""
    before = sum(sink.taken().values())
    sink.mood("stall")
    run = subprocess.Popen(
        [sys.executable, "-m", "bench.soak.victim", day, str(hour)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while run.poll() is None and sum(sink.taken().values()) == before:
        time.sleep(0.05)
    run.kill()
    run.wait()
    sink.mood("ok")
    return sum(sink.taken().values()) > before
