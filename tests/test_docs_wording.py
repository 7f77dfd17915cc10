"""The pages about words name everything that the code can say, and their links lead somewhere."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader
from sqlalchemy import CheckConstraint

from deadlines.types import Kind
from notifiers.message import Urgency
from store.schema import messages
from store.tasks import Reason

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
WORDING = (DOCS / "wording.md").read_text(encoding="utf-8")


def phrases(section: str) -> dict[str, list[str]]:
    """The rows of the tables under a heading: the identifier in back quotes, then the other cells."""
    body = re.split(rf"^## {re.escape(section)}$", WORDING, flags=re.MULTILINE)[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|(.+)\|$", body, flags=re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}


@pytest.mark.parametrize(
    ("section", "names"),
    [("Kinds of term", Kind), ("Stages and urgencies", Urgency), ("Why nobody would be reminded", Reason)],
)
def test_every_value_has_its_phrase(section: str, names: type[StrEnum]) -> None:
    found = phrases(section)
    assert all(all(cells) for cells in found.values())
    assert {name.value for name in names} <= set(found)


def test_every_state_of_a_message_has_its_phrase() -> None:
    checks = [str(c.sqltext) for c in messages.constraints if isinstance(c, CheckConstraint)]
    (states,) = [check for check in checks if check.startswith("state IN")]
    assert set(re.findall(r"'(\w+)'", states)) == set(phrases("Messages"))


def test_headings_are_those_of_the_mails() -> None:
    templates = Environment(loader=FileSystemLoader(ROOT / "notifiers" / "templates"), autoescape=True)
    words = templates.get_template("wording.j2").module
    for name, (heading, _) in phrases("Stages and urgencies").items():
        assert words.heading(name).strip() == heading  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_decisions_are_numbered_without_gaps_and_dated() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        lines = page.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith(f"# {int(page.name[:4])}. ")
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", lines[2])
