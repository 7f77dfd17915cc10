"""Files are known by their content, whatever their name says."""

from __future__ import annotations

import io
import zipfile

import pytest

from plans.errors import ReadError
from plans.mhtml import page_of
from plans.sniff import Format, sniff
from tests import plan_samples as samples


def zipped(**parts: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as container:
        for name, text in parts.items():
            container.writestr(name.replace("__", "/").replace("_", "."), text)
    return held.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Kế hoạch của tỉnh".encode(), Format.TXT),
        ("Kế hoạch của tỉnh".encode("utf-16"), Format.TXT),
        ("| Số hiệu | 01/KH |\n| Loại | Kế hoạch |".encode(), Format.TXT),
        ("| TT | Việc |\n|---|:--:|\n| 1 | Họp |".encode(), Format.MD),
        ("# Kế hoạch\n\nNội dung".encode(), Format.MD),
        (b"\xef\xbb\xbf<!-- saved --><HTML><p>x", Format.HTML),
        ("<html><p>Kế hoạch".encode("utf-16"), Format.HTML),
        (b'<?xml version="1.0"?><!DOCTYPE html><html>', Format.HTML),
        (b"<table><tr><td>1", Format.HTML),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", Format.MHTML),
        (b"\n\n%PDF-1.4\n", Format.PDF),
        (b"{\\rtf1\\ansi", Format.RTF),
        (zipped(word__document_xml="<x/>"), Format.DOCX),
        (zipped(xl__workbook_xml="<x/>"), Format.XLSX),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), Format.ODT),
        (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), Format.ODS),
        (OLE + "WordDocument".encode("utf-16-le"), Format.DOC),
        (OLE + "Workbook".encode("utf-16-le"), Format.XLS),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?>', Format.DOC),
        (samples.as_docx(samples.sample(1)), Format.DOCX),
        (samples.as_xlsx(samples.sample(1)), Format.XLSX),
    ],
)
def test_format_by_content(data: bytes, expected: Format) -> None:
    assert sniff(data) is expected


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "trống"),
        (b" \n\x00\x00", "trống"),
        (b"\x89PNG\r\n\x1a\n", "ảnh"),
        (b"\xff\xd8\xff\xe0", "ảnh"),
        (b"Rar!\x1a\x07", "nén"),
        (b"MZ\x90\x00", "chương trình"),
        (zipped(ppt__presentation_xml="<x/>"), "trình chiếu"),
        (zipped(readme_txt="x"), "tệp nén"),
        (b"PK\x03\x04 cut short", "hỏng"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
        (OLE + "PowerPoint Document".encode("utf-16-le"), "không phải văn bản"),
        (b'<?xml version="1.0"?><svg>', "XML"),
    ],
)
def test_what_cannot_hold_a_plan_is_named(data: bytes, said: str) -> None:
    with pytest.raises(ReadError, match=said):
        sniff(data)


def test_the_page_inside_a_saved_page() -> None:
    head = b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
    part = b'Content-Type: text/html; charset="utf-8"\nContent-Transfer-Encoding: quoted-printable\n\n'
    page = page_of(head + part + b"<p>K=E1=BA=BF ho=E1=BA=A1ch</p>\n--b--\n")
    assert "Kế hoạch" in page.decode("utf-8-sig")
    with pytest.raises(ReadError, match="không có phần văn bản"):
        page_of(head + b"Content-Type: image/png\n\nx\n--b--\n")
