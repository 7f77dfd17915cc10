"""The process is killed at any moment, and nothing is lost: the short form of bench/crash."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bench.crash.run import trial
from flows.steps.clock import standing_at
from flows.steps.importing import import_file
from flows.steps.summary import lines_of_counts
from flows.steps.workplace import Workplace, open_workplace
from store.keeping import backup
from store.plans import count_rows
from store.schema import messages, reminders
from tests.conftest import ROOT, SAMPLES

PLAN = sorted(SAMPLES.glob("*.txt"))[0]
DAY = date(2026, 6, 1)


@pytest.mark.slow
def test_no_message_is_lost_and_none_changes_however_often_the_sender_is_killed(
    database_url: str, tmp_path: Path
) -> None:
    verdict = trial(messages=80, random_kills=6, each=1, url=database_url, folder=tmp_path)
    assert verdict.kills >= 12
    assert verdict.passed, verdict


def imports(place: Workplace) -> None:
    now = standing_at(DAY, place.settings.schedule.work_from, place.settings.schedule.zone)()
    import_file(place, PLAN, now=now, today=DAY, actor="test")


def counted(place: Workplace) -> dict[str, int]:
    with place.database.read() as connection:
        return count_rows(connection, place.province)


FULL = """
import resource, signal, sys
from datetime import timedelta
from flows.steps.workplace import open_workplace
from flows.steps.daily import run_daily
from flows.steps.clock import standing_at
from tests.test_flows_crash import DAY
from store.errors import StoreError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
place = open_workplace()
resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))
schedule = place.settings.schedule
try:
    run_daily(place, clock=standing_at(DAY, schedule.work_from, schedule.zone), day=DAY)
except StoreError as error:
    print(error)
    sys.exit(3)
"""


def test_a_full_disk_is_told_and_nothing_counts_as_sent_without_an_answer(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """The size of any file is limited to what the database has already, as if the disk were full."""
    place = open_workplace(environment)
    place.ready()
    imports(place)
    place.database.close()
    assert place.database.path is not None
    size = place.database.path.stat().st_size
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DONDOC_")}
    ran = subprocess.run(
        [sys.executable, "-c", FULL.replace("ROOM", str(size // 4))],
        env=clean | environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 3, ran.stderr
    with place.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("SELECT count(*) FROM messages WHERE state = 'sent'").scalar() == 0
    assert not list((tmp_path / "var" / "outbox").glob("*.eml"))


def test_a_restored_backup_sends_nothing_until_a_person_says_so(
    environment: dict[str, str], tmp_path: Path
) -> None:
    from flows.steps.daily import run_daily
    from store import keeping

    place = open_workplace(environment)
    place.ready()
    imports(place)
    copy = tmp_path / "copy.db"
    backup(place.database, copy)
    clock = standing_at(DAY, place.settings.schedule.work_from, place.settings.schedule.zone)
    first = run_daily(place, clock=clock, day=DAY)
    assert first.delivered.sent > 0
    aside = keeping.restore(place.database, copy, now=clock())
    assert aside is not None
    assert aside.exists()
    again = open_workplace(environment)
    later = DAY + timedelta(days=1)
    clock = standing_at(later, place.settings.schedule.work_from, place.settings.schedule.zone)
    held = run_daily(again, clock=clock, day=later)
    assert held.decided.planned > 0
    assert held.delivered.sent == 0
    assert held.delivered.on_hold is not None
    said = lines_of_counts(held.counts())
    assert any("dondoc resume" in line for line in said)
    assert "Không có thư nào phải gửi." not in said, "there is, and it waits"
    with again.database.write() as connection:
        keeping.release(connection, again.province)
    assert run_daily(again, clock=clock, day=later).delivered.sent > 0


def test_restoring_from_something_else_changes_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    from store import keeping
    from store.errors import StoreError

    place = open_workplace(environment)
    place.ready()
    imports(place)
    before = counted(place)
    shutil.copy(PLAN, tmp_path / "no.db")
    clock = standing_at(DAY, place.settings.schedule.work_from, place.settings.schedule.zone)
    with pytest.raises(StoreError):
        keeping.restore(place.database, tmp_path / "no.db", now=clock())
    assert counted(open_workplace(environment)) == before


def test_what_a_killed_run_still_holds_is_spoken_of(environment: dict[str, str]) -> None:
    from flows.steps.daily import run_daily

    place = open_workplace(environment)
    place.ready()
    imports(place)
    clock = standing_at(DAY, place.settings.schedule.work_from, place.settings.schedule.zone)
    run_daily(place, clock=clock, day=DAY)
    with place.database.write() as connection:
        connection.execute(
            update(messages).values(state="sending", lease_until=clock() + timedelta(minutes=30), ended_at=None)
        )
        connection.execute(update(reminders).where(reminders.c.state == "told").values(state="planned"))
    said = lines_of_counts(run_daily(place, clock=clock, day=DAY).counts())
    assert "Không có thư nào phải gửi." not in said
    assert any("chậm nhất sau 30 phút" in line for line in said)
