"""Every test and every run that the page about reliability names is there."""

from __future__ import annotations

import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
VIETNAMESE = (ROOT / "docs" / "reliability.vi.md").read_text(encoding="utf-8")


def rows(page: str) -> dict[str, str]:
    return {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| R")}


def test_each_promise_is_shown_by_a_test_that_exists() -> None:
    assert list(rows(PAGE)) == [f"R{number}" for number in range(1, 15)]
    for promise, row in rows(PAGE).items():
        words = re.findall(r"`(test_\w+)`", row)
        files = [word for word in words if (ROOT / "tests" / f"{word}.py").is_file()]
        assert files, promise
        code = "".join((ROOT / "tests" / f"{file}.py").read_text(encoding="utf-8") for file in files)
        for name in set(words) - set(files):
            assert f"def {name}(" in code, (promise, name)


def test_each_run_that_is_named_exists() -> None:
    for name in re.findall(r"`(\w+\.py)`", PAGE):
        assert (ROOT / "bench" / "crash" / name).is_file(), name


def test_both_languages_have_every_promise() -> None:
    assert list(rows(VIETNAMESE)) == list(rows(PAGE))
