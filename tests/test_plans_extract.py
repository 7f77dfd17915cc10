"""Families of tables that provinces print, each with the rows that must come out. Hải Lam is invented."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.document import Document, Paragraph, Place, Row, Table
from plans.errors import Classified, ReadError
from plans.extract import extract
from plans.read_text import read_text
from plans.to_json import plan_json
from plans.types import Plan, TableKind, Task


def read(text: str) -> Plan:
    return extract(read_text(text.encode()), file="hai-lam.txt")


def rows(plan: Plan) -> list[tuple[str | None, ...]]:
    """(section, number, title, lead, coordinating, product, deadline) of the annex rows."""
    return [
        (t.section, t.number, t.title, t.lead_text, t.coordinating_text, t.product, t.deadline_text)
        for t in plan.tasks
        if t.table is not TableKind.DUTIES
    ]


def only(plan: Plan) -> Task:
    (task,) = plan.tasks
    return task


def test_columns_in_any_order() -> None:
    plan = read(
        "TT | Thời hạn hoàn thành | Đơn vị phối hợp | Nội dung công việc | Đơn vị chủ trì | Sản phẩm đầu ra\n"
        "1 | Quý I/2027 | Sở Tài chính | Lập đề án bến tàu | Sở Xây dựng | Đề án\n"
        "2 | Hằng năm |  | Tổ chức lễ hội biển | Sở Du lịch | \n"
    )
    assert rows(plan) == [
        (None, "1", "Lập đề án bến tàu", "Sở Xây dựng", "Sở Tài chính", "Đề án", "Quý I/2027"),
        (None, "2", "Tổ chức lễ hội biển", "Sở Du lịch", "", "", "Hằng năm"),
    ]


@pytest.mark.parametrize(
    "header", ["Tiến độ", "Thời gian", "Hoàn thành", "THỜI GIAN HOÀN THÀNH", "Thời hạn", "Mốc thời gian"]
)
def test_names_of_the_deadline_column(header: str) -> None:
    plan = read(f"STT\tNhiệm vụ\tCơ quan chủ trì\t{header}\n1\tNạo vét cảng\tSở Xây dựng\t6/2027\n")
    assert rows(plan) == [(None, "1", "Nạo vét cảng", "Sở Xây dựng", None, None, "6/2027")]


@pytest.mark.parametrize(
    "header", ["Cơ quan thực hiện", "Đơn vị đầu mối", "Cơ quan chủ trì tham mưu", "Đơn vị phụ trách", "Đơn vị"]
)
def test_names_of_the_lead_column(header: str) -> None:
    plan = read(f"STT\tNội dung\t{header}\tThời hạn\n1\tNạo vét cảng\tSở Xây dựng\t6/2027\n")
    assert only(plan).lead_text == "Sở Xây dựng"


def test_a_table_without_numbers_keeps_headings_and_printed_numbers() -> None:
    plan = read(
        "| Nhiệm vụ | Cơ quan thực hiện | Tiến độ |\n|---|---|---|\n| **I. Hạ tầng** | | |\n"
        "| 1. Nạo vét luồng | Sở Xây dựng | Tháng 6/2027 |\n| **II. Con người** | | |\n"
        "| Đào tạo thuyền viên | Sở Nội vụ | Thường xuyên |\n"
    )
    assert rows(plan) == [
        ("I. Hạ tầng", "1", "1. Nạo vét luồng", "Sở Xây dựng", None, None, "Tháng 6/2027"),
        ("II. Con người", "", "Đào tạo thuyền viên", "Sở Nội vụ", None, None, "Thường xuyên"),
    ]


def test_headings_of_several_levels_restarting_numbers_sub_rows_and_notes() -> None:
    plan = read(
        "STT\tNội dung\tChủ trì\tPhối hợp\tHoàn thành\tGhi chú\n"
        "A\tNHIỆM VỤ CHUNG\t\t\t\t\n"
        "I\tThể chế\t\t\t\t\n"
        "1\tBan hành quy chế\tVăn phòng\tSở Tư pháp\tQuý II/2027\tTrình HĐND\n"
        "1.1\tLấy ý kiến\tSở Tư pháp\t\tTháng 3/2027\t\n"
        "II\tHạ tầng\t\t\t\t\n"
        "1\tSửa đường\tSở Xây dựng\t\t2027\t\n"
        "-\tĐoạn bắc\tBan Quản lý dự án\t\t6/2027\t\n"
        "B\tNHIỆM VỤ RIÊNG\t\t\t\t\n"
        "1\tTrồng rừng\tSở Nông nghiệp\t\tHằng năm\t\n"
    )
    assert [(t.section, t.number, t.parent, t.note) for t in plan.tasks] == [
        ("I Thể chế", "1", None, "Trình HĐND"),
        ("I Thể chế", "1.1", "1", ""),
        ("II Hạ tầng", "1", None, ""),
        ("II Hạ tầng", "-", "1", ""),
        ("B NHIỆM VỤ RIÊNG", "1", None, ""),
    ]
    assert plan.warnings == tuple(w for w in plan.warnings if "không in đề mục" not in w and "dòng số" not in w)


def test_numbered_headings_over_dotted_rows() -> None:
    plan = read(
        "STT\tNội dung\tChủ trì\tThời gian\n1\tVề đất đai\t\t\n1.1\tĐo đạc\tSở A\t2027\n1.2\tCấp giấy\tSở A\t2028\n"
        "2\tVề nước\t\t\n2.1\tKhoan giếng\tSở B\t2027\n3\tTrồng cây\t\t\n"
    )
    assert [(t.section, t.number, t.title) for t in plan.tasks] == [
        ("1 Về đất đai", "1.1", "Đo đạc"),
        ("1 Về đất đai", "1.2", "Cấp giấy"),
        ("2 Về nước", "2.1", "Khoan giếng"),
        (None, "3", "Trồng cây"),
    ]
    assert plan.tasks[3].doubts
    assert plan.tasks[3].confidence < 0.7


def test_dashes_under_a_numbered_heading_and_after_a_numbered_row() -> None:
    plan = read(
        "STT\tNhiệm vụ\tChủ trì\tThời hạn\n1\tHạ tầng\t\t\n-\tSửa đường\tSở A\t2027\n-\tSửa cầu\tSở B\t2028\n"
        "2\tThu gom rác\tSở C\tHằng năm\n\t- đoạn ven biển\tSở C\t2027\n"
    )
    assert [(t.section, t.number, t.title, t.parent) for t in plan.tasks] == [
        ("1 Hạ tầng", "-", "Sửa đường", "1"),
        ("1 Hạ tầng", "-", "Sửa cầu", "1"),
        (None, "2", "Thu gom rác", None),
        (None, "", "- đoạn ven biển", "2"),
    ]


def test_a_heading_that_bears_an_agency_is_a_task_and_a_heading() -> None:
    plan = read("STT\tNhiệm vụ\tChủ trì\tThời hạn\nI\tHạ tầng\tSở A\t2027-2030\n1\tSửa đường\tSở A\t2027\n")
    assert [(t.section, t.number) for t in plan.tasks] == [(None, "I"), ("I Hạ tầng", "1")]
    assert plan.tasks[0].doubts


@pytest.mark.parametrize(
    ("cell", "lead", "coordinating"),
    [
        ("Chủ trì: Sở Xây dựng; Phối hợp: Sở Tài chính, UBND xã", "Sở Xây dựng", "Sở Tài chính, UBND xã"),
        ("- Cơ quan chủ trì: Sở Y tế. - Cơ quan phối hợp: Sở Nội vụ", "Sở Y tế", "Sở Nội vụ"),
        ("Sở Công Thương chủ trì, phối hợp với UBND phường", "Sở Công Thương", "UBND phường"),
        ("Sở Công Thương (chủ trì); UBND phường (phối hợp)", "Sở Công Thương", "UBND phường"),
        ("Sở Nội vụ", "Sở Nội vụ", ""),
    ],
)
def test_one_column_for_lead_and_coordinating(cell: str, lead: str, coordinating: str) -> None:
    plan = read(f"STT\tNội dung\tCơ quan chủ trì, phối hợp\tThời gian\n1\tSửa chợ\t{cell}\t2027\n")
    task = only(plan)
    assert (task.lead_text, task.coordinating_text) == (lead, coordinating)


def test_an_unparted_cell_is_kept_whole_and_doubted() -> None:
    plan = read("STT\tNội dung\tCơ quan chủ trì/phối hợp\tThời gian\n1\tSửa chợ\tSở A, Sở B\t2027\n")
    assert only(plan).lead_text == "Sở A, Sở B"
    assert only(plan).doubts


def test_a_header_in_two_rows_with_merged_cells() -> None:
    header = ("TT", "Nhiệm vụ", "Phân công thực hiện", None, "Thời gian")
    below = ("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian")
    index = ("(1)", "(2)", "(3)", "(4)", "(5)")
    plan = extract(table(header, below, index, ("1", "Dựng cột", "Sở A", "Sở B", "2027")), file="x")
    assert rows(plan) == [(None, "1", "Dựng cột", "Sở A", "Sở B", None, "2027")]


def test_a_header_in_two_rows_whose_merged_cells_are_blank() -> None:
    plan = read(
        "TT | Nhiệm vụ | Phân công thực hiện | | Thời gian\n | | Chủ trì | Phối hợp |\n"
        "1 | Dựng cột | Sở A | Sở B | 2027\n"
    )
    assert rows(plan) == [(None, "1", "Dựng cột", "Sở A", "Sở B", None, "2027")]


def test_marks_under_years_are_the_deadline() -> None:
    header = ("TT", "Nhiệm vụ", "Chủ trì", "Thời gian thực hiện", None, None)
    below = ("TT", "Nhiệm vụ", "Chủ trì", "2026", "2027", "2028")
    plan = extract(
        table(header, below, ("1", "Dựng cột", "Sở A", "x", "X", ""), ("2", "Lắp đèn", "Sở B", "", "", "x")),
        file="x",
    )
    assert [t.deadline_text for t in plan.tasks] == ["2026, 2027", "2028"]


def test_figures_under_years_are_targets_and_no_deadline() -> None:
    plan = read(
        "STT | Chỉ tiêu | Đơn vị tính | Năm 2026 | Năm 2030 | Cơ quan chủ trì\n"
        "1 | Tỷ lệ che phủ rừng | % | 40 | 45 | Sở Nông nghiệp và Môi trường\n"
    )
    assert (only(plan).table, only(plan).deadline_text) == (TableKind.GOALS, None)


def table(*lines: tuple[str | None, ...], complete: bool = True) -> Document:
    printed = tuple(Row(cells=cells, place=Place(table=1, row=at)) for at, cells in enumerate(lines, 1))
    return Document(format="docx", blocks=(Table(rows=printed, place=Place(table=1), complete=complete),))


HEADER = ("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn")


def test_a_row_cut_by_a_page_and_headers_with_letters_that_ocr_got_wrong() -> None:
    plan = read(
        "STT\tNHIỆM VỤ\tCƠ QUAN CHỦ TRÌ\tCƠ QUAN PHỐI HỢP\tTHỜI GIAN\n"
        "1\tDựng cột mốc trên\tSở Nội vụ\tSở Ngoại\tQuý III/2027\n\n5\n\n"
        "STT\tNHIEM VỤ\tCƠ QUAN CHỦ TRl\tCƠ QUAN PHÓ HỌP\tTHỜI GlAN\n"
        "\ttuyến biên giới biển\t\tvụ\t\n2\tLắp đèn\tSở Xây dựng\t\t2028\n"
    )
    assert rows(plan) == [
        (None, "1", "Dựng cột mốc trên tuyến biên giới biển", "Sở Nội vụ", "Sở Ngoại vụ", None, "Quý III/2027"),
        (None, "2", "Lắp đèn", "Sở Xây dựng", "", None, "2028"),
    ]
    assert plan.tasks[0].doubts


def test_a_table_goes_on_without_its_header() -> None:
    first = Table(
        rows=(Row(cells=HEADER, place=Place(row=1)), Row(cells=("1", "A", "Sở A", "", "2027"), place=Place(row=2))),
        place=Place(table=1),
    )
    second = Table(rows=(Row(cells=("2", "B", "Sở B", "", "2028"), place=Place(row=1)),), place=Place(table=2))
    page = Paragraph(text="12", place=Place(page=2))
    plan = extract(Document(format="pdf", blocks=(first, page, second)), file="x")
    assert [(t.number, t.lead_text) for t in plan.tasks] == [("1", "Sở A"), ("2", "Sở B")]


def test_a_lost_header_is_guessed_from_the_cells_and_doubted() -> None:
    plan = read(
        "1\tDựng cột mốc trên tuyến biên giới biển\tSở Nội vụ\tSở Ngoại vụ\tQuý III/2027\n"
        "2\tLắp đèn tín hiệu cho toàn bộ cảng cá\tSở Xây dựng\tUBND các xã\tTháng 5/2028\n"
    )
    assert [(t.lead_text, t.coordinating_text, t.deadline_text) for t in plan.tasks] == [
        ("Sở Nội vụ", "Sở Ngoại vụ", "Quý III/2027"),
        ("Sở Xây dựng", "UBND các xã", "Tháng 5/2028"),
    ]
    assert all(t.confidence <= 0.6 and t.doubts for t in plan.tasks)


def test_a_cell_merged_downward_gives_a_task_for_each_of_its_rows() -> None:
    plan = extract(
        table(HEADER, ("1", "Mua tàu", "Sở A", "", "2027"), ("1", "Mua tàu", "Sở B", "", "2028")), file="x"
    )
    assert [(t.number, t.title, t.lead_text) for t in plan.tasks] == [
        ("1", "Mua tàu", "Sở A"),
        ("1", "Mua tàu", "Sở B"),
    ]


def test_headings_printed_between_tables_and_a_column_of_fields() -> None:
    plan = read(
        "PHỤ LỤC\nI. LĨNH VỰC BIỂN\n"
        "| TT | Nhiệm vụ | Chủ trì | Thời hạn |\n|--|--|--|--|\n| 1 | Dựng cột | Sở A | 2027 |\n\n"
        "II. LĨNH VỰC ĐẢO\n| TT | Nhiệm vụ | Chủ trì | Thời hạn |\n|--|--|--|--|\n| 1 | Lắp đèn | Sở B | 2028 |\n"
    )
    assert [t.section for t in plan.tasks] == ["I. LĨNH VỰC BIỂN", "II. LĨNH VỰC ĐẢO"]
    plan = read("Lĩnh vực | Nhiệm vụ cụ thể | Đơn vị chủ trì | Thời hạn\nY tế | Tiêm chủng | Sở Y tế | 2027\n")
    assert (only(plan).section, only(plan).title) == ("Y tế", "Tiêm chủng")


def test_goals_and_tasks_in_two_annexes() -> None:
    plan = read(
        "PHỤ LỤC I\nSTT\tTên mục tiêu\tChủ trì\tThời gian hoàn thành\n1\tMọi xã có đèn\tSở A\t2030\n\n"
        "PHỤ LỤC II\nSTT\tTên nhiệm vụ\tChủ trì\tThời gian hoàn thành\n1\tLắp đèn\tSở A\t2028\n"
    )
    assert [t.table for t in plan.tasks] == [TableKind.GOALS, TableKind.TASKS]


def test_gaps_in_the_numbering_are_told() -> None:
    plan = read("STT\tNhiệm vụ\tChủ trì\tThời hạn\n1\tA\tSở A\t2027\n4\tB\tSở B\t2028\n")
    assert any("2, 3" in warning for warning in plan.warnings)


def test_the_same_row_printed_twice_is_kept_once_and_told() -> None:
    plan = read("STT\tNhiệm vụ\tChủ trì\tThời hạn\n1\tA\tSở A\t2027\n1\tA\tSở A\t2027\n")
    assert len(plan.tasks) == 1
    assert any("in lặp lại" in warning for warning in plan.warnings)


def test_a_cut_off_table_is_read_as_far_as_it_goes_and_told() -> None:
    plan = read(
        "|\nSTT |\nNhiệm vụ |\nChủ trì |\nThời hạn |\n|\n1 |\nDựng đèn |\nSở A |\n2027 |\n|\n2 |\nTrồng rừng\n"
    )
    assert [t.title for t in plan.tasks] == ["Dựng đèn", "Trồng rừng"]
    assert any("cắt ngang" in warning for warning in plan.warnings)


def test_a_short_row_is_padded_and_doubted() -> None:
    plan = read("|\nSTT |\nNhiệm vụ |\nChủ trì |\nThời hạn |\n|\n1 |\nA |\nSở A |\n|\n2 |\nB |\nSở B |\n2028 |\n")
    assert [(t.number, t.lead_text, t.deadline_text) for t in plan.tasks] == [
        ("1", "Sở A", ""),
        ("2", "Sở B", "2028"),
    ]
    assert plan.tasks[0].doubts
    assert not plan.tasks[1].doubts


def test_an_unknown_table_of_agencies_is_not_passed_over_in_silence() -> None:
    plan = read(
        "Sở A | 12 | 5\nSở B | 13 | 6\nSở C | 14 | 7\n\nSTT\tNhiệm vụ\tChủ trì\tThời hạn\n1\tA\tSở A\t2027\n"
    )
    assert len(plan.tasks) == 1
    assert any("không nhận ra các cột" in warning for warning in plan.warnings)


def test_a_sheet_with_its_head_above_and_its_signature_below_the_table() -> None:
    plan = extract(
        table(
            ("ỦY BAN NHÂN DÂN TỈNH HẢI LAM", None, None, None, None),
            ("DANH MỤC NHIỆM VỤ", None, None, None, None),
            ("(Kèm theo Kế hoạch số 12/KH-UBND ngày 05/01/2027 của UBND tỉnh Hải Lam)", None, None, None, None),
            HEADER,
            ("1", "Dựng cột", "Sở A", "", "2027"),
            ("Nơi nhận:", "", "", "TM. ỦY BAN NHÂN DÂN", ""),
            ("- Như trên", "", "", "CHỦ TỊCH", ""),
        ),
        file="x",
    )
    assert [t.title for t in plan.tasks] == ["Dựng cột"]
    assert (plan.number, str(plan.issued)) == ("12/KH-UBND", "2027-01-05")
    assert plan.issuer == "Ủy ban nhân dân tỉnh Hải Lam"


def test_a_whole_table_printed_twice_is_kept_once_and_told() -> None:
    one = table(HEADER, ("1", "A", "Sở A", "", "2027"), ("2", "B", "Sở B", "", "2028")).blocks
    title = Paragraph(text="PHỤ LỤC NHIỆM VỤ NĂM 2027", place=Place(line=1))
    plan = extract(Document(format="html", blocks=(title, *one, title, *one)), file="x")
    assert [t.number for t in plan.tasks] == ["1", "2"]
    assert any("in lặp lại nguyên văn" in warning for warning in plan.warnings)


def test_a_numbered_sentence_before_a_table_is_no_heading_of_it() -> None:
    plan = read("4. Sở Tài chính bố trí kinh phí.\n\nSTT\tNhiệm vụ\tChủ trì\tThời hạn\n1\tA\tSở A\t2027\n")
    assert only(plan).section is None


def test_conditions_of_title_and_product() -> None:
    plan = read(
        "STT\tNhiệm vụ\tChủ trì\tSản phẩm\tThời hạn\n"
        "1\tThu phí bến (sau khi có Nghị quyết của Hội đồng nhân dân tỉnh)\tSở A\tTờ trình\t2027\n"
    )
    assert only(plan).conditions == ("(sau khi có Nghị quyết của Hội đồng nhân dân tỉnh)",)


def test_neither_table_nor_duty_is_an_error_that_says_so() -> None:
    with pytest.raises(ReadError, match="Không thấy bảng nhiệm vụ"):
        read("Bài thơ về biển\nSóng vỗ bờ xa\n")


@pytest.mark.parametrize(
    "mark", ["MẬT", "TỐI MẬT", "TUYỆT MẬT", "[MẬT]", "Độ mật: Tối mật", "ỦY BAN NHÂN DÂN TỈNH MẬT"]
)
def test_a_classified_document_is_refused_without_a_trace(mark: str) -> None:
    text = f"{mark}\nKẾ HOẠCH\nBí danh Sao Biển\n\nSTT\tNhiệm vụ\tChủ trì\tThời hạn\n1\tSao Biển\tSở A\t2027\n"
    with pytest.raises(Classified) as caught:
        extract(read_text(text.encode()), file="x.txt")
    assert "Sao Biển" not in f"{caught.value!r} {caught.value} {caught.value.args}"
    assert "Sao Biển" not in caught.value.__dict__.values()


def test_a_stamp_inside_a_table_counts_and_words_about_secrecy_do_not() -> None:
    with pytest.raises(Classified):
        extract(table(("TUYỆT MẬT", "Số 1"), HEADER, ("1", "A", "Sở A", "", "2027")), file="x")
    plan = extract(
        table(HEADER, ("1", "Bảo vệ bí mật nhà nước, bảo mật dữ liệu", "Công an tỉnh", "", "2027")), file="x"
    )
    assert len(plan.tasks) == 1


def test_the_json_form_has_the_keys_of_the_design_first() -> None:
    told = plan_json(read("STT\tNhiệm vụ\tChủ trì\tThời hạn\n1\tA\tSở A\t2027\n"))
    assert list(told)[:7] == ["file", "number", "issued_on", "issuer", "title", "tasks", "warnings"]
    assert list(told["tasks"][0])[:10] == [
        *("table", "number", "section", "title", "lead_text", "coordinating_text"),
        *("product", "deadline_text", "conditions", "source"),
    ]
    assert told["tasks"][0]["source"] == {"line": 2}


PLAIN = (
    "KẾ HOẠCH\nPhát triển cảng cá\n\n1. Sở Xây dựng\n- Lập quy hoạch trước ngày 15/6/2027.\n\n"
    "STT\tNhiệm vụ\tCơ quan chủ trì\tThời hạn\nI\tHạ tầng\t\t\n1\tDựng đèn biển\tSở Xây dựng\tQuý I/2027\n"
)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("blank", [" ", "  ", "\u00a0", "\u2009 "])
def test_white_space_and_composition_change_nothing(form: str, blank: str) -> None:
    changed = unicodedata.normalize(form, PLAIN.replace(" ", blank))  # type: ignore[arg-type]
    assert read(changed).tasks == read(PLAIN).tasks


cells = st.one_of(
    st.none(),
    st.sampled_from(
        ["", "STT", "Nhiệm vụ", "Chủ trì", "Thời hạn", "I", "1", "1.1", "-", "Sở A", "2027", "x", "(1)"]
    ),
    st.text(max_size=12),
)
lines = st.lists(cells, min_size=0, max_size=6).map(tuple)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.lists(lines, max_size=8), st.text(max_size=80)), max_size=6))
def test_no_document_breaks_the_extractor(parts: list[list[tuple[str | None, ...]] | str]) -> None:
    blocks = [
        Paragraph(text=part, place=Place(line=at))
        if isinstance(part, str)
        else Table(rows=tuple(Row(cells=cells, place=Place(row=at)) for cells in part), place=Place(table=at))
        for at, part in enumerate(parts)
    ]
    try:
        plan = extract(Document(format="txt", blocks=tuple(blocks)), file="x")
    except ReadError:
        return
    assert all(0 <= task.confidence <= 1 for task in plan.tasks)
    plan_json(plan)
