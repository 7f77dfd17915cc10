"""Old Office files and scans, where the programs for them are installed; a clear word where they are not."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from plans.errors import ReadError
from plans.limits import MIB, Limits
from plans.read import read_bytes
from plans.read_office import find, run_confined
from tests import plan_samples as samples
from tests.test_plans_formats import intended, keys

needs_office = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice: libreoffice-writer-nogui")
needs_ocr = pytest.mark.skipif(
    not (shutil.which("tesseract") and shutil.which("pdftoppm") and samples.pdf_font()),
    reason="OCR: tesseract-ocr-vie, poppler-utils, fonts-dejavu-core",
)


def saved_as(data: bytes, kind: str, to: str, folder: Path) -> bytes:
    """What LibreOffice saves the document as, by way of .odt (its .doc loses tables of python-docx)."""
    (folder / f"a.{kind}").write_bytes(data)
    for step in ["odt", to] if kind == "docx" and to != "odt" else [to]:
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        source = next(folder.glob("a.odt")) if step == "doc" else folder / f"a.{kind}"
        command = ["soffice", profile, "--headless", "--convert-to", step, "--outdir", str(folder), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / f"a.{to}").read_bytes()


_OLDER = [("docx", "doc"), ("docx", "rtf"), ("docx", "odt"), ("xlsx", "ods"), ("xlsx", "xls")]


@needs_office
@pytest.mark.slow
@pytest.mark.parametrize(("kind", "to"), _OLDER)
def test_the_same_plan_from_older_formats(kind: str, to: str, tmp_path: Path) -> None:
    plan = samples.sample(12)
    data = samples.as_docx(plan) if kind == "docx" else samples.as_xlsx(plan)
    read = read_bytes(saved_as(data, kind, to, tmp_path), f"a.{to}")
    assert read.format == to
    assert keys(read) == intended(plan)


@needs_office
@pytest.mark.slow
@pytest.mark.skipif(samples.pdf_font() is None, reason="no Vietnamese font: install fonts-dejavu-core")
def test_the_same_plan_from_a_pdf_that_libreoffice_made(tmp_path: Path) -> None:
    plan = samples.sample(36)
    (tmp_path / "a.docx").write_bytes(samples.as_docx(plan))
    assert keys(read_bytes(saved_as(samples.as_docx(plan), "docx", "odt", tmp_path), "a.odt")) == intended(plan)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.docx")], check=True, capture_output=True, timeout=120)
    assert keys(read_bytes((tmp_path / "a.pdf").read_bytes(), "a.pdf")) == intended(plan)


@needs_office
def test_a_broken_old_file_is_a_clear_error() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "WordDocument".encode("utf-16-le") + b"rubbish" * 50
    with pytest.raises(ReadError, match=r"^a\.doc: "):
        read_bytes(ole, "a.doc")


@needs_ocr
@pytest.mark.slow
def test_a_scanned_plan(tmp_path: Path) -> None:
    """Letters and single digits may be misread; no row may be lost without a word about it."""
    from PIL import Image

    plan = samples.sample(8, shared=False)
    (tmp_path / "a.pdf").write_bytes(samples.as_pdf(plan, text_size=12))
    command = ["pdftoppm", "-r", "200", "-gray", str(tmp_path / "a.pdf"), str(tmp_path / "p")]
    subprocess.run(command, check=True, timeout=60)
    pages = [Image.open(path).rotate(0.2, fillcolor=255) for path in sorted(tmp_path.glob("p*.pgm"))]
    held = io.BytesIO()
    pages[0].save(held, "PDF", save_all=True, append_images=pages[1:], resolution=200)
    read = read_bytes(held.getvalue(), "quet.pdf")
    assert any("OCR" in warning for warning in read.warnings)
    everything = " ".join(task.title for task in read.tasks)
    assert all(f"(đợt {number})" in everything for number in range(1, 9))
    assert len(read.tasks) == 8 or any("không có dòng số" in warning for warning in read.warnings)
    assert sum(meant in keys(read) for meant in intended(plan)) >= 4


@needs_ocr
@pytest.mark.slow
def test_a_scanned_page_among_pages_of_text(tmp_path: Path) -> None:
    """Two pages hold their text, the third is a picture of one: its duty is read, and the page is named."""
    from reportlab.pdfgen.canvas import Canvas

    def page(canvas: Canvas, text: str) -> None:
        canvas.setFont("Vietnamese", 14)
        canvas.drawString(60, 720, text)
        canvas.showPage()

    samples.as_pdf(samples.sample(1))  # registers the font
    (tmp_path / "p.pdf").write_bytes(b"")
    scanned = Canvas(str(tmp_path / "p.pdf"), pagesize=(600, 800))
    page(scanned, "2. Sở Nội vụ báo cáo trước ngày 25/8/2027.")
    scanned.save()
    command = [
        "pdftoppm",
        "-r",
        "200",
        "-gray",
        "-png",
        "-singlefile",
        str(tmp_path / "p.pdf"),
        str(tmp_path / "p"),
    ]
    subprocess.run(command, check=True, timeout=60)
    mixed = Canvas(str(tmp_path / "m.pdf"), pagesize=(600, 800))
    page(mixed, "III. TỔ CHỨC THỰC HIỆN")
    page(mixed, "1. Sở Y tế báo cáo trước ngày 05/6/2027.")
    mixed.drawImage(str(tmp_path / "p.png"), 0, 0, 600, 800)
    mixed.showPage()
    mixed.save()
    read = read_bytes((tmp_path / "m.pdf").read_bytes(), "lan.pdf")
    assert [task.deadline_text for task in read.tasks] == ["trước ngày 05/6/2027", "trước ngày 25/8/2027"]
    assert any(warning.startswith("Trang 3 là ảnh quét") for warning in read.warnings)


def test_a_missing_program_is_named_with_its_package() -> None:
    with pytest.raises(ReadError, match="apt-get install libreoffice-writer-nogui"):
        find("no-such-program", package="libreoffice-writer-nogui", why="đọc tệp .doc")


def test_programs_run_without_our_environment_and_end_in_time(tmp_path: Path) -> None:
    seen = run_confined(["env"], tmp_path, 10, 512 * MIB, Limits()).decode()
    assert "DONDOC" not in seen
    assert f"HOME={tmp_path}" in seen
    assert "PYTEST_CURRENT_TEST" in os.environ
    with pytest.raises(ReadError, match="quá 1 giây"):
        run_confined(["sleep", "30"], tmp_path, 1, 512 * MIB, Limits())
