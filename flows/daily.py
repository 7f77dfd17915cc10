"""The daily job as a Prefect flow: five tasks a day, however many reminders there are.

Prefect retries nothing here. A run may be repeated at any time, because the outbox decides what is sent.
The flow is async: a sync one sleeps a second in Prefect's heartbeat thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.artifacts import publish
from flows.steps import clock as clocks
from flows.steps import daily as steps
from flows.steps.daily import Report
from flows.steps.logs import about, set_up
from flows.steps.workplace import Workplace, open_workplace

Clock = Callable[[], datetime]


@task(name="import", cache_policy=NO_CACHE, persist_result=False, retries=0)
async def import_plans(workplace: Workplace, report: Report, clock: Clock) -> None:
    await asyncio.to_thread(steps.prepare, workplace, report, now=clock())


@task(name="resolve", cache_policy=NO_CACHE, persist_result=False, retries=0)
async def resolve(workplace: Workplace, report: Report, clock: Clock) -> None:
    await asyncio.to_thread(steps.resolve, workplace, report, now=clock())


@task(name="decide", cache_policy=NO_CACHE, persist_result=False, retries=0)
async def decide(workplace: Workplace, report: Report, clock: Clock) -> None:
    await asyncio.to_thread(steps.choose, workplace, report, now=clock())


@task(name="deliver", cache_policy=NO_CACHE, persist_result=False, retries=0)
async def deliver(workplace: Workplace, report: Report, clock: Clock) -> None:
    await asyncio.to_thread(steps.send, workplace, report, clock=clock)


@flow(name="dondoc-daily", retries=0, persist_result=False, validate_parameters=False)
async def daily(on: str | None = None, province: str | None = None) -> dict[str, Any]:
    """Import, resolve, decide, enqueue and deliver for the day `on` (ISO; today where it is left out).

    `province` is one of DONDOC_PROVINCES. Secrets never travel as parameters: the workplace reads them from the
    environment.
    """
    workplace = open_workplace(province=province)
    set_up(workplace.settings.var)
    workplace.ready()
    schedule = workplace.settings.schedule
    clock = clocks.here(schedule.zone)
    if on is not None:
        clock = clocks.standing_at(date.fromisoformat(on), schedule.work_from, schedule.zone)
    report = Report(day=clock().date())
    run = await asyncio.to_thread(steps.begin, workplace, report.day, clock())
    try:
        with about(run=run, province=workplace.province):
            for step in (import_plans, resolve, decide, deliver):
                await step(workplace, report, clock)
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"
        await asyncio.to_thread(steps.end, workplace, run, report, now=clock(), error=failure)
        raise
    await asyncio.to_thread(steps.end, workplace, run, report, now=clock())
    await publish(workplace, report, f"-{province}" if province else "")
    return report.counts()
