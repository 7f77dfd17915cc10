"""Where a mail server hands over returned mails: POST /api/bounces, the mail as it is, signed (docs/operations.md).

Below /api/ no browser's cookie counts; the signature of the body is the key. A mail that is handed over twice
changes nothing the second time, so an old request that somebody repeats is harmless; one older than `WINDOW`
is refused all the same.
"""

from __future__ import annotations

import hashlib
import hmac
import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from config.errors import ConfigError
from desk.web.visit import Desk
from store.errors import StoreError

BOUNCES = "/api/bounces"
WINDOW = 300
"""Seconds either side of now within which a request was signed."""
LARGEST = 5_000_000
"""Bytes of a mail; servers enclose at most what we sent."""
log = logging.getLogger("dondoc.bounces")


def bounce_route(desk: Desk) -> Route:
    async def answer(request: Request) -> Response:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                return JSONResponse({"error": "too large"}, 413)
        return await run_in_threadpool(_take, desk, bytes(body), dict(request.headers))

    return Route(BOUNCES, answer, methods=["POST"])


def signature(secret: str, stamp: str, body: bytes) -> str:
    """The hex digest that a genuine request carries; `stamp` is in whole seconds since 1970."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _take(desk: Desk, body: bytes, headers: dict[str, str]) -> Response:
    from flows.steps.bouncing import receive

    refused = _refused(desk, body, headers)
    if refused:
        log.warning("A returned mail was refused: %s", refused)
        return JSONResponse({"error": refused}, 401)
    try:
        found = receive(desk.workplace, body, now=desk.clock())
    except (StoreError, ConfigError) as error:
        log.error("A returned mail could not be kept: %s", error)
        return JSONResponse({"error": "try again"}, 500)
    return JSONResponse({fate.value: many for fate, many in found.items()})


def _refused(desk: Desk, body: bytes, headers: dict[str, str]) -> str | None:
    """Why a request does not count; None where it is signed with our secret, now."""
    secret = desk.workplace.settings.bounces_secret
    stamp = headers.get("x-dondoc-timestamp", "").strip()
    if not secret:
        return "no secret is set"
    given = headers.get("x-dondoc-signature", "").strip().lower().removeprefix("sha256=")
    if not hmac.compare_digest(given.encode(), signature(secret, stamp, body).encode()):
        return "wrong signature"
    fits = stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12
    if not fits or abs(desk.clock().timestamp() - int(stamp)) > WINDOW:
        return "signed at another time"
    return None
