"""The page of security names its tests: each exists and is collected, and no row is without one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = [ROOT / "docs" / name for name in ("security.md", "security.vi.md")]
NAMED = re.compile(r"`(test_\w+)::(test_\w+)`")


def tables(path: Path) -> list[list[list[str]]]:
    """The rows of each table, without its head."""
    blocks = re.findall(r"(?:^\|.*\n)+", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [
        [[cell.strip() for cell in line.strip("|\n").split(" | ")] for line in block.splitlines()[2:]]
        for block in blocks
    ]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_row_is_without_a_test(path: Path) -> None:
    threats, items, decision = tables(path)
    assert (len(threats) >= 14, len(items) >= 40, len(decision) >= 12) == (True, True, True)
    for row in (*threats, *items, *decision):
        assert len(row) == 3, row
        assert all(row), row
        assert NAMED.findall(row[-1]), row
        assert NAMED.sub("", row[-1]).replace(",", "").strip() == "", row


def test_both_languages_name_the_same_items_and_tests() -> None:
    def told(path: Path) -> list[list[tuple[list[str], list[tuple[str, str]]]]]:
        return [
            [(re.findall(r"\d+\.\d+(?:\.\d+)?", row[0]), NAMED.findall(row[-1])) for row in table]
            for table in tables(path)
        ]

    assert told(PAGES[0]) == told(PAGES[1])


def test_nothing_is_both_met_and_not() -> None:
    for path in PAGES:
        items = " ".join(row[0] for row in tables(path)[1])
        lacking = re.findall(r"^- (\d+\.\d+\.\d+):", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(lacking) >= 2
        assert not {one for one in lacking if re.search(rf"\b{re.escape(one)}\b", items)}


def test_every_test_that_is_named_is_collected() -> None:
    named = {one for path in PAGES for one in NAMED.findall(path.read_text(encoding="utf-8"))}
    assert len(named) > 80
    files = sorted({f"tests/{file}.py" for file, _ in named})
    assert [file for file in files if not (ROOT / file).is_file()] == []
    listed = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "pytest", "--collect-only", "-n0", *files],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert listed.returncode == 0, listed.stdout[-2000:]
    names = {
        (Path(line.partition("::")[0]).stem, line.partition("[")[0].rpartition("::")[2])
        for line in listed.stdout.splitlines()
        if "::" in line
    }
    assert sorted(named - names) == []
