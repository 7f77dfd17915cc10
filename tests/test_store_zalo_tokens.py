"""The token pair in the database: sealed, durable, and refreshed by one of all processes."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from store.database import Database
from store.migrate import migrate
from store.schema import zalo_pairs
from store.sealing import Seal
from store.zalo import SeenEvents, add_link, linked_people, note_person, open_links
from store.zalo_tokens import SealedPair

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
SEAL = Seal(b"k" * 32)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    migrate(opened)
    yield opened
    opened.close()


def pair(database: Database, at: datetime = NOW) -> SealedPair:
    return SealedPair(database, SEAL, "phu-chau", "oa", lambda: at, poll_seconds=0.01)


def test_what_is_saved_is_loaded_by_everybody_and_sealed(database: Database) -> None:
    kept = pair(database)
    assert kept.load() is None
    with kept.lock(5):
        kept.save("access-token-1")
    assert pair(database).load() == "access-token-1"
    with database.read() as connection:
        sealed = connection.execute(select(zalo_pairs.c.sealed)).scalar_one()
    assert b"access" not in bytes(sealed)


def test_saving_without_the_lock_is_refused(database: Database) -> None:
    with pytest.raises(OSError, match="lock"):
        pair(database).save("x")


def test_a_second_holder_waits_and_then_gives_up(database: Database) -> None:
    with pair(database).lock(5), pytest.raises(TimeoutError), pair(database).lock(0.1):
        raise AssertionError("two holders")
    with pair(database).lock(0.1):
        pass


def test_a_dead_holder_is_waited_out_and_can_save_no_more(database: Database) -> None:
    dead = pair(database)
    held = dead.lock(5)
    held.__enter__()
    after = NOW + timedelta(seconds=71)
    with pair(database, after).lock(1):
        with pytest.raises(OSError, match="lost"):
            dead.save("stale")
        later = pair(database, after)
        with pytest.raises(TimeoutError), later.lock(0.05):
            raise AssertionError("two holders")


def test_a_failing_database_is_an_os_error(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("DROP TABLE zalo_pairs"))
    with pytest.raises(OSError, match="zalo_pairs"):
        pair(database).load()
    with pytest.raises(OSError, match="zalo_pairs"), pair(database).lock(1):
        pass


def _add_one(url: str, times: int) -> None:
    kept = SealedPair(Database(url), SEAL, "phu-chau", "oa", lambda: datetime.now(UTC), poll_seconds=0.005)
    for _ in range(times):
        with kept.lock(60):
            number = int(kept.load() or 0)
            time.sleep(0.002)
            kept.save(str(number + 1))


def test_processes_exclude_one_another(database: Database, database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_add_one, args=(database_url, 10)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert pair(database).load() == "30"


def test_an_event_is_new_once_and_forgotten_in_the_end(database: Database) -> None:
    with database.write() as connection:
        assert SeenEvents(connection, "phu-chau", NOW).add_new("a")
        assert not SeenEvents(connection, "phu-chau", NOW).add_new("a")
        assert SeenEvents(connection, "an-hoa", NOW).add_new("a")
    with database.write() as connection:
        later = SeenEvents(connection, "phu-chau", NOW + timedelta(days=8))
        assert later.add_new("b")
        assert later.add_new("a")


def test_what_is_not_committed_was_not_seen(database: Database) -> None:
    with database.write() as connection:
        assert SeenEvents(connection, "phu-chau", NOW).add_new("a")
        connection.rollback()
    with database.write() as connection:
        assert SeenEvents(connection, "phu-chau", NOW).add_new("a")


def test_a_contact_has_one_open_code_and_codes_end(database: Database) -> None:
    with database.write() as connection:
        add_link(connection, "phu-chau", contact="c", digest="1" * 64, expires=NOW + timedelta(hours=1))
        add_link(connection, "phu-chau", contact="c", digest="2" * 64, expires=NOW + timedelta(hours=1))
        assert [row.digest[0] for row in open_links(connection, "phu-chau", NOW)] == ["2"]
        assert not open_links(connection, "phu-chau", NOW + timedelta(hours=1))


def test_people_are_found_by_a_keyed_lookup_only(database: Database, tmp_path: Path) -> None:
    with database.write() as connection:
        note_person(connection, "phu-chau", SEAL, kind="oa", user_id="7001", followed_at=NOW)
        again = note_person(connection, "phu-chau", SEAL, kind="oa", user_id="7001", contact="c")
        assert again.followed_at == NOW
        assert linked_people(connection, "phu-chau", SEAL) == {("oa", "c"): "7001"}
