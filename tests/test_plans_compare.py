"""Differences of two versions of an invented plan."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from plans.compare import compare
from plans.document import Place
from plans.types import Plan, TableKind, Task

TITLES = [
    "Xây dựng đề án phát triển cảng cá giai đoạn 2027 - 2030",
    "Lắp đặt hệ thống đèn biển cho các xã đảo",
    "Tập huấn kỹ năng cứu nạn cho ngư dân",
    "Rà soát quy hoạch khu neo đậu tàu thuyền",
    "Ban hành quy chế phối hợp tìm kiếm cứu nạn",
    "Số hóa hồ sơ tàu cá trên địa bàn tỉnh",
]


def task(number: str, title: str, **more: object) -> Task:
    given = {"lead_text": "Sở A", "deadline_text": "2027", **more}
    return Task(table=TableKind.TASKS, number=number, title=title, place=Place(line=1), **given)  # type: ignore[arg-type]


def plan(*tasks: Task, number: str = "12/KH-UBND", amends: tuple[str, ...] = ()) -> Plan:
    return Plan(
        file="x", format="txt", number=number, issued=None, issuer=None, title=None, tasks=tasks, amends=amends
    )


OLD = plan(*(task(str(at), title) for at, title in enumerate(TITLES, 1)))


def test_the_same_plan_has_no_difference() -> None:
    found = compare(OLD, OLD)
    assert found.same
    assert len(found.kept) == len(TITLES)


def test_spelling_alone_is_no_change() -> None:
    new = plan(*(replace(t, title=t.title.upper(), deadline_text=" 2027 ") for t in OLD.tasks))
    assert compare(OLD, new).same


def test_a_changed_date_and_lead() -> None:
    new = plan(*OLD.tasks[:2], replace(OLD.tasks[2], deadline_text="Quý I/2028", lead_text="Sở B"), *OLD.tasks[3:])
    (change,) = compare(OLD, new).changed
    assert (change.old.number, change.fields) == ("3", ("lead_text", "deadline_text"))
    assert not change.only_moved


def test_a_row_taken_out_numbers_the_others_anew() -> None:
    rest = [replace(t, number=str(at)) for at, t in enumerate((*OLD.tasks[:1], *OLD.tasks[2:]), 1)]
    found = compare(OLD, plan(*rest))
    assert [t.title for t in found.withdrawn] == [TITLES[1]]
    assert found.new == ()
    assert [change.fields for change in found.changed] == [("number",)] * 4
    assert all(change.only_moved for change in found.changed)


def test_a_row_put_in_and_a_row_moved_under_another_heading() -> None:
    added = task("1", "Trồng rừng phòng hộ ven biển")
    moved = replace(OLD.tasks[5], section="II. Chuyển đổi số")
    found = compare(OLD, plan(added, *OLD.tasks[:5], moved))
    assert found.new == (added,)
    assert found.withdrawn == ()
    assert [change.fields for change in found.changed] == [("section",)]


def test_a_reworded_row_is_the_same_row_and_doubted() -> None:
    new = replace(OLD.tasks[1], title="Lắp đặt, bảo trì hệ thống đèn biển và phao tiêu tại các xã đảo, bãi ngang")
    found = compare(OLD, plan(OLD.tasks[0], new, *OLD.tasks[2:]))
    (change,) = found.changed
    assert change.fields == ("title",)
    assert change.confidence < 0.9
    assert found.doubts


def test_another_task_in_the_same_place_is_new() -> None:
    found = compare(OLD, plan(task("1", "Tuyên truyền bảo hiểm y tế học sinh"), *OLD.tasks[1:]))
    assert len(found.new) == 1
    assert [t.number for t in found.withdrawn] == ["1"]


def test_rows_with_the_same_title_go_to_the_agency_that_stayed() -> None:
    old = plan(task("1", "Mua tàu", lead_text="Sở A"), task("1", "Mua tàu", lead_text="Sở B"))
    new = plan(task("1", "Mua tàu", lead_text="Sở B"), task("1", "Mua tàu", lead_text="Sở A", deadline_text="2029"))
    (change,) = compare(old, new).changed
    assert (change.old.lead_text, change.fields) == ("Sở A", ("deadline_text",))


def test_goals_and_tasks_are_never_taken_for_one_another() -> None:
    new = plan(*(replace(t, table=TableKind.GOALS) for t in OLD.tasks))
    found = compare(OLD, new)
    assert (len(found.new), len(found.withdrawn)) == (6, 6)


def test_a_plan_that_amends_withdraws_nothing() -> None:
    new = plan(replace(OLD.tasks[3], deadline_text="2029"), number="30/KH-UBND", amends=("12/KH-UBND",))
    found = compare(OLD, new)
    assert found.partial
    assert found.withdrawn == ()
    assert len(found.changed) == 1


def test_a_blank_cell_and_a_missing_column_are_the_same() -> None:
    new = plan(*(replace(t, product="") for t in OLD.tasks))
    assert compare(OLD, new).same


some_tasks = st.lists(
    st.builds(task, st.sampled_from(["1", "2", "1.1", ""]), st.sampled_from([*TITLES, "", "Mua tàu"])), max_size=8
)


@settings(max_examples=200, deadline=None)
@given(some_tasks, some_tasks)
def test_every_task_is_accounted_for_once(one: list[Task], two: list[Task]) -> None:
    found = compare(plan(*one), plan(*two))
    pairs = len(found.changed) + len(found.kept)
    assert len(found.withdrawn) + pairs == len(one)
    assert len(found.new) + pairs == len(two)
