"""The guides say what is so: their commands run, their messages are the program's, both languages say the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import ROOT, Cli

GUIDES = [ROOT / "docs" / name for name in ("operations.md", "operations.vi.md")]


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", text(path), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_the_commands_shown_run(path: Path, dondoc: Cli) -> None:
    commands = [
        line[2:] for block in blocks(path, "console") for line in block.splitlines() if line.startswith("$ ")
    ]
    assert len(commands) >= 4
    for command in sorted(commands, key=lambda line: "migrate" not in line):
        name, *words = shlex.split(command)
        assert name == "dondoc"
        result = dondoc(*words)
        assert result.returncode == 0, (command, result.stdout, result.stderr)


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_every_command_named_exists(path: Path) -> None:
    from typer.main import get_command

    from desk.cli import app

    known = get_command(app).commands  # type: ignore[attr-defined]
    named = set(re.findall(r"`dondoc ([a-z]+)", text(path)))
    assert named >= {"restore", "resume", "deploy", "archive", "event"}
    assert named <= set(known)
    for name, option in re.findall(r"dondoc ([a-z]+)[^`\n]*? (--[a-z-]+)", text(path)):
        if name not in {"audit", "event", "user"}:
            assert any(option in held.opts for held in known[name].params), (name, option)


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_every_message_is_one_of_the_program(path: Path) -> None:
    source = "\n".join(
        text(file)
        for room in ("store", "config", "flows", "desk", "notifiers")
        for file in (ROOT / room).rglob("*.py")
    )
    table = text(path).rsplit("|---|---|", 1)[1]
    said = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert len(said) > 8
    for words in said:
        assert words in source, words


def test_both_languages_say_the_same() -> None:
    english, vietnamese = map(text, GUIDES)
    assert blocks(GUIDES[0], "sh") == blocks(GUIDES[1], "sh")
    assert blocks(GUIDES[0], "console") == blocks(GUIDES[1], "console")
    for pattern in (r"DONDOC_\w+", r"dondoc [a-z]+", r"(?m)^## ", r"(?m)^\| `"):
        assert sorted(set(re.findall(pattern, english))) == sorted(set(re.findall(pattern, vietnamese))), pattern
    assert english.count("\n## ") == vietnamese.count("\n## ")
    assert len(re.findall(r"(?m)^\| `", english)) == len(re.findall(r"(?m)^\| `", vietnamese))


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_every_file_named_is_there(path: Path) -> None:
    for name in re.findall(r"\]\(([\w./-]+)\)", text(path)):
        assert (ROOT / "docs" / name).exists(), name
    for name in set(re.findall(r"deploy/[\w.-]+\w", text(path))):
        assert (ROOT / name).exists(), name
