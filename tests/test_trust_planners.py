"""Everything at once, each thing once: planners, imports and changed files, foreign zones, Prefect away, poison."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bench.crash.poison import trial as poisoned
from flows.standing_in import StandIn
from flows.steps.clock import here, standing_at
from flows.steps.courier import LEASE
from flows.steps.deciding import decide
from flows.steps.importing import import_file
from flows.steps.missed import OVERDUE, expect, left_lying, missed
from flows.steps.refreshing import refresh
from flows.steps.workplace import Workplace, open_workplace
from notifiers.errors import Scope, Unavailable
from store import attempts, keeping, runs
from store.schema import messages, reminders, tasks
from tests.conftest import SAMPLES
from tests.prefect_site import always_at_work
from tests.test_flows_sending import Bench

DAY = date(2026, 6, 1)


def work(place: Workplace, now: datetime) -> None:
    """What may happen on one morning, from several sides."""
    refresh(place, now=now, today=DAY)
    for path in sorted(SAMPLES.glob("*.txt"))[:1]:
        import_file(place, path, now=now, today=DAY, actor="test")
    decide(place, now=now, today=DAY)
    refresh(place, now=now, today=DAY)
    decide(place, now=now, today=DAY)


def found(place: Workplace) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """How often each task, reminder and message is there, by what names it in any database."""
    with place.database.read() as connection:
        kept = connection.execute(select(tasks.c.id, tasks.c.plan_id, tasks.c.key)).all()
        said = connection.execute(select(reminders.c.stage, reminders.c.agency, reminders.c.channel)).all()
        return (
            Counter(row.key for row in kept),
            Counter("|".join(row) for row in said),
            Counter(connection.execute(select(messages.c.key)).scalars()),
        )


def test_four_who_import_reload_and_plan_at_once_make_no_row_twice(tmp_path: Path, database_url: str) -> None:
    alone = open_workplace({"DONDOC_VAR": str(tmp_path / "alone")})
    now = standing_at(DAY, alone.settings.schedule.work_from, alone.zone)()
    alone.ready()
    work(alone, now)
    expected = found(alone)
    alone.database.close()
    given = {"DONDOC_VAR": str(tmp_path / "var"), "DONDOC_DATABASE_URL": database_url}
    places = [open_workplace(given) for _ in range(4)]
    places[0].ready()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda place: work(place, now), places))
    assert found(places[0]) == expected
    assert sum(expected[1].values()) > 10
    for place in places:
        place.database.close()


@contextmanager
def standing_in(zone: str) -> Iterator[None]:
    """The machine's own zone, which must mean nothing."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


def told_from(first: date, folder: Path) -> list[tuple[datetime, str, str]]:
    """What leaves in four days from a Friday on, deciding and sending twice a day."""
    folder.mkdir()
    bench = Bench(folder, f"sqlite:///{folder / 'test.db'}")
    bench.clock.now += first - DAY
    for _ in range(8):
        bench.decide()
        bench.deliver()
        bench.clock.on(hours=12)
    assert set(bench.states()) <= {"sent", "refused"}, "nothing is left behind"
    bench.place.database.close()
    return [(one.created, one.key, one.text) for one in bench.office.taken]


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("America/New_York", date(2026, 10, 30)),
        ("America/New_York", date(2027, 3, 12)),
        ("Australia/Lord_Howe", date(2026, 10, 2)),
    ],
)
def test_the_machines_zone_and_its_change_of_clocks_mean_nothing(zone: str, first: date, tmp_path: Path) -> None:
    """Clocks change there in the night to the Sunday."""
    with standing_in("UTC"):
        expected = told_from(first, tmp_path / "utc")
    with standing_in(zone):
        assert told_from(first, tmp_path / "there") == expected
    assert len(expected) >= 3
    assert max(Counter(key for _, key, _ in expected).values()) == 1


