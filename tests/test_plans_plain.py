"""Tables that programs wrote into plain text: as the page looked, or one cell a line. Hải Lam is invented."""

from __future__ import annotations

from plans.document import Table
from plans.read_text import read_text
from tests.test_plans_extract import read, rows

HEAD = """\
 TT   Nội dung             Phân công thực hiện         Tiến độ
      công việc            Chủ trì       Phối hợp      Hoàn thành
"""
SPREAD = f"""\
      ỦY BAN NHÂN DÂN              CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
       TỈNH HẢI LAM                   Độc lập - Tự do - Hạnh phúc

                                 PHỤ LỤC

{HEAD}\
 I    Trên bờ
 1    Xây kho lạnh         Sở Xây dựng   Sở Tài        Quý II/2027
      ở ba bến cá                        chính
 2    Lát đường ra         UBND các xã                 Hằng năm
                                    1
\f{HEAD}\
      bến
 II   Dưới nước
 3    Nạo vét luồng        Sở Xây dựng   Công an       6/2028
      vào cảng                           tỉnh
"""


def test_pages_saved_as_they_looked_with_a_row_cut_by_the_page() -> None:
    plan = read(SPREAD)
    assert rows(plan) == [
        ("I Trên bờ", "1", "Xây kho lạnh ở ba bến cá", "Sở Xây dựng", "Sở Tài chính", None, "Quý II/2027"),
        ("I Trên bờ", "2", "Lát đường ra bến", "UBND các xã", "", None, "Hằng năm"),
        ("II Dưới nước", "3", "Nạo vét luồng vào cảng", "Sở Xây dựng", "Công an tỉnh", None, "6/2028"),
    ]
    assert [task.place.line for task in plan.tasks] == [9, 11, 17]
    assert any("khoảng trắng" in warning for warning in plan.warnings)


def test_prose_with_wide_blanks_is_no_page() -> None:
    text = "TT   không phải bảng\n" + "Sở Y tế báo cáo trước ngày 05/6/2027.\n" * 6
    assert [t.deadline_text for t in read(text).tasks] == ["trước ngày 05/6/2027"]


STACKED = """\
PHỤ LỤC
STT
Nội dung
Trách nhiệm
Thời hạn


Chủ trì
Phối hợp

I
TRÊN BỜ
1
Sửa chợ cá:
- mái che;
- nền chợ.
Sở Công Thương
Sở Xây dựng
Công an tỉnh
Quý I/2027
2
Thu gom lưới cũ
UBND các xã

Hằng năm
Nơi nhận:
- Như trên.
"""


def test_a_cell_a_line_as_a_word_processor_saves_text() -> None:
    plan = read(STACKED)
    assert rows(plan) == [
        (
            "I TRÊN BỜ",
            "1",
            "Sửa chợ cá: - mái che; - nền chợ.",
            "Sở Công Thương",
            "Sở Xây dựng Công an tỉnh",
            None,
            "Quý I/2027",
        ),
        ("I TRÊN BỜ", "2", "Thu gom lưới cũ", "UBND các xã", "", None, "Hằng năm"),
    ]
    assert [task.place.line for task in plan.tasks] == [13, 21]


def test_a_cell_a_paragraph_as_pages_are_copied() -> None:
    cells = [
        "TT",
        "Việc",
        "Chủ trì",
        "Hạn",
        "1",
        "Trồng phi lao",
        "Sở A",
        "2027",
        "2",
        "Lập vườn ươm",
        "Sở B",
        "2028",
    ]
    plan = read("PHỤ LỤC\n\n" + "\n\n".join(cells) + "\n\nNơi nhận:\n\n- Như trên.\n")
    assert [(t.number, t.title, t.lead_text, t.deadline_text) for t in plan.tasks] == [
        ("1", "Trồng phi lao", "Sở A", "2027"),
        ("2", "Lập vườn ươm", "Sở B", "2028"),
    ]


def test_a_stacked_row_that_misses_a_cell_is_doubted() -> None:
    plan = read("TT\nViệc\nChủ trì\nPhối hợp\nHạn\n1\nĐo sóng\nSở A\n2027\n2\nĐo gió\nSở B\nSở C\n2028\n")
    assert [t.confidence < 1 for t in plan.tasks] == [True, False]


def test_numbers_alone_make_no_table() -> None:
    document = read_text("TT\n1\n2\n3\nSở Y tế báo cáo trước ngày 05/6/2027.\n".encode())
    assert not any(isinstance(block, Table) for block in document.blocks)
