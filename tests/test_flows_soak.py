"""A month of days in one process with faults, the short form of `bench/soak`: nothing is lost or sent twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bench.soak.life import Life


@pytest.mark.slow
def test_a_month_with_faults_ends_in_order(tmp_path: Path) -> None:
    with Life(tmp_path, date(2026, 1, 5)) as life:
        for _ in range(34):
            life.day_passes()
        found = life.end()
    assert found["passed"], found
    assert set(found["faults"]) == {"defer", "drop", "lose", "locked", "kill", "forward", "backward", "off"}
    assert found["failed_runs"] == found["caught_up"] == 1
    assert found["taken"] > 100
    assert len(found["months"]) == 1
