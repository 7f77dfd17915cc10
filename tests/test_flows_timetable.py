"""The hours at which the schedule looks for what waits."""

from __future__ import annotations

from datetime import time

import pytest

from flows.steps.workplace import Workplace, open_workplace
from flows.timetable import deliver_cron

pytestmark = pytest.mark.prefect


@pytest.mark.parametrize(
    ("work_from", "work_to", "hours"),
    [
        (time(7, 30), time(17, 0), "7-16"),
        (time(7, 0), time(16, 30), "7-16"),
        (time(8, 0), time(17, 1), "8-17"),
        (time(0, 0), time(23, 59), "0-23"),
    ],
)
def test_delivery_comes_round_in_the_hours_of_work_only(
    environment: dict[str, str], work_from: time, work_to: time, hours: str
) -> None:
    settings = open_workplace(environment).settings
    schedule = settings.schedule.model_copy(update={"work_from": work_from, "work_to": work_to})
    place = Workplace(settings.model_copy(update={"schedule": schedule}), environment)
    assert deliver_cron(place) == f"5-59/10 {hours} * * *"
