"""What the database knows of its tables when it plans a query, brought up to date after much has changed at once.

PostgreSQL counts by itself, but only minutes later: until then it plans a morning's queries for tables that it
takes to be empty. SQLite never does.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Table, text

from store.database import Database
from store.schema import assignments, deadlines, dues, messages, metadata, plans, reminders, tasks

LARGE = 500
"""So many new rows at once are worth it."""
OF_TASKS = (plans, tasks, deadlines, assignments, dues)
OF_REMINDERS = (dues, reminders, messages)
_SAMPLE = 1000
"""How many rows of an index SQLite looks at; PostgreSQL takes a sample of its own."""


def count_anew(database: Database, tables: Collection[Table]) -> None:
    """Have the database look at some tables. Costs well under a second, however large they are."""
    if not tables:
        return
    with database.write(alone=False) as connection:
        if database.is_sqlite:
            connection.exec_driver_sql(f"PRAGMA analysis_limit = {_SAMPLE}")
        for table in sorted(tables, key=lambda table: table.name):
            connection.exec_driver_sql(f"ANALYZE {table.name}")


def count_where_needed(database: Database) -> None:
    """The same for all tables of which the database itself knows that much has changed since it last looked."""
    if database.is_sqlite:
        with database.write(alone=False) as connection:
            connection.exec_driver_sql(f"PRAGMA analysis_limit = {_SAMPLE}")
            connection.exec_driver_sql("PRAGMA optimize")
        return
    with database.read() as connection:
        changed = _changed(connection)
    count_anew(database, [table for table in metadata.sorted_tables if table.name in changed])


def _changed(connection: Connection) -> set[str]:
    query = text(
        "SELECT relname FROM pg_stat_user_tables WHERE schemaname = current_schema()"
        " AND n_mod_since_analyze >= :large AND n_mod_since_analyze * 5 >= n_live_tup"
    )
    return set(connection.execute(query, {"large": LARGE}).scalars())
