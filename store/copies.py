"""Backups of either database in one form: an SQLite file, read back before it counts; and bringing one back.

A copy of PostgreSQL is taken at one moment while the program runs, and compared with it table by table.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

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
    keeping.discard(part)
    try:
        tasks = _copied(database, part)
        hit("backup")
        part.replace(target)
    except (OSError, sqlite3.Error, StoreError) as error:
        keeping.discard(part)
        raise keeping.not_kept(target, error) from error
    return Backup(path=target, tasks=tasks)


def _copied(database: Database, part: Path) -> int:
    """Copy PostgreSQL to a file and return how many tasks it has."""
    made = Database(f"sqlite:///{part}")
    try:
        copied = {one.table: one.rows for one in copy(database, made)}
    finally:
        made.close()
    with closing(sqlite3.connect(part)) as connection:
        # One file, not three: the log is written into it.
        connection.execute("PRAGMA journal_mode=DELETE")
    return copied["tasks"]


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
    with TemporaryDirectory(prefix="dondoc-restore-") as folder:
        kept = keeping.prepare(source, Path(folder) / source.name, now=now)
        try:
            copy(kept, database)
        finally:
            kept.close()
    return None


def prune(folder: Path, keep: int, *, now: datetime) -> list[Path]:
    """Delete the oldest copies, by the time in their names, so that `keep` stay. Returns what is gone.

    So goes what is left of a copy that was begun a day ago or more and never ended.
    """
    old = sorted(folder.glob("dondoc-????????-??????.db"))[:-keep]
    a_day_ago = (now - timedelta(days=1)).timestamp()
    old += [part for part in folder.glob("dondoc-*.db.part*") if part.stat().st_mtime < a_day_ago]
    for path in old:
        path.unlink(missing_ok=True)
    return old
