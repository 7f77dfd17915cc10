"""Copies: from one database to the other and back, backups of both, restoring on hold, archiving."""

from __future__ import annotations

import json
import signal
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import func, insert, select, update

from bench.move.filled import NOW, fill
from store import archiving, audit, copies, keeping, migrate, moving
from store.database import Database
from store.errors import StoreError
from store.schema import audit as audit_table
from store.schema import deliveries, marks, messages, metadata, plans, tasks
from tests.conftest import Cli

PROVINCE = "minh-son"
COUNT = 1_000


@pytest.fixture
def filled(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    fill(database, COUNT)
    yield database
    database.close()


def by_table(copied: list[moving.Copied]) -> dict[str, int]:
    return {one.table: one.rows for one in copied if one.rows}


def test_a_copy_holds_the_very_same(filled: Database, tmp_path: Path) -> None:
    target = Database(f"sqlite:///{tmp_path / 'moved.db'}")
    copied = moving.copy(filled, target)
    assert by_table(copied)["tasks"] == by_table(copied)["reminders"] == COUNT
    assert len(copied) == len(metadata.sorted_tables)
    with filled.read() as one, target.read() as other:
        for table in metadata.sorted_tables:
            order = table.primary_key.columns
            assert (
                one.execute(select(table).order_by(*order)).all()
                == other.execute(select(table).order_by(*order)).all()
            )
        assert audit.verify(other, PROVINCE) == 5
    target.close()


@pytest.mark.postgresql
def test_there_and_back_again(postgres_url: str, tmp_path: Path) -> None:
    first, last = Database(f"sqlite:///{tmp_path / '1.db'}"), Database(f"sqlite:///{tmp_path / '2.db'}")
    between = Database(postgres_url)
    fill(first, COUNT)
    there = moving.move(first, between)
    assert moving.move(first, between) == there, "a second move finds the first"
    assert moving.move(between, last) == there
    with between.write() as connection:
        # New rows are numbered on from the old ones.
        assert (
            connection.execute(insert(tasks).values(_another_task(connection)).returning(tasks.c.id)).scalar_one()
            == COUNT + 1
        )
    with first.read() as connection:
        assert keeping.on_hold(connection, PROVINCE), "the old database sends nothing more"
    with last.read() as connection:
        assert keeping.on_hold(connection, PROVINCE) is None
    for database in (first, between, last):
        database.close()


def _another_task(connection: object) -> dict[str, object]:
    row = connection.execute(select(tasks).limit(1)).mappings().one()  # type: ignore[attr-defined]
    return {name: held for name, held in row.items() if name != "id"} | {"key": "tasks::them"}


def test_json_null_and_no_json_stay_different(filled: Database, tmp_path: Path) -> None:
    with filled.write() as connection:
        connection.execute(update(messages).where(messages.c.id == 1).values(frozen=None))
    target = Database(f"sqlite:///{tmp_path / 'x.db'}")
    moving.copy(filled, target)
    with target.read() as connection:
        assert connection.execute(select(messages.c.id).where(messages.c.frozen.is_(None))).scalars().all() == [1]
        kept = connection.exec_driver_sql("SELECT count(*) FROM audit WHERE before = 'null'").scalar()
        assert kept == 5, "written as JSON null, moved as JSON null"
    target.close()


def test_a_target_with_other_data_is_refused_and_the_source_goes_on(filled: Database, tmp_path: Path) -> None:
    target = Database(f"sqlite:///{tmp_path / 'other.db'}")
    fill(target, 10, province="phu-chau")
    with pytest.raises(StoreError, match="đã có dữ liệu khác"):
        moving.move(filled, target)
    with filled.read() as connection:
        assert keeping.on_hold(connection, PROVINCE) is None
    with target.read() as connection:
        assert connection.execute(select(func.count()).select_from(tasks)).scalar_one() == 10
    with pytest.raises(StoreError, match="chính là"):
        moving.move(filled, Database(filled.engine.url.render_as_string(hide_password=False)))
    target.close()


def test_what_was_on_hold_stays_so_in_both(filled: Database, tmp_path: Path) -> None:
    with filled.write() as connection:
        keeping.hold(connection, PROVINCE, "Khôi phục từ bản sao lưu")
    target = Database(f"sqlite:///{tmp_path / 'moved.db'}")
    moving.move(filled, target)
    for database in (filled, target):
        with database.read() as connection:
            assert keeping.on_hold(connection, PROVINCE) == "Khôi phục từ bản sao lưu"
    target.close()


def test_what_was_moved_before_stays_on_hold_when_another_move_fails(filled: Database, tmp_path: Path) -> None:
    moved, other = Database(f"sqlite:///{tmp_path / 'moved.db'}"), Database(f"sqlite:///{tmp_path / 'other.db'}")
    moving.move(filled, moved)
    fill(other, 10, province="phu-chau")
    with pytest.raises(StoreError, match="đã có dữ liệu khác"):
        moving.move(filled, other)
    with filled.read() as connection:
        assert (keeping.on_hold(connection, PROVINCE) or "").startswith(moving.MOVED)
    moved.close()
    other.close()


@pytest.mark.postgresql
def test_a_move_that_was_cut_off_says_so_and_is_taken_up_again(
    dondoc: Cli, tmp_path: Path, postgres_url: str
) -> None:
    prepared(dondoc, tmp_path)
    cut_off = dondoc("move", DONDOC_MOVE_TO=postgres_url, DONDOC_FAILPOINT="copied")
    assert cut_off.returncode == -signal.SIGKILL
    told = dondoc("run", "--plain", "--on", "2026-06-15").stdout
    assert "chạy lại dondoc move" in told
    assert "Xem lại những gì đang chờ" not in told
    database = Database(postgres_url)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(tasks)).scalar_one() == 0, "not even half"
    database.close()
    assert dondoc("move", DONDOC_MOVE_TO=postgres_url).returncode == 0
    assert "hãy đặt DONDOC_DATABASE_URL" in dondoc("run", "--plain", "--on", "2026-06-15").stdout


