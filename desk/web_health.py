"""What looks at Đôn Đốc from outside: `/healthz`, `/readyz` and `/metrics`.

The web desk mounts `routes(...)`; `python -m desk.web_health` serves them alone, on this machine only.
/metrics is for this machine, or for who brings the token DONDOC_METRICS_TOKEN.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from config.errors import ConfigError
from config.settings import secret
from flows.steps import metrics
from flows.steps.clock import here
from flows.steps.missed import missed
from flows.steps.workplace import Workplace, open_workplaces
from store.errors import StoreError
from store.migrate import check

PORT = 8421
_HERE = frozenset({"127.0.0.1", "::1", "testclient"})


def routes(workplaces: Sequence[Workplace], clock: Callable[[], datetime] | None = None) -> list[Route]:
    """The three pages for these provinces."""
    first = workplaces[0]
    now = clock or here(first.zone)

    async def healthz(_request: Request) -> Response:
        return await run_in_threadpool(_health, workplaces, now())

    async def readyz(_request: Request) -> Response:
        return await run_in_threadpool(_readiness, workplaces)

    async def figures(request: Request) -> Response:
        if not _may_read(request, first):
            return PlainTextResponse("Không có quyền xem.", 403)
        return await run_in_threadpool(_figures, workplaces, now())

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", figures)]


def _health(workplaces: Sequence[Workplace], now: datetime) -> Response:
    """Alive: the database answers, and the morning's run was not missed."""
    said: dict[str, str] = {}
    for place in workplaces:
        try:
            said[place.province] = "missed" if missed(place, now) else "ok"
        except StoreError:
            said[place.province] = "database"
    return _told(said)


def _readiness(workplaces: Sequence[Workplace]) -> Response:
    """Ready for work: the database is at the newest schema and no file has a mistake."""
    said: dict[str, str] = {}
    for place in workplaces:
        try:
            check(place.database)
            place.validate()
            said[place.province] = "ok"
        except StoreError:
            said[place.province] = "database"
        except ConfigError:
            said[place.province] = "configuration"
    return _told(said)


def _told(said: dict[str, str]) -> Response:
    well = set(said.values()) <= {"ok"}
    return JSONResponse({"ok": well, "provinces": said}, 200 if well else 503, {"cache-control": "no-store"})


def _figures(workplaces: Sequence[Workplace], now: datetime) -> Response:
    try:
        return PlainTextResponse(metrics.text(workplaces, now), media_type=metrics.CONTENT_TYPE)
    except StoreError:
        return PlainTextResponse("Cơ sở dữ liệu không trả lời.", 503)


def _may_read(request: Request, workplace: Workplace) -> bool:
    given = os.environ if workplace.environment is None else workplace.environment
    token = secret(given, "DONDOC_METRICS_TOKEN")
    if token:
        brought = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(brought.encode(), token.encode())
    # Behind a proxy everybody seems to come from this machine.
    forwarded = any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))
    return request.client is not None and request.client.host in _HERE and not forwarded


def main() -> None:
    import uvicorn

    from desk.web.framing import StrictProtocol

    app = Starlette(routes=list(routes(open_workplaces())))
    port = int(os.environ.get("DONDOC_HEALTH_PORT") or PORT)
    host = os.environ.get("DONDOC_HEALTH_HOST") or "127.0.0.1"
    uvicorn.run(
        app,
        host=host,
        port=port,
        http=StrictProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main()
