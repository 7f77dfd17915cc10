"""What people read instead of lines of files, names of rules and codes."""

from __future__ import annotations

import re
from datetime import date

import pytest

from config.policy_writing import to_toml
from desk.web import edit_words, edits, words
from desk.web.charts import since_begun
from flows.steps.workplace import POLICIES, Workplace
from tests.desk_samples import logged_in, with_samples

YEAR = (
    'year = 2026\nofficial = {official}\n[days_off]\n2026-01-01 = "Tết Dương lịch"\n'
    '2026-04-30 = "Ngày Chiến thắng"\n'
    '2026-05-01 = "Ngày Quốc tế lao động"\n2026-09-02 = "Quốc khánh"\n{more}[working_weekends]\n{working}'
)


def year(official: str = "true", more: str = "", working: str = "") -> str:
    return YEAR.format(official=official, more=more, working=working)


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (year(more='2026-06-08 = "Nghỉ thử"\n'), ["Ngày nghỉ: thêm 08/06/2026 Nghỉ thử"]),
        (year(working='2026-01-10 = "Làm bù"\n'), ["Ngày làm bù: thêm 10/01/2026 Làm bù"]),
        (year().replace("Quốc khánh", "Lễ"), ["Ngày nghỉ: đổi 02/09/2026 Quốc khánh → Lễ"]),
        (year(official="false"), ["Lịch chính thức → tạm tính"]),
        (year(), []),
    ],
)
def test_a_year_says_which_days_it_gains_and_loses(new: str, told: list[str]) -> None:
    assert edit_words.of_year(2026, year(), new) == told
    back = edit_words.of_year(2026, new, year())
    assert len(back) == len(told)
    assert [one.replace("bỏ", "thêm") for one in back if "bỏ" in one] == [one for one in told if "thêm" in one]


def test_a_policy_says_which_steps_it_gains_and_loses(place: Workplace) -> None:
    old = to_toml(place.policies)
    new = old.replace("days = -7", "days = -5", 1)
    assert old != new
    assert edit_words.of_policies(old, new) == [
        "Mặc định · Cơ quan chủ trì · Hạn hoàn thành: bỏ “trước 7 ngày”",
        "Mặc định · Cơ quan chủ trì · Hạn hoàn thành: thêm “trước 5 ngày”",
    ]
    assert edit_words.of_policies(old, old) == []


def test_what_no_longer_reads_is_still_shown_as_it_was_written() -> None:
    assert list(edits.difference(POLICIES, "format = 1\n", "format = 2\n")) == ["⋮", "-format = 1", "+format = 2"]


@pytest.mark.parametrize(
    ("due", "told"),
    [
        (date(2026, 6, 6), "còn 5 ngày"),
        (date(2030, 12, 31), "còn 1.674 ngày"),
        (date(2026, 6, 1), "đến hạn hôm nay"),
        (date(2023, 6, 2), "quá hạn 1.095 ngày"),
    ],
)
def test_days_are_counted_with_a_dot_at_thousands(due: date, told: str) -> None:
    assert words.left(due, date(2026, 6, 1), late_from=due) == told


def test_months_before_there_were_tasks_are_left_out() -> None:
    nothing = [(date(2026, month, 1), 0, 0, 0, 0) for month in range(1, 5)]
    begun = [(date(2026, 5, 1), 0, 0, 3, 0), (date(2026, 6, 1), 1, 0, 2, 0)]
    assert since_begun([*nothing, *begun]) == [nothing[-1], *begun]
    assert since_begun(begun) == begun
    assert since_begun(nothing) == nothing[-2:]


def test_pages_name_no_rule_and_no_channel_by_its_code(place: Workplace) -> None:
    clock = with_samples(place)
    client = logged_in(place, clock, "admin")
    with place.database.read() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM tasks ORDER BY id").scalars().all()
    for path in [*(f"/tasks/{one}" for one in ids[::12]), "/policies", "/messages", "/channels"]:
        page = client.get(path).text
        assert not re.search(r'class="dim">\(?(by-period|month-year|email)\b', page), path
        assert "(email)" not in page, path
        assert "by-period" not in page, path


def test_without_a_mail_server_today_says_that_nothing_leaves(place: Workplace) -> None:
    clock = with_samples(place)
    assert place.channels.writes_files
    assert "chưa gửi đến cơ quan nào" in logged_in(place, clock, "viewer").get("/").text
