"""The child of `dondoc serve` that runs what is due by the Prefect server (`python -m flows.scheduled`)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from flows import prefect_home
from flows.steps.logs import set_up
from flows.steps.workplace import Workplace, open_workplaces


def main() -> None:
    """Serve every province's daily and deliver flow until told to stop. PREFECT_API_URL names the server."""
    workplaces = open_workplaces()
    set_up(workplaces[0].settings.var)
    prefect_home.settle(workplaces[0].settings.var)
    asyncio.run(_serve(workplaces))


async def _serve(workplaces: Sequence[Workplace]) -> None:
    from prefect import aserve
    from prefect.schedules import Cron

    from flows.daily import daily
    from flows.deliver import deliver

    deployments = []
    for place in workplaces:
        zone, named = place.settings.schedule.timezone, {"province": place.province}
        for flow, cron in ((daily, daily_cron(place)), (deliver, deliver_cron(place))):
            name = flow.name if len(workplaces) == 1 else f"{flow.name}-{place.province}"
            deployments.append(
                await flow.ato_deployment(name, schedule=Cron(cron, timezone=zone), parameters=named)
            )
    await aserve(*deployments, limit=2, print_starting_message=False)


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
