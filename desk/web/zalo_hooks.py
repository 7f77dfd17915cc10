"""Where Zalo calls: POST /api/zalo for the Official Account, /api/zalo-bot for the bot.

Below /api/ no browser's cookie counts; the signature of the body is the key. What fails of ours is answered
500, so that Zalo calls again.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from config.errors import ConfigError
from desk.web.visit import Desk
from store.errors import StoreError

log = logging.getLogger("dondoc.zalo")


def zalo_routes(desk: Desk) -> tuple[Route, ...]:
    return (
        Route("/api/zalo", _endpoint(desk, bot=False), methods=["POST"]),
        Route("/api/zalo-bot", _endpoint(desk, bot=True), methods=["POST"]),
    )


def _endpoint(desk: Desk, *, bot: bool) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_hear, desk, body, dict(request.headers), bot)

    return answer


def _hear(desk: Desk, body: bytes, headers: dict[str, str], bot: bool) -> Response:
    from flows.steps.zalo_webhook import hear

    try:
        heard = hear(desk.workplace, body, headers, now=desk.clock(), bot=bot)
    except (StoreError, ConfigError) as error:
        log.error("A webhook could not be kept: %s", error)
        return PlainTextResponse("", 500)
    if heard.status != 200:
        log.warning("A webhook was refused: %s", heard.did)
    return PlainTextResponse("", heard.status)
