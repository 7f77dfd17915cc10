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

from store.database import Database
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
        part.unlink(missing_ok=True)
        raise StoreError(f"Không sao lưu được vào {target}: {error}.") from error
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
    """Put a backup in the place of an SQLite database, on hold. Every process that uses it must be stopped before.

    What was there is kept beside it; its path is returned (None: there was nothing). Raises StoreError.
    """
    if database.path is None:
        raise StoreError("PostgreSQL được khôi phục bằng pg_restore; xem tài liệu vận hành.")
    path = database.path
    part = path.with_name(path.name + ".restoring")
    aside = path.with_name(f"{path.name}.before-{now:%Y%m%d-%H%M%S}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _copy(source, part)
        held = Database(f"sqlite:///{part}")
        with held.write() as connection:
            hold_all(connection, f"Khôi phục từ bản sao lưu {source.name} lúc {now:%H:%M ngày %d/%m/%Y}")
        held.close()
        database.close()
        existed = path.exists()
        # The old log must go with the old file: beside the restored one it would garble it.
        for ending in ("", "-wal", "-shm"):
            old = path.with_name(path.name + ending)
            if old.exists():
                shutil.move(old, aside.with_name(aside.name + ending))
        part.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"Không khôi phục được từ {source}: {error}.") from error
    return aside if existed else None


def hold_all(connection: Connection, reason: str) -> None:
    """Let nothing leave, for any province that the database knows."""
    known = union(select(plans.c.province), select(messages.c.province), select(agencies.c.province))
    for province in connection.execute(known).scalars().all():
        hold(connection, province, reason)


def hold(connection: Connection, province: str, reason: str) -> None:
    """Let nothing leave until `release`."""
    set_mark(connection, province, HOLD, reason)


def on_hold(connection: Connection, province: str) -> str | None:
    """Why nothing may leave; None where it may."""
    return mark(connection, province, HOLD)


def release(connection: Connection, province: str) -> None:
    connection.execute(delete(marks).where(marks.c.province == province, marks.c.name == HOLD))
