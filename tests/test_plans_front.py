"""Front matter in the forms that offices print; Hải Lam is invented."""

from __future__ import annotations

from datetime import date

import pytest

from plans.extract import extract
from plans.read_text import read_text
from plans.types import PartialDate, Plan

ANNEX = "\n\nSTT\tNhiệm vụ\tChủ trì\tThời hạn\n1\tDựng đèn\tSở A\t2027\n"


def read(head: str) -> Plan:
    return extract(read_text((head + ANNEX).encode()), file="x.txt")


FULL = """ỦY BAN NHÂN DÂN
TỈNH HẢI LAM
-------
Số: 12/KH-UBND
Hải Lam, ngày 05 tháng 01 năm 2027

KẾ HOẠCH
Phát triển cảng cá giai đoạn 2027 - 2030

Căn cứ Nghị quyết số 15/2026/NQ-HĐND ngày 10/12/2026 và Quyết định số 77/QĐ-TTg ngày 02/02/2026;
Thực hiện Chương trình hành động số 05-CTr/TU, Ủy ban nhân dân tỉnh ban hành Kế hoạch như sau:
I. MỤC TIÊU
Theo Thông tư số 9/2020/TT-BTC.

TM. ỦY BAN NHÂN DÂN
KT. CHỦ TỊCH
PHÓ CHỦ TỊCH
Trần Văn Mẫu
"""


def test_a_complete_head() -> None:
    plan = read(FULL)
    assert plan.number == "12/KH-UBND"
    assert plan.symbol == "KH-UBND"
    assert plan.issued == date(2027, 1, 5)
    assert plan.issuer == "Ủy ban nhân dân tỉnh Hải Lam"
    assert plan.kind == "Kế hoạch"
    assert plan.title == "Phát triển cảng cá giai đoạn 2027 - 2030"
    assert plan.basis == ("15/2026/NQ-HĐND", "77/QĐ-TTg", "05-CTr/TU")
    assert plan.signer == "Trần Văn Mẫu"
    assert plan.warnings == ()


@pytest.mark.parametrize(
    ("line", "number", "symbol"),
    [
        ("Số: 12/KH-UBND", "12/KH-UBND", "KH-UBND"),
        ("Số 12-KH/TU", "12-KH/TU", "KH/TU"),
        ("Số:   186 /KH-UBND", "186/KH-UBND", "KH-UBND"),
        ("Số: 05/2027/QĐ-UBND", "05/2027/QĐ-UBND", "QĐ-UBND"),
        ("Số:      /KH-UBND", None, "KH-UBND"),
        ("Số: …/KH-UBND", None, "KH-UBND"),
        ("Số -KH/ĐU", None, "KH/ĐU"),
        ("Số: 7a/KH-SYT", "7a/KH-SYT", "KH-SYT"),
    ],
)
def test_numbers(line: str, number: str | None, symbol: str) -> None:
    plan = read(FULL.replace("Số: 12/KH-UBND", line))
    assert (plan.number, plan.symbol) == (number, symbol)
    assert any("không ghi số" in warning for warning in plan.warnings) == (number is None)


@pytest.mark.parametrize(
    ("line", "issued"),
    [
        ("Hải Lam, ngày 05 tháng 01 năm 2027", date(2027, 1, 5)),
        ("Hải Lam, ngày 5 tháng 1 năm 2027", date(2027, 1, 5)),
        ("Hải Lam, ngày 05/01/2027", date(2027, 1, 5)),
        (
            "Hải Lam, ngày     tháng 02 năm 2027",
            PartialDate(year=2027, month=2, day=None, text="ngày tháng 02 năm 2027"),
        ),
        (
            "Hải Lam, ngày … tháng … năm 2027",
            PartialDate(year=2027, month=None, day=None, text="ngày … tháng … năm 2027"),
        ),
        (
            "Hải Lam, ngày 31 tháng 02 năm 2027",
            PartialDate(year=2027, month=None, day=None, text="ngày 31 tháng 02 năm 2027"),
        ),
    ],
)
def test_dates_of_issue(line: str, issued: date | PartialDate) -> None:
    plan = read(FULL.replace("Hải Lam, ngày 05 tháng 01 năm 2027", line))
    assert plan.issued == issued
    assert any("Ngày ban hành chưa đủ" in warning for warning in plan.warnings) == isinstance(issued, PartialDate)


