"""Upgrades: from every released revision, with data in it, on both databases. A new revision is covered by itself.

The rows are made from the schema of the old revision as the database itself reports it, so that nothing here
has to be written again for the next one.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, select

from store import migrate, word_index
from store.database import Database
from store.errors import StoreError
from store.schema import metadata

ROWS = 3


def revisions() -> list[str]:
    """Every released revision, oldest first."""
    database = Database("sqlite://")
    with database.engine.connect() as connection:
        script = ScriptDirectory.from_config(migrate.config(connection))
        return [one.revision for one in script.walk_revisions()][::-1]


def allowed(connection: Connection, table: Table) -> dict[str, str]:
    """One value for each column that a CHECK holds to a list."""
    found = {}
    for check in inspect(connection).get_check_constraints(table.name):
        words = re.search(r"\(?\(?\"?(\w+)\"?\)?(?:::text)?\s*(?:IN|= ANY)\s*\(.*?'([^']+)'", str(check["sqltext"]))
        if words:
            found[words[1]] = words[2]
    return found


def value(column: Any, number: int) -> Any:
    """Something that fits the column and differs from row to row."""
    kind = str(column.type).upper().split("(")[0]
    length = getattr(column.type, "length", None)
    if column.foreign_keys:
        return number
    match kind:
        case "INTEGER" | "BIGINT":
            return number
        case "BOOLEAN":
            return bool(number % 2)
        case "DATE":
            return date(2026, 6, number)
        case "DATETIME" | "TIMESTAMP":
            return datetime(2026, 6, number, 8, tzinfo=UTC if getattr(column.type, "timezone", False) else None)
        case "FLOAT" | "DOUBLE PRECISION":
            return number / 4
        case "JSON":
            return {"số": [number, "Quý II/2026"]}
        case "BLOB" | "BYTEA":
            return bytes([number, 0, 255])
        case _:
            return f"ấp {number}"[:length]


def fill(connection: Connection) -> dict[str, list[int]]:
    """`ROWS` rows in every table; returns their ids by table."""
    kept = MetaData()
    kept.reflect(connection)
    filled = {}
    for table in kept.sorted_tables:
        if table.name == "alembic_version" or table.name.startswith(word_index.NAME):
            continue
        fixed = allowed(connection, table)
        rows = [
            {column.name: fixed.get(column.name, value(column, number)) for column in table.c}
            for number in range(1, ROWS + 1)
        ]
        connection.execute(table.insert(), rows)
        filled[table.name] = [row["id"] for row in rows]
    return filled


@pytest.fixture(params=revisions())
def old(request: pytest.FixtureRequest, database_url: str) -> Any:
    """A database at an older revision (the newest one too), with data."""
    database = Database(database_url)
    with database.write() as connection:
        command.upgrade(migrate.config(connection), request.param)
    with database.write() as connection:
        filled = fill(connection)
    yield database, request.param, filled
    database.close()


def test_every_revision_upgrades_with_its_data(old: Any) -> None:
    database, revision, filled = old
    before = migrate.revision(database)
    assert before == revision
    if revision != migrate.NEWEST:
        with pytest.raises(StoreError, match="dondoc migrate"):
            migrate.check(database)
    assert migrate.migrate(database) == (revision, migrate.NEWEST)
    migrate.check(database)
    assert len(filled) > 20
    with database.read() as connection:
        for table in metadata.sorted_tables:
            if table.name in filled:
                found = connection.execute(select(table.c.id).order_by(table.c.id)).scalars().all()
                assert found == filled[table.name], table.name
                connection.execute(select(table)).all()
    assert migrate.migrate(database) == (migrate.NEWEST, migrate.NEWEST)


def test_the_newest_schema_is_what_the_program_works_with(database_url: str) -> None:
    database = Database(database_url)
    migrate.migrate(database)
    with database.engine.connect() as connection:
        ours = {"include_name": lambda name, *_: not str(name).startswith(word_index.NAME)}
        context = MigrationContext.configure(connection, opts={"compare_type": False} | ours)
        assert compare_metadata(context, metadata) == []
    database.close()


def test_the_newest_revision_is_the_head() -> None:
    assert revisions()[-1] == migrate.NEWEST


def test_a_newer_database_is_refused(database_url: str) -> None:
    database = Database(database_url)
    migrate.migrate(database)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="nâng cấp chương trình"):
        migrate.migrate(database)
    with pytest.raises(StoreError, match=r"mới hơn \(9999\); hãy nâng cấp chương trình"):
        migrate.check(database)
    database.close()


def test_a_failing_upgrade_leaves_the_database_as_it_was(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as connection:
        # In the way of the first revision: its last tables cannot be made.
        connection.exec_driver_sql("CREATE TABLE reminders (id INTEGER)")
    with pytest.raises(StoreError):
        migrate.migrate(database)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == ["reminders"]
    database.close()
