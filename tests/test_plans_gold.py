"""The five real plans against what a careful civil servant read in them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from plans.extract import extract
from plans.read_text import read_text
from plans.types import PartialDate, Plan, TableKind

SHARED = Path(os.environ.get("DONDOC_SHARED", Path(__file__).parents[1] / "../shared")).resolve()
PLANS = sorted((SHARED / "plans").glob("*.txt"))
pytestmark = pytest.mark.skipif(not PLANS, reason="the real plans are not on this machine (DONDOC_SHARED)")

_MEASURED = {"prose", "italic"}


def gold(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SHARED / "gold" / name).read_text("utf-8").splitlines()]


def plan(name: str) -> Plan:
    path = next(path for path in PLANS if path.stem.startswith(name))
    return extract(read_text(path.read_bytes()), file=path.name)


def plain(text: str) -> str:
    return " ".join(text.lower().split()).replace("hàng", "hằng")


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_annex_rows_equal_the_gold(path: Path) -> None:
    read = extract(read_text(path.read_bytes()), file=path.name)
    got = [
        {
            "plan": path.stem,
            "table": task.table.value,
            "number": task.number,
            "section": task.section,
            "title": task.title[:60],
            "lead_raw": task.lead_text,
            "coordinating_raw": task.coordinating_text,
            "product_raw": task.product,
            "deadline_raw": task.deadline_text,
            "line": task.place.line,
        }
        for task in read.tasks
        if task.table is not TableKind.DUTIES
    ]
    assert got == [row for row in gold("tasks.jsonl") if row["plan"] == path.stem]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_prose_duties_are_all_found_and_hardly_any_is_false(path: Path) -> None:
    read = extract(read_text(path.read_bytes()), file=path.name)
    duties = [task for task in read.tasks if task.table is TableKind.DUTIES]
    told = [
        line
        for line in gold("deadlines.jsonl")
        if path.stem in line["plans"] and line["tier"] == "core" and _MEASURED & set(line["source"])
    ]
    found = [plain(task.deadline_text or "") for task in duties]

    # A wording that also stands in titles may, in one plan, stand in a title alone.
    titles = [plain(task.title) for task in read.tasks if task.table is not TableKind.DUTIES]
    missing = [
        line["text"]
        for line in told
        if not any(plain(line["text"]) in f or f in plain(line["text"]) for f in found)
        and not ("title" in line["source"] and any(plain(line["text"]) in title for title in titles))
    ]
    false = [f for f in found if not any(plain(line["text"]) in f or f in plain(line["text"]) for line in told)]
    assert missing == []
    assert len(false) * 10 <= len(found) - len(false)


def test_duties_that_name_a_day_have_the_agency_that_must_act() -> None:
    sentences = {
        "son-la": {
            "trước ngày 18/01/2026": "các Sở, ngành, UBND",
            "trước ngày 20/11 hàng năm": "các Sở, ngành, UBND",
        },
        "an-giang": {
            "trong tháng 11 năm 2025": "các sở, ban, ngành",
            "hoàn thành trong năm 2025": "Các sở, ban, ngành",
            "định kỳ hằng năm": "Giám đốc sở",
        },
        "dak-lak": {"thời gian trong Quý I": "các sở, ban ngành", "định kỳ 6 tháng": "Sở Y tế"},
        "yen-bai": {
            "Định kỳ hàng quý": "Các sở, ban, ngành",
            "hoàn thành xây dựng kế hoạch trong tháng 4": "Sở Y tế",
        },
    }
    for name, wanted in sentences.items():
        duties = [task for task in plan(name).tasks if task.table is TableKind.DUTIES]
        for words, agency in wanted.items():
            leads = [t.lead_text or "" for t in duties if (t.deadline_text or "").startswith(words)]
            assert len(leads) == 1, (name, words)
            assert leads[0].startswith(agency)


def test_every_duty_in_brackets_has_the_agency_of_its_heading() -> None:
    duties = [task for task in plan("yen-bai").tasks if task.table is TableKind.DUTIES]
    assert len(duties) >= 36
    assert all(task.lead_text for task in duties)


def test_what_is_missing_is_said_and_not_made_up() -> None:
    dak_lak, lang_son = plan("dak-lak"), plan("lang-son")
    assert dak_lak.number is None
    assert dak_lak.issued is None
    assert any("không có bảng" in warning for warning in dak_lak.warnings)
    assert lang_son.number is None
    assert isinstance(lang_son.issued, PartialDate)
    assert (lang_son.issued.year, lang_son.issued.month, lang_son.issued.day) == (2026, 2, None)
    assert lang_son.issued_on is None
    assert any("không có phụ lục" in warning for warning in lang_son.warnings)
    assert all(task.table is TableKind.DUTIES for task in (*dak_lak.tasks, *lang_son.tasks))


def test_the_traps_of_the_real_files_are_told() -> None:
    son_la = plan("son-la")
    assert any("in lặp" in warning for warning in son_la.warnings)
    assert any("I, II, III, V" in warning for warning in son_la.warnings)
    titles = [(task.title, task.deadline_text) for task in son_la.tasks if task.table is TableKind.DUTIES]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize(
    ("name", "number", "issued", "signed"),
    [
        ("son-la", "01/KH-UBND", "2026-01-01", True),
        ("an-giang", "186/KH-UBND", "2025-11-11", True),
        ("yen-bai", "55/KH-UBND", "2018-03-26", False),
    ],
)
def test_front_matter(name: str, number: str, issued: str, signed: bool) -> None:
    read = plan(name)
    assert (read.number, str(read.issued_on), read.kind) == (number, issued, "Kế hoạch")
    assert (read.signer is not None) == signed
    assert read.issuer is not None
    assert read.issuer.startswith("Ủy ban nhân dân tỉnh ")
    assert read.title
    assert len(read.basis) == 3
