"""One invented plan, written out as text, HTML, Markdown, .docx, .xlsx and PDF.

A cell is a text; `ACROSS` says that the cell before it goes on here, `DOWN` that the cell above does.
"""

from __future__ import annotations

import html
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACROSS = "\u2192"
DOWN = "\u2193"
HEADER = ("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Sản phẩm", "Thời hạn hoàn thành")
_FONTS = Path("/usr/share/fonts/truetype/dejavu")


@dataclass(frozen=True, kw_only=True)
class Sample:
    head: tuple[tuple[str, str], ...]
    """Two columns at the top of the first page."""
    centred: tuple[str, ...]
    prose: tuple[str, ...]
    annex: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


_LEADS = ("Sở Y tế", "Sở Tài chính", "Công an tỉnh", "Sở Giáo dục và Đào tạo", "Ủy ban nhân dân các xã, phường")
_OTHERS = ("Các sở, ban, ngành liên quan", "Sở Nội vụ; Sở Khoa học và Công nghệ", "", "Bệnh viện đa khoa tỉnh")
_PRODUCTS = ("Kế hoạch của Ủy ban nhân dân tỉnh", "Báo cáo", "", "Quyết định phê duyệt đề án")
_DEADLINES = ("Quý II/2026", "Hằng năm", "Trước ngày 30/6/2026", "Thường xuyên", "Tháng 9/2027", "2026 - 2030", "")
_SUBJECTS = (
    "Rà soát, sắp xếp lại các trạm y tế ở những xã mới hợp nhất, bảo đảm mỗi trạm có đủ bác sĩ và thuốc thiết yếu",
    "Lập hồ sơ sức khỏe điện tử cho người dân",
    "Đào tạo nhân viên cấp cứu ngoại viện theo chương trình đã được phê duyệt, ưu tiên các xã vùng cao",
    "Kiểm tra việc thực hiện giá dịch vụ khám bệnh, chữa bệnh tại các cơ sở công lập và ngoài công lập",
)
_SECTIONS = ("NÂNG CAO NĂNG LỰC Y TẾ CƠ SỞ", "PHÁT TRIỂN NHÂN LỰC Y TẾ", "CHUYỂN ĐỔI SỐ TRONG Y TẾ")


