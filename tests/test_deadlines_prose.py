"""Deadlines inside sentences: the phrases that bind are found, cited dates and quantities are not."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path

import pytest

from deadlines.prose import find
from deadlines.types import Fixed, Kind

SHARED = Path(os.environ.get("DONDOC_SHARED", Path(__file__).parents[2] / "shared"))
with (Path(__file__).parent / "corpora" / "deadlines_prose.tsv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:60])
def test_the_phrases_of_a_sentence(row: dict[str, str]) -> None:
    wanted = [phrase for phrase in row["phrases"].split(" | ") if phrase]
    assert [found.text for found in find(row["text"])] == wanted


def test_spans_point_into_the_printed_text() -> None:
    text = "Các sở báo cáo  trước ngày 15/6/2026; tổng kết trong quý IV\u00a0năm 2026."
    for found in find(text):
        assert " ".join(text[slice(*found.span)].split()) == found.text


def test_a_phrase_broken_over_lines_is_found_whole() -> None:
    (found,) = find("báo cáo UBND tỉnh trước \nngày 15 tháng\n6 năm 2026.")
    assert found.deadline.terms == (Fixed(due=date(2026, 6, 14), named=date(2026, 6, 15)),)


def test_of_all_full_dates_in_the_five_plans_one_is_a_deadline() -> None:
    folder = SHARED / "plans"
    if not folder.exists():
        pytest.skip("the shared plans are not beside the repository")
    days = {
        (path.name[:6], term.due)
        for path in folder.glob("*.txt")
        for found in find(path.read_text(encoding="utf-8"))
        for term in found.deadline.terms
        if term.kind is Kind.FIXED and isinstance(term, Fixed) and term.named is not None
    }
    assert days == {("son-la", date(2026, 1, 17))}
