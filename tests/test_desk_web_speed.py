"""What a page costs: as many statements with many tasks as with few, each found by an index. No times."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from bench.desk import clicks
from bench.desk.clicks import Known
from bench.desk.seeding import fill
from bench.desk.times import statements_of
from flows.steps.workplace import Workplace
from tests.desk_samples import Clock, logged_in, opened

LARGE = "tasks|dues|deadlines|assignments|messages|reminders|deliveries|audit|answers"
SCAN = re.compile(rf"^SCAN (?:{LARGE})$")
MOST = 30
"""Statements that a page may run."""

Statements = dict[str, list[tuple[str, Any]]]


def made(folder: Path, number: int) -> tuple[Workplace, Statements]:
    """A province of so many tasks, and what each page runs when it is looked at."""
    place = opened({"DONDOC_VAR": str(folder)})
    clock = Clock(place)
    fill(place, clock(), number, said=lambda _text: None)
    client = logged_in(place, clock, "operator")
    known = Known.of(place, clock().date())
    found: Statements = {}
    for name, (_, path) in clicks.pages(known, random.Random(5)).items():
        with statements_of(place) as seen:
            assert client.get(path).status_code == 200, path
        found[name] = list(seen)
    return place, found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Statements, Workplace, Statements]:
    _, few = made(tmp_path_factory.mktemp("few"), 150)
    place, many = made(tmp_path_factory.mktemp("many"), 900)
    return few, place, many


def test_a_page_runs_no_more_statements_with_more_tasks(pages: tuple[Statements, Workplace, Statements]) -> None:
    few, _, many = pages
    for name, ran in many.items():
        # A list that fills its page is counted besides, which is one more.
        assert len(ran) <= len(few[name]) + 3, name
        assert len(ran) <= MOST, name


def test_no_page_reads_a_large_table_from_end_to_end(pages: tuple[Statements, Workplace, Statements]) -> None:
    _, place, many = pages
    looked_at = 0
    with place.database.engine.connect() as connection:
        for name, ran in many.items():
            for statement, values in ran:
                if not statement.startswith(("SELECT", "WITH")):
                    continue
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
                scans = [row.detail for row in plan if SCAN.match(row.detail)]
                assert not scans, (name, scans, statement)
                looked_at += 1
    assert looked_at > 300
