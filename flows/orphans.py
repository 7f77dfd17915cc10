"""Runs whose process is gone: Prefect shows them as running for ever, and keeps their place from the next run.

What is sent does not hang on them, since the outbox decides that. A trigger on missing heartbeats would say the
same of every short run, whose last heartbeat arrives after its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import flow, get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.states import Crashed

SILENCE = timedelta(seconds=70)
"""Two heartbeats and a little; workers need PREFECT_FLOWS_HEARTBEAT_FREQUENCY=30."""
SECOND_LOOK = 40.0
"""Seconds until a silent run is looked at again: the server may have been away, and what lives is heard by then."""
HEARTBEAT = "prefect.flow-run.heartbeat"


@flow(name="dondoc-orphans", retries=0, persist_result=False)
async def orphans() -> list[str]:
    """Mark the runs of every province as crashed that stay silent; returns their ids.

    Nothing is opened but Prefect's API, since this comes every minute.
    """
    async with get_client() as client:
        before = await _silent(client)
        if not before:
            return []
        await asyncio.sleep(SECOND_LOOK)
        still = await _silent(client)
        dead = [run for run, heard in still.items() if before.get(run) == heard]
        for run in dead:
            # Not by force: the rules that are passed over then are those that free its place.
            await client.set_flow_run_state(run, Crashed(message="Không còn tín hiệu."))
    return [f"{run}" for run in dead]


async def _silent(client: PrefectClient) -> Mapping[Any, datetime]:
    """When each run was heard of for the last time that has not been heard of lately; its start at the least."""
    wanted = FlowRunFilter.model_validate({"state": {"type": {"any_": ["RUNNING"]}}, "tags": {"all_": ["dondoc"]}})
    now = datetime.now(UTC)
    running = [
        run
        for run in await client.read_flow_runs(flow_run_filter=wanted)
        if run.start_time is not None and now - run.start_time > SILENCE
    ]
    heard = {run.id: await _last_heard(client, run) for run in running}
    return {run: last for run, last in heard.items() if now - last > SILENCE}


async def _last_heard(client: PrefectClient, run: FlowRun) -> datetime:
    assert run.start_time is not None
    wanted: dict[str, Any] = {
        "filter": {
            "occurred": {"since": run.start_time.isoformat()},
            "event": {"name": [HEARTBEAT]},
            "resource": {"id": [f"prefect.flow-run.{run.id}"]},
            "order": "DESC",
        },
        "limit": 1,
    }
    answer = await client.request("POST", "/events/filter", json=wanted)
    events = answer.raise_for_status().json()["events"]
    return datetime.fromisoformat(events[0]["occurred"]) if events else run.start_time
