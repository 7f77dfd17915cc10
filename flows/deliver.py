"""Sending through the day: what had to wait (a busy mail server, working hours) leaves when it may."""

from __future__ import annotations

import asyncio
from typing import Any

from prefect import flow

from flows.steps import clock as clocks
from flows.steps.logs import set_up
from flows.steps.sending import deliver as send
from flows.steps.workplace import open_workplace


@flow(name="dondoc-deliver", retries=0, persist_result=False)
async def deliver(province: str | None = None) -> dict[str, Any]:
    """Empty the outbox as far as it may go now."""
    workplace = open_workplace(province=province)
    set_up(workplace.settings.var)
    result = await asyncio.to_thread(send, workplace, clock=clocks.here(workplace.settings.schedule.zone))
    return dict(result.outcomes)
