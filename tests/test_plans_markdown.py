"""Markdown: marks taken off, italics kept, tables with and without outer pipes."""

from __future__ import annotations

import pytest

from plans.document import Paragraph, Table
from plans.extract import extract
from plans.read_markdown import inline, is_line, is_rule, split_row
from plans.read_text import read_text


@pytest.mark.parametrize(
    ("line", "text", "heading", "italic"),
    [
        ("## **II. MỤC TIÊU** ##", "II. MỤC TIÊU", True, ()),
        ("Làm đèn (*trong tháng 6*) và *bến*", "Làm đèn (trong tháng 6) và bến", False, ("trong tháng 6", "bến")),
        ("**đậm** và __đậm__ và _nghiêng_", "đậm và đậm và nghiêng", False, ("nghiêng",)),
        (r"\* chú thích 2\*3 = 6", "* chú thích 2*3 = 6", False, ()),
        ("giá 2 * 3 * 4", "giá 2 * 3 * 4", False, ()),
        ("tệp_mẫu_số_1", "tệp_mẫu_số_1", False, ()),
        ("một<br>hai", "một hai", False, ()),
        ("#hashtag không phải đề mục", "#hashtag không phải đề mục", False, ()),
    ],
)
def test_marks_inside_a_line(line: str, text: str, heading: bool, italic: tuple[str, ...]) -> None:
    seen = inline(line)
    assert (seen.text, seen.heading, seen.italic) == (text, heading, italic)


def test_rules_and_rows() -> None:
    assert is_rule("|---|:--:|--:|")
    assert is_rule("--- | ---")
    assert not is_rule("| - | a |")
    assert is_line("-----")
    assert not is_line("- một")
    assert split_row(r"| a \| b | **c** |  |") == ("a | b", "c", "")
    assert split_row("a | | c", framed=False) == ("a", "", "c")


@pytest.mark.parametrize(
    "table",
    [
        "| STT | Nhiệm vụ | Chủ trì | Thời hạn |\n|---|---|---|---|\n"
        "| | **I. Cảng** | | |\n| 1 | Dựng đèn | Sở A | 2027 |\n",
        "STT | Nhiệm vụ | Chủ trì | Thời hạn\n--- | --- | --- | ---\n"
        " | **I. Cảng** | | \n1 | Dựng đèn | Sở A | 2027\n",
        "STT|Nhiệm vụ|Chủ trì|Thời hạn\n|I. Cảng||\n1|Dựng đèn|Sở A|2027\n",
        "+---+---+---+---+\n| STT | Nhiệm vụ | Chủ trì | Thời hạn |\n+---+---+---+---+\n| | I. Cảng | | |\n"
        "+---+---+---+---+\n| 1 | Dựng đèn | Sở A | 2027 |\n+---+---+---+---+\n",
    ],
    ids=["framed", "bare", "tight", "drawn"],
)
def test_tables_between_pipes(table: str) -> None:
    plan = extract(read_text(table.encode()), file="x.md")
    assert [(t.section, t.number, t.title, t.lead_text, t.deadline_text) for t in plan.tasks] == [
        ("I. Cảng", "1", "Dựng đèn", "Sở A", "2027")
    ]


def test_a_document_of_headings_paragraphs_and_a_table() -> None:
    document = read_text(
        "## KẾ HOẠCH\n\n**Phát triển cảng cá**\n\n-----\n\n### 1. Sở Xây dựng\n\nLàm đèn *hằng năm*.\n\n"
        "| A | B |\n|---|---|\n| 1 | 2 |\n".encode()
    )
    assert document.format == "md"
    told = [(b.text, b.heading) for b in document.blocks if isinstance(b, Paragraph)]
    assert told == [
        ("KẾ HOẠCH", True),
        ("Phát triển cảng cá", False),
        ("1. Sở Xây dựng", True),
        ("Làm đèn hằng năm.", False),
    ]
    assert [b.rows[1].cells for b in document.blocks if isinstance(b, Table)] == [("1", "2")]
