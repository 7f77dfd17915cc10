"""The README's commands work as printed, in order, in a fresh installation."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import ROOT, Cli


def commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## What it does")[2].partition("## Setting it up")[0]
    return re.findall(r"^dondoc .*$", section, re.MULTILINE)


def test_the_readme_shows_the_main_commands() -> None:
    shown = {shlex.split(line)[1] for line in commands()}
    assert {
        "read",
        "explain",
        "import",
        "tasks",
        "waiting",
        "attention",
        "preview",
        "run",
        "event",
        "check",
    } <= shown


def test_its_commands_run_as_printed(dondoc: Cli) -> None:
    runner = Cli({"DONDOC_VAR": dondoc.environment["DONDOC_VAR"]}, ROOT)
    for line in commands():
        result = runner(*shlex.split(line)[1:])
        assert result.returncode == 0, f"{line}\n{result.stderr}"
        assert result.stdout.strip(), line


@pytest.mark.parametrize("name", ["README.md", "README.vi.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert Path(ROOT / target).exists(), target
