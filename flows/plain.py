"""Prefect's work without Prefect, for when it is down: `python -m flows.plain [daily|deliver]`."""

from __future__ import annotations

import sys

from flows.steps.clock import here
from flows.steps.daily import run_daily
from flows.steps.logs import set_up
from flows.steps.priority import step_back
from flows.steps.sending import deliver
from flows.steps.workplace import open_workplace


def main(job: str = "daily") -> None:
    """The daily job, or a round of sending."""
    step_back()
    workplace = open_workplace()
    set_up(workplace.settings.var)
    workplace.ready()
    clock = here(workplace.settings.schedule.zone)
    if job == "deliver":
        deliver(workplace, clock=clock)
    else:
        run_daily(workplace, clock=clock, day=clock().date())


if __name__ == "__main__":
    main(*sys.argv[1:])
