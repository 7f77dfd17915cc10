"""Files made to harm: each is refused, or read within its bounds, with a clear Vietnamese error."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from pathlib import Path
from time import monotonic

import pytest

from plans.errors import ReadError
from plans.limits import MIB, Limits
from plans.prescan import prescan
from plans.read import read, read_bytes, read_document
from tests import plan_samples as samples

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCX = samples.as_docx(samples.sample(2))
XLSX = samples.as_xlsx(samples.sample(2))


def changed(data: bytes, **parts: bytes) -> bytes:
    """A container with parts replaced or added; "__" stands for a slash and "_" for a point."""
    held = io.BytesIO()
    named = {name.replace("__", "/").replace("_", "."): body for name, body in parts.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, body in named.items():
            new.writestr(name, body)
    return held.getvalue()


def refused(data: bytes, said: str, *, name: str = "tep.docx", seconds: int = 30) -> None:
    began = monotonic()
    with pytest.raises(ReadError, match=said) as met:
        read_bytes(data, name, limits=Limits(seconds=seconds))
    assert monotonic() - began < seconds + 2
    assert str(met.value).startswith(name)


def test_zip_bombs() -> None:
    refused(changed(DOCX, word__document_xml=b"<a>" + b" " * (60 * MIB)), "phình to")
    refused(changed(DOCX, word__media__a_png=bytes(20 * MIB)), "gấp hơn 100 lần")
    many = {f"x{at}_bin": os.urandom(400) * 1300 for at in range(120)}
    refused(changed(DOCX, **many), "hơn 50 MB|gấp hơn")


def test_a_bomb_that_lies_about_its_size() -> None:
    data = bytearray(changed(DOCX, word__media__a_png=bytes(30 * MIB)))
    at = data.rindex(b"word/media/a.png") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    refused(bytes(data), "phình to")


def test_thousands_of_entries_and_twins() -> None:
    refused(changed(DOCX, **{f"n{at}_txt": b"" for at in range(2100)}), "quá giới hạn 2000")
    held = io.BytesIO(DOCX)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(held, "a") as container:
        container.writestr("word/document.xml", "<x/>")
    refused(held.getvalue(), "trùng tên")


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">' + b"".join(
    b'<!ENTITY %c "%s">' % (ord("c") + at, b"&%c;" % (ord("b") + at) * 10) for at in range(9)
)
FILE = (
    b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><w:document xmlns:w="%s">&b;</w:document>'
    % MAIN.encode()
)


@pytest.mark.parametrize(
    "part", [BOMB + b"]><a>&k;</a>", FILE, FILE.decode().encode("utf-16"), FILE.decode().encode("utf-16-le")]
)
def test_entities_inside_and_outside(part: bytes) -> None:
    refused(changed(DOCX, word__document_xml=part), "DOCTYPE")
    refused(changed(XLSX, xl__sharedStrings_xml=part), "DOCTYPE")
    refused(changed(DOCX, word__styles_xml=part), "DOCTYPE")


@pytest.mark.parametrize("coding", ["utf-7", "cp037", "ebcdic-cp-us", "utf-32"])
def test_codings_in_which_a_doctype_could_hide(coding: str) -> None:
    head = f'<?xml version="1.0" encoding="{coding}"?><a/>'
    refused(changed(DOCX, word__document_xml=head.encode()), "bảng mã lạ")
    refused(changed(DOCX, word__document_xml=head.encode("utf-32")), "bảng mã lạ|DOCTYPE|hỏng")


def test_a_doctype_across_the_seam_of_two_chunks() -> None:
    for before in range(256 * 1024 - 12, 256 * 1024 + 2):
        body = b"<a>" + b"x" * (before - 3) + b"<!DOCTYPE"
        with pytest.raises(ReadError, match="DOCTYPE"):
            prescan(changed(DOCX, word__document_xml=body), Limits())


def test_entities_in_a_page_name_nothing_from_this_machine() -> None:
    page = b'<!DOCTYPE html [<!ENTITY b SYSTEM "file:///etc/passwd">]><html><p>&b; x</p>'
    try:
        assert "root:" not in str(read_bytes(page, "a.html"))
    except ReadError as error:
        assert "root:" not in str(error)  # noqa: PT017


def test_macros_are_told_and_left_alone() -> None:
    plan = read_bytes(changed(DOCX, word__vbaProject_bin=b"\x00macro"), "a.docm")
    assert any("macro" in warning for warning in plan.warnings)
    assert len(plan.tasks) == 2


def test_locked_entries() -> None:
    data = bytearray(DOCX)
    at = data.rindex(b"word/document.xml") - 46
    data[at + 8] |= 1
    refused(bytes(data), "mật khẩu")


def test_deep_nesting() -> None:
    depth = 20_000
    refused(changed(DOCX, word__document_xml=b"<a>" * depth + b"</a>" * depth), "hỏng|sai cấu trúc")
    nested = b"<w:tbl><w:tr><w:tc>" * 70 + b"<w:p/>" + b"</w:tc></w:tr></w:tbl>" * 70
    main = b'<w:document xmlns:w="%s"><w:body>%s</w:body></w:document>' % (MAIN.encode(), nested)
    refused(changed(DOCX, word__document_xml=main), "không có nội dung|hỏng|sai cấu trúc")
    refused(b"<html>" + b"<div><table><tr><td>" * depth, ".", name="tep.html")


def test_a_million_rows() -> None:
    cell = b'<row><c t="inlineStr"><is><t>a</t></is></c></row>'
    sheet = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>'
    big = changed(XLSX, xl__worksheets__sheet1_xml=sheet % (SPREADSHEET.encode(), cell * 1_000_000))
    refused(big, "phình to", name="tep.xlsx")
    noisy = b"".join(b"<row><c><v>%d</v></c></row>" % (at * 7919) for at in range(1_048_576))
    many = changed(XLSX, xl__worksheets__sheet1_xml=sheet % (SPREADSHEET.encode(), noisy))
    refused(many, "hơn 50000 hàng", seconds=240)  # eight seconds of a processor that others may want too


def test_a_cell_in_the_last_corner() -> None:
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    sheet = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (SPREADSHEET.encode(), rows)
    refused(changed(XLSX, xl__worksheets__sheet1_xml=sheet), "bộ nhớ", name="tep.xlsx")


@pytest.mark.slow
@pytest.mark.skipif(samples.pdf_font() is None, reason="no Vietnamese font: install fonts-dejavu-core")
def test_two_hundred_pages() -> None:
    """Read whole within its bounds, or refused for the time it would take on a slow machine."""
    data = samples.as_pdf(samples.sample(2250))
    try:
        plan = read_bytes(data, "dai.pdf")
    except ReadError as error:
        assert "quá 30 giây" in str(error)  # noqa: PT017
    else:
        assert len(plan.tasks) == 2250
        assert max(task.place.page or 0 for task in plan.tasks) >= 200


def test_pdf_that_inflates_and_pdf_that_goes_in_circles() -> None:
    stream = zlib.compress(b"0 0 m 1 1 l S " * 4_000_000, 9)
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    )
    page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>endobj\n"
    content = b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\n" % (len(stream), stream)
    refused(
        body + page + content + b"trailer<</Root 1 0 R>>", "quá 30 giây|bộ nhớ|không có nội dung|hỏng", name="a.pdf"
    )
    circle = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 9>>endobj\n"
    )
    refused(circle + b"trailer<</Root 1 0 R>>", ".", name="b.pdf")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x00" * 5000, "trống"),
        (b"abc\x00\x01\x02def\x00\x00\xff" * 300, "nhị phân|bảng mã"),
        ("Kế hoạch".encode() + b"\xff\xfe\x80\x81" * 50, "bảng mã"),
        (b"\xff\xfe" + b"\x00\xd8" * 40, "bảng mã"),
        (os.urandom(4000), "."),
    ],
)
def test_nul_bytes_and_broken_codings(data: bytes, said: str) -> None:
    refused(data, said, name="tep.txt")


def test_a_hundred_megabytes(tmp_path: Path) -> None:
    big = tmp_path / "to.txt"
    with big.open("wb") as out:
        out.truncate(100 * MIB)
    with pytest.raises(ReadError, match="nặng 100 MB, quá giới hạn 50 MB"):
        read(big)
    with pytest.raises(ReadError, match="quá giới hạn"):
        read_bytes(bytes(51 * MIB), "to.txt")


@pytest.mark.slow
def test_text_made_to_be_slow_ends_in_time() -> None:
    prose = "Sở Y tế trước ngày 1/1/2026 ".encode()
    for piece in (b" ", b"|", b"| a ", b"1.1. ", b"(", prose, b"\t", b"-", b"a\n|\n"):
        began = monotonic()
        try:
            read_bytes(piece * (2 * MIB // len(piece)), "tep.txt", limits=Limits(seconds=3))
        except ReadError as error:
            assert str(error)  # noqa: PT017
        assert monotonic() - began < 5


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "| a ",
        "Sở Y tế trước ngày 1/1/2026 ",
        "Sở Y tế trước ngày 1/1/2026\n",
        "|",
        "a\n|\n",
        "a-\n",
        "a;b;c;d\n",
        "TT\n",
        "TT\nViệc\nChủ trì\nHạn\n1\n",
        "TT   Việc   Chủ trì   Hạn\n1   a   Sở A   2027\n",
        "Kế hoạch số 1/KH-UBND ",
        "Quyết định số 1/QĐ-TTg ngày 1/1/2026, ",
    ],
)
def test_the_work_grows_with_the_length(piece: str) -> None:
    """What takes the square of the length does not come to an end within the reader's own 30 seconds."""
    data = (piece * (256 * 1024 // len(piece.encode()))).encode()
    try:
        assert read_bytes(data, "tep.txt").tasks
    except ReadError as error:
        assert "Không thấy bảng nhiệm vụ" in str(error)  # noqa: PT017


def test_files_that_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="Không mở được"):
        read(tmp_path / "khong-co.docx")
    with pytest.raises(ReadError, match=r"Không mở được|không phải là tệp thường"):
        read(tmp_path)


def test_documents_that_nobody_here_made() -> None:
    """DONDOC_FOREIGN is a folder with other people's files, such as the source packages of python-docx."""
    folder = os.environ.get("DONDOC_FOREIGN")
    if not folder:
        pytest.skip("set DONDOC_FOREIGN to a folder with other people's documents")
    kinds = {
        ".docx",
        ".docm",
        ".xlsx",
        ".xls",
        ".xlsb",
        ".ods",
        ".pdf",
        ".html",
        ".htm",
        ".txt",
        ".md",
        ".rst",
        ".ics",
    }
    files = [path for path in Path(folder).rglob("*") if path.suffix.lower() in kinds and path.is_file()]
    assert files
    for path in files:
        try:
            read_document(path)
        except ReadError as error:
            assert "dừng đột ngột" not in str(error)  # noqa: PT017
            assert "sai cấu trúc (" not in str(error), path  # noqa: PT017
