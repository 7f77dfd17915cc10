"""Readings that wait for a person: listed, accepted, corrected, and kept when the plan comes again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from flows.steps import doubting
from flows.steps.clock import standing_at
from flows.steps.completing import NoSuch
from flows.steps.doubting import Correction
from flows.steps.importing import import_file
from flows.steps.listing import all_tasks, why
from flows.steps.workplace import Workplace, open_workplace
from store import answers
from store.tasks import Listed, Reason, Standing
from tests.conftest import Cli

DAY = date(2026, 3, 2)
ROWS = (
    ("1", "Lập sổ theo dõi tàu cá ra vào cảng", "Sở Nông nghiệp và Môi trường", "Quý II/2026"),
    ("2", "Mở lớp học bơi cho học sinh", "Sở Giáo dục và Đào tạo", "Trước mùa nước nổi"),
    ("3", "Kiểm định cân ở các chợ", "Sở Kho Tàng", "Quý II/2026"),
)
DUTY = "1. Đến năm 2030, mọi xã có trạm quan trắc nước, phấn đấu hoàn thành trong quý IV năm 2029."


def text(rows: tuple[tuple[str, str, str, str], ...] = ROWS, after: str = "") -> str:
    lines = "".join(f"{n} | {name} | {lead} |  | {when}\n" for n, name, lead, when in rows)
    return (
        "ỦY BAN NHÂN DÂN\nTỈNH PHÚ CHÂU\n\nSố: 31/KH-UBND\n\nPhú Châu, ngày 02 tháng 02 năm 2026\n\n"
        f"KẾ HOẠCH\n\nđời sống\n\nI. MỤC TIÊU\n\n{DUTY}\n\n"
        f"PHỤ LỤC\n\nSTT | Nhiệm vụ | Cơ quan chủ trì | Cơ quan phối hợp | Thời gian hoàn thành\n{lines}{after}"
    )


@pytest.fixture
def place(environment: dict[str, str], tmp_path: Path) -> Workplace:
    place = open_workplace(environment)
    place.ready()
    take(place, tmp_path, text())
    return place


def take(place: Workplace, folder: Path, words: str, name: str = "a.txt") -> None:
    path = folder / name
    path.write_text(words, encoding="utf-8")
    now = standing_at(DAY, place.settings.schedule.work_from, place.settings.schedule.zone)()
    import_file(place, path, now=now, today=DAY, actor="test")


def listed(place: Workplace) -> dict[str, Listed]:
    with place.database.read() as connection:
        return {task.number if task.table == "tasks" else "duty": task for task in all_tasks(connection, place)}


def waiting(place: Workplace) -> dict[int, tuple[str, ...]]:
    with place.database.read() as connection:
        return {one.id: one.reasons for one in doubting.waiting(connection, place)}


def correct(place: Workplace, task: int, **right: object) -> NoSuch | None:
    now = standing_at(DAY, place.settings.schedule.work_from, place.settings.schedule.zone)()
    return doubting.correct(place, task, Correction(**right), now=now, today=DAY, actor="test")  # type: ignore[arg-type]


def test_what_is_doubtful_waits_and_what_is_clear_does_not(place: Workplace) -> None:
    tasks = listed(place)
    found = waiting(place)
    assert tasks["1"].id not in found
    assert found[tasks["2"].id] == ("Chưa đọc được thời hạn.",)
    assert tasks["duty"].id in found
    assert tasks["2"].standing is Standing.ATTENTION


def test_an_accepted_reading_waits_no_more_until_its_words_change(place: Workplace, tmp_path: Path) -> None:
    duty = listed(place)["duty"].id
    now = standing_at(DAY, place.settings.schedule.work_from, place.settings.schedule.zone)()
    refused = doubting.accept(place, [duty, 9999], now=now, actor="test")
    assert isinstance(refused, NoSuch)
    assert duty in waiting(place), "nothing is accepted where one is unknown"
    assert doubting.accept(place, [duty], now=now, actor="test") is None
    assert duty not in waiting(place)
    take(place, tmp_path, text(after="\nGhi chú thêm.\n"), "b.txt")
    assert duty not in waiting(place)
    take(place, tmp_path, text().replace("năm 2029", "năm 2028"), "c.txt")
    assert duty in waiting(place)


def test_corrections_survive_the_same_words_and_yield_to_new_ones(place: Workplace, tmp_path: Path) -> None:
    before = listed(place)
    swim, scales = before["2"].id, before["3"].id
    assert correct(place, swim, due=date(2026, 8, 31), title="Mở lớp bơi hè") is None
    assert correct(place, scales, lead="Sở Công Thương", deadline="Quý I/2027") is None
    after = listed(place)
    assert (after["2"].next_due, after["2"].title) == (date(2026, 8, 31), "Mở lớp bơi hè")
    assert (after["3"].next_due, after["3"].leads) == (date(2027, 3, 31), ("phu-chau.so-cong-thuong",))
    assert after["2"].standing is not Standing.ATTENTION
    assert not {swim, scales} & waiting(place).keys()

    take(place, tmp_path, text(after="\nGhi chú thêm.\n"), "b.txt")
    again = listed(place)
    assert again["2"].id == swim
    assert (again["2"].next_due, again["2"].title) == (date(2026, 8, 31), "Mở lớp bơi hè")
    assert (again["3"].next_due, again["3"].leads) == (date(2027, 3, 31), ("phu-chau.so-cong-thuong",))

    newer = (ROWS[0], (*ROWS[1][:3], "Tháng 9/2026"), ROWS[2])
    take(place, tmp_path, text(newer), "c.txt")
    assert listed(place)["2"].next_due == date(2026, 9, 30)


def test_what_cannot_be_understood_is_refused_and_changes_nothing(place: Workplace) -> None:
    swim = listed(place)["2"].id
    for right in ({"deadline": "khi nào xong"}, {"lead": "Sở Mây Gió"}, {"lead": "các sở, ban, ngành"}):
        refused = correct(place, swim, title="X", **right)
        assert isinstance(refused, NoSuch)
        assert refused.message
    assert listed(place)["2"].title == ROWS[1][1]


def test_a_goal_of_the_whole_plan_is_no_work_to_be_done(place: Workplace) -> None:
    duty = listed(place)["duty"]
    assert (duty.standing, duty.reason) == (Standing.ATTENTION, Reason.GENERAL_GOAL)
    assert why(duty) == "mục tiêu chung của kế hoạch, không giao cơ quan nào"
    assert listed(place)["3"].reason is Reason.UNKNOWN_LEAD


def test_a_task_of_all_communes_is_counted_together(
    dondoc: Cli, environment: dict[str, str], tmp_path: Path
) -> None:
    group = ("4", "Rà soát quầy hàng", "UBND các xã, phường, đặc khu", "Quý III/2026")
    place = open_workplace(environment)
    place.ready()
    take(place, tmp_path, text((group,)))
    task = listed(place)["4"]
    assert len(task.leads) == 12
    with place.database.write() as connection:
        for agency in task.leads[:5]:
            answers.set_assignment(connection, task.id, agency, "reported")
    place.database.close()
    shown = dondoc("tasks", "--json")
    one = next(entry for entry in json.loads(shown.stdout)["tasks"] if entry["id"] == task.id)
    assert one["answered"] == {"reported": 5, "leads": 12}
    assert "5/12" in dondoc("tasks").stdout


def test_the_command_line(dondoc: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(text(), encoding="utf-8")
    dondoc("import", "a.txt")
    found = json.loads(dondoc("review", "--json").stdout)["review"]
    one = next(entry for entry in found if entry["deadline_text"] == "Trước mùa nước nổi")
    assert one["source"]["line"] > 1
    assert one["reading"]["kinds"] == ["unread"]
    assert "Trước mùa nước nổi" in dondoc("review").stdout
    assert dondoc("review", "correct", str(one["id"])).returncode == 2
    assert dondoc("review", "correct", str(one["id"]), "--due", "x").returncode == 2
    wrong = dondoc("review", "correct", str(one["id"]), "--deadline", "khi nào xong")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert dondoc("review", "correct", str(one["id"]), "--deadline", "Quý I/2027").returncode == 0
    left = json.loads(dondoc("review", "--json").stdout)["review"]
    assert one["id"] not in [entry["id"] for entry in left]
    assert dondoc("review", "accept", *(str(entry["id"]) for entry in left)).returncode == 0
    assert json.loads(dondoc("review", "--json").stdout)["review"] == []
    assert dondoc("review", "accept", "9999").returncode == 1
    assert dondoc("audit", "verify").returncode == 0