def test_dates_of_cited_documents_are_no_date_of_issue() -> None:
    plan = read(
        "KẾ HOẠCH\nPhát triển cảng cá\nCăn cứ Quyết định số 77/QĐ-TTg ngày 02 tháng 02 năm 2026 của Thủ tướng:\n"
    )
    assert plan.issued is None
    assert plan.number is None


def test_the_line_under_an_annex_tells_what_the_head_left_out() -> None:
    plan = read(
        "KẾ HOẠCH\nPhát triển cảng cá\n\nPhụ lục\n"
        "(Ban hành kèm theo Kế hoạch số 55 /KH-UBND, ngày 26 tháng 3 năm 2027 của Ủy ban nhân dân tỉnh Hải Lam)"
    )
    assert (plan.number, plan.issued) == ("55/KH-UBND", date(2027, 3, 26))
    assert plan.issuer == "Ủy ban nhân dân tỉnh Hải Lam"


def test_a_head_that_contradicts_its_annex_is_told() -> None:
    plan = read(
        FULL + "\nPHỤ LỤC\n(Kèm theo Kế hoạch số 99/KH-UBND ngày 05/01/2027 của Ủy ban nhân dân tỉnh Hải Lam)"
    )
    assert plan.number == "12/KH-UBND"
    assert any("99/KH-UBND" in warning for warning in plan.warnings)


def test_particulars_of_a_legal_database() -> None:
    plan = read(
        "Kế hoạch 12/KH-UBND năm 2027 về phát triển cảng cá do tỉnh Hải Lam ban hành\n| Số hiệu | 12/KH-UBND |\n"
        "| Ngày ban hành | 05/01/2027 |\n| Loại văn bản | Kế hoạch |\n| Cơ quan ban hành | Tỉnh Hải Lam |\n"
        "| Người ký | Trần Văn Mẫu |\n|\nỦY BAN NHÂN DÂN\n|\nCỘNG HÒA XÃ HỘI\nCHỦ NGHĨA VIỆT NAM |\n"
    )
    assert (plan.number, plan.issued, plan.signer) == ("12/KH-UBND", date(2027, 1, 5), "Trần Văn Mẫu")
    assert plan.issuer == "Ủy ban nhân dân tỉnh Hải Lam"
    assert plan.kind == "Kế hoạch"
    assert plan.title is not None
    assert plan.title.startswith("Kế hoạch 12/KH-UBND")


def test_a_title_over_several_lines() -> None:
    plan = read(
        FULL.replace("Phát triển cảng cá giai đoạn 2027 - 2030", "PHÁT TRIỂN CẢNG CÁ\nVÀ KHU NEO ĐẬU TÀU THUYỀN")
    )
    assert plan.title == "PHÁT TRIỂN CẢNG CÁ VÀ KHU NEO ĐẬU TÀU THUYỀN"


@pytest.mark.parametrize(
    ("sentence", "replaced"),
    [
        ("Kế hoạch này thay thế Kế hoạch số 45/KH-UBND ngày 02/02/2022.", ("45/KH-UBND",)),
        ("Kế hoạch số 45/KH-UBND ngày 02/02/2022 hết hiệu lực kể từ ngày ký Kế hoạch này.", ("45/KH-UBND",)),
        ("Triển khai Nghị định thay thế Nghị định số 65/2017/NĐ-CP.", ()),
    ],
)
def test_plans_that_it_replaces(sentence: str, replaced: tuple[str, ...]) -> None:
    assert read(FULL.replace("I. MỤC TIÊU", f"I. MỤC TIÊU\n{sentence}")).replaces == replaced


def test_a_title_that_amends() -> None:
    plan = read(
        FULL.replace(
            "Phát triển cảng cá giai đoạn", "Sửa đổi, bổ sung một số nội dung của Kế hoạch số 45/KH-UBND giai đoạn"
        )
    )
    assert plan.amends == ("45/KH-UBND",)
    assert plan.replaces == ()
