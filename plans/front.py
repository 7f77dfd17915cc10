"""Front matter: number, date of issue, issuer, kind, title, basis, signer; nothing is made up.

A letterhead is believed first, then the table of particulars that legal databases print, then the line
under an annex's title ("Kèm theo Kế hoạch số …"). What is taken from elsewhere is said in a warning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile

from plans.annexes import find_header
from plans.citations import amended_by, basis_of, numbers_in, replaced_by
from plans.document import Document, Paragraph, Row, Table
from plans.front_head import date_in, number_in, slashed_date
from plans.front_names import letterhead, of_annex, only_province, signer_in, who_issues
from plans.spelling import fold, is_upper, squeeze
from plans.types import PartialDate

_KINDS = {
    "ke hoach": "Kế hoạch",
    "quyet dinh": "Quyết định",
    "chuong trinh": "Chương trình",
    "chuong trinh hanh dong": "Chương trình hành động",
    "chi thi": "Chỉ thị",
    "nghi quyet": "Nghị quyết",
    "thong bao": "Thông báo",
    "huong dan": "Hướng dẫn",
    "de an": "Đề án",
    "cong van": "Công văn",
    "ke hoach hanh dong": "Kế hoạch hành động",
}
_BY_SYMBOL = {"KH": "Kế hoạch", "QĐ": "Quyết định", "CTR": "Chương trình", "CT": "Chỉ thị", "NQ": "Nghị quyết"}
_PARTICULARS = ("so hieu", "ngay ban hanh", "loai van ban", "co quan ban hanh", "nguoi ky")
_ANNEX_OF = re.compile(r"kèm theo\s+(?:Kế hoạch|Quyết định|Chương trình|Công văn)\b.*", re.IGNORECASE)
_WEB_TITLE = re.compile(
    r"^(Kế hoạch|Quyết định|Chỉ thị|Chương trình)\s+(?:số\s+)?\d+\S*[A-ZĐ]\S*\s+năm\s+\d{4}\s+\S"
)
_OPENS = re.compile(r"^\W*(?:Căn cứ|Thực hiện|Triển khai|Nhằm|Để|Trên cơ sở|Xét)\b|^[IVX]+\s?[-.]\s|^Kính gửi")
_BODY = re.compile(r"^(?:[IVX]{1,4}|[A-Z1])\s?[-.)]\s|^(?:Phần|PHẦN|Điều)\s")
_HEAD = 45
_MOST = 9


@dataclass(slots=True)
class Front:
    number: str | None = None
    symbol: str | None = None
    kind: str | None = None
    issued: date | PartialDate | None = None
    issuer: str | None = None
    title: str | None = None
    signer: str | None = None
    basis: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Printed:
    """The document as lines: paragraphs, and the cells of tables that hold no tasks."""

    lines: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    particulars: dict[str, str] = field(default_factory=dict)
    place: str | None = None
    annex: str = ""


def read_front(document: Document) -> Front:
    """What the document says about itself."""
    printed = _printed(document)
    front = Front()
    _number(front, printed)
    _date(front, printed)
    at = _kind_and_title(front, printed)
    _issuer(front, printed)
    front.signer = printed.particulars.get("nguoi ky") or signer_in(printed.lines)
    opening = list(takewhile(lambda text: not _BODY.match(text), printed.lines[at : at + 12]))
    front.basis = basis_of([*opening, front.title or ""], front.number)
    front.replaces = replaced_by(front.title or "", printed.paragraphs, front.number)
    front.amends = amended_by(front.title or "", front.number)
    return front


def _printed(document: Document) -> _Printed:
    printed = _Printed()
    for block in document.blocks:
        match block:
            case Paragraph():
                printed.paragraphs.append(block.text)
                _line(printed, block.text)
            case Table():
                head = find_header(block.rows)
                rows = block.rows[: head.first - 1] if head else block.rows
                if head or len(rows) <= _MOST:
                    _cells(printed, rows)
    return printed


def _line(printed: _Printed, text: str) -> None:
    printed.lines.append(text)
    if not printed.annex and len(text) < 300 and (found := _ANNEX_OF.search(text)):
        printed.annex = found.group(0)


def _cells(printed: _Printed, rows: Sequence[Row]) -> None:
    for row in rows:
        texts = [squeeze(cell) for cell in row.cells if cell and cell.strip()]
        if len(texts) == 2 and fold(texts[0]) in _PARTICULARS:
            printed.particulars.setdefault(fold(texts[0]), texts[1])
            continue
        if len(texts) <= 2:
            for text in texts:
                _line(printed, text)


def _number(front: Front, printed: _Printed) -> None:
    for text in printed.lines[:_HEAD]:
        found = number_in(text)
        if found and (found[0] or not front.symbol):
            front.number, front.symbol = found[0] or front.number, found[1]
        if front.number:
            break
    stated = numbers_in(printed.particulars.get("so hieu", ""))
    annexed = numbers_in(printed.annex)
    if not front.number and (stated or annexed):
        front.number = (stated or annexed)[0]
        front.symbol = re.sub(r"^\d+[a-zA-Z]?(?:/\d{4})?[/-]", "", front.number)
    elif front.number and annexed and annexed[0] != front.number:
        front.warnings.append(f"Số ở đầu văn bản là {front.number} nhưng phụ lục ghi {annexed[0]}.")
    if not front.number:
        left = f" (chỉ có ký hiệu {front.symbol})" if front.symbol else ""
        front.warnings.append(f"Văn bản không ghi số{left}.")


def _date(front: Front, printed: _Printed) -> None:
    partial: PartialDate | None = None
    for text in printed.lines[:_HEAD]:
        found = date_in(text) if len(text) < 110 else None
        if found is None or not (found[1] or fold(text).startswith("ngay")):
            continue
        printed.place = printed.place or found[1]
        if isinstance(found[0], date):
            front.issued = found[0]
            break
        partial = partial or found[0]
    if front.issued is None and (stated := printed.particulars.get("ngay ban hanh")):
        front.issued = slashed_date(stated)
    if front.issued is None and partial is None:
        annexed = date_in(printed.annex)
        front.issued = annexed[0] if annexed else slashed_date(printed.annex)
    front.issued = front.issued or partial
    if isinstance(front.issued, PartialDate):
        front.warnings.append(f"Ngày ban hành chưa đủ: “{front.issued.text}”.")
    elif front.issued is None:
        front.warnings.append("Văn bản không ghi ngày ban hành.")


def _kind_and_title(front: Front, printed: _Printed) -> int:
    """Sets both; returns where the opening paragraphs begin."""
    after = 0
    for at, text in enumerate(printed.lines):
        words = fold(text)
        kind = next((k for k in _KINDS if words == k), None) if is_upper(text) else None
        if kind:
            front.kind = _KINDS[kind]
            front.title, after = _title(printed.lines, at + 1)
            break
    web = next((text for text in printed.lines[:6] if _WEB_TITLE.match(text)), None)
    if not front.title and web:
        front.title = web
    if not front.kind:
        stated = printed.particulars.get("loai van ban") or (web.split(" ")[0] if web else None)
        known = _BY_SYMBOL.get(re.split(r"[-/]", front.symbol or "")[0].upper())
        front.kind = _KINDS.get(fold(stated), stated) if stated else known
    if not front.title:
        front.warnings.append("Không tìm thấy trích yếu của văn bản.")
    return after


def _title(lines: list[str], at: int) -> tuple[str | None, int]:
    pieces: list[str] = []
    while at < len(lines) and len(pieces) < _MOST:
        text = lines[at]
        last = pieces[-1] if pieces else ""
        goes_on = (
            not pieces or last.endswith((";", ",")) or text[:1].islower() or (is_upper(text) and is_upper(last))
        )
        if not goes_on or (pieces and _OPENS.match(text)) or len(text) > 900:
            break
        pieces.append(text)
        at += 1
    return (squeeze(" ".join(pieces)) or None), at


def _issuer(front: Front, printed: _Printed) -> None:
    name = letterhead(printed.lines[:_HEAD]) or of_annex(printed.annex) or who_issues(printed.lines[:_HEAD])
    stated = printed.particulars.get("co quan ban hanh")
    if name is None:
        front.issuer = stated
    elif re.search(r"\b(?:tỉnh|phố|xã|phường|huyện)\s+[A-ZÀ-ỸĐ]", name):
        front.issuer = name
    else:
        front.issuer = _with_place(front, printed, name, stated)
    if front.issuer is None:
        front.warnings.append("Không rõ cơ quan ban hành.")


def _with_place(front: Front, printed: _Printed, name: str, stated: str | None) -> str:
    """The authority with the name of its province, where the letterhead leaves it out."""
    bare = re.sub(r"\s+(tỉnh|thành phố)$", "", name)
    level = "thành phố" if name.endswith("thành phố") else "tỉnh"
    if stated and re.match(r"(?i)(?:tỉnh|thành phố)\s", stated):
        return f"{bare} {stated[0].lower()}{stated[1:]}"
    if not name.endswith(("nhân dân", "tỉnh", "thành phố", "UBND")):
        return name
    if printed.place:
        return f"{bare} {level} {printed.place}"
    found = only_province(printed.paragraphs)
    if found is None:
        return name
    front.warnings.append(f"Tên {found[0]} ở cơ quan ban hành lấy từ nội dung văn bản.")
    return f"{bare} {found[0]} {found[1]}"