def sample(tasks: int = 36, *, shared: bool = True) -> Sample:
    """A plan with so many tasks; where `shared`, some rows have one lead cell together."""
    return Sample(
        head=(
            ("ỦY BAN NHÂN DÂN", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            ("TỈNH HÒA SƠN", "Độc lập - Tự do - Hạnh phúc"),
            ("Số: 77/KH-UBND", "Hòa Sơn, ngày 09 tháng 02 năm 2026"),
        ),
        centred=("KẾ HOẠCH", "Phát triển y tế cơ sở tỉnh Hòa Sơn giai đoạn 2026 - 2030"),
        prose=(
            "Ủy ban nhân dân tỉnh ban hành Kế hoạch phát triển y tế cơ sở với các nội dung sau:",
            "I. MỤC TIÊU",
            "Mọi người dân trong tỉnh được chăm sóc sức khỏe ban đầu tại nơi ở; các trạm y tế được sửa chữa và "
            "trang bị đủ máy móc theo danh mục, đội ngũ nhân viên được bồi dưỡng định kỳ.",
            "II. TỔ CHỨC THỰC HIỆN",
            "1. Sở Y tế chủ trì, theo dõi việc thực hiện Kế hoạch này.",
        ),
        annex=("PHỤ LỤC", "DANH MỤC NHIỆM VỤ THỰC HIỆN KẾ HOẠCH"),
        rows=tuple(_rows(tasks, shared)),
    )


def _rows(tasks: int, shared: bool) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for at in range(tasks):
        if at % 12 == 0:
            name = _SECTIONS[at // 12 % len(_SECTIONS)]
            numeral = ("I", "II", "III")[at // 12 % 3]
            rows.append((f"{numeral}. {name}", *[ACROSS] * 5))
        rows.append(
            (
                str(at + 1),
                f"{_SUBJECTS[at % len(_SUBJECTS)]} (đợt {at + 1})",
                DOWN if shared and at % 12 in (4, 5) else _LEADS[at % 12 % len(_LEADS)],
                _OTHERS[at % len(_OTHERS)],
                _PRODUCTS[at % 3 + (at % 2)],
                _DEADLINES[at % len(_DEADLINES)],
            )
        )
    return rows


def _flat(rows: tuple[tuple[str, ...], ...]) -> list[list[str]]:
    """For formats without merged cells: downward ones repeated, the others blank."""
    flat: list[list[str]] = []
    for row in rows:
        flat.append(
            [flat[-1][at] if cell == DOWN else "" if cell == ACROSS else cell for at, cell in enumerate(row)]
        )
    return flat


def _lines(plan: Sample) -> list[str]:
    left, right = zip(*plan.head, strict=True)
    return [*left, *right, *plan.centred, *plan.prose, *plan.annex]


def as_text(plan: Sample) -> bytes:
    """The bar form in which legal databases print tables."""
    lines = _lines(plan)
    for row in [list(HEADER), *_flat(plan.rows)]:
        lines += ["|", *(f"{cell} |" if cell else "|" for cell in row)]
    return "\n".join(lines).encode()


def as_markdown(plan: Sample) -> bytes:
    lines = "\n\n".join(_lines(plan))
    table = [list(HEADER), ["---"] * len(HEADER), *_flat(plan.rows)]
    return (lines + "\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in table) + "\n").encode()


def _spans(rows: tuple[tuple[str, ...], ...], at: int, column: int) -> tuple[int, int]:
    across = 1
    while column + across < len(rows[at]) and rows[at][column + across] == ACROSS:
        across += 1
    down = 1
    while at + down < len(rows) and rows[at + down][column] == DOWN:
        down += 1
    return across, down


def as_html(plan: Sample) -> bytes:
    parts = [f"<p>{html.escape(line)}</p>" for line in _lines(plan)]
    parts.append("<table border=1><tr>" + "".join(f"<th>{cell}</th>" for cell in HEADER) + "</tr>")
    for at, row in enumerate(plan.rows):
        parts.append("<tr>")
        for column, cell in enumerate(row):
            if cell not in (ACROSS, DOWN):
                across, down = _spans(plan.rows, at, column)
                parts.append(f'<td colspan="{across}" rowspan="{down}"><p>{html.escape(cell)}</p></td>')
        parts.append("</tr>")
    body = "\n".join([*parts, "</table>"])
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{body}</body></html>'.encode()


def as_docx(plan: Sample) -> bytes:
    import docx
    from docx.enum.text import WD_BREAK

    document: Any = docx.Document()
    head = document.add_table(1, 2)
    for column in (0, 1):
        head.cell(0, column).text = "\n".join(line[column] for line in plan.head)
    for line in (*plan.centred, *plan.prose):
        document.add_paragraph(line)
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    for line in plan.annex:
        document.add_paragraph(line)
    table = document.add_table(len(plan.rows) + 1, len(HEADER))
    table.style = "Table Grid"
    for column, cell in enumerate(HEADER):
        table.cell(0, column).text = cell
    for at, row in enumerate(plan.rows):
        for column, cell in enumerate(row):
            if cell in (ACROSS, DOWN):
                continue
            across, down = _spans(plan.rows, at, column)
            target = table.cell(at + 1, column)
            if across * down > 1:
                target = target.merge(table.cell(at + down, column + across - 1))
            target.text = cell
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def as_xlsx(plan: Sample) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet: Any = book.active
    for at, (left, right) in enumerate(plan.head, start=1):
        sheet.cell(at, 1, left)
        sheet.cell(at, 4, right)
        sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=3)
        sheet.merge_cells(start_row=at, end_row=at, start_column=4, end_column=6)
    at = len(plan.head) + 1
    for line in (*plan.centred, *plan.prose, *plan.annex):
        sheet.cell(at, 1, line)
        sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=6)
        at += 1
    for column, cell in enumerate(HEADER, start=1):
        sheet.cell(at, column, cell)
    for row, cells in enumerate(plan.rows):
        for column, cell in enumerate(cells):
            if cell in (ACROSS, DOWN):
                continue
            across, down = _spans(plan.rows, row, column)
            top, left = at + 1 + row, column + 1
            sheet.cell(top, left, int(cell) if cell.isdecimal() else cell or None)
            if across * down > 1:
                sheet.merge_cells(
                    start_row=top, end_row=top + down - 1, start_column=left, end_column=left + across - 1
                )
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def pdf_font() -> Path | None:
    """A font with Vietnamese letters (Debian: fonts-dejavu-core), or None."""
    return next((path for name in ("DejaVuSans.ttf",) if (path := _FONTS / name).is_file()), None)


def as_pdf(
    plan: Sample,
    *,
    ruled: bool = True,
    text_size: float = 9,
    broken: bool = False,
    header: tuple[str, ...] = HEADER,
) -> bytes:
    """Several pages, the header repeated on each, page numbers at the top; `broken` rows run over page ends."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import LongTable, PageBreak, Paragraph, SimpleDocTemplate, Table

    pdfmetrics.registerFont(TTFont("Vietnamese", str(pdf_font())))
    body = ParagraphStyle("body", fontName="Vietnamese", fontSize=12, leading=17, alignment=4, firstLineIndent=20)
    centre = ParagraphStyle("centre", fontName="Vietnamese", fontSize=13, leading=18, alignment=1)
    small = ParagraphStyle("small", fontName="Vietnamese", fontSize=text_size, leading=text_size * 1.25)
    head = Table([[Paragraph(cell, centre) for cell in line] for line in plan.head], colWidths=[330, 400])
    story: list[Any] = [head, *(Paragraph(line, centre) for line in plan.centred)]
    story += [Paragraph(line, body) for line in plan.prose]
    story += [PageBreak(), *(Paragraph(line, centre) for line in plan.annex)]
    cells = [[Paragraph(cell, small) for cell in header]]
    style: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP")]
    style += [("GRID", (0, 0), (-1, -1), 0.5, "black")] if ruled else []
    for at, row in enumerate(plan.rows):
        cells.append(["" if cell in (ACROSS, DOWN, "") else Paragraph(cell, small) for cell in row])
        for column, cell in enumerate(row):
            across, down = _spans(plan.rows, at, column)
            if cell not in (ACROSS, DOWN) and across * down > 1:
                style.append(("SPAN", (column, at + 1), (column + across - 1, at + down)))
    widths = [35, 250, 120, 120, 120, 95]
    story.append(LongTable(cells, colWidths=widths, repeatRows=1, style=style, splitInRow=int(broken)))

    def number(canvas: Any, document: Any) -> None:
        canvas.setFont("Vietnamese", 11)
        canvas.drawCentredString(landscape(A4)[0] / 2, landscape(A4)[1] - 30, str(document.page))

    held = io.BytesIO()
    margins = {"leftMargin": 50, "rightMargin": 50, "topMargin": 50, "bottomMargin": 50}
    SimpleDocTemplate(held, pagesize=landscape(A4), **margins).build(story, onLaterPages=number)
    return held.getvalue()


def flattened(plan: Sample) -> list[list[str]]:
    """The rows with downward merged cells repeated and the rest of a cell merged across blank."""
    return _flat(plan.rows)
