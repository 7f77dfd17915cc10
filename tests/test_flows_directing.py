"""Agencies from the command line: shown, written whole with a copy, merged and split with their open tasks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from config.settings import PACKAGED
from flows.steps import directing
from flows.steps.clock import standing_at
from flows.steps.completing import NoSuch
from flows.steps.daily import run_daily
from flows.steps.importing import import_file
from flows.steps.workplace import Workplace, open_workplace
from store.schema import assignments, audit, messages, reminders
from tests.conftest import Cli
from tests.smtp_sink import Mailbox, Sink

START = date(2026, 6, 1)
MERGE = date(2026, 6, 8)
FROM, TO = "phu-chau.so-cong-thuong", "phu-chau.so-kinh-te"
PLAN = """ỦY BAN NHÂN DÂN
TỈNH PHÚ CHÂU

Số: 31/KH-UBND

Phú Châu, ngày 02 tháng 02 năm 2026

KẾ HOẠCH

đời sống

PHỤ LỤC

STT | Nhiệm vụ | Cơ quan chủ trì | Cơ quan phối hợp | Thời gian hoàn thành
1 | Kiểm định cân ở các chợ | Sở Công Thương |  | Trước ngày 16/6/2026
2 | Rà soát quầy hàng | UBND các xã, phường, đặc khu |  | Quý III/2026
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "cau-hinh"
    assert directing.copy_packaged(made) is None
    return made


@pytest.fixture
def office(environment: dict[str, str], folder: Path) -> Iterator[tuple[dict[str, str], Mailbox]]:
    with Sink() as sink:
        yield environment | {"DONDOC_SMTP_URL": sink.url, "DONDOC_CONFIG": str(folder)}, sink.mailbox


def opened(environment: dict[str, str]) -> Workplace:
    place = open_workplace(environment)
    place.ready()
    return place


def work(place: Workplace, first: date, last: date) -> None:
    schedule = place.settings.schedule
    for at in range((last - first).days + 1):
        on = first + timedelta(days=at)
        run_daily(place, clock=standing_at(on, schedule.work_from, schedule.zone), day=on)


def test_a_merge_moves_open_tasks_and_keeps_what_was_said(
    office: tuple[dict[str, str], Mailbox], tmp_path: Path
) -> None:
    environment, mailbox = office
    place = opened(environment)
    (tmp_path / "a.txt").write_text(PLAN, encoding="utf-8")
    now = standing_at(START, place.settings.schedule.work_from, place.settings.schedule.zone)()
    import_file(place, tmp_path / "a.txt", now=now, today=START, actor="test")
    work(place, START, date(2026, 6, 4))
    with place.database.read() as connection:
        before = connection.execute(
            select(reminders.c.id, reminders.c.agency, reminders.c.state).where(reminders.c.agency == FROM)
        ).all()
    assert before
    told = len(mailbox.messages)

    found = directing.merging(
        place, ["so-cong-thuong", "so-tai-chinh"], into="so-kinh-te", name="Sở Kinh tế", on=MERGE
    )
    assert not isinstance(found, NoSuch)
    assert {change.code for change in found.changes} == {FROM, TO, "phu-chau.so-tai-chinh"}
    kept = directing.put_in_place(place, found, now=now, actor="test")
    assert isinstance(kept, Path)
    assert kept.read_bytes() == (PACKAGED / "agencies" / "phu-chau.toml").read_bytes()

    place = opened(environment)
    work(place, MERGE, date(2026, 6, 18))
    with place.database.read() as connection:
        held = {
            (row.agency, row.state)
            for row in connection.execute(
                select(assignments).where(assignments.c.agency.in_([FROM, TO]), assignments.c.role == "lead")
            )
        }
        after = connection.execute(
            select(reminders.c.id, reminders.c.agency, reminders.c.state).where(reminders.c.agency == FROM)
        ).all()
        new = connection.execute(select(reminders.c.state).where(reminders.c.agency == TO)).scalars().all()
        actions = connection.execute(select(audit.c.action)).scalars().all()
    assert held == {(FROM, "withdrawn"), (TO, "open")}
    assert after == before, "what the old agency was told stays"
    assert "told" in new
    assert any(
        "Kiểm định cân" in message.get_body(("plain",)).get_content() for _, message in mailbox.messages[told:]
    )
    assert "agencies.merge" in actions


def test_the_packaged_configuration_is_not_written(environment: dict[str, str]) -> None:
    place = opened(environment)
    found = directing.merging(place, ["so-cong-thuong"], into="so-tai-chinh", name=None, on=MERGE)
    assert not isinstance(found, NoSuch)
    refused = directing.put_in_place(
        place, found, now=standing_at(MERGE, place.settings.schedule.work_from, place.zone)(), actor="test"
    )
    assert isinstance(refused, NoSuch)
    assert "dondoc config copy" in refused.message


