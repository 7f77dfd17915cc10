"""Backups: a consistent copy while the program runs, read back before it counts as one; and bringing one back.

A restored database does not know what was sent after the copy was made. It therefore starts on hold: nothing
leaves until a person has looked at what is waiting and lifts the hold.
"""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, select, union

from store import migrate
from store.database import Database, in_words
from store.errors import StoreError
from store.failpoints import hit
from store.runs import mark, set_mark
from store.schema import agencies, marks, messages, plans

HOLD = "hold"


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    path: Path
    tasks: int


def backup(database: Database, target: Path) -> Backup:
    """Copy an SQLite database to a new file and check the copy. Raises StoreError."""
    if database.path is None:
        raise StoreError("PostgreSQL được sao lưu bằng pg_dump; xem tài liệu vận hành.")
    if target.exists():
        raise StoreError(f"Tệp {target} đã có; hãy chọn tên khác.")
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        tasks = _copy(database.path, part)
        hit("backup")
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        discard(part)
        raise not_kept(target, error) from error
    return Backup(path=target, tasks=tasks)


def _copy(source: Path, target: Path) -> int:
    target.unlink(missing_ok=True)
    reading = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    writing = sqlite3.connect(target)
    try:
        reading.backup(writing, pages=1000)
        verdict = writing.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"bản sao bị hỏng ({verdict})")
        return int(writing.execute("SELECT count(*) FROM tasks").fetchone()[0])
    finally:
        reading.close()
        writing.close()


def restore(database: Database, source: Path, *, now: datetime) -> Path | None:
    """Put a backup in the place of an SQLite database, at the newest schema and on hold.

    Every process that uses the database must be stopped before. What was there is kept beside it; its path is
    returned (None: there was nothing). Raises StoreError.
    """
    if database.path is None:
        raise StoreError("PostgreSQL được khôi phục bằng pg_restore; xem tài liệu vận hành.")
    path = database.path
    part = path.with_name(path.name + ".restoring")
    aside = path.with_name(f"{path.name}.before-{now:%Y%m%d-%H%M%S}")
    insist_alone(database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        prepare(source, part, now=now).close()
        existed = path.exists()
        # The old log must go with the old file: beside the restored one it would garble it.
        for ending in ("", "-wal", "-shm"):
            old = path.with_name(path.name + ending)
            if old.exists():
                shutil.move(old, aside.with_name(aside.name + ending))
        part.replace(path)
    except OSError as error:
        raise StoreError(f"Không khôi phục được từ {source}: {_said(error)}.") from error
    return aside if existed else None


def prepare(source: Path, part: Path, *, now: datetime) -> Database:
    """A copy of a backup, read back, at the newest schema and on hold. Raises StoreError, and then leaves nothing.

    The backup itself is only read: it may be on a medium that takes no writing, and may be needed again.
    """
    held = Database(f"sqlite:///{part}")
    try:
        _copy(source, part)
        # A copy of an older version comes to the program that is here, not the other way round.
        migrate.migrate(held)
        with held.write() as connection:
            hold_all(connection, f"Khôi phục từ bản sao lưu {source.name} lúc {now:%H:%M ngày %d/%m/%Y}")
    except (OSError, sqlite3.Error, StoreError) as error:
        held.close()
        discard(part)
        said = _said(error)
        if isinstance(error, sqlite3.Error) and "full" not in said:
            said = f"tệp bị hỏng hoặc không phải bản sao lưu ({error}); hãy dùng một bản sao lưu khác"
        raise StoreError(f"Không khôi phục được từ {source}: {said}.") from error
    return held


def insist_alone(database: Database) -> None:
    """Raises StoreError where another program has the SQLite file open, and would go on writing into it."""
    database.close()
    if database.path is None or not database.path.exists():
        return
    connection = sqlite3.connect(database.path, timeout=1)
    try:
        # Refused as long as anybody else has the file open, even one who only waits.
        connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        # A database that cannot be read is what a backup is brought back for.
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreError(
                f"Cơ sở dữ liệu {database.path} đang được chương trình khác mở; hãy dừng dịch vụ"
                " (systemctl stop dondoc) rồi chạy lại lệnh này."
            ) from error
    finally:
        connection.close()


def not_kept(target: Path, error: Exception) -> StoreError:
    """Why there is no copy at `target`."""
    return StoreError(f"Không sao lưu được vào {target}: {_said(error)}. Hãy chạy lại lệnh này.")


def _said(error: Exception) -> str:
    said = str(error).rstrip(".")
    meaning = None if isinstance(error, StoreError) else in_words(said)
    return f"{meaning} ({said})" if meaning else said


def discard(part: Path) -> None:
    """Remove what a copy that did not succeed left behind."""
    for ending in ("", "-wal", "-shm", "-journal"):
        part.with_name(part.name + ending).unlink(missing_ok=True)


def known_provinces(connection: Connection) -> list[str]:
    """Every province that the database has anything of."""
    known = union(select(plans.c.province), select(messages.c.province), select(agencies.c.province))
    return list(connection.execute(known).scalars())


def hold_all(connection: Connection, reason: str) -> None:
    """Let nothing leave, for any province that the database knows."""
    for province in known_provinces(connection):
        hold(connection, province, reason)


def hold(connection: Connection, province: str, reason: str) -> None:
    """Let nothing leave until `release`."""
    set_mark(connection, province, HOLD, reason)


def on_hold(connection: Connection, province: str) -> str | None:
    """Why nothing may leave; None where it may."""
    return mark(connection, province, HOLD)


def release(connection: Connection, province: str) -> None:
    connection.execute(delete(marks).where(marks.c.province == province, marks.c.name == HOLD))
