"""Word files as they are printed: merged cells, lists, tracked changes, boxes, nested tables."""

from __future__ import annotations

import io
import zipfile

import pytest

from plans.document import Document, Paragraph, Table
from plans.docx_numbering import in_form
from plans.errors import ReadError
from plans.limits import Limits
from plans.read_docx import read_docx
from tests import plan_samples as samples

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def word(body: str, *, namespace: str = W, **parts: str) -> bytes:
    """A Word file with this body; `parts` are other parts of word/ by name."""
    held = io.BytesIO()
    kinds = "".join(
        f'<Relationship Id="r{at}" Type="{RELATED}/{name}" Target="{name}.xml"/>' for at, name in enumerate(parts)
    )
    with zipfile.ZipFile(held, "w") as container:
        container.writestr(
            "word/document.xml", f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>'
        )
        container.writestr("word/_rels/document.xml.rels", f'<Relationships xmlns="x">{kinds}</Relationships>')
        for name, text in parts.items():
            container.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{namespace}">{text}</w:{name}>')
    return held.getvalue()


def read(body: str, **parts: str) -> Document:
    return read_docx(word(body, **parts), Limits())


def texts(body: str, **parts: str) -> list[str]:
    return [block.text for block in read(body, **parts).blocks if isinstance(block, Paragraph)]


def cells(document: Document) -> list[list[tuple[str | None, ...]]]:
    return [[row.cells for row in block.rows] for block in document.blocks if isinstance(block, Table)]


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


HEADER = tr(tc("TT"), tc("Nhiệm vụ"), tc("Chủ trì"))


def tbl(*rows: str, grid: tuple[int, ...] = ()) -> str:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
    return f"<w:tbl><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


def test_cells_merged_across_and_downward() -> None:
    body = tbl(
        HEADER,
        tr(tc("I. Phần một", '<w:gridSpan w:val="3"/>')),
        tr(tc("1"), tc("Việc một"), tc("Sở Y tế", '<w:vMerge w:val="restart"/>')),
        tr(tc("2"), tc("Việc hai"), tc("", "<w:vMerge/>")),
        tr(tc("3"), tc("Việc ba"), tc("")),
    )
    assert cells(read(body))[0][1:] == [
        ("I. Phần một", None, None),
        ("1", "Việc một", "Sở Y tế"),
        ("2", "Việc hai", "Sở Y tế"),
        ("3", "Việc ba", ""),
    ]


def test_columns_drawn_a_hair_apart_are_one() -> None:
    body = tbl(
        tr(tc("TT"), tc("Nhiệm vụ", '<w:gridSpan w:val="2"/>'), tc("Chủ trì")),
        tr(tc("1"), tc("Việc một"), tc("Sở Y tế", '<w:gridSpan w:val="2"/>')),
        grid=(600, 5000, 60, 2000),
    )
    assert cells(read(body)) == [[("TT", "Nhiệm vụ", "Chủ trì"), ("1", "Việc một", "Sở Y tế")]]


def test_cells_skipped_before_a_row_and_merged_the_old_way() -> None:
    merged = tc("rộng", '<w:hMerge w:val="restart"/>') + tc("", "<w:hMerge/>")
    body = tbl(HEADER, tr(tc("a"), tc("b"), properties='<w:gridBefore w:val="1"/>'), tr(tc("2"), merged))
    assert cells(read(body))[0][1:] == [("", "a", "b"), ("2", "rộng", None)]


def test_tracked_changes_are_accepted() -> None:
    changed = "<w:del><w:r><w:delText>Quý I</w:delText></w:r></w:del><w:ins><w:r><w:t>Quý II</w:t></w:r></w:ins>"
    moved = "<w:moveFrom><w:r><w:t>cũ</w:t></w:r></w:moveFrom>"
    row = tr(tc("9"), tc("bỏ"), tc("x"), properties="<w:del/>")
    kept = tr(tc("1"), tc("Việc"), f"<w:tc><w:p>{changed}{moved}</w:p></w:tc>", properties="<w:ins/>")
    document = read(tbl(HEADER, row, kept))
    assert cells(document)[0][1:] == [("1", "Việc", "Quý II")]
    assert any("Track Changes" in warning for warning in document.warnings)


def test_a_paragraph_whose_end_was_deleted_goes_on() -> None:
    first = p("Trước ngày ", "<w:rPr><w:del/></w:rPr>")
    assert texts(first + p("30/6/2026")) == ["Trước ngày30/6/2026"] or texts(first + p(" 30/6")) == [
        "Trước ngày 30/6"
    ]


NUMBERING = """<w:abstractNum w:abstractNumId="5">
<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="upperRoman"/>
<w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>
<w:lvlText w:val="%2)"/></w:lvl><w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/>
<w:lvlText w:val="%1.%3"/></w:lvl><w:lvl w:ilvl="3"><w:numFmt w:val="bullet"/><w:lvlText w:val="-"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="5"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>"""


def item(text: str, depth: int, num: int = 1) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{num}"/></w:numPr>')


def test_lists_print_their_numbers() -> None:
    body = item("ba", 0) + item("a", 1) + item("b", 1) + item("một", 2) + item("gạch", 3) + item("bốn", 0)
    body += item("lại a", 1) + item("từ đầu", 0, 2) + p("thường", '<w:numPr><w:numId w:val="0"/></w:numPr>')
    assert texts(body, numbering=NUMBERING) == [
        "III. ba", "a) a", "b) b", "3.1 một", "- gạch", "IV. bốn", "a) lại a", "I. từ đầu", "thường",
    ]  # fmt: skip


