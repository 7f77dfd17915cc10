"""Plain text: codings, bars, tabs, separated values, paragraphs that a fixed width broke; hostile bytes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.document import Document, Paragraph, Table
from plans.errors import ReadError
from plans.extract import extract
from plans.legacy_fonts import _TCVN3_CODES, _TCVN3_LETTERS, _VNI, _VNI_SINGLE, convert, from_legacy
from plans.read_text import read_text

TEXT = (
    "KẾ HOẠCH\nThực hiện nhiệm vụ phát triển cảng cá của tỉnh\n\n"
    "Ủy ban nhân dân tỉnh giao các sở, cơ quan báo cáo.\n\n"
    "STT\tNhiệm vụ\tCơ quan chủ trì\tThời hạn\n1\tXây dựng đề án cảng\tSở Xây dựng\tQuý I/2027\n"
)


def tables(document: Document) -> list[list[tuple[str | None, ...]]]:
    return [[row.cells for row in block.rows] for block in document.blocks if isinstance(block, Table)]


def paragraphs(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_in_its_usual_forms(coding: str) -> None:
    assert read_text(TEXT.encode(coding)).blocks == read_text(TEXT.encode()).blocks


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends(end: str) -> None:
    assert read_text(TEXT.replace("\n", end).encode()).blocks == read_text(TEXT.encode()).blocks


def to_tcvn3(text: str) -> str:
    """As typed in .VnTime: capitals with marks come from a font of their own, so small ones stand for them."""
    table = dict(zip(_TCVN3_LETTERS, _TCVN3_CODES, strict=True))
    return "".join(table.get(letter, table.get(letter.lower(), letter)) for letter in text)


def to_vni(text: str) -> str:
    table = {letter: code for code, letter in (*_VNI_SINGLE.items(), *_VNI.items())}
    return "".join(
        table.get(letter) or (table[letter.lower()].upper() if letter.lower() in table else letter)
        for letter in text
    )


def test_tcvn3_bytes_and_letters_are_turned_to_unicode_and_told() -> None:
    for data in (to_tcvn3(TEXT).encode("latin-1"), to_tcvn3(TEXT).encode("utf-8")):
        document = read_text(data)
        assert tables(document)[0][1] == ("1", "Xây dựng đề án cảng", "Sở Xây dựng", "Quý I/2027")
        assert "TCVN3" in document.warnings[0]


def test_vni_bytes_and_letters_are_turned_to_unicode_and_told() -> None:
    for data in (to_vni(TEXT).encode("cp1252"), to_vni(TEXT).encode("utf-8")):
        document = read_text(data)
        assert tables(document)[0][1] == ("1", "Xây dựng đề án cảng", "Sở Xây dựng", "Quý I/2027")
        assert "VNI" in document.warnings[0]


def test_windows_1258() -> None:
    letters = "Ủy ban nhân dân tỉnh giao Sở Xây dựng lập đề án cảng cá và báo cáo"
    data = letters.replace("Ủ", "U\u0309").replace("ỉ", "i\u0309").replace("ở", "ơ\u0309").replace("ự", "ư\u0323")
    data = data.replace("ậ", "â\u0323").replace("ề", "ê\u0300").replace("ả", "a\u0309")
    assert paragraphs(read_text(data.encode("cp1258"))) == [letters]


def test_unicode_text_is_never_taken_for_an_old_font() -> None:
    assert from_legacy(TEXT) is None
    assert from_legacy("The quick brown fox jumps over the lazy dog, café, naïve, señor, Zürich") is None
    assert convert("Së Y tÕ", "TCVN3") == "Sở Y tế"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "không có nội dung"),
        (b" \r\n\t\n", "không có nội dung"),
        (b"%PDF-1.7\x00\x01\x02\x00\xff\xfe\x00\x03" * 40, "nhị phân"),
        (bytes(range(256)) * 8, "nhị phân"),
        ("K\u1ebf ho\u1ea1ch ".encode() + b"\xff\xfe\xfa\x81" * 20, "bảng mã"),
    ],
)
def test_what_is_no_text_says_so_and_what_to_do(data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message) as caught:
        read_text(data)
    assert caught.value.cure


def test_a_file_cut_in_the_middle_of_a_letter_is_read_and_told() -> None:
    data = (TEXT + "Câu dài. " * 200 + "Hoàn thành việc nạo vé").encode() + "ệ".encode()[:2]
    assert any("bị cắt" in warning for warning in read_text(data).warnings)


def test_rows_between_lone_bars_with_blank_cells_and_cells_of_several_lines() -> None:
    document = read_text(
        "|\nSTT |\nNhiệm vụ |\nChủ trì |\nThời hạn |\n|\nI. Cảng |\n|||\n|\n1 |\nDựng đèn\nven biển |\n|\n2027 |\n"
        "Lời sau bảng\n".encode()
    )
    assert tables(document) == [
        [
            ("STT", "Nhiệm vụ", "Chủ trì", "Thời hạn"),
            ("I. Cảng", "", "", ""),
            ("1", "Dựng đèn ven biển", "", "2027"),
        ]
    ]
    assert paragraphs(document) == ["Lời sau bảng"]


def test_tabs_with_a_row_that_was_broken_in_a_cell() -> None:
    document = read_text("STT\tNhiệm vụ\tChủ trì\tThời hạn\n1\tDựng đèn\nven biển\tSở A\t2027\n".encode())
    assert tables(document)[0][1] == ("1", "Dựng đèn ven biển", "Sở A", "2027")


@pytest.mark.parametrize("separator", [",", ";"])
def test_separated_values(separator: str) -> None:
    text = 'STT,"Nhiệm vụ",Chủ trì,Thời hạn\n1,"Dựng đèn, phao\nven biển",Sở A,2027\n2,B,Sở B,2028\n'
    if separator == ";":
        text = text.replace(",", ";").replace("đèn;", "đèn,")
    plan = extract(read_text(text.encode()), file="x.csv")
    assert [(t.number, t.title, t.place.line) for t in plan.tasks] == [
        ("1", "Dựng đèn, phao ven biển", 2),
        ("2", "B", 4),
    ]


def test_a_fixed_width_with_blank_lines_between_is_one_paragraph() -> None:
    lines = [
        "II. TỔ CHỨC THỰC HIỆN",
        "1. Sở Xây dựng",
        "- Chủ trì lập quy hoạch cảng cá, phối hợp với các sở, ban, ngành có liên",
        "quan và Ủy ban nhân dân các xã ven biển rà soát quỹ đất, gửi Văn phòng Ủy",
        "ban nhân dân tỉnh tổng hợp theo Quyết định số 15/QĐ-",
        "UBND của tỉnh, hoàn thành trước ngày 30/6/2027.",
        "7",
        "- Tổ chức kiểm tra việc xây dựng cầu cảng và các công trình phụ trợ, bảo đảm",
        "an toàn cho tàu thuyền neo đậu trong mùa mưa bão theo hướng dẫn của cơ quan",
        "chuyên môn.",
        "2. Sở Tài chính",
        "Bố trí kinh phí.",
        "3. Công an tỉnh",
        "Bảo đảm trật tự tại cảng.",
    ]
    got = paragraphs(read_text("\n\n".join(lines).encode()))
    assert got[2].endswith("15/QĐ-UBND của tỉnh, hoàn thành trước ngày 30/6/2027.")
    assert got[3].startswith("- Tổ chức kiểm tra")
    assert got[4:] == ["2. Sở Tài chính", "Bố trí kinh phí.", "3. Công an tỉnh", "Bảo đảm trật tự tại cảng."]


def test_a_paragraph_broken_by_a_page_goes_on() -> None:
    got = paragraphs(read_text("Các sở lập kế hoạch,\n\ngửi về Văn phòng.\n\nCâu khác.\n".encode()))
    assert got == ["Các sở lập kế hoạch, gửi về Văn phòng.", "Câu khác."]


def test_places_are_lines_of_the_file() -> None:
    document = read_text("\n\nMột\n\nSTT\tNhiệm vụ\tChủ trì\n1\tA\tSở A\n".encode())
    assert [block.place.line for block in document.blocks] == [3, 5]


def survives(data: bytes) -> None:
    try:
        plan = extract(read_text(data), file="x")
    except ReadError:
        return
    assert plan.file == "x"


pieces = st.sampled_from(
    [
        *(
            "|",
            "|\n",
            "\t",
            "\n",
            "\n|\n",
            " |",
            "STT",
            "Nhiệm vụ",
            "Chủ trì",
            "Thời hạn",
            "I. ",
            "1",
            "- ",
            "**",
            "#",
        ),
        *(";", ",", "(", ")", "“", "trước ngày 5/6/2027", "Sở Y tế", "đến năm 2030", "hằng năm", "Số: 1/KH-UBND"),
        *("KẾ HOẠCH", "\x00", "\ufeff"),
    ]
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(pieces, st.text(max_size=6)), max_size=60).map("".join))
def test_no_text_breaks_the_reader(text: str) -> None:
    survives(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=250, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    survives(data)


@pytest.mark.parametrize(
    "text",
    [
        "|\n" * 30_000,
        "| " * 60_000,
        "\t" * 60_000,
        "a" * 300_000,
        "đến năm 2030, " * 8_000,
        "(" * 60_000,
        "định kỳ " * 15_000,
        "Sở " * 40_000,
        "trước ngày " * 12_000,
        "Các sở, " * 20_000 + "báo cáo trước ngày 5/6/2027.",
        '"STT","Nhiệm vụ","Chủ trì"\n"' + "x," * 60_000,
        "STT\tNhiệm vụ\tChủ trì\tThời hạn\n" + "1\tA\tSở A\t2027\n" * 5_000,
    ],
    ids=range(12),
)
def test_large_and_odd_texts_do_not_hang(text: str) -> None:
    survives(text.encode())
