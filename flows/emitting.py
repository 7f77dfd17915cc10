"""Telling Prefect that a document was recorded, so that an automation starts the resolve flow at once.

Nothing depends on it: without a server, or with one that does not answer, the next daily run does the same.
"""

from __future__ import annotations

from flows import prefect_home
from flows.steps.logs import logger
from flows.steps.workplace import Workplace

RECORDED = "dondoc.event.recorded"
SECONDS = 3.0


def emit_recorded(workplace: Workplace, event: int) -> bool:
    """Tell Prefect that a document was recorded, corrected or withdrawn, after that was committed.

    False where there is no server (see `prefect_home.api`) or it does not take it within seconds.
    """
    url = prefect_home.api(workplace.settings.var)
    if url is None:
        return False
    try:
        import httpx

        # One plain request: importing Prefect would cost the command line two seconds.
        answer = httpx.post(f"{url}/events", json=[_event(workplace.province, event)], timeout=SECONDS)
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
