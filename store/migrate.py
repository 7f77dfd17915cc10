"""The schema and its upgrades: forward only, each in one transaction, from every released version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from store.database import Database
from store.errors import StoreError
from store.failpoints import hit
from store.word_index import ensure

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST = "0010"
"""The revision that this version of the program works with; a test keeps it equal to the last migration."""


def current(connection: Connection) -> str | None:
    """The revision of the database, or None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


def revision(database: Database) -> str | None:
    """The revision of a database, or None where it is empty. Raises StoreError."""
    with database.read() as connection:
        return current(connection)


def migrate(database: Database) -> tuple[str | None, str]:
    """Bring the database to the newest schema. Returns the revisions before and after. Raises StoreError."""
    from alembic import command
    from alembic.util import CommandError

    with database.write() as connection:
        before = current(connection)
        if before == NEWEST:
            return before, before
        try:
            command.upgrade(config(connection), "head")
            ensure(connection)
            hit("migrate")
        except CommandError as error:
            raise StoreError(_newer(database, before)) from error
        return before, current(connection) or NEWEST


def check(database: Database) -> None:
    """Raises StoreError unless the database is at the newest schema."""
    found = revision(database)
    if found is not None and found > NEWEST:
        raise StoreError(_newer(database, found))
    if found != NEWEST:
        state = "chưa được tạo" if found is None else f"đang ở phiên bản {found}"
        raise StoreError(f"Cơ sở dữ liệu {database.shown} {state}; hãy chạy lệnh dondoc migrate.")


def _newer(database: Database, found: str | None) -> str:
    return f"Cơ sở dữ liệu {database.shown} thuộc phiên bản mới hơn ({found}); hãy nâng cấp chương trình."


def config(connection: Connection) -> Config:
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made
