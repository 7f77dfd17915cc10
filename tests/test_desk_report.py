"""`dondoc report`, `letter`, `export`, `check --send-test` and `zalo` as people type them."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import openpyxl
import pytest

from tests.conftest import SAMPLES, Cli


@pytest.fixture
def office(dondoc: Cli) -> Cli:
    done = dondoc("import", *(str(path) for path in sorted(SAMPLES.glob("*.txt"))))
    assert done.returncode == 0, done.stderr
    return dondoc


def test_report_letter_and_export_write_files_that_open(office: Cli, tmp_path: Path) -> None:
    today = json.loads(office("run", "--plain", "--json").stdout)["day"]
    made = office("report", "--from", today, "--to", today, "--out", str(tmp_path / "bao-cao"))
    assert made.returncode == 0, made.stderr
    files = sorted((tmp_path / "bao-cao").iterdir())
    assert [path.suffix for path in files] == [".docx", ".xlsx"]
    docx.Document(str(files[0]))
    openpyxl.load_workbook(files[1])
    draft = office("letter", "--agency", "phu-chau.so-tai-chinh", "--out", str(tmp_path / "cong-van.docx"))
    assert draft.returncode == 0, draft.stderr
    assert "dự thảo" in draft.stdout
    for suffix in ("xlsx", "csv", "ics", "docx"):
        target = tmp_path / "ra" / f"nhiem-vu.{suffix}"
        out = office("export", str(target))
        assert out.returncode == 0, out.stderr
        assert target.stat().st_size > 1000
    assert not list(tmp_path.rglob("*.new"))


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("report", "--from", "2026-06-30", "--to", "2026-06-01"), 2, "--to phải từ --from"),
        (("report", "--to", "2999-01-01"), 2, "tương lai"),
        (("report", "--from", "30-6"), 2, "không phải là ngày"),
        (("report", "--from", "2001-01-01", "--to", "2001-01-31"), 1, "không có nhiệm vụ nào"),
        (("letter", "--agency", "khong-co"), 1, "danh bạ không có cơ quan"),
        (("export", "nhiem-vu.pdf"), 2, "cho phép: .xlsx"),
        (("export", "/proc/khong-duoc/nhiem-vu.csv"), 1, "không ghi được"),
        (("check", "--send-test", "a@b.example", "--channel", "zalo"), 2, "không có kênh zalo"),
        (("zalo", "code", "khong-co"), 1, "danh bạ không có cơ quan"),
        (("zalo", "status"), 1, "Zalo chưa gửi được"),
        (("zalo", "consent"), 1, "account.app_id"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(dondoc: Cli, words: tuple[str, ...], code: int, said: str) -> None:
    done = dondoc(*words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_test_message_goes_by_the_named_channel(dondoc: Cli) -> None:
    done = dondoc("check", "--send-test", "a@b.example", "--channel", "email")
    assert done.returncode == 0, done.stdout
    assert "gửi thử qua email: đã gửi đến a@b.example" in done.stdout
