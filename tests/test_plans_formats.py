"""One plan written out in six formats gives the same front matter and the same tasks from each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from plans.read import read_bytes
from plans.types import Plan
from tests import plan_samples as samples

Key = tuple[object, ...]
WRITERS: dict[str, Callable[[samples.Sample], bytes]] = {
    "txt": samples.as_text,
    "md": samples.as_markdown,
    "html": samples.as_html,
    "docx": samples.as_docx,
    "xlsx": samples.as_xlsx,
    "pdf": samples.as_pdf,
}
needs_font = pytest.mark.skipif(samples.pdf_font() is None, reason="no Vietnamese font: install fonts-dejavu-core")


def keys(plan: Plan) -> list[Key]:
    return [
        (t.table, t.number, t.title, t.section, t.lead_text, t.coordinating_text, t.product, t.deadline_text)
        for t in plan.tasks
    ]


def intended(plan: samples.Sample) -> list[Key]:
    """What the sample's rows say, worked out without any reader."""
    found: list[Key] = []
    section, lead = None, ""
    for number, title, agency, others, product, deadline in plan.rows:
        if title == samples.ACROSS:
            section = number
            continue
        lead = lead if agency == samples.DOWN else agency
        found.append(("tasks", number, title, section, lead, others, product, deadline))
    return found


@pytest.mark.parametrize("name", [pytest.param(n, marks=needs_font) if n == "pdf" else n for n in WRITERS])
def test_the_same_plan_from_every_format(name: str) -> None:
    plan = samples.sample(36)
    read = read_bytes(WRITERS[name](plan), f"ke-hoach.{name}")
    assert (read.format, read.file) == (name, f"ke-hoach.{name}")
    assert (read.number, read.issued, read.kind) == ("77/KH-UBND", date(2026, 2, 9), "Kế hoạch")
    assert read.issuer == "Ủy ban nhân dân tỉnh Hòa Sơn"
    assert read.title == "Phát triển y tế cơ sở tỉnh Hòa Sơn giai đoạn 2026 - 2030"
    assert keys(read) == intended(plan)


@needs_font
@pytest.mark.parametrize("size", [8, 9, 10, 11, 12])
@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize("broken", [True, False])
def test_pdf_of_every_letter_size(size: int, ruled: bool, broken: bool) -> None:
    """Other sizes break pages, rows and words elsewhere. Without lines nobody can see merged-down cells."""
    plan = samples.sample(40, shared=ruled and not broken)
    read = read_bytes(samples.as_pdf(plan, ruled=ruled, text_size=size, broken=broken), "ke-hoach.pdf")
    assert keys(read) == intended(plan)


@needs_font
def test_pdf_says_on_which_page_a_task_stands() -> None:
    read = read_bytes(samples.as_pdf(samples.sample(36)), "ke-hoach.pdf")
    pages = [task.place.page for task in read.tasks]
    assert pages[0] == 2
    assert pages == sorted(pages, key=lambda page: page or 0)
    assert len(set(pages)) > 2


def test_word_and_excel_say_in_which_row_a_task_stands() -> None:
    plan = samples.sample(3)
    word, excel = read_bytes(samples.as_docx(plan), "a.docx"), read_bytes(samples.as_xlsx(plan), "a.xlsx")
    assert [(task.place.table, task.place.row) for task in word.tasks] == [(1, 3), (1, 4), (1, 5)]
    assert [(task.place.sheet, task.place.row) for task in excel.tasks] == [
        ("Sheet", 15),
        ("Sheet", 16),
        ("Sheet", 17),
    ]
