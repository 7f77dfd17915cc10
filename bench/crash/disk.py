"""What a disk does to a sender: it tears, it is full, it is read-only, another program holds the file.

    PYTHONPATH=. .venv/bin/python bench/crash/disk.py [--torn 500] [--messages 600] [--lock 60]

Torn copies are taken of a sender that is stopped at random moments (database and log as they stand then). They are
cut or garbled from a random byte on of that part of the log which is not yet being copied into the database: a
checkpoint copies only what the disk holds for certain. Full and read-only disks need root.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bench.crash.children import fork, in_child
from bench.crash.servers import SinkProcess
from bench.daily.seeding import DAY, NOW, Scaled, seed
from flows.steps.composing import sender
from flows.steps.deciding import decide
from flows.steps.sending import deliver
from flows.steps.workplace import open_workplace
from notifiers.email_message import message_id
from store.balance import balance
from store.database import Database
from store.errors import StoreError
from store.schema import messages as table

FAILED = 3
"""How a sender ends that could not go on with its database."""


@dataclass(kw_only=True)
class Verdict:
    what: str
    messages: int
    told: str = ""
    """What the sender said when it could not go on; empty where it went on by itself."""
    lost: int = 0
    duplicates: int = 0
    unproved: int = 0
    """Messages that counted as sent and had not arrived."""
    intact: bool = True
    balance: dict[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        finished = self.balance["sent"] == self.balance["planned"] == self.messages
        return self.lost == self.unproved == 0 and self.duplicates <= 1 and self.intact and finished


class Desk:
    """A sender with its database, and the mail server that knows what has truly arrived."""

    def __init__(self, folder: Path, sink: SinkProcess, messages: int, *, busy: float = 30.0) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.sink, self.messages = folder, sink, messages
        self.path = folder / "dondoc.db"
        self.place = self.opened(self.path, busy)
        self.starts = 0
        in_child(self._prepare)

    def opened(self, path: Path, busy: float = 30.0) -> Scaled:
        given = {
            "DONDOC_VAR": str(self.folder),
            "DONDOC_DATABASE_URL": f"sqlite:///{path}",
            "DONDOC_SMTP_URL": self.sink.url,
            "DONDOC_BUSY_SECONDS": str(busy),
        }
        return Scaled(open_workplace(given).settings, agency_count=self.messages)

    def _prepare(self) -> None:
        seed(self.place, stored=self.messages, due=self.messages, agencies=self.messages)
        decide(self.place, now=NOW, today=DAY)
        # The log starts anew, so that it has to grow.
        with self.place.database.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]

    def start(self) -> int:
        """A sender, as a child. What it says when it cannot go on is in the file `told`."""
        self.starts += 1
        moment = NOW + timedelta(minutes=40) * self.starts

        def send() -> int:
            try:
                deliver(self.place, clock=lambda: moment)
            except StoreError as error:
                (self.sink.log.parent / "told").write_text(str(error), encoding="utf-8")
                return FAILED
            return 0

        return fork(send)

    def until_arrived(self, count: int, pid: int) -> None:
        """Wait until so many mails have arrived; the sender must still be at work then."""
        while len(self.sink.kept()) < count:
            assert os.waitpid(pid, os.WNOHANG) == (0, 0), "the sender ended too early"
            time.sleep(0.01)

    def verdict(self, what: str) -> Verdict:
        """Let another sender finish, and count."""
        told = self.sink.log.parent / "told"
        said = told.read_text(encoding="utf-8") if told.exists() else ""
        assert ended(self.start()) == 0
        copies = self.sink.copies()
        found = Verdict(what=what, messages=self.messages, told=said)
        with self.place.database.read() as connection:
            host = sender(self.place).host
            keys = connection.execute(select(table.c.key).where(table.c.state == "sent")).scalars()
            claimed = {message_id(key, host) for key in keys}
            found.intact = connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            found.balance = asdict(balance(connection, self.place.province))
        self.place.database.close()
        found.unproved = len(claimed - set(copies))
        found.lost = self.messages - len(copies)
        found.duplicates = copies.total() - len(copies)
        return found


def ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of so many megabytes. Raises PermissionError where we may not mount one."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode != 0:
        raise PermissionError("no file system may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def full(folder: Path, messages: int) -> Verdict:
    """The last room on the disk is taken while mails leave, and given back."""
    with small_disk(folder / "disk", 64) as disk, SinkProcess(folder / "sink.tsv") as sink:
        desk = Desk(disk, sink, messages)
        pid = desk.start()
        desk.until_arrived(messages // 6, pid)
        filler = disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as taking:
            while True:
                taking.write(bytes(4096))
        assert ended(pid) == FAILED, "the disk was not full soon enough"
        in_child(lambda: _proved(desk))
        filler.unlink()
        return desk.verdict("full disk")


def _proved(desk: Desk) -> None:
    """On the full disk, too, the database can be read, and nothing in it is sent that did not arrive."""
    with desk.place.database.read() as connection:
        keys = connection.execute(select(table.c.key).where(table.c.state == "sent")).scalars()
        assert {message_id(key, sender(desk.place).host) for key in keys} <= set(desk.sink.copies())


def read_only(folder: Path, messages: int) -> Verdict:
    """The disk comes up read-only, as after a fault of its own: nothing leaves until it can be written again."""
    with small_disk(folder / "disk", 64) as disk, SinkProcess(folder / "sink.tsv") as sink:
        desk = Desk(disk, sink, messages)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        try:
            assert ended(desk.start()) == FAILED
            assert not sink.kept(), "a mail left of which nothing could be noted"
        finally:
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        return desk.verdict("read-only disk")


def locked(folder: Path, messages: int, *, seconds: float, busy: float) -> Verdict:
    """Another program holds the write lock for longer than the sender waits for it at once."""
    with SinkProcess(folder / "sink.tsv") as sink:
        desk = Desk(folder / "var", sink, messages, busy=busy)
        pid = desk.start()
        desk.until_arrived(messages // 6, pid)
        holder = sqlite3.connect(desk.path, isolation_level=None, timeout=60)
        holder.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        holder.execute("ROLLBACK")
        holder.close()
        assert ended(pid) in {0, FAILED}
        return desk.verdict(f"locked for {seconds:g} s, waiting {busy:g} s at once")


@dataclass(kw_only=True)
class Torn:
    """What became of torn copies. `unproved` counts messages that were sent by one and had not arrived."""

    copies: int = 0
    damaged: int = 0
    unbalanced: int = 0
    unproved: int = 0
    finished: int = 0
    """Copies from which the work was finished, and everything had arrived."""
    sent_at_least: int = 10**9
    sent_at_most: int = 0

    @property
    def passed(self) -> bool:
        return self.damaged == self.unbalanced == self.unproved == 0 and self.finished > 0


def torn(folder: Path, *, messages: int, copies: int, stops: int) -> Torn:
    """`copies` torn copies, taken at `stops` moments of a sender's work; one of each moment's is worked on with."""
    found = Torn()
    random.seed(copies)
    with SinkProcess(folder / "sink.tsv") as sink:
        desk = Desk(folder / "var", sink, messages)
        pid = desk.start()
        for stop in range(stops):
            desk.until_arrived(1 + stop * messages // (stops + 1), pid)
            time.sleep(random.uniform(0, 0.02))
            os.kill(pid, signal.SIGSTOP)
            _tear(found, desk, folder / "torn", copies // stops)
            os.kill(pid, signal.SIGCONT)
        assert ended(pid) == 0
    return found


def _tear(found: Torn, desk: Desk, folder: Path, count: int) -> None:
    """Copies of the files of a stopped sender, each torn in its own way."""
    arrived = set(desk.sink.copies())
    log = Path(f"{desk.path}-wal").read_bytes()
    durable = min(_durable(desk.path, log), len(log))
    for number in range(count):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        copy = folder / "dondoc.db"
        shutil.copy(desk.path, copy)
        at = random.randrange(durable, len(log) + 1)
        garbled = random.randbytes(random.randrange(0, min(9000, len(log) - at) + 1))
        Path(f"{copy}-wal").write_bytes(log[:at] + garbled)
        last = number == count - 1
        _look(found, desk, copy, arrived)
        if last:
            in_child(lambda copy=copy: _finish(desk, copy, arrived))  # type: ignore[misc]
            found.finished += 1


def _durable(path: Path, log: bytes) -> int:
    """How many bytes of the log no power cut can take: SQLite has synced them before it began to copy their pages.

    The number of frames that a checkpoint has begun to copy stands in the shared index (`nBackfillAttempted` in
    wal.c). Anything after them may be lost, and what is left is an older commit.
    """
    begun = int.from_bytes(Path(f"{path}-shm").read_bytes()[128:132], sys.byteorder)
    page = int.from_bytes(log[8:12], "big")
    return 32 + begun * (24 + page) if begun else 0


def _look(found: Torn, desk: Desk, copy: Path, arrived: set[str]) -> None:
    found.copies += 1
    database = Database(f"sqlite:///{copy}")
    host = sender(desk.place).host
    try:
        with database.read() as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
                found.damaged += 1
            account = balance(connection, desk.place.province)
            keys = connection.execute(select(table.c.key).where(table.c.state == "sent")).scalars().all()
    except StoreError:
        found.damaged += 1
        return
    finally:
        database.close()
    found.unbalanced += not account.holds or account.planned != desk.messages
    found.unproved += len({message_id(key, host) for key in keys} - arrived)
    found.sent_at_least = min(found.sent_at_least, len(keys))
    found.sent_at_most = max(found.sent_at_most, len(keys))


def _finish(desk: Desk, copy: Path, arrived: set[str]) -> None:
    """Work on from a torn copy, to a mail server of its own: together with what had arrived, nothing is missing."""
    with SinkProcess(copy.parent / "rest.tsv") as rest:
        other = Scaled(
            open_workplace(
                {
                    "DONDOC_VAR": str(desk.folder),
                    "DONDOC_DATABASE_URL": f"sqlite:///{copy}",
                    "DONDOC_SMTP_URL": rest.url,
                }
            ).settings,
            agency_count=desk.messages,
        )
        deliver(other, clock=lambda: NOW + timedelta(hours=3))
        copies: Counter[str] = rest.copies()
        assert len(arrived | set(copies)) == desk.messages, "something is lost"
        assert set(copies.values()) <= {1}


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--messages", type=int, default=600)
    words.add_argument("--torn", type=int, default=500)
    words.add_argument("--lock", type=float, default=60.0)
    asked = words.parse_args()
    works: list[Callable[[Path], Verdict | Torn]] = [
        lambda folder: torn(folder, messages=200, copies=asked.torn, stops=min(25, asked.torn)),
        lambda folder: full(folder, asked.messages),
        lambda folder: read_only(folder, 50),
        lambda folder: locked(folder, asked.messages, seconds=asked.lock, busy=30),
        lambda folder: locked(folder, asked.messages, seconds=asked.lock, busy=1),
    ]
    passed = True
    for work in works:
        with tempfile.TemporaryDirectory(prefix="dondoc-disk-") as folder:
            result = work(Path(folder))
        passed &= result.passed
        print(json.dumps(asdict(result) | {"passed": result.passed}, ensure_ascii=False), flush=True)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
