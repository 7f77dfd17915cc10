"""Copying a whole database into an empty one, SQLite or PostgreSQL, and proving that both hold the same.

Rows keep their ids. JSON is copied as the text that is stored, instants as instants; the checksum of a table is
made from what each database gives back, row by row in the order of the ids. All is copied in one transaction:
there is never half a copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    text,
)

from store import keeping, migrate
from store.database import Database
from store.errors import StoreError
from store.failpoints import hit
from store.schema import marks, metadata

BATCH = 2000
MOVED = "Đã chuyển sang cơ sở dữ liệu khác"
"""How the reason begins for which a database that was moved away sends nothing any more."""
MOVING = "Đang chuyển sang cơ sở dữ liệu khác"
"""The same while it is being moved, and for ever where the move was cut off."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Copied:
    """One table: how many rows, and the SHA-256 that both databases agree on."""

    table: str
    rows: int
    checksum: str


def move(source: Database, target: Database) -> list[Copied]:
    """Copy all of `source` to `target` and hold `source` back, so that never both send. Raises StoreError.

    Doing it again finds the copy and changes nothing. What is on hold for another reason is so in both.
    """
    _same_place(source, target)
    migrate.check(source)
    keeping.insist_alone(source)
    with source.write() as connection:
        before = _moved_before(connection)
        _hold(
            connection,
            f"{MOVING}: {target.shown}; nếu việc chuyển đã bị ngắt, hãy chạy lại dondoc move,"
            " hoặc chạy dondoc resume để dùng tiếp cơ sở dữ liệu này",
        )
    try:
        copied = copy(source, target)
    except BaseException:
        with source.write() as connection:
            connection.execute(delete(marks).where(_held_by_moving()))
            for province, reason in before.items():
                keeping.hold(connection, province, reason)
        raise
    with source.write() as connection:
        _hold(connection, f"{MOVED}: {target.shown}; hãy đặt DONDOC_DATABASE_URL thành địa chỉ đó")
    return copied


def _moved_before(connection: Connection) -> dict[str, str]:
    """By province, where the database went before: a move elsewhere that fails must not have it send again."""
    found = connection.execute(
        select(marks.c.province, marks.c.value).where(
            marks.c.name == keeping.HOLD, marks.c.value.startswith(MOVED, autoescape=True)
        )
    )
    return {row.province: row.value for row in found}


def _hold(connection: Connection, reason: str) -> None:
    """Hold back what no other reason holds back already."""
    connection.execute(delete(marks).where(_held_by_moving()))
    for province in keeping.known_provinces(connection):
        if keeping.on_hold(connection, province) is None:
            keeping.hold(connection, province, reason)


def moved_away(reason: str) -> bool:
    """Whether sending is on hold because it goes on from another database."""
    return reason.startswith((MOVED, MOVING))


def _held_by_moving() -> ColumnElement[bool]:
    said = marks.c.value.startswith(MOVED, autoescape=True) | marks.c.value.startswith(MOVING, autoescape=True)
    return and_(marks.c.name == keeping.HOLD, said)


def copy(source: Database, target: Database) -> list[Copied]:
    """Copy all of `source`, as of one moment, to `target`, which is empty or has the same. Raises StoreError."""
    migrate.check(source)
    migrate.migrate(target)
    with _one_moment(source) as reading, target.write() as writing:
        here = {table: _checksum(reading, table) for table in metadata.sorted_tables}
        if any(_count(writing, table) for table in metadata.sorted_tables):
            if all(_checksum(writing, table) == here[table] for table in here):
                return _told(here)
            raise StoreError(
                f"Cơ sở dữ liệu đích {target.shown} đã có dữ liệu khác; hãy dùng một cơ sở dữ liệu trống."
            )
        for table in metadata.sorted_tables:
            _copy_table(reading, writing, table)
            there = _checksum(writing, table)
            if there != here[table]:
                raise StoreError(
                    f"Bảng {table.name} sau khi chép không giống bản gốc ({there[0]}/{here[table][0]} dòng);"
                    " chưa chuyển gì."
                )
        _follow_ids(writing)
        hit("copied")
    return _told(here)


def _told(found: Mapping[Table, tuple[int, str]]) -> list[Copied]:
    return [Copied(table=table.name, rows=rows, checksum=digest) for table, (rows, digest) in found.items()]


def _same_place(source: Database, target: Database) -> None:
    if source.engine.url == target.engine.url:
        raise StoreError("Cơ sở dữ liệu đích chính là cơ sở dữ liệu đang dùng.")


@contextmanager
def _one_moment(database: Database) -> Iterator[Connection]:
    """A reading transaction that sees one moment throughout, however long it takes."""
    with database.read() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield connection


def _rows(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    """The rows as they are stored: JSON as text. What holds the source back is not part of it."""
    columns = [
        cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column for column in table.c
    ]
    query = select(*columns).order_by(*table.primary_key.columns)
    if table is marks:
        query = query.where(~_held_by_moving())
    yield from connection.execute(query.execution_options(yield_per=BATCH))


def _checksum(connection: Connection, table: Table) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    for row in _rows(connection, table):
        digest.update(repr([_plain(value) for value in row]).encode())
        count += 1
    return count, digest.hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case bytes() | memoryview():
            return bytes(value).hex()
        case datetime() | date():
            return value.isoformat()
        case bool():
            return int(value)
        case _:
            return value


def _count(connection: Connection, table: Table) -> int:
    query = select(func.count()).select_from(table)
    return int(connection.execute(query).scalar_one())


def _copy_table(reading: Connection, writing: Connection, table: Table) -> None:
    adding = insert(table)
    if writing.dialect.name == "postgresql":
        adding = adding.values(
            {
                column.name: cast(bindparam(column.name, type_=Text), JSON)
                if isinstance(column.type, JSON)
                else bindparam(column.name, type_=column.type)
                for column in table.c
            }
        )
    else:
        adding = adding.values(
            {
                column.name: bindparam(column.name, type_=Text() if isinstance(column.type, JSON) else column.type)
                for column in table.c
            }
        )
    names = [column.name for column in table.c]
    batch: list[dict[str, Any]] = []
    for row in _rows(reading, table):
        batch.append(dict(zip(names, row, strict=True)))
        if len(batch) == BATCH:
            writing.execute(adding, batch)
            batch.clear()
    if batch:
        writing.execute(adding, batch)


def _follow_ids(writing: Connection) -> None:
    """On PostgreSQL, new rows are numbered on from those that were copied."""
    if writing.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        if "id" in table.c:
            writing.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"  # noqa: S608 - our own names
                    f" coalesce((SELECT max(id) FROM {table.name}), 1),"
                    f" (SELECT count(*) > 0 FROM {table.name}))"
                )
            )
