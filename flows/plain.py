"""The daily job without Prefect, for the moment when Prefect is down (`python -m flows.plain`)."""

from __future__ import annotations

from flows.steps.clock import here
from flows.steps.daily import run_daily
from flows.steps.logs import set_up
from flows.steps.workplace import open_workplace


def main() -> None:
    workplace = open_workplace()
    set_up(workplace.settings.var)
    workplace.ready()
    clock = here(workplace.settings.schedule.zone)
    run_daily(workplace, clock=clock, day=clock().date())


if __name__ == "__main__":
    main()
