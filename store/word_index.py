"""Words of titles among a hundred thousand: an index of letter triples, where the database can have one.

SQLite has FTS5's trigram tokenizer, kept in step by triggers; PostgreSQL has pg_trgm, an extension that the
owner of a database may add where the server brings it. Where neither is there, words are looked for row by
row, which finds the same and takes longer. It is no part of the schema that migrations know: `ensure` makes it
after every upgrade.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from store.schema import tasks

NAME = "tasks_words"
SHORTEST = 3
"""Letters of a word that the index knows; shorter ones stand in too many titles to be looked for first."""

_TRIGGERS = {
    "insert": (
        "AFTER INSERT ON tasks",
        "INSERT INTO tasks_words(rowid, folded) VALUES (new.id, new.folded);",
    ),
    "delete": (
        "AFTER DELETE ON tasks",
        "INSERT INTO tasks_words(tasks_words, rowid, folded) VALUES ('delete', old.id, old.folded);",
    ),
    "update": (
        "AFTER UPDATE OF folded ON tasks",
        "INSERT INTO tasks_words(tasks_words, rowid, folded) VALUES ('delete', old.id, old.folded);"
        " INSERT INTO tasks_words(rowid, folded) VALUES (new.id, new.folded);",
    ),
}


def ensure(connection: Connection) -> bool:
    """Make the index anew from the tasks; False where this database cannot have one."""
    make = _on_sqlite if connection.dialect.name == "sqlite" else _on_postgresql
    try:
        with connection.begin_nested():
            make(connection)
    except DBAPIError:
        return False
    return True


def _on_sqlite(connection: Connection) -> None:
    # An upgrade that makes the table of tasks anew drops its triggers with the old one.
    for name in _TRIGGERS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS tasks_words_{name}")
    connection.exec_driver_sql("DROP TABLE IF EXISTS tasks_words")
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE tasks_words"
        " USING fts5(folded, content='tasks', content_rowid='id', tokenize='trigram')"
    )
    for name, (when, does) in _TRIGGERS.items():
        connection.exec_driver_sql(f"CREATE TRIGGER tasks_words_{name} {when} BEGIN {does} END")
    connection.exec_driver_sql("INSERT INTO tasks_words(tasks_words) VALUES ('rebuild')")


def _on_postgresql(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS tasks_words ON tasks USING gin (folded gin_trgm_ops)")


def few_with(connection: Connection, province: str, words: Sequence[str], most: int) -> tuple[int, ...] | None:
    """The ids of the tasks in whose titles all these words stand, if they are at most `most`; else None.

    None too where it cannot be told quickly. Words too short for the index are left to the caller, so that there
    may be ids of too many tasks, never of too few.
    """
    known = [word for word in words if len(word) >= SHORTEST]
    if not known:
        return None
    if connection.dialect.name == "sqlite":
        found = _matching(connection, known, most)
    else:
        looked_for = [tasks.c.folded.contains(word, autoescape=True) for word in known]
        of_words = select(tasks.c.id).where(tasks.c.province == province, *looked_for)
        found = connection.execute(of_words.limit(most + 1)).scalars().all()
    return tuple(found) if found is not None and len(found) <= most else None


def _matching(connection: Connection, words: Sequence[str], most: int) -> Sequence[int] | None:
    there = text("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name")
    if connection.execute(there, {"name": NAME}).first() is None:
        return None
    asked = " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
    looking = text("SELECT rowid FROM tasks_words WHERE tasks_words MATCH :asked LIMIT :most")
    return connection.execute(looking, {"asked": asked, "most": most + 1}).scalars().all()
