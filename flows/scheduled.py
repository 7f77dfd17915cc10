"""The child of `dondoc serve` that runs what is due by the Prefect server (`python -m flows.scheduled`)."""

from __future__ import annotations

import asyncio

from flows import prefect_home
from flows.steps.logs import set_up
from flows.steps.workplace import Workplace, open_workplace


def main() -> None:
    """Serve the daily and the deliver flow until told to stop. PREFECT_API_URL names the server."""
    workplace = open_workplace()
    set_up(workplace.settings.var)
    prefect_home.settle(workplace.settings.var)
    asyncio.run(_serve(workplace))


async def _serve(workplace: Workplace) -> None:
    from prefect import aserve
    from prefect.schedules import Cron

    from flows.daily import daily
    from flows.deliver import deliver

    zone = workplace.settings.schedule.timezone
    await aserve(
        await daily.ato_deployment("dondoc-daily", schedule=Cron(daily_cron(workplace), timezone=zone)),
        await deliver.ato_deployment("dondoc-deliver", schedule=Cron(deliver_cron(workplace), timezone=zone)),
        limit=2,
        print_starting_message=False,
    )


def daily_cron(workplace: Workplace) -> str:
    """Every day: on days off the run imports and resolves, and sends nothing."""
    at = workplace.settings.schedule.daily_at
    return f"{at.minute} {at.hour} * * *"


def deliver_cron(workplace: Workplace) -> str:
    """Every ten minutes of the working hours."""
    schedule = workplace.settings.schedule
    return f"5-59/10 {schedule.work_from.hour}-{schedule.work_to.hour} * * *"


if __name__ == "__main__":
    main()