def test_changes_that_make_no_sense(environment: dict[str, str]) -> None:
    place = opened(environment)
    assert isinstance(directing.merging(place, ["khong-co"], into="so-tai-chinh", name=None, on=MERGE), NoSuch)
    assert isinstance(directing.merging(place, ["so-y-te"], into="so-moi", name=None, on=MERGE), NoSuch)
    assert isinstance(directing.splitting(place, "so-y-te", [], on=MERGE), NoSuch)
    assert isinstance(directing.splitting(place, "so-y-te", [("so-la", None)], on=MERGE), NoSuch)
    made = directing.splitting(place, "so-y-te", [("so-y-te", None), ("so-duoc", "Sở Dược")], on=MERGE)
    assert not isinstance(made, NoSuch)
    assert [change.code for change in made.changes] == ["phu-chau.so-duoc"]


def test_export_import_and_problems(dondoc: Cli, tmp_path: Path) -> None:
    assert dondoc("config", "copy", "cau-hinh").returncode == 0
    assert dondoc("config", "copy", "cau-hinh").returncode == 1
    here = {"DONDOC_CONFIG": str(tmp_path / "cau-hinh")}
    for name in ("danh-ba.xlsx", "danh-ba.toml"):
        assert dondoc("agencies", "export", name, **here).returncode == 0
        same = dondoc("agencies", "import", name, "--json", **here)
        assert json.loads(same.stdout) == {"applied": False, "copy": None, "changes": []}, same.stderr
    words = (
        (tmp_path / "danh-ba.toml")
        .read_text("utf-8")
        .replace('name = "Sở Công Thương"', 'name = "Sở Chợ và Thương nghiệp"')
    )
    (tmp_path / "moi.toml").write_text(words, encoding="utf-8")
    shown = dondoc("agencies", "import", "moi.toml", **here)
    assert "Sở Chợ và Thương nghiệp" in shown.stdout
    assert "Chưa ghi gì" in shown.stdout
    file = tmp_path / "cau-hinh" / "agencies" / "phu-chau.toml"
    assert file.read_bytes() == (PACKAGED / "agencies" / "phu-chau.toml").read_bytes()
    done = json.loads(dondoc("agencies", "import", "moi.toml", "--apply", "--json", **here).stdout)
    assert done["applied"]
    assert Path(done["copy"]).is_file()
    assert "Sở Chợ và Thương nghiệp" in dondoc("agencies", "list", **here).stdout
    assert json.loads(dondoc("agencies", "list", "--json", **here).stdout)["agencies"]
    assert json.loads(dondoc("agencies", "problems", "--json", **here).stdout)["problems"]

    (tmp_path / "hong.toml").write_text(words.replace("format = 1", "format = 9"), encoding="utf-8")
    for wrong in ("hong.toml", "khong-co.toml"):
        refused = dondoc("agencies", "import", wrong, "--apply", **here)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.count("\n") == 1
    assert dondoc("agencies", "import", "a.csv", **here).returncode == 2
    assert dondoc("agencies", "merge", "so-y-te", "--into", "so-tai-chinh", "--on", "mai", **here).returncode == 2
    merged = dondoc("agencies", "merge", "so-y-te", "--into", "so-xa-hoi=Sở Xã hội", "--on", "2026-06-08", **here)
    assert "Sở Xã hội" in merged.stdout
    assert "nhiệm vụ đổi cơ quan" in merged.stdout
    assert not list(tmp_path.glob("cau-hinh/agencies/*.moi"))


def test_a_person_is_exported_and_erased(
    office: tuple[dict[str, str], Mailbox], dondoc: Cli, tmp_path: Path
) -> None:
    environment, mailbox = office
    place = opened(environment)
    (tmp_path / "a.txt").write_text(PLAN, encoding="utf-8")
    now = standing_at(START, place.settings.schedule.work_from, place.settings.schedule.zone)()
    import_file(place, tmp_path / "a.txt", now=now, today=START, actor="test")
    work(place, START, START)
    address = next(a for a, m in mailbox.messages if "Kiểm định cân" in m.get_body(("plain",)).get_content())
    place.database.close()
    here = {name: environment[name] for name in ("DONDOC_CONFIG", "DONDOC_VAR")}

    given = json.loads(dondoc("people", "export", address, **here).stdout)
    assert given["directory"]
    assert [one["address"] for one in given["contacts"]] == [address]
    assert [one["recipient"] for one in given["messages"]] == [address]

    assert dondoc("people", "erase", address, **here).returncode == 0
    gone = json.loads(dondoc("people", "export", address, **here).stdout)
    assert (gone["directory"], gone["contacts"], gone["messages"]) == ([], [], [])
    assert dondoc("people", "erase", address, **here).returncode == 1
    place = opened(environment)
    work(place, START + timedelta(days=1), START + timedelta(days=1))
    with place.database.read() as connection:
        kept = connection.execute(select(messages.c.frozen, messages.c.state)).all()
        entries = connection.execute(select(audit.c.action, audit.c.subject, audit.c.before, audit.c.after)).all()
    assert len(kept) >= 1
    assert address not in str(kept)
    assert address not in str(entries)
    assert "person.erase" in [entry.action for entry in entries]
    for file in (tmp_path / "cau-hinh" / "agencies").iterdir():
        assert address not in file.read_text("utf-8"), file.name
    shutil.rmtree(tmp_path / "cau-hinh")