def test_a_changed_row_in_the_target_is_noticed(filled: Database, tmp_path: Path) -> None:
    target = Database(f"sqlite:///{tmp_path / 'x.db'}")
    moving.copy(filled, target)
    with target.write() as connection:
        connection.execute(update(tasks).where(tasks.c.id == 7).values(title="khác"))
    with pytest.raises(StoreError, match="đã có dữ liệu khác"):
        moving.copy(filled, target)
    target.close()


def test_a_backup_of_either_database_comes_back_on_hold(filled: Database, tmp_path: Path) -> None:
    kept = copies.back_up(filled, tmp_path / "backup.db")
    assert kept.tasks == COUNT
    assert not list(tmp_path.glob("*.part*"))
    with pytest.raises(StoreError, match="đã có"):
        copies.back_up(filled, tmp_path / "backup.db")
    if filled.is_sqlite:
        with filled.write() as connection:
            connection.execute(update(tasks).where(tasks.c.id == 1).values(title="sau khi sao lưu"))
        aside = copies.restore(filled, tmp_path / "backup.db", now=NOW)
        assert aside is not None
        with sqlite3.connect(aside) as old:
            assert old.execute("SELECT title FROM tasks WHERE id = 1").fetchone() == ("sau khi sao lưu",)
        again = filled
    else:
        with filled.write() as connection:
            connection.execute(update(tasks).where(tasks.c.id == 1).values(title="sau khi sao lưu"))
        with pytest.raises(StoreError, match="đã có dữ liệu khác"):
            copies.restore(filled, tmp_path / "backup.db", now=NOW)
        with filled.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        assert copies.restore(filled, tmp_path / "backup.db", now=NOW) is None
        again = filled
    with again.read() as connection:
        assert connection.execute(select(tasks.c.title).where(tasks.c.id == 1)).scalar_one() != "sau khi sao lưu"
        assert "Khôi phục" in (keeping.on_hold(connection, PROVINCE) or "")


def test_only_the_newest_copies_stay(tmp_path: Path) -> None:
    for number in range(1, 8):
        (tmp_path / f"dondoc-2026060{number}-073000.db").touch()
    (tmp_path / "cua-toi.db").touch()
    gone = copies.prune(tmp_path, 3, now=datetime.now(UTC))
    assert [path.name[7:15] for path in gone] == ["20260601", "20260602", "20260603", "20260604"]
    assert len(list(tmp_path.iterdir())) == 4
    cut_off = tmp_path / "dondoc-20260607-073000.db.part"
    cut_off.touch()
    assert copies.prune(tmp_path, 3, now=datetime.now(UTC)) == [], "perhaps it is still being written"
    assert copies.prune(tmp_path, 3, now=datetime.now(UTC) + timedelta(days=2)) == [cut_off]


