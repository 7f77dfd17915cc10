"""Following a recorded document at once: dates are listed anew, what follows is decided and leaves."""

from __future__ import annotations

import asyncio
from typing import Any

from prefect import flow

from flows.steps import clock as clocks
from flows.steps import daily as steps
from flows.steps.daily import Report
from flows.steps.logs import set_up
from flows.steps.workplace import open_workplace


@flow(name="dondoc-resolve", retries=0, persist_result=False)
async def resolve_now(province: str | None = None) -> dict[str, Any]:
    """Resolve, decide and send for today. The morning's run does the same; whoever comes second finds it done."""
    workplace = open_workplace(province=province)
    set_up(workplace.settings.var)
    clock = clocks.here(workplace.zone)
    report = Report(day=clock().date())
    await asyncio.to_thread(steps.resolve, workplace, report, now=clock())
    await asyncio.to_thread(steps.choose, workplace, report, now=clock())
    await asyncio.to_thread(steps.send, workplace, report, clock=clock)
    return report.counts()
