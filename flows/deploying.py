"""`dondoc deploy`: what Prefect runs when, on a pool of workers on any number of machines. Doing it again is safe.

Each province has its own deployments, so that the daily work is shared out among the workers by province.
No secret is a parameter: a worker finds them in its own environment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from prefect import get_client
from prefect.automations import Automation, EventTrigger, Posture
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, StateType
from prefect.deployments.flow_runs import arun_deployment
from prefect.events.actions import ChangeFlowRunState, RunDeployment
from prefect.exceptions import ObjectAlreadyExists
from prefect.schedules import Cron, Schedule
from prefect.types.entrypoint import EntrypointType

from flows.daily import daily
from flows.deliver import deliver
from flows.emitting import RECORDED
from flows.resolve import resolve_now
from flows.scheduled import daily_cron, deliver_cron
from flows.steps.workplace import Workplace
from flows.watch import watch

POOL = "dondoc"
SENDERS = 2
"""How many runs may empty a province's outbox at the same time."""
HEARTBEAT = timedelta(seconds=90)
"""A run that has been silent for so long counts as crashed; workers need PREFECT_FLOWS_HEARTBEAT_FREQUENCY=30."""


def deploy(workplaces: Sequence[Workplace], *, pool: str = POOL) -> list[str]:
    """Register everything with the server of PREFECT_API_URL; returns the names of the deployments."""
    return asyncio.run(_deploy(workplaces, pool))


async def _deploy(workplaces: Sequence[Workplace], pool: str) -> list[str]:
    names: list[str] = []
    async with get_client() as client:
        with suppress(ObjectAlreadyExists):
            await client.create_work_pool(WorkPoolCreate(name=pool, type="process"))
        for place in workplaces:
            names += await _deploy_province(client, place, pool)
        await _keep_automation(client, _zombies())
    return names


async def _deploy_province(client: PrefectClient, place: Workplace, pool: str) -> list[str]:
    zone, province = place.settings.schedule.timezone, place.province
    found: list[str] = []
    for flow, schedule, limit in (
        (daily, Cron(daily_cron(place), timezone=zone), 1),
        (deliver, Cron(deliver_cron(place), timezone=zone), SENDERS),
        (watch, Cron("*/10 * * * *", timezone=zone), 1),
        (resolve_now, None, 1),
    ):
        identity = await _register(flow, place, pool, schedule=schedule, limit=limit)
        found.append(f"{flow.name}/{flow.name}-{province}")
        if flow is resolve_now:
            await _keep_automation(client, _resolves(province, identity))
    return found


async def _register(flow: Any, place: Workplace, pool: str, *, schedule: Schedule | None, limit: int) -> UUID:
    made = await flow.ato_deployment(
        f"{flow.name}-{place.province}",
        schedule=schedule,
        parameters={"province": place.province},
        tags=["dondoc", place.province],
        concurrency_limit=ConcurrencyLimitConfig(
            # What waits behind a run that hangs would only pile up: the next one catches up anyway.
            limit=limit,
            collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW,
        ),
        work_pool_name=pool,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    identity: UUID = await made.aapply() if hasattr(made, "aapply") else await made.apply()
    return identity


def _resolves(province: str, deployment: UUID) -> Automation:
    """Starts the resolve flow of a province at once when an issued document has been recorded."""
    return Automation(
        name=f"dondoc-resolve-{province}",
        description="Văn bản vừa được ghi nhận: tính lại thời hạn và báo ngay.",
        trigger=EventTrigger(
            expect={RECORDED},
            match={"prefect.resource.id": f"dondoc.province.{province}"},
            posture=Posture.Reactive,
            threshold=1,
        ),
        actions=[
            RunDeployment(
                source="selected", deployment_id=deployment, parameters={"province": province}, job_variables=None
            )
        ],
    )


def _zombies() -> Automation:
    """Marks as crashed what a killed worker left behind as running, so that it holds no one up."""
    ended = {f"prefect.flow-run.{name}" for name in ("Completed", "Failed", "Cancelled", "Crashed")}
    return Automation(
        name="dondoc-zombies",
        description="Lượt chạy không còn tín hiệu được coi là đã hỏng.",
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.heartbeat", *ended},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=HEARTBEAT,
        ),
        actions=[
            ChangeFlowRunState(name=None, state=StateType.CRASHED, message="Không còn tín hiệu.", force=False)
        ],
    )


async def _keep_automation(client: PrefectClient, wanted: Automation) -> None:
    for old in await client.read_automations_by_name(wanted.name):
        await client.delete_automation(old.id)
    await wanted.acreate()


async def start_daily(province: str, day: date) -> str:
    """Ask for a province's daily run of `day`, on whichever worker is free. Asked twice, it runs once."""
    run: Any = await arun_deployment(
        f"{daily.name}/{daily.name}-{province}", timeout=0, idempotency_key=f"{daily.name}|{province}|{day}"
    )
    return str(run.id)