def test_archiving_drops_words_and_addresses_of_finished_work_only(filled: Database) -> None:
    later = NOW + timedelta(days=900)
    with filled.write() as connection:
        about_open = archiving.archive(connection, PROVINCE, before=later, now=later, actor="thử")
        assert about_open == 0, "every message speaks of an open task"
        connection.execute(update(tasks).where(tasks.c.id <= 100).values(state="done"))
        assert archiving.archive(connection, PROVINCE, before=NOW, now=later, actor="thử") == 0, "too young"
        assert archiving.archive(connection, "phu-chau", before=later, now=later, actor="thử") == 0
        assert archiving.archive(connection, PROVINCE, before=later, now=later, actor="thử") == 10
        assert archiving.archive(connection, PROVINCE, before=later, now=later, actor="thử") == 0
    with filled.read() as connection:
        row = connection.execute(select(messages).where(messages.c.id == 1)).one()
        assert (row.frozen, row.recipient_sealed) == ({"archived": later.isoformat()}, None)
        assert (row.state, row.agency, row.recipient) == ("sent", "co-quan-1", "v…@soyte.minhson.example")
        assert connection.execute(select(deliveries.c.answer).where(deliveries.c.message_id == 1)).scalar() is None
        assert connection.execute(select(messages.c.frozen).where(messages.c.id == 101)).scalar_one()["text"]
        assert archiving.archived(connection, PROVINCE) == 10
        last = connection.execute(select(audit_table).order_by(audit_table.c.id.desc())).first()
        assert last is not None
        assert (last.action, last.after) == ("archive", {"messages": 10})
        assert audit.verify(connection, PROVINCE) == 6


def prepared(dondoc: Cli, tmp_path: Path) -> Path:
    """An installation at work for phu-chau; returns its database file."""
    assert dondoc("import", str(_sample())).returncode == 0
    assert dondoc("run", "--plain", "--on", "2026-06-01").returncode == 0
    return tmp_path / "var" / "dondoc.db"


def _sample() -> Path:
    from tests.conftest import SAMPLES

    return SAMPLES / "ke-hoach-12-chuyen-doi-so.txt"


def test_one_flipped_byte_in_the_log_is_found(dondoc: Cli, tmp_path: Path) -> None:
    file = prepared(dondoc, tmp_path)
    assert dondoc("audit", "verify").returncode == 0
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        actor, entry = connection.execute("SELECT actor, id FROM audit ORDER BY id LIMIT 1").fetchone()
        digest = connection.execute("SELECT digest FROM audit WHERE id = ?", (entry,)).fetchone()[0]
    data = bytearray(file.read_bytes())
    # The actor stands in the file shortly before its entry's digest.
    at = data.rfind(actor.encode(), 0, data.find(digest.encode()))
    assert at > 0
    data[at] ^= 1
    file.write_bytes(data)
    result = dondoc("audit", "verify")
    assert result.returncode == 1
    assert f"mục {entry}" in result.stderr


