"""A channel's rate holds for all workers together, and nobody waits longer than it takes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.database import Database
from store.migrate import migrate
from store.pace import USABLE, take

NOW = 1_780_000_000.0


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    migrate(made)
    yield made
    made.close()


def taken(database: Database, per_minute: int, wanted: int, at: float, channel: str = "email") -> tuple[int, float]:
    return database.keep(
        lambda connection: take(connection, "p", channel, per_minute=per_minute, wanted=wanted, at=at)
    )


def test_workers_share_a_minute(database: Database, database_url: str) -> None:
    def worker(number: int) -> int:
        own = Database(database_url)
        try:
            return sum(taken(own, 50, 7, NOW + number / 10)[0] for _ in range(10))
        finally:
            own.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(worker, range(4))) == 50
    assert taken(database, 50, 1, NOW + 1, channel="zalo") == (1, 0.0), "each channel has its own"


def test_who_finds_none_waits_just_long_enough(database: Database) -> None:
    assert taken(database, 5, 20, NOW)[0] == 5
    none, wait = taken(database, 5, 1, NOW + 10)
    assert none == 0
    assert taken(database, 5, 1, NOW + 10 + wait - 1)[0] == 0
    assert taken(database, 5, 1, NOW + 10 + wait)[0] == 1


def test_a_clock_that_was_set_back_stops_nobody(database: Database) -> None:
    assert taken(database, 5, 5, NOW + 3600)[0] == 5
    assert taken(database, 5, 5, NOW)[0] == 5


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 20), st.integers(1, 9)), min_size=1, max_size=25))
def test_in_no_minute_are_more_used_than_allowed(asked: list[tuple[float, int]]) -> None:
    database = Database("sqlite://")
    migrate(database)
    at, used = NOW, []
    for pause, wanted in asked:
        at += pause
        used += [at] * taken(database, 12, wanted, at)[0]
    database.close()
    # Each may be used up to `USABLE` seconds after it was taken: the worst case is a minute and that.
    for start in used:
        assert sum(start <= one <= start + 60 + USABLE for one in used) <= 12
