"""The sample plans are ours: right in form, complete in kinds, and no sentence of a real plan in them."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

import pytest

from config.agencies import load
from deadlines.grammar import read_task
from deadlines.types import Conditional, Deadline, Kind, Recurring
from plans.read import read
from plans.types import TableKind

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("DONDOC_SHARED", ROOT.parent / "shared"))
SAMPLES = ROOT / "docs" / "samples"
BARS = SAMPLES / "ke-hoach-12-chuyen-doi-so.txt"
TABS = SAMPLES / "ke-hoach-88-nuoc-sach.txt"
LENGTH = 8

# Names are not sentences: each counts as one word, and one province is as good as another.
PROVINCES = ("Phú Châu", "Sơn La", "An Giang", "Yên Bái", "Đắk Lắk", "Lạng Sơn")
AGENCIES = (
    "Sở Nông nghiệp và Phát triển nông thôn",
    "Sở Nông nghiệp và Môi trường",
    "Sở Khoa học và Công nghệ",
    "Sở Văn hóa, Thể thao và Du lịch",
)


def shingles(text: str) -> set[str]:
    """Every run of eight words that stands within one line and one cell."""
    found: set[str] = set()
    for cell in re.split(r"[|\t\n]", unicodedata.normalize("NFC", text)):
        words = re.findall(r"[^\W_]+|[@§]", folded(cell))
        found |= {" ".join(words[i : i + LENGTH]) for i in range(len(words) - LENGTH + 1)}
    return found


def folded(text: str) -> str:
    text = " ".join(text.split())
    for mark, names in (("@", PROVINCES), ("§", AGENCIES)):
        for name in names:
            text = re.sub(re.escape(name), f" {mark} ", text, flags=re.IGNORECASE)
    return text.lower()


@pytest.fixture(scope="module")
def real() -> set[str]:
    plans = sorted((SHARED / "plans").glob("*.txt"))
    if not plans:
        pytest.skip(f"no real plans in {SHARED / 'plans'}")
    return shingles("\n".join(plan.read_text(encoding="utf-8") for plan in plans))


@pytest.mark.parametrize("sample", [BARS, TABS], ids=lambda path: path.stem)
def test_no_sentence_is_taken_from_a_real_plan(sample: Path, real: set[str]) -> None:
    assert not sorted(shingles(sample.read_text(encoding="utf-8")) & real)


def test_the_comparison_sees_through_another_province_and_other_punctuation(real: set[str]) -> None:
    plan = (SHARED / "plans" / "an-giang-186-KH-UBND-2025.txt").read_text(encoding="utf-8")
    sentence = max((line for line in plan.splitlines() if "tỉnh An Giang" in line), key=len)
    disguised = sentence.replace("An Giang", "Phú Châu").replace(",", " -").replace(" ", "  ").upper()
    assert shingles(disguised)
    assert shingles(disguised) <= real


def bar_rows(annex: str) -> list[list[str]]:
    """The rows of an annex in the form where a lone bar opens a row and " |" closes a cell."""
    lines = annex[annex.index("|\nSTT |") :].splitlines()
    width = lines.index("|", 1) - 1
    rows: list[list[str]] = []
    at = 0
    while lines[at] == "|":
        if lines[at + 2] == "|" * (width - 1):
            rows.append([cell(lines[at + 1])])
            at += 3
        else:
            rows.append([cell(line) for line in lines[at + 1 : at + 1 + width]])
            at += 1 + width
        if at == len(lines):
            break
    return rows


def cell(line: str) -> str:
    assert line == "|" or line.endswith(" |"), line
    return line.removesuffix("|").strip()


def test_the_form_with_bars_is_printed_as_real_plans_print_it() -> None:
    text = BARS.read_text(encoding="utf-8")
    assert text.splitlines()[1:4] == [
        "| Số hiệu | 12/KH-UBND |",
        "| Ngày ban hành | 05/01/2026 |",
        "| Ngày có hiệu lực | 05/01/2026 |",
    ]
    body, goals, tasks = re.split(r"^PHỤ LỤC \d\n", text, flags=re.MULTILINE)
    assert "Phú Châu, ngày 05 tháng 01 năm 2026 |" in body
    goal_rows, task_rows = bar_rows(goals), bar_rows(tasks)
    assert [row[0] for row in goal_rows[1:] if len(row) == 5] == [str(n) for n in range(1, 9)]
    numbers = [row[0] for row in task_rows[1:] if len(row) == 6]
    assert numbers == [*(str(n) for n in range(1, 9)), "8.1", "8.2", "8.3", *(str(n) for n in range(9, 28))]
    assert [len([r for r in rows if len(r) == 1]) for rows in (goal_rows, task_rows)] == [3, 4]


def test_the_form_with_tabs_is_printed_as_real_plans_print_it() -> None:
    lines = [line for line in TABS.read_text(encoding="utf-8").splitlines() if "\t" in line]
    rows = [line.split("\t") for line in lines]
    assert {len(row) for row in rows} == {5}
    headers = [row for row in rows if row[0] == "STT"]
    assert len(headers) == 4
    assert len({tuple(row) for row in headers}) > 1, "the scanner's misreadings are part of the form"
    assert len([row for row in rows if row[1] and not any(row[2:])]) == 9
    assert len([row for row in rows if row[0].isdigit()]) == 25


@pytest.mark.parametrize(("sample", "goals", "tasks"), [(BARS, 8, 30), (TABS, 0, 25)])
def test_our_own_reader_reads_every_row_without_a_warning(sample: Path, goals: int, tasks: int) -> None:
    plan = read(sample)
    kinds = [task.table for task in plan.tasks]
    assert (kinds.count(TableKind.GOALS), kinds.count(TableKind.TASKS)) == (goals, tasks)
    assert plan.warnings == ()
    assert [task.number for task in plan.tasks if task.deadline_text == ""] == [{8: "17", 0: "4"}[goals]]


def test_of_all_leads_the_sample_directory_lacks_only_the_one_that_nobody_knows() -> None:
    directory = load(ROOT / "config" / "agencies" / "phu-chau.toml")
    unknown: set[str] = set()
    for sample in (BARS, TABS):
        plan = read(sample)
        assert plan.issued_on
        for task in plan.tasks:
            if task.table is TableKind.DUTIES or not task.lead_text:
                continue
            cell = directory.read_cell(task.lead_text, on=plan.issued_on, province="phu-chau")
            assert not cell.ambiguous
            unknown |= {unmatched.words for unmatched in cell.unknown}
    assert unknown == {"Ban Điều phối nước liên vùng Hạ Châu"}


def test_the_samples_show_every_kind_of_term_and_one_wording_that_nobody_can_read() -> None:
    tasks = [task for sample in (BARS, TABS) for task in read(sample).tasks if task.table is not TableKind.DUTIES]
    readings = [(task.deadline_text, read_task(task.deadline_text, task.conditions)) for task in tasks]
    assert [text for text, reading in readings if not isinstance(reading, Deadline)] == ["Trước mùa nước nổi"]
    terms = [term for _, reading in readings if isinstance(reading, Deadline) for term in reading.terms]
    assert {term.kind for term in terms} == set(Kind)
    assert sum(words.startswith("(sau khi") for task in tasks for words in task.conditions) == 2
    assert len([term for term in terms if isinstance(term, Conditional) and term.offset]) == 2
    assert len([term for term in terms if isinstance(term, Recurring) and "MONTHLY" in term.rule]) == 3, (
        "on any morning something has to be due within thirty days"
    )
