"""Seeing every few minutes that the morning's run has happened; where not, doing its work and saying so."""

from __future__ import annotations

import asyncio
from typing import Any

from prefect import flow

from flows.steps import clock as clocks
from flows.steps.daily import run_daily
from flows.steps.logs import set_up
from flows.steps.missed import expect, missed, warn_of_today
from flows.steps.workplace import Workplace, open_workplace


@flow(name="dondoc-watch", retries=0, persist_result=False)
async def watch(province: str | None = None) -> dict[str, Any]:
    """Catch up a missed morning, without any further run of Prefect's."""
    workplace = open_workplace(province=province)
    set_up(workplace.settings.var)
    return await asyncio.to_thread(_look, workplace)


def _look(workplace: Workplace) -> dict[str, Any]:
    clock = clocks.here(workplace.zone)
    expect(workplace, clock())
    if not missed(workplace, clock()):
        return {"missed": False}
    warn_of_today(workplace, clock())
    return {"missed": True} | run_daily(workplace, clock=clock, day=clock().date()).counts()
