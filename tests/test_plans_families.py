"""More families of plans, each with the rows that a careful reader takes. Hải Lam is invented."""

from __future__ import annotations

import pytest

from tests.test_plans_extract import only, read, rows

Cells = tuple[str | None, ...]


def brief(text: str) -> list[Cells]:
    """(section, number, lead, deadline) of all tasks."""
    return [(t.section, t.number, t.lead_text, t.deadline_text) for t in read(text).tasks]


def test_headings_that_say_when_stand_for_a_missing_column_of_deadlines() -> None:
    plan = read(
        "TT\tTên đề án\tCơ quan soạn thảo\tĐơn vị chủ trì\tCấp trình\n"
        "A\tTRÌNH HỘI ĐỒNG\t\t\t\nI\tQuý II\t\t\t\n1\tĐề án bến thuyền\t\tSở Xây dựng\tHĐND\n"
        "II\tTháng 10\t\t\t\n1\tĐề án chợ đêm\t\tSở Công Thương\tUBND\n"
        "B\tNHIỆM VỤ HOÀN THÀNH TRONG QUÝ IV/2027\t\t\t\n1\tĐề án hải đăng\t\tSở Du lịch\tUBND\n"
        "C\tNhiệm vụ thường xuyên\t\t\t\n1\tDọn bãi tắm\t\tUBND các xã\t\n"
    )
    assert [t.deadline_text for t in plan.tasks] == ["Quý II", "Tháng 10", "TRONG QUÝ IV/2027", "thường xuyên"]
    assert all("lấy từ đề mục" in t.doubts[0] and t.confidence >= 0.8 for t in plan.tasks)


def test_a_blank_deadline_stays_blank_under_a_heading_that_says_when() -> None:
    text = "TT\tNhiệm vụ\tChủ trì\tThời hạn\nI\tQuý II\t\t\n1\tSửa đê\tSở A\t\n2\tTrồng dừa\tSở B\tTháng 5\n"
    assert [t.deadline_text for t in read(text).tasks] == ["", "Tháng 5"]


def test_headings_that_name_an_agency_stand_for_a_missing_column_of_leads() -> None:
    assert brief(
        "TT | Nhiệm vụ | Kết quả | Hạn hoàn thành\nI | Sở Du lịch (02 nhiệm vụ) | |\n"
        "1 | Mở tuyến đảo | Tuyến | Quý I/2027\n"
        "2 | Lập bản đồ lặn | Bản đồ | 6/2027\nII | Ủy ban nhân dân các xã | |\n1 | Dọn rác biển | | Hằng tháng\n"
        "III | Giải pháp khác | |\n1 | Lập quỹ | | 2028\n"
    ) == [
        ("I Sở Du lịch (02 nhiệm vụ)", "1", "Sở Du lịch", "Quý I/2027"),
        ("I Sở Du lịch (02 nhiệm vụ)", "2", "Sở Du lịch", "6/2027"),
        ("II Ủy ban nhân dân các xã", "1", "Ủy ban nhân dân các xã", "Hằng tháng"),
        ("III Giải pháp khác", "1", None, "2028"),
    ]


def test_a_stroke_in_the_header_parts_lead_and_coordinating() -> None:
    plan = read(
        "STT | Tên nhiệm vụ | Cơ quan chủ trì/phối hợp | Thời gian trình\n"
        "1 | Lập bến xe điện | Sở Xây dựng/ Sở Tài chính; các xã | Tháng 3/2027\n"
        "2 | Nuôi hàu | Hội Nông dân tỉnh | 2027\n3 | Đặt phao | UBND các xã/phường ven biển | 2028\n"
    )
    assert [(t.lead_text, t.coordinating_text) for t in plan.tasks] == [
        ("Sở Xây dựng", "Sở Tài chính; các xã"),
        ("Hội Nông dân tỉnh", ""),
        ("UBND các xã/phường ven biển", ""),
    ]


@pytest.mark.parametrize(
    ("first", "second", "section"),
    [
        ("Nội dung tồn tại, hạn chế", "Giải pháp khắc phục", None),
        ("Mục tiêu", "Nhiệm vụ, giải pháp", "Bờ kè sạt lở"),
        ("Nội dung", "Hoạt động cụ thể", "Bờ kè sạt lở"),
    ],
)
def test_of_two_columns_of_titles_the_one_that_says_what_to_do(
    first: str, second: str, section: str | None
) -> None:
    task = only(
        read(
            f"STT\t{first}\t{second}\tCơ quan chủ trì\tThời hạn\n"
            f"1\tBờ kè sạt lở\tGia cố bờ kè\tSở Xây dựng\t6/2027\n"
        )
    )
    assert (task.section, task.title, task.lead_text) == (section, "Gia cố bờ kè", "Sở Xây dựng")


@pytest.mark.parametrize(("first", "second"), [("Tên nhiệm vụ", "Nội dung thực hiện"), ("Nhiệm vụ", "Mục tiêu")])
def test_a_second_column_that_says_it_less_is_no_title(first: str, second: str) -> None:
    assert only(read(f"STT\t{first}\t{second}\tChủ trì\tHạn\n1\tSửa kè\tBền\tSở A\t2027\n")).title == "Sửa kè"


