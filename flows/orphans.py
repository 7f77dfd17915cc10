"""Runs whose process is gone: Prefect shows them as running for ever, and keeps their place from the next run.

What is sent does not hang on them, since the outbox decides that. A trigger on missing heartbeats would say the
same of every short run, whose last heartbeat arrives after its end.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.states import Crashed

SILENCE = timedelta(seconds=100)
"""Three heartbeats and a little; workers need PREFECT_FLOWS_HEARTBEAT_FREQUENCY=30."""
UNHEARD = timedelta(minutes=15)
"""How long a run may go on that was never heard of: the server may have been away at its first heartbeat."""
HEARTBEAT = "prefect.flow-run.heartbeat"


async def mark_crashed(province: str) -> list[str]:
    """Mark the runs of a province as crashed that have fallen silent; returns their ids.

    One that lives after all, and only could not be heard, goes on sending: nothing but its state is changed.
    """
    found = []
    async with get_client() as client:
        running = FlowRunFilter.model_validate(
            {"state": {"type": {"any_": ["RUNNING"]}}, "tags": {"all_": ["dondoc", province]}}
        )
        for run in await client.read_flow_runs(flow_run_filter=running):
            now = datetime.now(UTC)
            heard = await _last_heartbeat(client, str(run.id))
            if now - (heard or run.start_time or now) > (SILENCE if heard else UNHEARD):
                # Not by force: the rules that are passed over then are those that free its place.
                await client.set_flow_run_state(run.id, Crashed(message="Không còn tín hiệu."))
                found.append(str(run.id))
    return found


async def _last_heartbeat(client: PrefectClient, run: str) -> datetime | None:
    wanted: dict[str, Any] = {
        "filter": {
            "occurred": {"since": (datetime.now(UTC) - timedelta(days=7)).isoformat()},
            "event": {"name": [HEARTBEAT]},
            "resource": {"id": [f"prefect.flow-run.{run}"]},
            "order": "DESC",
        },
        "limit": 1,
    }
    answer = await client.request("POST", "/events/filter", json=wanted)
    events = answer.raise_for_status().json()["events"]
    return datetime.fromisoformat(events[0]["occurred"]) if events else None
