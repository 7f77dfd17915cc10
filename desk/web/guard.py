"""What holds for every request before any page sees it: known host, own origin, bounded body, safe headers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not "no-referrer": browsers would then send the origin "null" with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}

SMALL = 512 * 1024
LARGE = 40 * 1024 * 1024
"""Bytes of a body: of a form, and of a form with a file."""


class TooLarge(Exception):  # noqa: N818 - an outcome of reading
    """The body is longer than its page takes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the desk may be reached: the address that others use, if any, and this machine."""

    base_url: str

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    def knows(self, host: str) -> bool:
        """Whether a Host header is ours: an unknown one may be somebody else's name for our address."""
        own = urlsplit(self.base_url).netloc.lower()
        name = host.lower().rpartition(":")[0] if ":" in host.rpartition("]")[2] else host.lower()
        return bool(host) and (host.lower() == own or name in LOOPBACK)


def crossing(method: str, headers: Headers, place: Place) -> bool:
    """Whether a request that changes something comes from elsewhere, or does not say where it comes from."""
    if method in SAFE:
        return False
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site != "same-origin":
        return True
    if origin is None:
        return site is None
    host = headers.get("host", "").lower()
    parts = urlsplit(origin)
    if parts.netloc.lower() != host or parts.scheme not in {"http", "https"}:
        return True
    own = urlsplit(place.base_url)
    return parts.netloc.lower() == own.netloc.lower() and parts.scheme != own.scheme


class Guard:
    """ASGI middleware. `programs` is the path under which tokens stand in for cookies."""

    def __init__(
        self, app: ASGIApp, *, place: Callable[[], Place], uploads: frozenset[str], programs: str = "/api/"
    ) -> None:
        self.app = app
        self.place = place
        self.uploads = uploads
        self.programs = programs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        place, headers, path = self.place(), Headers(scope=scope), str(scope["path"])
        answer = _dress(send, path, secure=place.secure)
        if not place.knows(headers.get("host", "")):
            await PlainTextResponse("Tên máy chủ không đúng.", 421)(scope, receive, answer)
        elif not path.startswith(self.programs) and crossing(scope["method"], headers, place):
            refusal = "Yêu cầu không đến từ trang của hệ thống nên không được thực hiện."
            await PlainTextResponse(refusal, 403)(scope, receive, answer)
        else:
            limit = LARGE if path in self.uploads else SMALL
            try:
                await self.app(scope, _bounded(receive, limit, headers), answer)
            except TooLarge:
                await PlainTextResponse("Nội dung gửi lên quá lớn.", 413)(scope, receive, answer)


def _bounded(receive: Receive, limit: int, headers: Headers) -> Receive:
    told = headers.get("content-length", "")
    came = 0

    async def read() -> Message:
        nonlocal came
        if told.isdecimal() and told.isascii() and int(told) > limit:
            raise TooLarge
        message = await receive()
        came += len(message.get("body", b""))
        if came > limit:
            raise TooLarge
        return message

    return read


def _dress(send: Send, path: str, *, secure: bool) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if secure:
                headers.setdefault("strict-transport-security", "max-age=31536000; includeSubDomains")
            headers.setdefault("cache-control", "max-age=3600" if path.startswith("/static/") else "no-store")
        await send(message)

    return answer
