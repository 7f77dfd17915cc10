"""The machine is lost and an old copy comes back: nothing is sent twice by itself, and nothing is forgotten."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.steps.clock import standing_at
from flows.steps.daily import Report, run_daily
from flows.steps.importing import import_file
from flows.steps.resuming import resume
from flows.steps.workplace import Workplace, open_workplace
from store import copies
from store.balance import balance, dead_letters
from store.messages import decide as person_decides
from store.schema import messages
from tests.conftest import SAMPLES
from tests.smtp_sink import Sink

KEY = "khoa-" + "7" * 40
START = date(2026, 6, 11)
"""A Thursday; much is due on the Friday and the Monday after it."""


class Machine:
    """A server with a disk and a mail server of its own; the key is kept apart from both."""

    def __init__(self, disk: Path, sink: Sink) -> None:
        self.disk, self.sink = disk, sink
        given = {"DONDOC_VAR": str(disk), "DONDOC_SMTP_URL": sink.url, "DONDOC_KEY": KEY}
        self.place: Workplace = open_workplace(given)

    def at(self, day: date, hours: int = 0) -> datetime:
        moment = standing_at(day, self.place.settings.schedule.work_from, self.place.zone)()
        return moment + timedelta(hours=hours)

    def run(self, day: date, hours: int = 0) -> Report:
        return run_daily(self.place, clock=lambda: self.at(day, hours), day=day)

    def run_until(self, last: date, after: date = START - timedelta(days=1)) -> None:
        """Every morning after `after` up to `last`, days off too."""
        while after < last:
            after += timedelta(days=1)
            self.run(after)

    def is_lost(self) -> None:
        self.place.database.close()
        shutil.rmtree(self.disk)

    def sent(self) -> Counter[str]:
        return Counter(str(mail["Message-ID"]) for _, mail in self.sink.mailbox.messages)

    def sent_to_agencies(self) -> set[str]:
        own = self.place.settings.office.reply_to
        return {str(mail["Message-ID"]) for to, mail in self.sink.mailbox.messages if to != own}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The disk of a machine that knows the sample plans."""
    disk = tmp_path_factory.mktemp("drill") / "var"
    with Sink() as sink:
        machine = Machine(disk, sink)
        machine.place.ready()
        for path in sorted(SAMPLES.glob("*.txt")):
            import_file(machine.place, path, now=machine.at(START), today=START, actor="test")
        machine.place.database.close()
    return disk


@pytest.mark.parametrize(
    ("copied", "lost", "back", "hour", "runs_before"),
    [
        (date(2026, 6, 11), date(2026, 6, 15), date(2026, 6, 15), 7, True),
        (date(2026, 6, 11), date(2026, 6, 12), date(2026, 6, 13), 7, False),
        (date(2026, 6, 11), date(2026, 6, 12), date(2026, 6, 15), -2, False),
    ],
    ids=["a run before it is resumed", "resumed at once on a Saturday", "back before the Monday's run"],
)
def test_what_the_lost_machine_sent_is_left_to_a_person_and_the_next_days_are_as_if_nothing_had_happened(
    installed: Path, tmp_path: Path, copied: date, lost: date, back: date, hour: int, runs_before: bool
) -> None:
    with Sink() as sink, Sink() as other:
        for name in ("first", "twin"):
            shutil.copytree(installed, tmp_path / name)
        machine, twin = Machine(tmp_path / "first", sink), Machine(tmp_path / "twin", other)
        for one in (machine, twin):
            one.run_until(copied)
        copy = tmp_path / "copies" / "copy.db"
        copies.back_up(machine.place.database, copy)
        for one in (machine, twin):
            one.run_until(lost, copied)
        assert len(machine.sent_to_agencies()) > 20
        before = machine.sent()
        machine.is_lost()

        again = Machine(tmp_path / "second", sink)
        copies.restore(again.place.database, copy, now=again.at(back, hour - 1))
        if runs_before:
            report = again.run(back, hour)
            assert report.delivered.on_hold is not None
            assert report.decided.planned > 0
        assert machine.sent() == before, "nothing leaves while it is on hold"
        resumed = resume(again.place, unsure=True, now=again.at(back, hour), actor="test")
        assert resumed is not None
        assert resumed.left > 5
        again.run(back, max(hour, 0))
        known = set(before)
        assert hour < 0 or not again.sent_to_agencies() - known, (
            "nothing that may have been sent goes again by itself"
        )

        after = back + timedelta(days=4)
        again.run_until(after, back)
        twin.run_until(after, lost)
        assert set(machine.sent().values()) == {1}
        assert again.sent_to_agencies() == twin.sent_to_agencies()
        assert again.sent_to_agencies() - known
        _a_person_settles(again, resumed.left)
        twin.place.database.close()


def _a_person_settles(machine: Machine, left: int) -> None:
    place = machine.place
    with place.database.write() as connection:
        assert balance(connection, place.province).holds
        assert balance(connection, place.province).uncertain > 0
        assert dead_letters(connection, place.province)
        query = select(messages.c.id).where(messages.c.state == "unconfirmed")
        doubtful = connection.execute(query).scalars().all()
        assert len(doubtful) == left
        for message in doubtful:
            assert person_decides(
                connection, place.province, message, "delivered", reason="", now=machine.at(START), actor="test"
            )
        account = balance(connection, place.province)
    assert account.holds
    assert account.uncertain == 0
    place.database.close()


def test_there_is_nothing_to_resume_where_nothing_was_held(tmp_path: Path) -> None:
    with Sink() as sink:
        machine = Machine(tmp_path / "one", sink)
        machine.place.ready()
        assert resume(machine.place, unsure=True, now=machine.at(START), actor="test") is None
        machine.place.database.close()
