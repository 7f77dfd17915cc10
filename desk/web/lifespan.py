"""What the desk does by itself while it is up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from starlette.applications import Starlette

from flows.steps.memory import give_back

EVERY = 600.0
"""Seconds between two times that memory of finished requests is given back."""


def lifespan(every: float = EVERY) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """What runs from the start of the server to its end; `every` is in seconds."""

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        keeping_small = asyncio.create_task(_keep_small(every))
        try:
            yield
        finally:
            keeping_small.cancel()
            with suppress(asyncio.CancelledError):
                await keeping_small

    return life


async def _keep_small(every: float) -> None:
    while True:
        await asyncio.sleep(every)
        await asyncio.to_thread(give_back)
