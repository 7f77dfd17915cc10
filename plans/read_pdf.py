"""PDF files that hold their text. A scanned one is sent on to be recognised (`plans.read_office`)."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from typing import Any

from plans.document import Document
from plans.errors import ReadError
from plans.legacy_fonts import as_shown
from plans.limits import Limits
from plans.page_document import blocks_of
from plans.page_layout import Page, Word

_FEW = 25
"""A page with fewer letters than this and a picture on it is a scan."""
_TOUCH = 4.0
"""Points: lines nearer than this meet."""
_DAMAGED = "Mở bằng trình đọc PDF, in lại thành PDF (Save as PDF) rồi nhập lại."


def read_pdf(data: bytes, limits: Limits, *, skip_scans: bool = False) -> Document:
    """Raises ReadError for a damaged or locked file, NeedsHelp for one with scanned pages.

    With `skip_scans` scanned pages among others are left out, and a warning names them.
    """
    return _document(*pages_of(data, limits), skip_scans=skip_scans)


def pages_of(data: bytes, limits: Limits) -> tuple[list[Page], list[int]]:
    """The pages, and the numbers of those that are pictures. Raises ReadError."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            _check_length(len(pdf.pages), limits)
            return _pages(pdf)
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise _locked() from error
    except PdfminerException as error:
        if any(isinstance(each, PDFPasswordIncorrect | PDFEncryptionError) for each in error.args):
            raise _locked() from error
        raise _damaged() from error
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # pdfminer answers a damaged file with whatever error comes first
        raise _damaged() from error


def _document(pages: list[Page], scans: list[int], *, skip_scans: bool) -> Document:
    from plans.needs import NeedsHelp

    if scans and 2 * len(scans) >= len(pages):
        raise NeedsHelp("scan")
    if scans and not skip_scans:
        raise NeedsHelp(f"scan:{','.join(map(str, scans))}")
    blocks = blocks_of(pages)
    if not blocks:
        raise ReadError("Tệp PDF không có nội dung.", cure="Kiểm tra lại tệp gốc.")
    return Document(format="pdf", blocks=blocks, warnings=(_unread(scans),) if scans else ())


def _unread(scans: list[int]) -> str:
    return (
        f"Trang {', '.join(map(str, scans))} là ảnh quét, chưa được đọc: tách các trang này thành tệp PDF riêng "
        "rồi nhập để nhận dạng chữ (cần gói tesseract-ocr và tesseract-ocr-vie)."
    )


def _check_length(pages: int, limits: Limits) -> None:
    if pages > limits.pages:
        raise ReadError(
            f"Tệp PDF có {pages} trang, quá giới hạn {limits.pages} trang.",
            cure="Tách lấy phần kế hoạch rồi nhập lại.",
        )
    if pages == 0:
        raise ReadError("Tệp PDF không có trang nào.", cure="Kiểm tra lại tệp gốc.")


def _damaged() -> ReadError:
    return ReadError("Tệp PDF bị hỏng hoặc sai cấu trúc.", cure=_DAMAGED)


def _locked() -> ReadError:
    return ReadError("Tệp PDF được đặt mật khẩu.", cure="Bỏ mật khẩu rồi lưu lại và nhập lại.")


def _pages(pdf: Any) -> tuple[list[Page], list[int]]:
    pages, scans = [], []
    for page in pdf.pages:
        words = tuple(_words(page))
        letters = sum(len(word.text) for word in words)
        unreadable = sum(word.text.count("(cid:") for word in words)
        if (letters < _FEW and page.images) or unreadable * 20 > letters:
            scans.append(page.page_number)
        pages.append(_page(page, words))
        page.close()
    return pages, scans


def _page(page: Any, words: tuple[Word, ...]) -> Page:
    settings = {"explicit_horizontal_lines": _open_ends(page)}
    found = page.find_tables(settings) if page.edges else ()
    ruled = tuple(tuple(tuple(cell) for cell in table.cells) for table in found)
    wide = [edge for edge in page.horizontal_edges if edge["x1"] - edge["x0"] > 0.4 * float(page.width)]
    return Page(
        number=page.page_number,
        width=float(page.width),
        height=float(page.height),
        words=words,
        ruled=ruled,
        levels=tuple(sorted({round(float(edge["top"])) for edge in wide})),
    )


def _open_ends(page: Any) -> list[float]:
    """Heights where the vertical lines of a table end at a page break without a horizontal one to close it."""
    closed = sorted(float(edge["top"]) for edge in page.horizontal_edges)
    ends = sorted(float(edge[side]) for edge in page.vertical_edges for side in ("top", "bottom"))
    found: list[float] = []
    for at, end in enumerate(ends):
        together = at >= 2 and end - ends[at - 2] < 1
        if together and not any(abs(end - each) < _TOUCH for each in (*closed, *found)):
            found.append(end)
    return found


def _words(page: Any) -> Iterator[Word]:
    if _is_doubled(page.chars):
        page = page.dedupe_chars()
    accents = any(unicodedata.combining(char["text"][:1] or " ") for char in page.chars)
    for word in page.extract_words(use_text_flow=accents, return_chars=True):
        first = word["chars"][0]
        font = str(first.get("fontname", "")).lower()
        yield Word(
            text=as_shown(word["text"], str(first.get("fontname", ""))),
            x0=float(word["x0"]),
            top=float(word["top"]),
            x1=float(word["x1"]),
            bottom=float(word["bottom"]),
            size=float(first.get("size") or 10),
            italic="italic" in font or "oblique" in font,
        )


def _is_doubled(chars: list[dict[str, Any]]) -> bool:
    """Bold made by printing every letter twice."""
    places = {(char["text"], round(char["x0"]), round(char["top"])) for char in chars}
    return len(chars) > 1.3 * len(places)
