"""`dondoc deploy`: what Prefect runs when, on a pool of workers on any number of machines. Doing it again is safe.

Each province has its own deployments, so that the daily work is shared out among the workers by province.
No secret is a parameter: a worker finds them in its own environment.
"""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.flow_runs import arun_deployment
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists
from prefect.types.entrypoint import EntrypointType

from flows.daily import daily
from flows.steps.workplace import Workplace
from flows.timetable import Job, jobs, looking_for_the_dead

POOL = "dondoc"
TAG = "dondoc"
"""What every deployment of ours is marked with."""
ENGINE = shlex.join([sys.executable, "-m", "prefect.engine"])
"""How a worker starts a run. Left to itself it starts two processes, one to look for the program and one to run it,
and each imports Prefect. So the program stands at the same place on every machine.
"""


def deploy(workplaces: Sequence[Workplace], *, pool: str = POOL) -> tuple[list[str], list[str]]:
    """Register everything with the server of PREFECT_API_URL; returns the names of the deployments.

    Then the names of those that were removed: of a province that is no more, or of another version's jobs.
    """
    return asyncio.run(_deploy(workplaces, pool))


async def _deploy(workplaces: Sequence[Workplace], pool: str) -> tuple[list[str], list[str]]:
    names: list[str] = []
    async with get_client() as client:
        with suppress(ObjectAlreadyExists):
            await client.create_work_pool(WorkPoolCreate(name=pool, type="process"))
        wanted = [(job, place) for place in workplaces for job in jobs(place)]
        for job, place in [*wanted, (looking_for_the_dead(), None)]:
            made = await deployment(
                job,
                place,
                concurrency_limit=_limit(job),
                work_pool_name=pool,
                entrypoint_type=EntrypointType.MODULE_PATH,
                job_variables={"command": ENGINE},
            )
            await made.aapply()
            names.append(f"{job.flow.name}/{made.name}")
        return names, await _remove_others(client, pool, {name.partition("/")[2] for name in names})


async def _remove_others(client: PrefectClient, pool: str, wanted: Collection[str]) -> list[str]:
    """Left alone, they would go on being scheduled, and fail every day."""
    ours = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    in_pool = WorkPoolFilter(name=WorkPoolFilterName(any_=[pool]))
    found = await client.read_deployments(deployment_filter=ours, work_pool_filter=in_pool)
    removed = [one for one in found if one.name not in wanted]
    for one in removed:
        await client.delete_deployment(one.id)
    return [one.name for one in removed]


async def deployment(job: Job, place: Workplace | None, **more: Any) -> RunnerDeployment:
    """One job as Prefect keeps it, of one province or of none; `more` says where it runs."""
    provinces = [place.province] if place else []
    made: RunnerDeployment = await job.flow.ato_deployment(
        "-".join([job.flow.name, *provinces]),
        description=job.about,
        schedules=list(job.schedules),
        triggers=list(job.triggers),
        parameters={"province": place.province} if place else {},
        tags=[TAG, *provinces],
        **more,
    )
    return made


def _limit(job: Job) -> ConcurrencyLimitConfig | None:
    if job.limit is None:
        return None
    strategy = ConcurrencyLimitStrategy.ENQUEUE if job.waits else ConcurrencyLimitStrategy.CANCEL_NEW
    return ConcurrencyLimitConfig(limit=job.limit, collision_strategy=strategy)


def start_daily(province: str, day: date) -> tuple[str, str]:
    """Have a province's daily run of `day` made by whichever worker is free; returns its id and its state.

    Asked twice for a day, there is one run: the second time, what has become of the first is told.
    """
    return asyncio.run(_start_daily(province, day))


async def _start_daily(province: str, day: date) -> tuple[str, str]:
    run: Any = await arun_deployment(
        f"{daily.name}/{daily.name}-{province}", timeout=0, idempotency_key=f"{daily.name}|{province}|{day}"
    )
    async with get_client() as client:
        found = await client.read_flow_run(run.id)
    return str(run.id), found.state_type.value if found.state_type else "UNKNOWN"
