"""Two versions of a plan, an amendment and a replacement, through the real daily run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.steps.clock import standing_at
from flows.steps.daily import run_daily
from flows.steps.importing import Imported, foresee, import_file
from flows.steps.listing import all_tasks
from flows.steps.workplace import Workplace, open_workplace
from plans.errors import ReadError
from store.schema import reminders
from store.tasks import Listed
from tests.conftest import Cli
from tests.smtp_sink import Mailbox, Sink

HEAD = "STT | Nhiệm vụ | Cơ quan chủ trì | Cơ quan phối hợp | Thời gian hoàn thành\n"
FIRST = (
    ("1", "Lập sổ theo dõi tàu cá ra vào cảng", "Sở Nông nghiệp và Môi trường", "Quý II/2026"),
    ("2", "Mở lớp học bơi cho học sinh vùng sông nước", "Sở Giáo dục và Đào tạo", "Tháng 6/2026"),
    ("3", "Kiểm định cân ở các chợ", "Sở Công Thương", "Trước ngày 20/6/2026"),
    ("4", "Số hóa hương ước của các thôn", "Sở Tư pháp", "Quý III/2026"),
)


def text(rows: tuple[tuple[str, str, str, str], ...], number: str = "31", title: str = "đời sống") -> str:
    lines = "".join(f"{n} | {name} | {lead} |  | {when}\n" for n, name, lead, when in rows)
    return (
        f"ỦY BAN NHÂN DÂN\nTỈNH PHÚ CHÂU\n\nSố: {number}/KH-UBND\n\nPhú Châu, ngày 02 tháng 02 năm 2026\n\n"
        f"KẾ HOẠCH\n\n{title}\n\nPHỤ LỤC\n\n{HEAD}{lines}"
    )


@pytest.fixture
def office(environment: dict[str, str], database_url: str) -> Iterator[tuple[Workplace, Mailbox]]:
    with Sink() as sink:
        place = open_workplace(environment | {"DONDOC_SMTP_URL": sink.url, "DONDOC_DATABASE_URL": database_url})
        place.ready()
        yield place, sink.mailbox
        place.database.close()


def take(place: Workplace, folder: Path, words: str, day: date, name: str = "a.txt") -> Imported:
    path = folder / name
    path.write_text(words, encoding="utf-8")
    schedule = place.settings.schedule
    now = standing_at(day, schedule.work_from, schedule.zone)()
    return import_file(place, path, now=now, today=day, actor="test")


def work(place: Workplace, first: date, last: date) -> None:
    day = first
    while day <= last:
        run_daily(
            place, clock=standing_at(day, place.settings.schedule.work_from, place.settings.schedule.zone), day=day
        )
        day += timedelta(days=1)


def tasks(place: Workplace) -> dict[str, Listed]:
    with place.database.read() as connection:
        return {task.title: task for task in all_tasks(connection, place)}


def said(mailbox: Mailbox, since: int = 0) -> str:
    found = [message.get_body(("plain",)).get_content() for _, message in mailbox.messages[since:]]
    return " ".join(" ".join(found).split())


def test_a_newer_version_keeps_ids_tells_moves_once_and_ends_what_it_leaves_out(
    office: tuple[Workplace, Mailbox], tmp_path: Path
) -> None:
    place, mailbox = office
    take(place, tmp_path, text(FIRST), date(2026, 6, 1))
    work(place, date(2026, 6, 1), date(2026, 6, 2))
    before = tasks(place)
    told = len(mailbox.messages)
    assert "Kiểm định cân ở các chợ" in said(mailbox)

    # Row 1 goes, rows are numbered anew, 3 moves to November, and one is new.
    newer = (
        ("1", FIRST[1][1], FIRST[1][2], FIRST[1][3]),
        ("2", FIRST[2][1], FIRST[2][2], "Trước ngày 20/11/2026"),
        ("3", FIRST[3][1], FIRST[3][2], FIRST[3][3]),
        ("4", "Trồng cây chắn sóng dọc đê biển", "Sở Nông nghiệp và Môi trường", "Quý IV/2026"),
    )
    path = tmp_path / "b.txt"
    path.write_text(text(newer), encoding="utf-8")
    effect = foresee(place, path, today=date(2026, 6, 3)).effect
    assert effect is not None
    assert [task.title for task in effect.difference.new] == [newer[3][1]]
    assert [task.title for task in effect.difference.withdrawn] == [FIRST[0][1]]
    assert tasks(place) == before, "foreseeing keeps nothing"

    saved = take(place, tmp_path, text(newer), date(2026, 6, 3), "b.txt").saved
    assert (len(saved.added), len(saved.withdrawn), saved.revision) == (1, 1, 2)
    after = tasks(place)
    for row in FIRST[1:]:
        assert after[row[1]].id == before[row[1]].id
    assert after[FIRST[0][1]].state == "withdrawn"
    assert after[FIRST[2][1]].next_due == date(2026, 11, 19)

    work(place, date(2026, 6, 3), date(2026, 7, 10))
    later = said(mailbox, told)
    assert later.count("nay là ngày 19/11/2026") == 1
    assert later.count("không còn áp dụng") == 1
    assert later.count(FIRST[0][1]) == 1, "only that it is withdrawn"


def test_queued_reminders_of_a_withdrawn_task_are_withdrawn(
    office: tuple[Workplace, Mailbox], tmp_path: Path
) -> None:
    from flows.steps.deciding import decide

    place, mailbox = office
    take(place, tmp_path, text(FIRST), date(2026, 6, 1))
    now = standing_at(date(2026, 6, 1), place.settings.schedule.work_from, place.settings.schedule.zone)()
    decide(place, now=now, today=date(2026, 6, 1))
    with place.database.read() as connection:
        assert set(connection.execute(select(reminders.c.state)).scalars()) == {"planned"}
    take(place, tmp_path, text(FIRST[3:]), date(2026, 6, 1), "b.txt")
    with place.database.read() as connection:
        assert set(connection.execute(select(reminders.c.state)).scalars()) == {"withdrawn"}
    work(place, date(2026, 6, 1), date(2026, 6, 1))
    assert FIRST[2][1] not in said(mailbox)


def test_an_amendment_withdraws_nothing_that_it_does_not_name(
    office: tuple[Workplace, Mailbox], tmp_path: Path
) -> None:
    place, _ = office
    take(place, tmp_path, text(FIRST), date(2026, 3, 2))
    before = tasks(place)
    title = "Sửa đổi, bổ sung một số nội dung của Kế hoạch số 31/KH-UBND"
    words = text((("3", FIRST[2][1], FIRST[2][2], "Quý IV/2026"),), "77", title)
    imported = take(place, tmp_path, words, date(2026, 3, 9), "b.txt")
    assert imported.saved.withdrawn == ()
    after = tasks(place)
    assert {title: task.id for title, task in after.items()} == {title: task.id for title, task in before.items()}
    assert after[FIRST[2][1]].next_due == date(2026, 12, 31)
    assert {task.state for task in after.values()} == {"open"}
    assert after[FIRST[0][1]].plan_number == "31/KH-UBND"


def test_a_replacement_ends_the_plan_that_it_replaces(office: tuple[Workplace, Mailbox], tmp_path: Path) -> None:
    place, _ = office
    take(place, tmp_path, text(FIRST), date(2026, 3, 2))
    before = tasks(place)
    words = text(FIRST[1:3], "90", "Đời sống (thay thế Kế hoạch số 31/KH-UBND)")
    saved = take(place, tmp_path, words, date(2026, 3, 9), "b.txt").saved
    assert set(saved.withdrawn) == {before[FIRST[0][1]].id, before[FIRST[3][1]].id}
    after = tasks(place)
    assert after[FIRST[1][1]].id == before[FIRST[1][1]].id
    assert after[FIRST[1][1]].plan_number == "90/KH-UBND"


def test_an_amendment_of_an_unknown_plan_says_so(office: tuple[Workplace, Mailbox], tmp_path: Path) -> None:
    place, _ = office
    title = "Sửa đổi, bổ sung Kế hoạch số 55/KH-UBND"
    imported = take(place, tmp_path, text(FIRST[:1], "77", title), date(2026, 3, 9))
    assert any("55/KH-UBND" in warning for warning in imported.warnings)


def test_the_command_line_shows_before_it_stores(dondoc: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(text(FIRST), encoding="utf-8")
    (tmp_path / "b.txt").write_text(text(((*FIRST[0][:3], "Quý I/2027"), *FIRST[1:3])), encoding="utf-8")
    assert dondoc("import", "a.txt").returncode == 0
    shown = dondoc("import", "--dry-run", "b.txt")
    assert shown.returncode == 0
    assert "Quý II/2026 → Quý I/2027" in " ".join(shown.stdout.split())
    found = json.loads(dondoc("import", "--dry-run", "--json", "b.txt").stdout)["foreseen"][0]
    assert [len(found[name]) for name in ("new", "changed", "withdrawn", "kept")] == [0, 1, 1, 2]
    assert found["changed"][0]["fields"] == ["deadline_text"]
    assert json.loads(dondoc("import", "b.txt", "--json").stdout)["imported"][0]["withdrawn"] == 1


PROSE = (
    "ỦY BAN NHÂN DÂN\nTỈNH PHÚ CHÂU\n\nSố: 88/QĐ-UBND\n\nPhú Châu, ngày 06 tháng 3 năm 2026\n\nQUYẾT ĐỊNH\n\n"
    "Sửa đổi, bổ sung một số nội dung của Kế hoạch số 31/KH-UBND\n\n"
    "1. Điều chỉnh thời gian hoàn thành nhiệm vụ số 3 Phụ lục từ “Trước ngày 20/6/2026” sang “Quý IV/2026”.\n"
    "2. Bãi bỏ nhiệm vụ số 1 Phụ lục.\n"
    "3. Gia hạn nhiệm vụ số 9 đến Quý I/2027.\n"
    "4. Thay đổi cơ quan chủ trì nhiệm vụ số 2 từ Sở Y tế sang Sở Nội vụ.\n"
)


def test_changes_told_in_prose_wait_for_a_person_and_keep_history(
    office: tuple[Workplace, Mailbox], tmp_path: Path
) -> None:
    place, mailbox = office
    take(place, tmp_path, text(FIRST), date(2026, 6, 1))
    work(place, date(2026, 6, 1), date(2026, 6, 2))
    before, heard = tasks(place), len(mailbox.messages)
    with pytest.raises(ReadError, match="cần người xác nhận"):
        take(place, tmp_path, PROSE, date(2026, 6, 3), "b.txt")
    shown = foresee(place, tmp_path / "b.txt", today=date(2026, 6, 3)).proposals
    assert tasks(place) == before, "nothing is stored before a person says so"
    assert [one.proposal.old.number for one in shown.found] == ["3", "1", "2"]
    assert [one.proposal.confidence > 0.7 for one in shown.found] == [True, True, False]
    assert len(shown.lost) == 1

    now = standing_at(date(2026, 6, 3), place.settings.schedule.work_from, place.settings.schedule.zone)()
    imported = import_file(place, tmp_path / "b.txt", now=now, today=date(2026, 6, 3), actor="test", confirm="all")
    assert (len(imported.saved.changed), len(imported.saved.withdrawn)) == (1, 1)
    assert sum("chưa được áp dụng" in warning for warning in imported.warnings) == 2
    after = tasks(place)
    assert after[FIRST[2][1]].id == before[FIRST[2][1]].id
    assert after[FIRST[2][1]].next_due == date(2026, 12, 31)
    assert after[FIRST[2][1]].plan_number == "88/QĐ-UBND"
    assert after[FIRST[0][1]].state == "withdrawn"
    assert after[FIRST[1][1]] == before[FIRST[1][1]], "what was not sure stays"

    work(place, date(2026, 6, 3), date(2026, 6, 30))
    later = said(mailbox, heard)
    assert later.count("nay là ngày 31/12/2026") == 1
    assert later.count("không còn áp dụng") == 1


@pytest.mark.parametrize(("words", "changed"), [("none", 0), ("1", 1)])
def test_a_person_chooses_among_the_changes(
    office: tuple[Workplace, Mailbox], tmp_path: Path, words: str, changed: int
) -> None:
    place, _ = office
    take(place, tmp_path, text(FIRST), date(2026, 6, 1))
    (tmp_path / "b.txt").write_text(PROSE, encoding="utf-8")
    now = standing_at(date(2026, 6, 3), place.settings.schedule.work_from, place.settings.schedule.zone)()
    for wrong in ("7", "1,x", ""):
        with pytest.raises(ReadError, match="không có chỉ dẫn"):
            import_file(place, tmp_path / "b.txt", now=now, today=date(2026, 6, 3), actor="test", confirm=wrong)
    saved = import_file(
        place, tmp_path / "b.txt", now=now, today=date(2026, 6, 3), actor="test", confirm=words
    ).saved
    assert (len(saved.changed), len(saved.withdrawn)) == (changed, 0)


def test_the_command_line_shows_and_confirms_changes_told_in_prose(dondoc: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(text(FIRST), encoding="utf-8")
    (tmp_path / "b.txt").write_text(PROSE, encoding="utf-8")
    assert dondoc("import", "a.txt").returncode == 0
    refused = dondoc("import", "b.txt")
    assert refused.returncode == 1
    assert "--confirm" in refused.stderr
    found = json.loads(dondoc("import", "--dry-run", "--json", "b.txt").stdout)["foreseen"][0]
    assert [one["new"] and one["new"]["deadline_text"] for one in found["proposed"]][:2] == ["Quý IV/2026", None]
    assert len(found["unresolved"]) == 1
    done = json.loads(dondoc("import", "b.txt", "--confirm", "1,2", "--json").stdout)["imported"][0]
    assert (done["changed"], done["withdrawn"]) == (1, 1)
