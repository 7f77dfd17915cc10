"""What a file is, by its content; its name is never asked."""

from __future__ import annotations

import io
import re
import zipfile
from enum import StrEnum

from plans.errors import ReadError


class Format(StrEnum):
    TXT = "txt"
    MD = "md"
    HTML = "html"
    MHTML = "mhtml"
    """A saved page with its pictures in one file, as browsers and old Word write it."""
    DOCX = "docx"
    XLSX = "xlsx"
    XLS = "xls"
    PDF = "pdf"
    DOC = "doc"
    RTF = "rtf"
    ODT = "odt"
    ODS = "ods"


OFFICE = frozenset({Format.DOC, Format.RTF, Format.ODT, Format.ODS})
"""The formats that LibreOffice has to turn into .docx or .xlsx first."""
ZIPPED = frozenset({Format.DOCX, Format.XLSX, Format.ODT, Format.ODS})

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe")
_HEADING = re.compile(rb"^#{1,6} \S", re.MULTILINE)
_HTML = re.compile(rb"<(!doctype html|html|head|body|table|div|meta|p|h[1-6])[\s>]", re.IGNORECASE)
_LEADING = re.compile(rb"^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*", re.DOTALL)
_WORD_XML = re.compile(rb"progid=[\"']Word\.Document|<w:wordDocument|office:document")


def sniff(data: bytes) -> Format:
    """The format of a file's bytes. Raises ReadError for what cannot hold a plan, saying what it is."""
    if not data.strip(b"\x00\t\r\n\x0c "):
        raise ReadError("Tệp trống, không có nội dung.", cure="Kiểm tra lại tệp rồi nhập lại.")
    if data.startswith(b"PK"):
        return _zipped(data)
    if data.startswith(_OLE):
        return _compound(data)
    if b"%PDF-" in data[:1024]:
        return Format.PDF
    if data.lstrip()[:5].lower() == b"{\\rtf":
        return Format.RTF
    _refuse_others(data)
    return _written(data)


def _zipped(data: bytes) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            names = set(container.namelist())
            kind = container.read("mimetype")[:100].decode("ascii", "replace") if "mimetype" in names else ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise ReadError(
            "Tệp nén bên trong bị hỏng hoặc thiếu phần cuối.", cure="Tải hoặc sao chép lại tệp."
        ) from error
    if "word/document.xml" in names or any(name.startswith("word/document") for name in names):
        return Format.DOCX
    if {"xl/workbook.xml", "xl/workbook.bin"} & names:
        return Format.XLSX
    if kind.startswith("application/vnd.oasis.opendocument"):
        return Format.ODS if "spreadsheet" in kind else Format.ODT
    what = "bản trình chiếu" if any(name.startswith("ppt/") for name in names) else "tệp nén"
    raise ReadError(f"Đây là {what}, không phải văn bản.", cure="Giải nén hoặc chọn đúng tệp kế hoạch.")


def _compound(data: bytes) -> Format:
    """An OLE container, told apart by the names in its directory."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise ReadError("Tệp được đặt mật khẩu.", cure="Bỏ mật khẩu khi mở tệp rồi lưu lại và nhập lại.")
    if holds("WordDocument"):
        return Format.DOC
    if holds("Workbook") or holds("Book"):
        return Format.XLS
    raise ReadError("Tệp Office đời cũ này không phải văn bản hay bảng tính.", cure="Chọn đúng tệp kế hoạch.")


def _refuse_others(data: bytes) -> None:
    if data.startswith(_PICTURES):
        raise ReadError("Đây là tệp ảnh.", cure="Quét văn bản thành tệp PDF rồi nhập lại.")
    if data.startswith(_ARCHIVES):
        raise ReadError("Đây là tệp nén.", cure="Giải nén rồi chọn tệp kế hoạch.")
    if data.startswith(_PROGRAMS) and b"\x00" in data[:1024]:
        raise ReadError(
            "Đây là chương trình, không phải văn bản.", cure="Không mở tệp này; báo cho người quản trị."
        )


def _written(data: bytes) -> Format:
    head = _narrow(data[:65536])
    if re.match(rb"\s*(MIME-Version:|From:|Content-Type: multipart/related)", head, re.IGNORECASE):
        return Format.MHTML
    if _WORD_XML.search(head[:4096]):
        return Format.DOC
    leading = _LEADING.match(head)
    after = head[leading.end() :] if leading else head
    if after.startswith(b"<") and _HTML.search(head[:8192]):
        return Format.HTML
    if after.startswith(b"<") and head.lstrip().startswith(b"<?xml"):
        raise ReadError("Đây là tệp XML không rõ loại.", cure="Lưu văn bản dưới dạng .docx rồi nhập lại.")
    return Format.MD if _has_rule(head) or _HEADING.search(head) else Format.TXT


def _has_rule(head: bytes) -> bool:
    """A line of dashes and pipes, as Markdown puts it under a table's header."""
    lines = (line.strip() for line in head.splitlines() if b"--" in line and b"|" in line)
    return any(set(line) <= set(b"|:- \t") for line in lines)


def _narrow(head: bytes) -> bytes:
    """The head in UTF-8 without a mark, so that marks of ASCII can be searched in UTF-16 too."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace").encode("utf-8", "replace")
    return head.removeprefix(b"\xef\xbb\xbf")
