"""The way in: a path or bytes to a plan, the same from both."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from plans.errors import Classified, ReadError
from plans.limits import Limits
from plans.read import read, read_bytes, read_document
from tests import plan_samples as samples


def test_path_and_bytes_give_the_same_plan(tmp_path: Path) -> None:
    path = tmp_path / "kế hoạch.bin"
    path.write_bytes(samples.as_docx(samples.sample(4)))
    plan = read(path)
    assert plan == read_bytes(path.read_bytes(), path.name)
    assert (plan.file, plan.format, len(plan.tasks)) == ("kế hoạch.bin", "docx", 4)


def test_the_document_before_extraction(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(samples.as_html(samples.sample(2)))
    assert read_document(path).format == "html"


def test_an_error_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "anh.pdf"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(ReadError, match=r"anh\.pdf: Đây là tệp ảnh") as met:
        read(path)
    assert met.value.file == "anh.pdf"


def test_a_marked_document_is_refused_in_every_format() -> None:
    plan = samples.sample(2)
    marked = samples.Sample(
        head=(("MẬT", ""), *plan.head), centred=plan.centred, prose=plan.prose, annex=plan.annex, rows=plan.rows
    )
    for write in (samples.as_text, samples.as_html, samples.as_docx, samples.as_xlsx):
        with pytest.raises(Classified) as met:
            read_bytes(write(marked), "a")
        assert "trạm y tế" not in str(met.value)


def test_limits_can_be_set() -> None:
    with pytest.raises(ReadError, match="quá giới hạn 0 MB"):
        read_bytes(b"x" * 2000, "a.txt", limits=Limits(file_size=1000))


def test_the_way_in_imports_no_parser() -> None:
    code = "import sys, plans.read; print([m for m in ('docx', 'lxml', 'pdfplumber', 'PIL') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_real_plans_are_the_same_in_the_child(shared: Path) -> None:
    from plans.extract import extract
    from plans.read_text import read_text

    for path in sorted((shared / "plans").glob("*.txt")):
        assert read(path) == extract(read_text(path.read_bytes()), file=path.name)
