"""Telling Prefect that a document was recorded, so that an automation starts the resolve flow at once.

Nothing depends on it: without a server, or with one that does not answer, the next daily run does the same.
"""

from __future__ import annotations

import os

from flows.steps.logs import logger

RECORDED = "dondoc.event.recorded"


def emit_recorded(province: str, event: int) -> bool:
    """Emit the event where PREFECT_API_URL names a server. False where there is none or it does not answer."""
    if not os.environ.get("PREFECT_API_URL"):
        return False
    try:
        import httpx

        # One plain request: importing Prefect would cost the command line two seconds.
        answer = httpx.post(f"{os.environ['PREFECT_API_URL']}/events", json=[_event(province, event)], timeout=5)
        answer.raise_for_status()
    except Exception as error:
        logger("events").warning("prefect not told", recorded=event, error=type(error).__name__)
        return False
    return True


def _event(province: str, event: int) -> dict[str, object]:
    from datetime import UTC, datetime
    from uuid import uuid4

    return {
        "id": str(uuid4()),
        "occurred": datetime.now(UTC).isoformat(),
        "event": RECORDED,
        "resource": {"prefect.resource.id": f"dondoc.province.{province}", "prefect.resource.name": province},
        "payload": {"province": province, "event": event},
    }
