"""The operator's digest by itself. The daily run puts it into the outbox too; who comes second finds it there.

So the operator hears in the morning even where the daily run broke off before it came to the digest.
"""

from __future__ import annotations

import asyncio
from typing import Any

from prefect import flow

from flows.steps import clock as clocks
from flows.steps.digesting import decide_digest
from flows.steps.logs import set_up
from flows.steps.sending import deliver as send
from flows.steps.workplace import Workplace, open_workplace


@flow(name="dondoc-digest", retries=0, persist_result=False)
async def digest(province: str | None = None) -> dict[str, Any]:
    """Decide today's digest, where there is none yet, and send what may go."""
    workplace = open_workplace(province=province)
    set_up(workplace.settings.var)
    return await asyncio.to_thread(_digest, workplace)


def _digest(workplace: Workplace) -> dict[str, Any]:
    clock = clocks.here(workplace.zone)
    now = clock()
    wanted = decide_digest(workplace, now=now, today=now.date())
    return {"wanted": wanted, "messages": dict(send(workplace, clock=clock).outcomes)}
