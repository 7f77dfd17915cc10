"""Backups: a consistent copy while the program runs, read back before it counts as one."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from store.database import Database
from store.errors import StoreError


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
