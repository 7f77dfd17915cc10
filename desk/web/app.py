"""The desk as one ASGI application. The table of routes says who may do what; nothing is reachable past it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from config.breached_passwords import look
from config.errors import ConfigError
from desk.web import gate
from desk.web.api import mounted
from desk.web.bounce_hooks import BOUNCES, bounce_route
from desk.web.guard import Guard
from desk.web.lifespan import lifespan
from desk.web.routes import ROUTES, UPLOADS, Entry
from desk.web.visit import Desk, Visit, Wrong
from desk.web.zalo_hooks import zalo_routes
from flows.steps.clock import here
from flows.steps.workplace import Workplace
from store.errors import StoreError

OUT_OF_ORDER = "Hệ thống tạm thời chưa phục vụ được; hãy thử lại sau, hoặc báo quản trị viên."
"""What people read whose matter the inside of the program is not."""

ASIDE = ("/login", "/export/")
"""Pages that need no turn, as no change does: waiting for an issuer, a large file or another writer, they would
keep everybody from looking meanwhile."""

STATIC = Path(__file__).parent / "static"


def build(workplace: Workplace, clock: Callable[[], datetime] | None = None) -> Starlette:
    """The application. Raises StoreError, ConfigError where there is nothing to work with."""
    workplace.validate()
    if workplace.settings.breached_passwords is not None:
        look(workplace.settings.breached_passwords)
    desk = Desk(workplace, clock or here(workplace.settings.schedule.zone))
    routes: list[BaseRoute] = [
        Mount("/static", StaticFiles(directory=STATIC)),
        *zalo_routes(desk),
        bounce_route(desk),
        *mounted(desk),
        *(Route(entry.path, _endpoint(desk, entry), methods=[entry.method]) for entry in ROUTES),
    ]
    return Starlette(
        routes=routes,
        lifespan=lifespan(),
        middleware=[Middleware(Guard, place=lambda: desk.place, uploads=UPLOADS | {BOUNCES})],
        exception_handlers={HTTPException: _http_error(desk), Exception: _failure},
    )


def _endpoint(desk: Desk, entry: Entry) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        form = FormData()
        if request.method == "POST":
            try:
                form = await request.form(max_files=10, max_fields=20_000, max_part_size=256 * 1024)
            except MultiPartException as error:
                raise HTTPException(400, "Biểu mẫu gửi lên không đọc được.") from error
        return await run_in_threadpool(_serve, desk, entry, request, form)

    return answer


def _serve(desk: Desk, entry: Entry, request: Request, form: FormData) -> Response:
    visit = Visit(request=request, desk=desk, now=desk.clock(), form=form)
    try:
        desk.catch_up()
        if entry.method != "GET" or entry.path.startswith(ASIDE):
            return _answered(visit, entry)
        with desk.turns:
            return _answered(visit, entry)
    except Wrong as error:
        return visit.sorry(str(error), 422)
    except (StoreError, ConfigError) as error:
        logging.getLogger(__name__).error("%s: %s", type(error).__name__, error)
        return visit.sorry(str(error) if visit.may("admin") else OUT_OF_ORDER, 503)


def _answered(visit: Visit, entry: Entry) -> Response:
    return entry.handler(visit) if entry.role is None else gate.admitted(visit, entry.role, entry.handler)


def _http_error(desk: Desk) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        visit = Visit(request=request, desk=desk, now=desk.clock())
        said = {404: "Không có trang này.", 405: "Trang này không nhận yêu cầu kiểu đó."}
        if error.status_code == 400:
            return visit.sorry(str(error.detail), 400)
        return visit.sorry(said.get(error.status_code, "Yêu cầu không thực hiện được."), error.status_code)

    return answer


async def _failure(_request: Request, _error: Exception) -> Response:
    # The server logs the failure itself; who asked learns nothing of how the program is made.
    return PlainTextResponse("Hệ thống gặp lỗi; văn phòng đã có nhật ký để xem lại.", 500)
