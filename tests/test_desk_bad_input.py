"""Whatever is wrong outside, a command says so in one clear line, exits 1 and leaves nothing half-written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLES, Cli

SAMPLE = SAMPLES / "ke-hoach-12-chuyen-doi-so.txt"


def rows(folder: Path) -> int:
    database = folder / "var" / "dondoc.db"
    if not database.exists():
        return 0
    with sqlite3.connect(database) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM tasks").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def refused(result: object, *words: str) -> None:
    assert result.returncode == 1, result
    assert not result.stdout.strip(), result.stdout
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("dondoc: ")
    for word in words:
        assert word in lines[0], lines[0]


@pytest.mark.parametrize("command", ["read", "import"])
@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("khong-co.txt", None, "khong-co.txt"),
        ("rong.txt", b"", "rong.txt"),
        ("nhi-phan.txt", bytes(range(256)) * 40, "nhi-phan.txt"),
        ("khong-bang.txt", "Kính gửi các sở. Trân trọng cảm ơn.\n".encode(), "khong-bang.txt"),
    ],
)
def test_a_file_that_is_no_plan(
    dondoc: Cli, tmp_path: Path, command: str, name: str, content: bytes | None, word: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    refused(dondoc(command, str(path)), word)
    assert rows(tmp_path) == 0


def test_a_good_file_beside_a_bad_one_is_not_printed_by_read(dondoc: Cli, tmp_path: Path) -> None:
    refused(dondoc("read", str(SAMPLE), str(tmp_path / "khong-co.txt"), "--json"), "khong-co.txt")


def test_a_cut_off_table_is_read_with_a_warning(dondoc: Cli, tmp_path: Path) -> None:
    whole = SAMPLE.read_text(encoding="utf-8")
    cut = tmp_path / "cut.txt"
    cut.write_text(whole[: whole.rindex("Cơ quan chủ trì") + 2000], encoding="utf-8")
    result = dondoc("read", str(cut), "--json")
    assert result.returncode == 0, result.stderr
    import json

    plan = json.loads(result.stdout)["plans"][0]
    assert plan["tasks"]
    assert plan["warnings"]


def test_a_corrupt_database(dondoc: Cli, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "dondoc.db").write_bytes(b"not a database at all" * 100)
    refused(dondoc("import", str(SAMPLE)), "dondoc.db", "không phải là cơ sở dữ liệu")


def test_a_locked_database(dondoc: Cli, tmp_path: Path) -> None:
    assert dondoc("migrate").returncode == 0
    holder = sqlite3.connect(tmp_path / "var" / "dondoc.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        refused(dondoc("import", str(SAMPLE), DONDOC_BUSY_SECONDS="1"), "khóa")
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert rows(tmp_path) == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder_by_mode(dondoc: Cli, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var").chmod(stat.S_IRUSR | stat.S_IXUSR)
    refused(dondoc("import", str(SAMPLE)), "var")


def test_a_folder_that_cannot_be_made(dondoc: Cli, tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("not a folder")
    refused(dondoc("import", str(SAMPLE), DONDOC_VAR=str(tmp_path / "tep" / "var")), "tep")


def test_a_database_of_a_kind_we_do_not_know(dondoc: Cli) -> None:
    refused(dondoc("tasks", DONDOC_DATABASE_URL="mysql://root:bi-mat@127.0.0.1/x"), "SQLite và PostgreSQL")


def test_a_database_that_cannot_be_reached_hides_its_password(dondoc: Cli) -> None:
    result = dondoc("tasks", DONDOC_DATABASE_URL="postgresql://dondoc:bi-mat@127.0.0.1:9/x")
    refused(result, "127.0.0.1")
    assert "bi-mat" not in result.stderr


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("dondoc.toml", "Asia/Ho_Chi_Minh", "Asia/Hanoi", ("schedule.timezone", "Asia/Hanoi", "IANA")),
        (
            "dondoc.toml",
            'day_off = "before"',
            'day_off = "never"',
            ("counting.day_off", "never", "before hoặc after"),
        ),
        (
            "dondoc.toml",
            "default_offset = 30",
            'default_offset = "ba mươi"',
            ("counting.default_offset", "một con số"),
        ),
        ("dondoc.toml", "[office]", "[ofice]", ("ofice", "chính tả")),
        ("dondoc.toml", "[office]", "[office", ("TOML",)),
        ("dondoc.toml", 'work_to = "17:00"', 'work_to = "06:00"', ("work_from",)),
        ("policies.toml", "{ days = -7 }", '{ days = "-7" }', ("default.lead", "days", "một con số")),
        ("policies.toml", "{ days = 0 }", "{ ngay = 0 }", ("default.lead", "chính tả")),
        ("policies.toml", "waiting = [", "waitng = [", ("waitng", "waiting")),
        ("policies.toml", 'to = "superior"', 'to = "boss"', ("boss", "superior")),
        ("channels.toml", "[email]", "[mail]", ("mail.url",)),
        ("channels.toml", "per_minute = 1200", "per_minute = 0", ("email.per_minute", "0")),
    ],
)
def test_a_wrong_setting(
    dondoc: Cli, tmp_path: Path, file: str, old: str, new: str, words: tuple[str, ...]
) -> None:
    folder = tmp_path / "config"
    shutil.copytree(ROOT / "config", folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    result = dondoc("run", "--on", "2026-06-01", "--plain", DONDOC_CONFIG=str(folder))
    refused(result, file, *words)


def test_a_policy_that_would_fall_silent(dondoc: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(ROOT / "config", folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    (folder / "policies.toml").write_text("[default.lead]\ndue = [{ days = -7 }]\n", encoding="utf-8")
    refused(dondoc("run", "--plain", DONDOC_CONFIG=str(folder)), "policies.toml", "default")


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--on", "31/02/2026"),
        ("preview", "--from", "mai"),
        ("preview", "--from", "2026-06-02", "--to", "2026-06-01"),
        ("explain", "2026", "--issued", "hôm nay"),
        ("no-such-command",),
        ("done",),
    ],
)
def test_wrong_usage_exits_2(dondoc: Cli, words: tuple[str, ...]) -> None:
    result = dondoc(*words)
    assert result.returncode == 2
    assert not result.stdout.strip()
    assert result.stderr.strip()


def test_done_and_extend_of_a_task_that_is_not_there(dondoc: Cli) -> None:
    refused(dondoc("done", "999"), "999")
    refused(dondoc("extend", "999", "--to", "2027-01-01", "--document", "12/UBND-VX"), "999")
    refused(dondoc("event", "correct", "7", "--on", "2026-01-01"), "7")