@pytest.mark.parametrize("header", ["Mã NV", "Mã số", "Mã nhiệm vụ"])
def test_codes_for_numbers(header: str) -> None:
    text = (
        f"{header}\tNội dung\tĐơn vị thực hiện\tThời hạn\nHL-01\tĐo sóng\tSở A\t2027\nHL-02\tĐo gió\tSở B\t2028\n"
    )
    assert [t.number for t in read(text).tasks] == ["HL-01", "HL-02"]


def test_an_owner_of_a_project_leads_it_and_the_form_of_a_document_is_the_product() -> None:
    text = "TT\tTên đề án\tHình thức\tChủ đầu tư\tThời gian\n1\tKè biển\tDự án\tBan Quản lý dự án\t2027 - 2028\n"
    task = only(read(text))
    assert (task.product, task.lead_text) == ("Dự án", "Ban Quản lý dự án")


def test_a_markdown_table_with_short_rules() -> None:
    text = "| TT | Việc | Chủ trì | Hạn |\n|:-:|---|:-|-:|\n| 1 | Lát đường | Sở A | 2027 |\n"
    assert rows(read(text)) == [(None, "1", "Lát đường", "Sở A", None, None, "2027")]


def test_headings_between_the_rows_of_a_table_without_bars() -> None:
    assert brief(
        "TT | Nhiệm vụ | Chủ trì | Hạn\nI. Việc trên bờ trước mùa mưa\n1 | Xây kho | Sở A | 2027\n7\n"
        "TT | Nhiệm vụ | Chủ trì | Hạn\n2 | Xây chợ | Sở B | 2028\nII. Việc dưới nước sau mùa mưa\n"
        "3 | Nạo vét | Sở C | 2029\n"
    ) == [
        ("I. Việc trên bờ trước mùa mưa", "1", "Sở A", "2027"),
        ("I. Việc trên bờ trước mùa mưa", "2", "Sở B", "2028"),
        ("II. Việc dưới nước sau mùa mưa", "3", "Sở C", "2029"),
    ]


def test_lettered_lines_that_label_the_parts_of_a_task() -> None:
    plan = read(
        "II. NHIỆM VỤ\n1. Mở lớp học bơi\na) Nội dung: Dạy bơi cho học sinh các xã đảo.\n"
        "b) Đơn vị chủ trì: Sở Giáo dục và Đào tạo.\n"
        "c) Đơn vị phối hợp: các trường ven biển; Tỉnh đoàn.\nd) Kinh phí: theo dự toán.\n"
        "đ) Thời gian thực hiện: Tháng 6 hằng năm.\n"
        "e) Sản phẩm: Lớp học.\n2. Lập đội cứu hộ\n- Cơ quan chủ trì: Công an tỉnh\n"
        "- Thời gian hoàn thành: Quý III/2027\n"
    )
    assert [
        (t.title, t.lead_text, t.coordinating_text, t.product, t.deadline_text) for t in plan.tasks
    ] == [
        (
            "Mở lớp học bơi: Dạy bơi cho học sinh các xã đảo",
            "Sở Giáo dục và Đào tạo",
            "các trường ven biển; Tỉnh đoàn",
            "Lớp học",
            "Tháng 6 hằng năm",
        ),
        ("Lập đội cứu hộ", "Công an tỉnh", None, None, "Quý III/2027"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "lead", "deadline"),
    [
        (
            "Bước 2: Từ ngày 03/4/2027 đến ngày 20/4/2027: UBND các xã rà soát danh sách tàu.",
            "UBND các xã",
            "Từ ngày 03/4/2027 đến ngày 20/4/2027",
        ),
        (
            "Sở Du lịch mở chợ phiên từ ngày 01/5 đến ngày 10/5 hằng năm.",
            "Sở Du lịch",
            "từ ngày 01/5 đến ngày 10/5 hằng năm",
        ),
        ("Công an tỉnh báo cáo định kỳ thứ Hai hằng tuần.", "Công an tỉnh", "định kỳ thứ Hai hằng tuần"),
        ("Sở Y tế báo cáo nhanh hằng ngày trước 16 giờ.", "Sở Y tế", "hằng ngày trước 16 giờ"),
        ("Phòng Nghiệp vụ tổng hợp trước ngày 05/6/2027.", "Phòng Nghiệp vụ", "trước ngày 05/6/2027"),
        ("Các bệnh viện lập danh sách trong tháng 5/2027.", "Các bệnh viện", "trong tháng 5/2027"),
    ],
)  # fmt: skip
def test_sentences_of_prose(sentence: str, lead: str, deadline: str) -> None:
    task = only(read(f"III. TỔ CHỨC THỰC HIỆN\n1. {sentence}\n"))
    assert (task.lead_text, task.deadline_text) == (lead, deadline)


def test_an_agency_that_is_responsible_for_what_follows() -> None:
    plan = read("2. Giám đốc Sở Y tế chịu trách nhiệm:\n- Rà soát thuốc; hoàn thành trước ngày 20/6/2027;\n")
    assert only(plan).lead_text == "Giám đốc Sở Y tế"
