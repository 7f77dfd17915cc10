"""The child of `dondoc serve` that runs what is due by the Prefect server (`python -m flows.scheduled`)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from flows import prefect_home
from flows.steps.logs import set_up
from flows.steps.priority import step_back
from flows.steps.workplace import Workplace, open_workplaces


def main() -> None:
    """Serve every province's flows until told to stop. PREFECT_API_URL names the server."""
    step_back()
    workplaces = open_workplaces()
    set_up(workplaces[0].settings.var)
    prefect_home.settle(workplaces[0].settings.var)
    asyncio.run(_serve(workplaces))


async def _serve(workplaces: Sequence[Workplace]) -> None:
    from prefect import aserve

    from flows.deploying import deployment
    from flows.timetable import jobs
    from flows.watch import watch

    # The parent process looks after missed mornings itself, because it must be able to without Prefect.
    made = [await deployment(job, place) for place in workplaces for job in jobs(place) if job.flow is not watch]
    await aserve(*made, limit=2, print_starting_message=False)


if __name__ == "__main__":
    main()
