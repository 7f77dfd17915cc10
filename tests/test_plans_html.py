"""Saved web pages: merged cells, tables that lay out the page, what is hidden, codings, hostile input."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.document import Paragraph, Table
from plans.errors import ReadError
from plans.extract import extract
from plans.read_html import read_html
from plans.read_text import read_text
from plans.types import Task

ROWS = """<tr><th rowspan=2>STT</th><th rowspan=2>Nhiệm vụ</th>
<th colspan=2>Cơ quan thực hiện</th><th rowspan=2>Tiến độ</th></tr>
<tr><th>Chủ trì</th><th>Phối hợp</th></tr>
<tr><td colspan=5><b>I. Cảng cá</b></td></tr>
<tr><td rowspan=2>1</td><td rowspan=2>Dựng <b>đèn</b><br>biển</td>
<td>Sở Xây dựng</td><td><p>Sở Tài chính</p></td><td>Quý I/2027</td></tr>
<tr><td>Sở Nội vụ</td><td></td><td>2028</td></tr>
<tr><td>2</td><td>Trồng rừng</td><td>UBND xã</td><td></td><td>Hằng năm</td></tr>"""


def read(body: str) -> list[Task]:
    return list(extract(read_html(f"<html><body>{body}</body></html>".encode()), file="x.html").tasks)


EXPECTED = [
    ("I. Cảng cá", "1", "Dựng đèn biển", "Sở Xây dựng", "Sở Tài chính", "Quý I/2027"),
    ("I. Cảng cá", "1", "Dựng đèn biển", "Sở Nội vụ", "", "2028"),
    ("I. Cảng cá", "2", "Trồng rừng", "UBND xã", "", "Hằng năm"),
]


def rows(tasks: list[Task]) -> list[tuple[str | None, ...]]:
    return [(t.section, t.number, t.title, t.lead_text, t.coordinating_text, t.deadline_text) for t in tasks]


def test_merged_cells_and_a_header_in_two_rows() -> None:
    assert rows(read(f"<table>{ROWS}</table>")) == EXPECTED


def test_a_table_inside_the_tables_that_lay_out_a_page() -> None:
    layout = (
        f"<table><tr><td>Trang chủ</td><td><table><tr><td><table>{ROWS}</table></td></tr></table></td></tr></table>"
    )
    assert rows(read(layout)) == EXPECTED


def test_a_table_inside_a_cell_of_the_plan_stays_in_that_cell() -> None:
    nested = ROWS.replace("Trồng rừng", "Trồng rừng <table><tr><td>đợt 1</td><td>đợt 2</td></tr></table>")
    assert rows(read(f"<table>{nested}</table>"))[2][2] == "Trồng rừng đợt 1 đợt 2"


def test_what_is_hidden_is_not_read() -> None:
    page = read_html(
        b"<body><script>x</script><style>y</style><p style='display: none'>z</p><p hidden>w</p><!-- v -->"
        b"<p>m\xe1\xbb\x99t</p></body>"
    )
    assert [block.text for block in page.blocks if isinstance(block, Paragraph)] == ["một"]


def test_paragraphs_headings_and_italics() -> None:
    page = read_html(
        "<h2>I. Mục tiêu</h2><p>Làm đèn (<i>hoàn thành trong <b>tháng 6</b>/2027</i>)<br>Dòng hai</p>".encode()
    )
    first, second, third = (block for block in page.blocks if isinstance(block, Paragraph))
    assert (first.text, first.heading) == ("I. Mục tiêu", True)
    assert (second.text, second.italic) == (
        "Làm đèn (hoàn thành trong tháng 6/2027)",
        ("hoàn thành trong tháng 6/2027",),
    )
    assert (third.text, third.heading) == ("Dòng hai", False)


@pytest.mark.parametrize("coding", ["utf-8", "utf-16", "utf-8-sig"])
def test_codings(coding: str) -> None:
    page = f'<?xml version="1.0" encoding="{coding}"?><html><body><table>{ROWS}</table></body></html>'
    assert rows(list(extract(read_html(page.encode(coding)), file="x").tasks)) == EXPECTED


def test_the_same_plan_as_text_and_as_a_page() -> None:
    text = "STT\tNhiệm vụ\tChủ trì\tThời hạn\nI\tCảng\t\t\n1\tDựng đèn\tSở A\t2027\n"
    page = (
        "<table><tr><td>STT<td>Nhiệm vụ<td>Chủ trì<td>Thời hạn<tr><td>I<td>Cảng<td><td>"
        "<tr><td>1<td>Dựng đèn<td>Sở A<td>2027</table>"
    )
    assert rows(read(page)) == rows(list(extract(read_text(text.encode()), file="x").tasks))


@pytest.mark.parametrize("data", [b"", b"<html></html>", b"<script>1</script>", b"\x00\x00", b"<!-- -->"])
def test_an_empty_page_says_so(data: bytes) -> None:
    with pytest.raises(ReadError):
        read_html(data)


@pytest.mark.parametrize("span", ["0", "-1", "x", "99999", "1000000000000", ""])
def test_nonsense_spans(span: str) -> None:
    page = f"<table><tr><td rowspan='{span}' colspan='{span}'>a</td></tr><tr><td>b</td></tr></table>"
    (table,) = read_html(page.encode()).blocks
    assert isinstance(table, Table)
    assert len(table.rows) == 2
    assert max(len(row.cells) for row in table.rows) <= 100


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 50_000 + "a",
        "<table><tr><td>" * 3_000 + "a",
        "<table>" + "<tr><td rowspan=65534 colspan=100>a" * 2_000 + "</table>",
        "<b><i>" * 20_000 + "x",
        '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]><p>&b;&b;</p>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><p>&x;</p>',
    ],
    ids=["deep", "tables", "spans", "inline", "entities", "external"],
)
def test_hostile_pages_end_in_a_document_or_a_clear_error(page: str) -> None:
    try:
        document = read_html(page.encode())
    except ReadError:
        return
    assert all("aaaaaaaaaaaaaaaaaaaa" not in getattr(block, "text", "") for block in document.blocks)


tags = st.sampled_from(
    [
        *(
            "<table>",
            "</table>",
            "<tr>",
            "</tr>",
            "<td rowspan=3>",
            "<td colspan=2>",
            "</td>",
            "<p>",
            "<br>",
            "<i>",
            "</i>",
        ),
        *(
            "STT",
            "Nhiệm vụ",
            "Chủ trì",
            "Thời hạn",
            "<!--",
            "-->",
            "<script>",
            "</script>",
            "&#0;",
            "&amp;",
            "<td",
            ">",
            "<",
        ),
    ]
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.lists(st.one_of(tags, st.text(max_size=5)), max_size=50)
        .map("".join)
        .map(lambda t: t.encode("utf-8", "replace")),
        st.binary(),
    )
)
def test_no_page_breaks_the_reader(data: bytes) -> None:
    try:
        extract(read_html(data), file="x")
    except ReadError:
        return
