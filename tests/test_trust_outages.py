"""Several at once while the database fails: the short form of bench/crash/outages.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.crash.outages import trial
from tests.conftest import postgres_programs

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]


def test_crashes_of_the_database_cut_connections_and_killed_senders_lose_nothing(tmp_path: Path) -> None:
    if postgres_programs() is None:
        pytest.skip("no PostgreSQL server programs: apt-get install postgresql")
    verdict = trial(messages=40, workers=4, crashes=2, cuts=2, kills=1, folder=tmp_path, lease=3)
    assert (verdict.crashes, verdict.kills) == (2, 1)
    assert verdict.passed, verdict
