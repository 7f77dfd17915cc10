"""Amendments that a document tells in prose, and the rows that they may mean. Hải Lam is invented."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plans.amending import SURE, propose
from plans.annexes import annex_of
from plans.types import Instruction, Plan
from tests.test_plans_extract import read

TITLE = "Điều chỉnh một số nội dung của Kế hoạch số 31/KH-UBND"


def amending(*lines: str, title: str = TITLE) -> Plan:
    body = "\n".join(f"{at}. {line}" for at, line in enumerate(lines, 1))
    return read(f"Số: 77/QĐ-UBND\nHải Lam, ngày 02 tháng 9 năm 2026\nQUYẾT ĐỊNH\n{title}\n{body}\n")


def only(line: str) -> Instruction:
    plan = amending(line)
    (told,) = plan.instructions
    assert plan.tasks == (), "what changes another plan's row is no duty of this one"
    return told


DUE = "deadline_text"


@pytest.mark.parametrize(
    ("line", "number", "under", "annex", "changes", "before"),
    [
        (
            "Sửa đổi điểm a mục 3 Phần II: thời hạn hoàn thành “Quý II/2026” thành “Quý IV/2026”.",
            "a", ("3", "II"), None, {DUE: "Quý IV/2026"}, "Quý II/2026",
        ),
        (
            "Điều chỉnh thời gian hoàn thành nhiệm vụ tại mục 2.1 Phụ lục II sang Quý IV/2026.",
            "2.1", (), "II", {DUE: "Quý IV/2026"}, None,
        ),
        (
            "Gia hạn thời gian hoàn thành nhiệm vụ số 4 đến ngày 30/6/2027;",
            "4", (), None, {DUE: "ngày 30/6/2027"}, None,
        ),
        (
            "Thay cụm từ “Quý I/2027” bằng cụm từ “Quý III/2027” tại nhiệm vụ số 7 Phụ lục I.",
            "7", (), "I", {DUE: "Quý III/2027"}, "Quý I/2027",
        ),
        (
            "Thay đổi cơ quan chủ trì nhiệm vụ số 8 từ Sở Công Thương sang Sở Tài chính.",
            "8", (), None, {"lead_text": "Sở Tài chính"}, "Sở Công Thương",
        ),
        (
            "Chuyển nhiệm vụ số 9 từ Sở Y tế sang Sở Nội vụ chủ trì thực hiện.",
            "9", (), None, {"lead_text": "Sở Nội vụ"}, "Sở Y tế",
        ),
        (
            "Giao Sở Xây dựng chủ trì thực hiện nhiệm vụ số 10 thay Sở Tư pháp.",
            "10", (), None, {"lead_text": "Sở Xây dựng"}, "Sở Tư pháp",
        ),
        (
            "Thời hạn hoàn thành nhiệm vụ số 14 Phụ lục I được điều chỉnh thành Quý II/2027.",
            "14", (), "I", {DUE: "Quý II/2027"}, None,
        ),
        (
            "Nhiệm vụ số 15 điều chỉnh thời gian từ “Tháng 5” sang “Tháng 8”.",
            "15", (), None, {DUE: "Tháng 8"}, "Tháng 5",
        ),
    ],
)  # fmt: skip
def test_changes(
    line: str, number: str, under: tuple[str, ...], annex: str | None, changes: dict[str, str], before: str | None
) -> None:
    told = only(line)
    assert (told.number, told.under, told.annex, dict(told.changes), told.before) == (
        number, under, annex, changes, before,
    )  # fmt: skip
    assert not told.withdraws
    assert told.plan == "31/KH-UBND"


def test_several_rows_are_withdrawn_one_by_one() -> None:
    found = amending("Bãi bỏ các nhiệm vụ số 11, 12 và 13 mục III Phụ lục I.").instructions
    assert [(told.number, told.under, told.annex, told.withdraws) for told in found] == [
        (number, ("III",), "I", True) for number in ("11", "12", "13")
    ]


def test_a_row_named_by_its_words() -> None:
    told = only("Không tiếp tục thực hiện nhiệm vụ “Mở lớp bơi ở đảo”.")
    assert (told.withdraws, told.number, told.quoted) == (True, None, "Mở lớp bơi ở đảo")


def test_a_row_written_anew_in_the_next_paragraph() -> None:
    plan = read(
        f"QUYẾT ĐỊNH\n{TITLE}\n1. Sửa đổi điểm b khoản 2 mục III như sau:\n"
        "“b) Lập bản đồ ngập lụt, hoàn thành trước ngày 15/10/2026.”\n"
    )
    (told,) = plan.instructions
    assert (told.number, told.under) == ("b", ("2", "III"))
    assert dict(told.changes)["title"].startswith("Lập bản đồ ngập lụt")
    assert dict(told.changes)[DUE] == "trước ngày 15/10/2026"
    assert plan.tasks == ()


def test_duties_of_the_amending_document_stay_duties() -> None:
    plan = amending("Bãi bỏ nhiệm vụ số 5.", "Sở Du lịch báo cáo kết quả trước ngày 20/12/2026.")
    assert [task.lead_text for task in plan.tasks] == ["Sở Du lịch"]
    assert len(plan.instructions) == 1


def test_a_plan_that_amends_nothing_has_no_instructions() -> None:
    plan = amending(
        "Sở Du lịch điều chỉnh thời gian mở cửa bãi tắm số 3 sang mùa hè, xong trước ngày 20/5/2026.",
        "Chuyển nhiệm vụ số 9 từ Sở Y tế sang Sở Nội vụ chủ trì, trước ngày 01/6/2026.",
        title="Phát triển du lịch đảo",
    )
    assert plan.instructions == ()
    assert len(plan.tasks) == 2


OLD = read(
    "STT\tNhiệm vụ\tCơ quan chủ trì\tThời hạn\nI\tTRÊN BỜ\t\t\n1\tXây kho lạnh\tSở Công Thương\tQuý II/2026\n"
    "2\tTrồng phi lao\tSở Nông nghiệp\tHằng năm\nII\tDƯỚI NƯỚC\t\t\n1\tNạo vét luồng\tSở Xây dựng\tQuý III/2026\n"
    "5\tKiểm định cân ở các chợ\tSở Công Thương\tTháng 6/2026\n"
)


def told(**fields: Any) -> Instruction:
    return replace(only("Gia hạn nhiệm vụ số 5 đến Quý IV/2026."), **fields)


def test_an_exact_reference_is_sure() -> None:
    (found,) = propose(told(), OLD.tasks)
    assert found.confidence > 0.9
    assert not found.reasons
    assert found.new is not None
    assert (found.new.title, found.new.deadline_text) == (found.old.title, "Quý IV/2026")


def test_a_heading_tells_rows_of_one_number_apart() -> None:
    (found,) = propose(told(number="1", under=("II",)), OLD.tasks)
    assert (found.old.title, found.confidence > SURE) == ("Nạo vét luồng", True)


def test_rows_of_one_number_that_nothing_tells_apart_are_all_shown_and_none_is_sure() -> None:
    found = propose(told(number="1"), OLD.tasks)
    assert [one.old.title for one in found] == ["Xây kho lạnh", "Nạo vét luồng"]
    assert all(one.confidence < SURE and "2 dòng" in one.reasons[-1] for one in found)


def test_the_words_that_are_to_go_tell_them_apart() -> None:
    (found,) = propose(told(number="1", before="Quý III/2026"), OLD.tasks)
    assert (found.old.title, found.confidence > SURE) == ("Nạo vét luồng", True)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"before": "Quý I/2025"}, "Quý I/2025"),
        ({"quoted": "Mở tuyến xe điện"}, "khác tên"),
        ({"under": ("IV",)}, "dưới mục IV"),
        ({"number": None, "quoted": "Kiểm định cân ở các chợ"}, "theo tên"),
    ],
)
def test_what_is_not_exact_is_said(fields: dict[str, Any], reason: str) -> None:
    (found,) = propose(told(**fields), OLD.tasks)
    assert found.old.number == "5"
    assert reason in found.reasons[0]
    assert found.confidence < 0.9


def test_a_row_that_is_not_there_is_not_made_up() -> None:
    assert propose(told(number="9"), OLD.tasks) == ()


ANNEXES = read(
    "Số: 31/KH-UBND\nHải Lam, ngày 02 tháng 3 năm 2026\nKẾ HOẠCH\nPhát triển kinh tế biển\n"
    "PHỤ LỤC I\nDANH MỤC NHIỆM VỤ CỦA CÁC SỞ\n"
    "STT\tNhiệm vụ\tCơ quan chủ trì\tThời hạn\n1\tXây kho lạnh\tSở Công Thương\tQuý II/2026\n"
    "2\tTrồng phi lao\tSở Nông nghiệp\tQuý III/2026\n"
    "PHỤ LỤC II\nDANH MỤC NHIỆM VỤ CỦA CÁC XÃ\n"
    "STT\tNhiệm vụ\tCơ quan chủ trì\tThời hạn\n1\tDọn bãi tắm\tUBND xã Cát Vàng\tQuý II/2026\n"
    "2\tLập đội cứu hộ\tUBND xã Cát Vàng\tQuý III/2026\n"
    "Phụ lục số 03: CHỈ TIÊU\n"
    "STT\tNhiệm vụ\tCơ quan chủ trì\tThời hạn\n1\tĐo độ mặn\tSở Nông nghiệp\tQuý II/2026\n"
)


def test_each_row_knows_its_annex() -> None:
    assert [(task.place.annex, task.title) for task in ANNEXES.tasks] == [
        ("I", "Xây kho lạnh"), ("I", "Trồng phi lao"), ("II", "Dọn bãi tắm"), ("II", "Lập đội cứu hộ"),
        ("03", "Đo độ mặn"),
    ]  # fmt: skip
    assert all(task.place.annex is None for task in OLD.tasks)


@pytest.mark.parametrize(
    ("titles", "before", "annex"),
    [
        (["Phụ lục IV"], None, "IV"),
        (["PHỤ LỤC SỐ 02 DANH MỤC NHIỆM VỤ"], "1", "02"),
        (["Phụ lục số: 3"], None, "3"),
        (["BIỂU SỐ 01", "TỔNG HỢP NHIỆM VỤ"], None, "01"),
        (["Biểu mẫu số 2."], None, "2"),
        (["PHỤ LỤC", "DANH MỤC NHIỆM VỤ"], "I", ""),
        (["Phụ lục vi phạm hành chính"], "I", ""),
        (["II. LĨNH VỰC GIÁO DỤC"], "I", "I"),
        (["Nội dung tại Phụ lục II kèm theo"], "I", "I"),
        (["Phụ lục II/2026"], None, None),
        ([], None, None),
    ],
)
def test_headings_that_open_an_annex(titles: list[str], before: str | None, annex: str | None) -> None:
    assert annex_of(titles, before) == annex


@pytest.mark.parametrize(
    ("named", "title"),
    [
        ("nhiệm vụ số 1 Phụ lục I", "Xây kho lạnh"),
        ("nhiệm vụ số 1 Phụ lục II", "Dọn bãi tắm"),
        ("nhiệm vụ số 1 tại Phụ lục số 02", "Dọn bãi tắm"),
        ("nhiệm vụ số thứ tự 1 thuộc Phụ lục 2", "Dọn bãi tắm"),
        ("mục 1 của Phụ lục số II", "Dọn bãi tắm"),
        ("dòng 1 Phụ lục III", "Đo độ mặn"),
        ("nhiệm vụ số 1 Phụ lục 3 ban hành kèm theo Kế hoạch số 31/KH-UBND", "Đo độ mặn"),
    ],
)
@pytest.mark.parametrize(
    "sentence",
    [
        "Gia hạn {} đến Quý IV/2026.",
        "Điều chỉnh thời gian hoàn thành {} sang Quý IV/2026.",
        "Thay cụm từ “Quý II/2026” bằng cụm từ “Quý IV/2026” tại {}.",
    ],
)
def test_a_change_that_names_an_annex_means_its_row_alone(sentence: str, named: str, title: str) -> None:
    (found,) = propose(only(sentence.format(named)), ANNEXES.tasks)
    assert found.old.title == title
    assert found.confidence > SURE, found.reasons
    assert found.new is not None
    assert found.new.deadline_text == "Quý IV/2026"


@pytest.mark.parametrize("line", ["Bãi bỏ nhiệm vụ số 2 Phụ lục II.", "Nhiệm vụ số 2 Phụ lục 02 được bãi bỏ."])
def test_a_row_of_an_annex_is_withdrawn(line: str) -> None:
    (found,) = propose(only(line), ANNEXES.tasks)
    assert (found.old.title, found.new) == ("Lập đội cứu hộ", None)
    assert found.confidence > SURE


@pytest.mark.parametrize(
    "line",
    [
        "Bãi bỏ nhiệm vụ số 1 Phụ lục V.",
        "Bãi bỏ nhiệm vụ số 2 Phụ lục 3.",
        "Bãi bỏ nhiệm vụ “Xây kho lạnh” tại Phụ lục II.",
    ],
)
def test_no_row_of_another_annex_is_taken(line: str) -> None:
    assert propose(only(line), ANNEXES.tasks) == ()


def test_without_an_annex_named_rows_of_one_number_are_all_shown() -> None:
    found = propose(only("Bãi bỏ nhiệm vụ số 1."), ANNEXES.tasks)
    assert len(found) == 3
    assert all(one.confidence < SURE for one in found)


def test_where_no_annex_is_told_apart_the_row_is_shown_but_not_sure() -> None:
    (found,) = propose(only("Bãi bỏ nhiệm vụ số 5 Phụ lục II."), OLD.tasks)
    assert found.confidence < SURE
    assert "Phụ lục II" in found.reasons[0]
