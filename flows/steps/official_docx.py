"""The form of an administrative document by Nghị định 30/2020/NĐ-CP, Phụ lục I: page, head, page numbers, annex.

Nothing here signs: number, day and signature are left for a person to fill in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from config.settings import Office

FONT = "Times New Roman"
SIZE = 14
_KEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_OFFICE = re.compile(
    r"^Văn phòng\s+(?P<parent>(?:UBND|Ủy ban nhân dân)\s+(?:tỉnh|thành phố)\s+(?P<place>.+))$", re.I
)

CENTRE, LEFT, BOTH = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY


@dataclass(frozen=True, kw_only=True, slots=True)
class Issuer:
    """The two lines at the top left and the place of the date."""

    parent: str
    name: str
    place: str


def issuer_of(office: Office) -> Issuer:
    """What the settings say, or what the office's name gives ("Văn phòng UBND tỉnh …")."""
    found = _OFFICE.match(office.name)
    parent = office.parent or (found["parent"] if found else "")
    return Issuer(
        parent=parent.upper(),
        name="VĂN PHÒNG" if found else office.name.upper(),
        place=office.place or (found["place"] if found else ""),
    )


def clean(text: str) -> str:
    """Text without what XML cannot hold."""
    return _KEPT.sub("", text)


class Official:
    """A document in the making. A4, margins 20-20-30-15 mm, numbers of pages on top from the second page on."""

    def __init__(self, title: str, now: datetime, *, across: bool = False) -> None:
        self.document: Any = docx.Document()
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(SIZE)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(kind), FONT)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "vi-VN")
        style.element.get_or_add_rPr().append(language)
        properties = self.document.core_properties
        properties.title, properties.author, properties.language = clean(title), "Đôn Đốc", "vi-VN"
        properties.created = properties.modified = now.replace(tzinfo=None)
        section = self.document.sections[0]
        if across:
            section.orientation = WD_ORIENT.LANDSCAPE
        _page(section, landscape=across)
        if across:
            _numbered(section)

    def head(self, issuer: Issuer, symbol: str, now: datetime, subject: str = "") -> None:
        """Issuer and number on the left, national name, motto, place and date on the right.

        A letter has a `subject`, which stands under its number.
        """
        table = self.document.add_table(1, 2)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _widths(table, (65, 100))
        left, right = table.rows[0].cells
        _say(left.paragraphs[0], issuer.parent, size=13)
        _say(left.add_paragraph(), issuer.name, size=13, bold=True, ruled=True)
        _say(left.add_paragraph(), f"Số:          /{symbol}", size=13, before=4)
        if subject:
            _say(left.add_paragraph(), f"V/v {subject}", size=12)
        _say(right.paragraphs[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True)
        _say(right.add_paragraph(), "Độc lập - Tự do - Hạnh phúc", size=13, bold=True, ruled=True)
        place = issuer.place or "…………"
        dated = f"{place}, ngày       tháng       năm {now.year}"
        _say(right.add_paragraph(), dated, size=13, italic=True, before=4)

    def say(self, text: str, *, align: Any = BOTH, indent: bool = True, **form: Any) -> None:
        """A paragraph of the body: 14 pt, first line indented by 10 mm, 6 pt after it."""
        paragraph = self.document.add_paragraph()
        _say(paragraph, text, align=align, **form)
        paragraph.paragraph_format.space_after = Pt(6)
        paragraph.paragraph_format.first_line_indent = Mm(10) if indent else None

    def table(self, columns: Sequence[tuple[str, float]], rows: Sequence[Sequence[str]], *, size: int = 12) -> None:
        """A table whose head is repeated on every page; widths are in millimetres."""
        table = self.document.add_table(1, len(columns))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for cell, (label, _) in zip(table.rows[0].cells, columns, strict=True):
            _say(cell.paragraphs[0], label, size=size, bold=True)
        repeated = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(repeated)
        for row in rows:
            added = table.add_row()
            added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for position, (cell, text) in enumerate(zip(added.cells, row, strict=True)):
                short = len(text) <= 12 or position == 0
                _say(cell.paragraphs[0], text, size=size, align=CENTRE if short else LEFT)
        _widths(table, [width for _, width in columns])

    def close(self, receivers: Sequence[str]) -> None:
        """Receivers on the left, and on the right the place for a signature, which stays empty."""
        self.document.add_paragraph()
        table = self.document.add_table(1, 2)
        _widths(table, (82, 83))
        left, right = table.rows[0].cells
        _say(left.paragraphs[0], "Nơi nhận:", size=12, bold=True, italic=True, align=LEFT)
        for at, receiver in enumerate(receivers):
            end = "." if at == len(receivers) - 1 else ";"
            _say(left.add_paragraph(), f"- {receiver}{end}", size=11, align=LEFT)
        _say(right.paragraphs[0], "[QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ]", size=14, bold=True)
        for _ in range(3):
            right.add_paragraph()
        _say(right.add_paragraph(), "[Họ và tên]", size=14, bold=True)

    def annex(self, heading: str, title: str, belongs: str) -> None:
        """A new section across the page, with its own page numbers."""
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        _page(section, landscape=True)
        section.header.is_linked_to_previous = False
        _numbered(section)
        restart = OxmlElement("w:pgNumType")
        restart.set(qn("w:start"), "1")
        section._sectPr.append(restart)
        _say(self.document.add_paragraph(), heading, bold=True)
        _say(self.document.add_paragraph(), title, bold=True)
        _say(self.document.add_paragraph(), f"({belongs})", italic=True)

    def bytes(self) -> bytes:
        held = BytesIO()
        self.document.save(held)
        return held.getvalue()


def _page(section: Any, *, landscape: bool = False) -> None:
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    if landscape:
        # Across the page the binding edge is the upper one.
        section.top_margin, section.left_margin, section.bottom_margin = Mm(30), Mm(20), Mm(15)
    section.different_first_page_header_footer = True
    if not landscape:
        _numbered(section)


def _numbered(section: Any) -> None:
    """The page's number, centred in the upper margin; the first page shows none."""
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = CENTRE
    run = paragraph.add_run()
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind is None:
            part = OxmlElement("w:instrText")
            part.text = text
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)
    run.font.size = Pt(13)


def _say(
    paragraph: Any,
    text: str,
    *,
    size: float = SIZE,
    bold: bool = False,
    italic: bool = False,
    align: Any = CENTRE,
    before: float = 0,
    ruled: bool = False,
) -> None:
    run = paragraph.add_run(clean(text))
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    paragraph.alignment = align
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(0)
    if ruled:
        # The line under the motto and the name, about half as long as the words.
        rule = paragraph._parent.add_paragraph()
        rule.alignment = CENTRE
        rule.paragraph_format.space_after = Pt(0)
        rule.paragraph_format.line_spacing = Pt(4)
        line = OxmlElement("w:pBdr")
        top = OxmlElement("w:top")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
            top.set(qn(f"w:{name}"), value)
        line.append(top)
        rule._p.get_or_add_pPr().append(line)
        side = Mm(12 if len(text) > 15 else 24)
        rule.paragraph_format.left_indent = rule.paragraph_format.right_indent = side


def _widths(table: Any, widths: Sequence[float]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
