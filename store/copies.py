"""Backups of either database in one form: an SQLite file, read back before it counts; and bringing one back.

A copy of PostgreSQL is taken at one moment while the program runs, and compared with it table by table.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from store import keeping
from store.database import Database
from store.errors import StoreError
from store.failpoints import hit
from store.keeping import Backup
from store.moving import copy


def back_up(database: Database, target: Path) -> Backup:
    """Copy a database to a new file and check the copy. Raises StoreError."""
    if database.is_sqlite:
        return keeping.backup(database, target)
    if target.exists():
        raise StoreError(f"Tệp {target} đã có; hãy chọn tên khác.")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    made = Database(f"sqlite:///{part}")
    try:
        copied = {one.table: one.rows for one in copy(database, made)}
    finally:
        made.close()
    with closing(sqlite3.connect(part)) as connection:
        # One file, not three: the log is written into it.
        connection.execute("PRAGMA journal_mode=DELETE")
    hit("backup")
    part.replace(target)
    for ending in ("-wal", "-shm"):
        part.with_name(part.name + ending).unlink(missing_ok=True)
    return Backup(path=target, tasks=copied["tasks"])


def restore(database: Database, source: Path, *, now: datetime) -> Path | None:
    """Put a backup in the place of a database, on hold; PostgreSQL must be empty. Raises StoreError.

    Returns where the replaced SQLite file is kept.
    """
    if not source.is_file():
        raise StoreError(f"Không có tệp sao lưu {source}.")
    if database.path is not None and source.resolve() == database.path.resolve():
        raise StoreError(f"Tệp {source} chính là cơ sở dữ liệu đang dùng.")
    if database.is_sqlite:
        return keeping.restore(database, source, now=now)
    kept = Database(f"sqlite:///{source}")
    try:
        copy(kept, database)
    finally:
        kept.close()
    with database.write() as connection:
        keeping.hold_all(connection, f"Khôi phục từ bản sao lưu {source.name} lúc {now:%H:%M ngày %d/%m/%Y}")
    return None


def prune(folder: Path, keep: int) -> list[Path]:
    """Delete the oldest copies, by the time in their names, so that `keep` stay. Returns what is gone."""
    old = sorted(folder.glob("dondoc-????????-??????.db"))[:-keep]
    for path in old:
        path.unlink(missing_ok=True)
    return old
