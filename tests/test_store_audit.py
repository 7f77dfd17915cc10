"""The audit log: what was written stays as it was, in order, or it shows."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, select, update

from store.audit import GENESIS, Broken, head, record, verify
from store.database import Database
from store.schema import audit
from tests import store_samples as samples

AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
ONE, OTHER = "phu-chau", "minh-son"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = samples.opened(database_url)
    yield made
    made.close()


def write(database: Database, number: int, province: str = ONE) -> None:
    with database.write() as connection:
        given = {"before": {"hạn": f"{number}"}, "after": None}
        record(connection, province, at=AT, actor="an", action="thử", subject=f"task:{number}", **given)


def entries(database: Database) -> list[int]:
    with database.read() as connection:
        return list(
            connection.execute(select(audit.c.id).where(audit.c.province == ONE).order_by(audit.c.id)).scalars()
        )


def verdict(database: Database, province: str = ONE) -> int | Broken:
    with database.read() as connection:
        return verify(connection, province)


def test_each_province_has_a_chain_of_its_own(database: Database) -> None:
    with database.read() as connection:
        assert (verify(connection, ONE), head(connection, ONE)) == (0, (0, GENESIS))
    for number in range(3):
        write(database, number)
        write(database, number, OTHER)
    assert (verdict(database), verdict(database, OTHER)) == (3, 3)
    with database.read() as connection:
        assert head(connection, ONE)[0] == 3
        assert head(connection, ONE)[1] != head(connection, OTHER)[1]


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "người khác"},
        {"subject": "task:9"},
        {"before": {"hạn": "khác"}},
        {"after": {}},
        {"at": AT + timedelta(seconds=1)},
        {"digest": "0" * 64},
    ],
)
def test_an_entry_that_was_changed_is_named(database: Database, change: dict[str, object]) -> None:
    for number in range(4):
        write(database, number)
    second = entries(database)[1]
    with database.write() as connection:
        connection.execute(update(audit).where(audit.c.id == second).values(change))
    broken = verdict(database)
    assert isinstance(broken, Broken)
    assert (broken.entry, broken.reason) == (second, "nội dung đã bị sửa")


def test_an_entry_that_was_taken_out_shows_at_the_next_and_at_the_end_by_the_head(database: Database) -> None:
    for number in range(4):
        write(database, number)
    ids = entries(database)
    with database.read() as connection:
        kept = head(connection, ONE)
    with database.write() as connection:
        connection.execute(delete(audit).where(audit.c.id == ids[3]))
    assert verdict(database) == 3, "the chain itself cannot tell that its end is missing"
    with database.read() as connection:
        assert head(connection, ONE) != kept
    with database.write() as connection:
        connection.execute(delete(audit).where(audit.c.id == ids[1]))
    assert verdict(database) == Broken(entry=ids[2], reason="không nối với mục đứng trước")


def test_the_same_moment_in_another_zone_is_the_same_entry(database: Database) -> None:
    with database.write() as connection:
        there = AT.astimezone(timezone(timedelta(hours=7)))
        record(connection, ONE, at=there, actor="an", action="thử", subject="task:1")
    assert verdict(database) == 1


def test_what_is_not_kept_leaves_no_entry(database: Database) -> None:
    write(database, 0)
    with database.engine.connect() as connection, connection.begin() as transaction:
        record(connection, ONE, at=AT, actor="an", action="thử", subject="task:1")
        transaction.rollback()
    assert verdict(database) == 1


def test_who_write_at_once_write_one_chain(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: write(database, number), range(20)))
    assert verdict(database) == 20