def test_a_morning_that_prefect_does_not_start_happens_without_it(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is at an address where nobody answers; the day's job is due since midnight."""
    place = open_workplace(environment)
    folder = tmp_path / "config"
    shutil.copytree(place.settings.folder, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    always_at_work(folder)
    text = (folder / "dondoc.toml").read_text(encoding="utf-8")
    early = text.replace('daily_at = "07:30"', 'daily_at = "00:00"')
    assert early != text
    (folder / "dondoc.toml").write_text(early, encoding="utf-8")
    given = environment | {"DONDOC_CONFIG": str(folder), "PREFECT_API_URL": "http://127.0.0.1:9/api"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    place = open_workplace(given)
    place.ready()
    now = here(place.zone)()
    if now - now.replace(hour=0, minute=0, second=0) < OVERDUE + timedelta(minutes=1):
        pytest.skip("midnight has just passed")
    expect(place, now - timedelta(days=1))
    assert missed(place, now)
    stand_in = StandIn(place)
    looked(stand_in)
    with place.database.read() as connection:
        last = runs.last_good(connection, place.province)
        warned = connection.execute(select(messages.c.key)).scalars().all()
    assert last is not None
    assert last.day == now.date()
    assert not missed(place, here(place.zone)())
    assert warned, "the operator is told"
    with place.database.write() as connection:
        put_off = now - OVERDUE - timedelta(seconds=1)
        values = {"state": "ready", "not_before": put_off, "created_at": put_off, "frozen": None, "ended_at": None}
        changed = connection.execute(update(messages).values(values).where(messages.c.purpose == "digest"))
    assert changed.rowcount
    looked(stand_in)
    with place.database.read() as connection:
        assert set(connection.execute(select(messages.c.state)).scalars()) == {"sent"}
    stand_in.process = None
    stand_in.look()
    assert stand_in.process is None, "nothing is left to be done"
    place.database.close()


def looked(stand_in: StandIn) -> None:
    """What a look finds to do is done."""
    stand_in.process = None
    stand_in.look()
    assert stand_in.process is not None
    assert stand_in.process.wait(300) == 0


def test_mails_that_nobody_sends_are_seen_and_no_others(tmp_path: Path) -> None:
    bench = Bench(tmp_path, f"sqlite:///{tmp_path / 'test.db'}")
    bench.decide()
    at = bench.clock.now

    def lying(**ahead: float) -> bool:
        bench.clock.now = at
        bench.clock.on(**ahead)
        return left_lying(bench.place, bench.clock())

    assert not lying(seconds=OVERDUE.total_seconds() - 1)
    assert lying(seconds=OVERDUE.total_seconds() + 1)
    assert not lying(hours=10), "the office is closed"
    assert not lying(days=1, minutes=-29, seconds=-50), "it has just opened"
    assert lying(days=1)
    with bench.place.database.write() as connection:
        keeping.hold(connection, bench.place.province, "thử")
    assert not lying(days=1), "a person has put sending on hold"
    with bench.place.database.write() as connection:
        keeping.release(connection, bench.place.province)
    bench.clock.now = at + timedelta(minutes=5)
    bench.fails(lambda: Unavailable("421", code="421", scope=Scope.CHANNEL, retry_after=600))
    bench.deliver()
    assert not lying(minutes=6), "the mail server is left alone"
    assert lying(minutes=30)
    with bench.place.database.write() as connection:
        claimed = attempts.claim(
            connection, worker="a", now=bench.clock(), lease=LEASE, limit=1, province=bench.place.province
        )
    assert claimed
    assert not lying(minutes=30, seconds=30), "somebody is sending"
    assert lying(minutes=33), "somebody has hung, or died"
    bench.place.database.close()


def test_what_is_poisoned_is_set_aside_with_its_reason_and_the_rest_leaves(tmp_path: Path) -> None:
    verdict = poisoned(messages=30, folder=tmp_path)
    assert verdict.passed, verdict
