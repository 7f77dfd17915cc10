"""One way to the database: `read` and `write` transactions that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from store.errors import StoreError

BUSY_SECONDS = 30
LOOK_AGAIN = 0.005
"""Seconds between two looks whether SQLite's one writer has ended. Its own wait grows to a tenth of a second, in
which work of many steps would always be faster."""
_READING = "dondoc_reading"
WRITERS = 684217
"""The advisory lock of PostgreSQL that stands for being the only writer."""

T = TypeVar("T")

# What it could not do while a connection was lost is told by the error that the loss raises.
logging.getLogger("psycopg").setLevel(logging.ERROR)


class Database:
    """A database that is known to be at the newest schema only after `store.migrate.check`."""

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        """`busy_seconds` is how long SQLite waits for another writer before it gives up."""
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise StoreError("DONDOC_DATABASE_URL không phải là địa chỉ cơ sở dữ liệu hợp lệ.") from error
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
            raise StoreError(f"Chỉ hỗ trợ SQLite và PostgreSQL, không hỗ trợ “{parsed.drivername}”.")
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.shown = parsed.render_as_string(hide_password=True)
        self.path = Path(parsed.database) if self.is_sqlite and parsed.database else None
        self._busy = busy_seconds
        self.engine = self._engine(parsed.render_as_string(hide_password=False), busy_seconds)

    def _engine(self, url: str, busy_seconds: float) -> Engine:
        options: dict[str, Any] = {"json_serializer": lambda value: json.dumps(value, ensure_ascii=False)}
        if self.is_sqlite:
            engine = create_engine(url, connect_args={"timeout": busy_seconds}, **options)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", lambda connection: _begin_sqlite(connection, busy_seconds))
            return engine
        engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10}, **options)
        event.listen(engine, "connect", _prepare_postgresql)
        return engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment and takes no lock. Raises StoreError."""
        with self._connected() as connection:
            connection = connection.execution_options(**{_READING: True})
            with connection.begin():
                yield connection

    @contextmanager
    def write(self, *, alone: bool = True) -> Iterator[Connection]:
        """A transaction that is kept whole or not at all. Raises StoreError.

        It is the only writer until it ends, so that what it decides by is still so when it is kept. On
        PostgreSQL, the senders' short steps (`alone` False) go on beside it and lock the rows they change.
        """
        with self._connected() as connection:
            connection.info.pop(_WHEN_KEPT, None)
            with connection.begin():
                if alone and not self.is_sqlite:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, int(self._busy * 1000))}")
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")
                yield connection
            for work in connection.info.pop(_WHEN_KEPT, ()):
                work()

    def let_others(self) -> None:
        """Between two steps of long work: SQLite has no queue of writers, so that one has to step aside."""
        if self.is_sqlite:
            time.sleep(2 * LOOK_AGAIN)

    def keep(self, work: Callable[[Connection], T], *, alone: bool = False, tries: int = 6) -> T:
        """Do `work` in a transaction, again where another one or a restart of the server got in its way.

        For what must not be lost, as that a message has been sent. `work` must do no harm when done twice.
        Raises StoreError after `tries` times.
        """
        while True:
            tries -= 1
            try:
                with self.write(alone=alone) as connection:
                    return work(connection)
            except StoreError as error:
                if not tries or not isinstance(error.__cause__, OperationalError):
                    raise
                time.sleep(0.2 * 2 ** (5 - min(tries, 5)))

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            if self.path is not None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.engine.connect() as connection:
                yield connection
        except OSError as error:
            raise StoreError(
                f"Không ghi được vào thư mục {self.path and self.path.parent}: {error.strerror}."
            ) from error
        except DatabaseError as error:
            if type(error.orig).__module__.partition(".")[0] == ("psycopg" if self.is_sqlite else "sqlite3"):
                # The other database's, where two are worked with at a time: it says so itself.
                raise
            raise StoreError(self._explain(error)) from error

    def _explain(self, error: DatabaseError) -> str:
        said = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error).__name__
        meaning = in_words(said)
        if meaning is not None:
            return f"Cơ sở dữ liệu {self.shown}: {meaning} ({said})."
        if isinstance(error, OperationalError):
            return f"Không kết nối được cơ sở dữ liệu {self.shown}: {said.rstrip('.')}."
        return f"Cơ sở dữ liệu {self.shown} báo lỗi: {said}."

    def close(self) -> None:
        self.engine.dispose()


def when_kept(connection: Connection, work: Callable[[], None]) -> None:
    """Do `work` once the transaction that is open has been kept, and never where it is not. It must not raise."""
    connection.info.setdefault(_WHEN_KEPT, []).append(work)


_WHEN_KEPT = "dondoc when kept"

_MEANINGS = {
    "database is locked": "đang bị một chương trình khác khóa; hãy thử lại sau hoặc dừng chương trình đó",
    "malformed": "tệp bị hỏng; hãy khôi phục từ bản sao lưu bằng lệnh dondoc restore",
    "not a database": "tệp không phải là cơ sở dữ liệu; hãy khôi phục từ bản sao lưu bằng lệnh dondoc restore",
    "unable to open database file": "không mở được tệp; hãy kiểm tra quyền ghi vào thư mục chứa tệp",
    "readonly database": "tệp chỉ cho đọc; hãy kiểm tra quyền ghi vào thư mục chứa tệp",
    "disk is full": "ổ đĩa đã đầy; hãy giải phóng chỗ trống",
    "lock timeout": "đang bị một chương trình khác khóa; hãy thử lại sau hoặc dừng chương trình đó",
    "no such table": "chưa có bảng; hãy chạy lệnh dondoc migrate",
    "no such column": "thuộc phiên bản cũ hơn; hãy chạy lệnh dondoc migrate",
    "does not exist": "thiếu cơ sở dữ liệu hoặc bảng; hãy tạo cơ sở dữ liệu rồi chạy lệnh dondoc migrate",
}


def in_words(said: str) -> str | None:
    """What a driver's words mean to the person at the server, and what to do; None where they are not known."""
    return next((meaning for words, meaning in _MEANINGS.items() if words in said), None)


def _prepare_sqlite(dbapi: Any, _record: object) -> None:
    # SQLAlchemy's "begin" event below opens transactions; the driver must not open its own.
    dbapi.isolation_level = None
    cursor = dbapi.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_postgresql(dbapi: Any, _record: object) -> None:
    # Our queries run for milliseconds: compiling one takes PostgreSQL up to a second, helpers for one more than it
    # takes, and what it reads by an index is in memory, not on the turning disk that it reckons with.
    dbapi.autocommit = True
    dbapi.execute("SET jit = off; SET max_parallel_workers_per_gather = 0; SET random_page_cost = 1.1")
    dbapi.autocommit = False


def _begin_sqlite(connection: Connection, busy_seconds: float) -> None:
    if connection.get_execution_options().get(_READING):
        connection.exec_driver_sql("BEGIN")
        return
    # A deferred transaction that turns into a write fails at once when another writer was faster,
    # whatever the busy timeout; taking the write lock first makes it wait its turn.
    cursor = connection.connection.cursor()
    until = time.monotonic() + busy_seconds
    cursor.execute("PRAGMA busy_timeout = 0")
    try:
        while not _began(cursor, time.monotonic() >= until):
            time.sleep(LOOK_AGAIN)
    except sqlite3.OperationalError as error:
        raise OperationalError("BEGIN IMMEDIATE", None, error) from error
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
        cursor.close()


def _began(cursor: Any, last: bool) -> bool:
    """Whether the write lock could be had. At the `last` try it raises sqlite3.OperationalError instead."""
    try:
        cursor.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True