def test_the_commands_of_keeping(dondoc: Cli, tmp_path: Path) -> None:
    file = prepared(dondoc, tmp_path)
    for _ in range(2):
        assert dondoc("backup", "--to", str(tmp_path / "b.db")).returncode == (1 if _ else 0)
    assert dondoc("backup", "--keep", "0").returncode == 2
    assert "Đã sao lưu" in dondoc("backup", "--keep", "1").stdout
    assert dondoc("restore", str(tmp_path / "khong-co.db")).returncode == 1
    assert dondoc("restore", str(file)).returncode == 1
    (tmp_path / "hong.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    before = dondoc("tasks", "--json").stdout
    assert dondoc("restore", str(tmp_path / "hong.db")).returncode == 1
    assert dondoc("tasks", "--json").stdout == before, "a bad copy replaces nothing"
    restored = dondoc("restore", str(tmp_path / "b.db"))
    assert restored.returncode == 0, restored.stderr
    assert len(list((tmp_path / "var").glob("dondoc.db.before-*"))) >= 1
    assert dondoc("tasks", "--json").stdout == before
    held = dondoc("run", "--plain", "--on", "2026-06-15", "--json")
    assert json.loads(held.stdout)["messages"] == {}
    resumed = dondoc("resume", "--unsure")
    assert "để lại cho người kiểm tra" in resumed.stdout
    assert "Không có lệnh tạm dừng" in dondoc("resume").stdout
    assert dondoc("archive", "--before", "2026-06-15").returncode == 0
    assert dondoc("archive", "--before", "2199-01-01").returncode == 2
    assert dondoc("archive", "--before", "hôm qua").returncode == 2
    assert dondoc("audit", "verify").returncode == 0


@pytest.mark.postgresql
def test_the_move_command(dondoc: Cli, tmp_path: Path, postgres_url: str) -> None:
    prepared(dondoc, tmp_path)
    before = dondoc("tasks", "--json").stdout
    assert dondoc("move").returncode == 2
    moved = dondoc("move", DONDOC_MOVE_TO=postgres_url)
    assert moved.returncode == 0, moved.stderr
    assert dondoc("move", "--to", postgres_url).returncode == 0
    assert dondoc("tasks", "--json", DONDOC_DATABASE_URL=postgres_url).stdout == before
    backup = dondoc("backup", "--to", str(tmp_path / "tu-pg.db"), DONDOC_DATABASE_URL=postgres_url)
    assert backup.returncode == 0, backup.stderr
    held = dondoc("run", "--plain", "--on", "2026-06-15", "--json")
    assert json.loads(held.stdout)["messages"] == {}, "the old one is held"
    there = dondoc("run", "--plain", "--on", "2026-06-15", "--json", DONDOC_DATABASE_URL=postgres_url)
    assert '"sent"' in there.stdout, there.stderr


def test_marks_and_instants_survive(filled: Database, tmp_path: Path) -> None:
    target = Database(f"sqlite:///{tmp_path / 'x.db'}")
    moving.copy(filled, target)
    with target.read() as connection:
        assert connection.execute(select(plans.c.imported_at).limit(1)).scalar_one() == datetime(
            2026, 6, 1, 1, 30, 15, 250_000, tzinfo=UTC
        )
        assert connection.execute(select(marks.c.value)).scalar_one() == "đã đọc"
    target.close()


OLD = "0003"
"""A released revision that was long ago."""


def backup_of(revision: str, path: Path) -> Path:
    """A backup that another version of the program made, with one plan in it."""
    database = Database(f"sqlite:///{path}")
    with database.write() as connection:
        command.upgrade(migrate.config(connection), "head" if revision > migrate.NEWEST else revision)
        connection.exec_driver_sql(
            "INSERT INTO plans (id, province, identity, revision, state, digest, file, format, basis, warnings,"
            f" imported_at) VALUES (7, '{PROVINCE}', 'a', 1, 'active', 'a', 'a.txt', 'txt', '[]', '[]',"
            " '2026-06-01 01:00:00.000000')"
        )
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    database.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    return path


def test_a_backup_of_an_older_version_comes_back_at_the_newest(database_url: str, tmp_path: Path) -> None:
    kept = backup_of(OLD, tmp_path / "old.db")
    before = kept.read_bytes()
    database = Database(database_url)
    copies.restore(database, kept, now=NOW)
    migrate.check(database)
    with database.read() as connection:
        assert connection.execute(select(plans.c.id)).scalars().all() == [7]
        assert "old.db" in (keeping.on_hold(connection, PROVINCE) or "")
    assert kept.read_bytes() == before, "the backup is only read"
    assert not list(tmp_path.glob("old.db?*"))
    database.close()


def test_a_backup_that_is_no_good_is_refused_and_nothing_is_left(database_url: str, tmp_path: Path) -> None:
    good = copies.back_up(_small(tmp_path / "source.db"), tmp_path / "good.db").path
    whole = good.read_bytes()
    (tmp_path / "torn.db").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.db").write_text("không phải cơ sở dữ liệu " * 100, encoding="utf-8")
    backup_of("9999", tmp_path / "newer.db")
    database = Database(database_url)
    for name, said in (
        ("torn", "Không khôi phục"),
        ("text", "Không khôi phục"),
        ("newer", "nâng cấp chương trình"),
    ):
        with pytest.raises(StoreError, match=said):
            copies.restore(database, tmp_path / f"{name}.db", now=NOW)
        assert migrate.revision(database) is None, "as empty as it was"
    assert not list(tmp_path.glob("*.restoring*"))
    database.close()


def test_what_others_have_open_is_not_replaced_under_them(tmp_path: Path) -> None:
    used = _small(tmp_path / "dondoc.db")
    kept = copies.back_up(used, tmp_path / "kept.db").path
    service = sqlite3.connect(tmp_path / "dondoc.db")
    service.execute("SELECT count(*) FROM tasks").fetchone()
    with pytest.raises(StoreError, match="hãy dừng dịch vụ"):
        copies.restore(used, kept, now=NOW)
    service.close()
    assert copies.restore(used, kept, now=NOW) is not None
    used.close()


@pytest.mark.postgresql
def test_a_backup_that_fails_leaves_no_half_copy(postgres_url: str, tmp_path: Path) -> None:
    away = Database(postgres_url.replace("127.0.0.1", "127.0.0.2"))
    with pytest.raises(StoreError, match="Không sao lưu được vào"):
        copies.back_up(away, tmp_path / "backup.db")
    assert list(tmp_path.iterdir()) == []
    away.close()


@pytest.mark.postgresql
def test_it_is_said_which_of_two_databases_went_away(postgres_url: str, tmp_path: Path) -> None:
    away, here = Database(postgres_url), Database(f"sqlite:///{tmp_path / 'here.db'}")
    with (
        pytest.raises(StoreError, match=r"Không kết nối được cơ sở dữ liệu postgresql"),
        away.read() as reading,
        here.write(),
    ):
        reading.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    away.close()
    here.close()


def _small(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    fill(database, 20)
    return database
