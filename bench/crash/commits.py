"""Kill whatever writes, 50 times at each of its failpoints, and see that each time it was all or nothing.

    PYTHONPATH=. .venv/bin/python bench/crash/commits.py [--postgresql] [--each 50]

`import-commit`, `migrate`, `ack` and `backup` die just before their commit, so nothing may be there; `refuse` dies
just after it, so the refusal is there and the message is not tried again. Then each is done once more, whole.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, inspect, select

from bench.crash.children import fork, in_child
from bench.crash.servers import PostgresProcess
from bench.daily.seeding import DAY, NOW, Scaled, code, seed, workplace
from flows.steps.answering import Said, receive
from flows.steps.deciding import decide
from flows.steps.importing import import_file
from flows.steps.sending import deliver
from notifiers.errors import Refused
from notifiers.message import Message, Receipt
from store.balance import balance
from store.copies import back_up
from store.database import Database
from store.plans import count_rows
from store.schema import answers, deliveries, messages

PLAN = sorted((Path(__file__).parents[2] / "docs" / "samples").glob("*.txt"))[0]
LEASE = timedelta(seconds=2)


def killed_at(name: str, work: Callable[[], None]) -> None:
    """Do `work` in a child of ours that has to die at the failpoint `name`."""

    def survive() -> int:
        work()
        return 2

    status = os.waitpid(fork(survive, name), 0)[1]
    assert os.WIFSIGNALED(status), f"{name}: ended by itself with {os.WEXITSTATUS(status)}"
    assert os.WTERMSIG(status) == signal.SIGKILL


def migrating(place: Scaled, each: int) -> None:
    def empty() -> None:
        with place.database.read() as connection:
            assert inspect(connection).get_table_names() == []

    for _ in range(each):
        killed_at("migrate", lambda: place.ready() and None)
        in_child(empty)
    in_child(lambda: place.ready() and None)


def importing(place: Scaled, each: int) -> None:
    def work() -> None:
        import_file(place, PLAN, now=NOW, today=DAY, actor="bench")

    def rows() -> dict[str, int]:
        with place.database.read() as connection:
            return count_rows(connection, place.province)

    def nothing() -> None:
        assert set(rows().values()) == {0}

    def whole() -> None:
        work()
        before = rows()
        assert before["tasks"] > 5
        work()
        assert rows() == before

    for _ in range(each):
        killed_at("import-commit", work)
        in_child(nothing)
    in_child(whole)


def answering(place: Scaled, each: int) -> None:
    """Of the answers of one agency: killed before the commit there is none; twice the same is one."""

    def work() -> None:
        said = Said(kind="progress", text="Đã hoàn thành dự thảo")
        receive(place, code(0), 1, said, now=NOW, today=DAY)

    def count(expected: int) -> Callable[[], None]:
        def look() -> None:
            with place.database.read() as connection:
                assert connection.execute(select(func.count()).select_from(answers)).scalar_one() == expected

        return look

    for _ in range(each):
        killed_at("ack", work)
        in_child(count(0))
    in_child(work)
    in_child(work)
    in_child(count(1))


def backing_up(place: Scaled, each: int, folder: Path) -> None:
    target = folder / "copy.db"
    for _ in range(each):
        killed_at("backup", lambda: back_up(place.database, target) and None)
        assert not target.exists()
    in_child(lambda: back_up(place.database, target) and None)
    copy = Database(f"sqlite:///{target}")
    with copy.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    copy.close()


class Refusing:
    """A channel that says no to every message, and notes in a file which it was asked to take."""

    name, resend_unconfirmed = "email", True

    def __init__(self, asked: Path) -> None:
        self._asked = asked

    def send(self, message: Message) -> Receipt:
        with self._asked.open("a") as asked:
            print(message.key, file=asked, flush=True)
        raise Refused("554 không nhận", code="554")

    def close(self) -> None:
        """There is nothing to close."""

    def __enter__(self) -> Refusing:
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to end."""


def refusing(place: Scaled, each: int, folder: Path) -> Counter[str]:
    """Every message is refused, and every sender dies once it has kept that: nobody is asked twice."""
    asked = folder / "asked.txt"
    asked.touch()
    starts = 0

    def work() -> None:
        moment = NOW + (LEASE + timedelta(milliseconds=10)) * starts
        deliver(place, clock=lambda: moment, lease=LEASE, opens=lambda *_args, **_more: Refusing(asked))

    in_child(lambda: decide(place, now=NOW, today=DAY) and None)
    for starts in range(1, each + 1):  # noqa: B007 - the child reads it
        killed_at("refuse", work)
    starts = each + 1
    in_child(work)
    return Counter(asked.read_text().split("\n")[:-1])


def trial(*, each: int, url: Callable[[str], str], folder: Path) -> dict[str, int]:
    """Every failpoint of `commits`; `url` names an empty database. Raises AssertionError where one fails."""
    # Loaded here once, instead of by each child.
    import alembic.command
    import alembic.config  # noqa: F401

    for part in ("first", "second"):
        (folder / part).mkdir()
    first = workplace(folder / "first", url=url("first"), agencies=2 * each)
    migrating(first, each)
    importing(first, each)
    second = workplace(folder / "second", url=url("second"), agencies=2 * each)
    in_child(lambda: seed(second, stored=2 * each, due=2 * each, agencies=2 * each))
    answering(second, each)
    backing_up(second, each, folder)
    copies = refusing(second, each, folder)
    with second.database.read() as connection:
        account = balance(connection, second.province)
        states = Counter(connection.execute(select(messages.c.state)).scalars())
        tried = connection.execute(select(func.count()).select_from(deliveries)).scalar_one()
    second.database.close()
    assert account.holds
    assert states == {"refused": 2 * each}
    assert set(copies.values()) == {1}
    assert tried == account.failed == 2 * each
    return dict.fromkeys(("migrate", "import-commit", "ack", "backup", "refuse"), each)


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--postgresql", action="store_true")
    words.add_argument("--each", type=int, default=50)
    asked = words.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dondoc-commits-")))
        if asked.postgresql:
            server = stack.enter_context(PostgresProcess(fsync=True))
            killed = trial(each=asked.each, url=server.database, folder=folder)
        else:
            killed = trial(each=asked.each, url=lambda name: f"sqlite:///{folder / name}.db", folder=folder)
    print(json.dumps({"killed": killed, "passed": True}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
