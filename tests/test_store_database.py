"""One way to the database: transactions that mean the same on both, and mistakes that are told in words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import OperationalError

from store.database import Database
from store.errors import StoreError
from store.runs import mark, set_mark
from store.schema import marks
from tests import store_samples as samples

P = "phu-chau"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = samples.opened(database_url, busy_seconds=1.0)
    yield made
    made.close()


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(marks)).scalar_one())


def fail_after_writing(database: Database) -> None:
    with database.write() as connection:
        set_mark(connection, P, "a", "1")
        raise ZeroDivisionError


def test_a_write_is_kept_whole_or_not_at_all(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after_writing(database)
    assert count(database) == 0
    with database.write() as connection:
        set_mark(connection, P, "a", "1")
        set_mark(connection, P, "b", "2")
    assert count(database) == 2


def test_of_two_writers_one_waits_for_the_other_and_sees_what_it_kept(database: Database) -> None:
    begun, seen = threading.Event(), list[str | None]()

    def second() -> None:
        begun.set()
        with database.write() as connection:
            seen.append(mark(connection, P, "a"))

    with database.write() as connection:
        other = threading.Thread(target=second)
        other.start()
        assert begun.wait(30)
        set_mark(connection, P, "a", "1")
    other.join(30)
    assert seen == ["1"]


def test_who_waits_too_long_for_another_writer_is_told_in_words(database: Database) -> None:
    with database.write(), pytest.raises(StoreError, match="chương trình khác khóa"), database.write():
        pytest.fail("two are the only writer")


def test_reading_goes_on_beside_a_writer_and_sees_what_was_kept_before(database: Database) -> None:
    with database.write() as connection:
        set_mark(connection, P, "a", "1")
        assert count(database) == 0
    assert count(database) == 1


def test_what_must_not_be_lost_is_tried_again_and_what_is_wrong_is_not(database: Database) -> None:
    tries = list[int]()

    def work(connection: Connection) -> str:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("SELECT 1", None, Exception("server closed the connection"))
        set_mark(connection, P, "a", "1")
        return "kept"

    assert database.keep(work) == "kept"
    assert (len(tries), count(database)) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        database.keep(lambda _: 1 // 0)

    def wrong(connection: Connection) -> None:
        tries.append(1)
        connection.exec_driver_sql("SELECT nothing FROM nowhere")

    tries.clear()
    with pytest.raises(StoreError):
        database.keep(wrong, tries=2)
    assert len(tries) <= 2


def test_an_address_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    for url, said in (
        ("", "không phải là địa chỉ"),
        ("mysql://a@b/c", "mysql"),
        ("không", "không phải là địa chỉ"),
    ):
        with pytest.raises(StoreError, match=said):
            Database(url)
    (tmp_path / "file").write_text("", encoding="utf-8")
    for url, said in (
        (f"sqlite:///{tmp_path / 'file' / 'dondoc.db'}", "Không ghi được vào thư mục"),
        (f"sqlite:///{tmp_path}", "quyền ghi vào thư mục"),
        ("postgresql://dondoc@127.0.0.1:9/dondoc", "Không kết nối được"),
    ):
        database = Database(url, busy_seconds=1)
        with pytest.raises(StoreError, match=said), database.write():
            pytest.fail("there is nothing to write to")
        database.close()


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    database = Database("postgresql://dondoc:rat-bi-mat@127.0.0.1:9/dondoc")
    assert "rat-bi-mat" not in database.shown
    assert database.path is None
    with pytest.raises(StoreError) as told, database.read():
        pytest.fail("nobody answers")
    assert "rat-bi-mat" not in str(told.value)
    assert Database(f"sqlite:///{tmp_path / 'a.db'}").path == tmp_path / "a.db"


def test_a_file_that_is_no_database_is_told_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "dondoc.db"
    file.write_bytes(b"not a database" * 200)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(StoreError, match="dondoc restore"), database.read() as connection:
        connection.execute(select(marks))


def test_sqlite_waits_for_the_disk_and_keeps_its_references(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.read() as connection:
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
        assert found == ["wal", 2]
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()