def test_a_style_may_bring_number_heading_and_italics() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="M"><w:name w:val="Heading 1"/><w:rPr><w:i/></w:rPr><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="N"><w:basedOn w:val="M"/></w:style>'
    )
    document = read(p("Mục tiêu", '<w:pStyle w:val="N"/>'), styles=styles, numbering=NUMBERING)
    (block,) = document.blocks
    assert isinstance(block, Paragraph)
    assert (block.text, block.heading, block.italic) == ("III. Mục tiêu", True, ("Mục tiêu",))


def test_numbers_in_a_column_of_automatic_numbers() -> None:
    auto = "<w:tc><w:p><w:pPr><w:numPr><w:ilvl w:val='2'/><w:numId w:val='1'/></w:numPr></w:pPr></w:p></w:tc>"
    body = item("ba", 0) + tbl(HEADER, tr(auto, tc("x"), tc("y")), tr(auto, tc("z"), tc("t")))
    assert [row[0] for row in cells(read(body, numbering=NUMBERING))[0]] == ["TT", "3.1", "3.2"]


@pytest.mark.parametrize(
    ("value", "form", "printed"),
    [
        (4, "upperRoman", "IV"),
        (1994, "lowerRoman", "mcmxciv"),
        (27, "lowerLetter", "aa"),
        (2, "upperLetter", "B"),
        (7, "decimalZero", "07"),
        (12, "decimal", "12"),
        (0, "upperRoman", "0"),
        (-1, "lowerLetter", "-1"),
    ],
)
def test_forms_of_numbers(value: int, form: str, printed: str) -> None:
    assert in_form(value, form) == printed


def test_a_nested_table_of_tasks_stands_on_its_own_and_a_small_one_in_its_cell() -> None:
    tasks = tbl(HEADER, tr(tc("1"), tc("Việc"), tc("Sở Y tế")))
    small = tbl(tr(tc("a"), tc("b")))
    outer = tbl(HEADER, tr(tc("1"), f"<w:tc>{p('Gồm:')}{small}</w:tc>", f"<w:tc>{tasks}{p('xem dưới')}</w:tc>"))
    assert cells(read(outer)) == [
        [("TT", "Nhiệm vụ", "Chủ trì"), ("1", "Gồm: a b", "xem dưới")],
        [("TT", "Nhiệm vụ", "Chủ trì"), ("1", "Việc", "Sở Y tế")],
    ]


def test_a_table_cut_in_two_is_one() -> None:
    first = tbl(HEADER, tr(tc("1"), tc("a"), tc("b")))
    again = tbl(HEADER, tr(tc("2"), tc("c"), tc("d")))
    rest = tbl(tr(tc("3"), tc("e"), tc("f")))
    (table,) = cells(read(first + p("") + again + rest))
    assert [row[0] for row in table] == ["TT", "1", "2", "3"]
    assert len(cells(read(first + p("Phụ lục II") + again))) == 2


def test_text_boxes_content_controls_and_fields() -> None:
    box = f"<w:r><w:pict><w:txbxContent>{p('MẬT')}</w:txbxContent></w:pict></w:r>"
    field = "<w:r><w:instrText>PAGE</w:instrText></w:r><w:fldSimple><w:r><w:t>12</w:t></w:r></w:fldSimple>"
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('trong khung')}</w:sdtContent></w:sdt>"
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r>"
    assert texts(f"<w:p>{box}{field}{hidden}</w:p>{control}") == ["12", "MẬT", "trong khung"]


def test_the_head_of_a_letter_is_no_table() -> None:
    left = f"<w:tc>{p('ỦY BAN NHÂN DÂN')}<w:p><w:r><w:t>TỈNH</w:t><w:br/><w:t>Số: 1/KH</w:t></w:r></w:p></w:tc>"
    assert texts(tbl(tr(left, tc("CỘNG HÒA")))) == ["ỦY BAN NHÂN DÂN", "TỈNH", "Số: 1/KH", "CỘNG HÒA"]


def test_strict_files_are_read_too() -> None:
    strict = word(p("Kế hoạch"), namespace="http://purl.oclc.org/ooxml/wordprocessingml/main")
    assert [b.text for b in read_docx(strict, Limits()).blocks if isinstance(b, Paragraph)] == ["Kế hoạch"]


@pytest.mark.parametrize("data", [b"PK\x05\x06" + bytes(18), word(""), samples.as_docx(samples.sample(1))[:9000]])
def test_damaged_and_empty_files_are_refused(data: bytes) -> None:
    with pytest.raises(ReadError):
        read_docx(data, Limits())


def run(text: str, font: str) -> str:
    return f'<w:r><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr><w:t>{text}</w:t></w:r>'


def test_a_few_words_in_an_old_font_are_read_as_they_look() -> None:
    old = run("Së Y tÕ", ".VnTime") + run(" chñ tr×; ", ".VnTimeH") + run("trước ngày 18/01/2026", "Arial")
    document = read(f"<w:p>{old}</w:p>" + p("Nội dung viết bằng phông Unicode.", ""))
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == [
        "Sở Y tế CHỦ TRÌ; trước ngày 18/01/2026",
        "Nội dung viết bằng phông Unicode.",
    ]
    assert any("phông cũ" in warning for warning in document.warnings)
    vni = read(f"<w:p>{run('Sôû Y teá', 'VNI-Times')}</w:p>")
    assert [block.text for block in vni.blocks if isinstance(block, Paragraph)] == ["Sở Y tế"]
