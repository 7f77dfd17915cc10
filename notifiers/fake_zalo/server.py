"""The fake as an HTTP server on 127.0.0.1: all of Zalo's hosts behind one port, and a page for people."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from notifiers.fake_zalo import page
from notifiers.fake_zalo.faults import Fault
from notifiers.fake_zalo.hooks import Hooks, HookSettings
from notifiers.fake_zalo.routes import Reply, reply
from notifiers.fake_zalo.world import Request, World

LARGEST = 1 << 20


class FakeServer(ThreadingHTTPServer):
    """Serves one world. `base` is the URL to put into every *_base setting."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, world: World, port: int = 0, hooks: HookSettings | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.world = world
        self.hooks = Hooks(world=world, settings=hooks or HookSettings())
        self._running: list[threading.Thread] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def run_in_background(self, *, pump_hooks: bool = False) -> Self:
        self._running = [threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)]
        if pump_hooks:
            self._running.append(threading.Thread(target=self.pump_until_stopped, daemon=True))
        for thread in self._running:
            thread.start()
        return self

    def pump_until_stopped(self) -> None:
        while not self.world.stopping.wait(0.2):
            self.hooks.pump()

    def close(self) -> None:
        self.world.stopping.set()
        if self._running:
            self.shutdown()
        self.server_close()

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


def start(world: World, port: int = 0, hooks: HookSettings | None = None) -> FakeServer:
    """A running fake, to be used as a context manager. Webhooks leave when `hooks.pump()` is called."""
    return FakeServer(world, port, hooks).run_in_background()


def serve(
    host: str = "127.0.0.1",
    port: int = 8089,
    *,
    world: World | None = None,
    webhook_url: str = "",
    on_ready: Callable[[FakeServer], None] | None = None,
) -> None:
    """Run by hand until interrupted. Raises ValueError for any host but 127.0.0.1."""
    if host not in {"127.0.0.1", "localhost"}:
        raise ValueError("the fake Zalo listens on 127.0.0.1 only")
    server = FakeServer(world or page.example_world(), port, HookSettings(url=webhook_url))
    threading.Thread(target=server.pump_until_stopped, daemon=True).start()
    try:
        if on_ready is not None:
            on_ready(server)
        server.serve_forever(0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "FakeZalo"
    server: FakeServer

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: paths hold bot tokens."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        request = self._request(method)
        if page.is_for_people(request.path):
            answer = page.reply(self.server.world, self.server.hooks, request)
        else:
            answer = reply(self.server.world, request)
        with contextlib.suppress(OSError):
            self._give(answer)

    def _request(self, method: str) -> Request:
        parts = urlsplit(self.path)
        size = min(int(self.headers.get("Content-Length") or 0), LARGEST)
        content = self.rfile.read(size) if size else b""
        body, valid = _parsed(content, self.headers.get("Content-Type", ""))
        return Request(
            method=method,
            path=parts.path,
            query=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            valid=valid,
        )

    def _give(self, answer: Reply) -> None:
        match answer.fault:
            case Fault.HANG:
                self.server.world.stopping.wait(answer.seconds)
                self.close_connection = True
            case Fault.RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
            case Fault.CUT:
                whole = self._head(answer) + answer.content
                self.wfile.write(whole[: len(whole) - len(answer.content) // 2 - 1])
                self.close_connection = True
            case Fault.DRIP:
                self.wfile.write(self._head(answer))
                self._drip(answer.content, answer.seconds)
            case Fault.DRIP_HEAD:
                self._drip(self._head(answer) + answer.content, answer.seconds)
            case _:
                self.wfile.write(self._head(answer) + answer.content)

    def _drip(self, content: bytes, seconds: float) -> None:
        for byte in content:
            if self.server.world.stopping.wait(seconds / 100):
                return
            self.wfile.write(bytes([byte]))

    def _head(self, answer: Reply) -> bytes:
        lines = [
            f"HTTP/1.1 {answer.status} OK",
            f"Content-Type: {answer.type}; charset=utf-8",
            f"Content-Length: {len(answer.content)}",
        ]
        lines += [f"Location: {answer.location}"] if answer.location else []
        remaining = self.server.world.requests_left
        lines += [
            f"X-RateLimit-Limit: {self.server.world.settings.rate_per_minute}",
            f"X-RateLimit-Remain: {remaining}",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _parsed(content: bytes, kind: str) -> tuple[dict[str, object], bool]:
    if "form-urlencoded" in kind:
        return dict(parse_qsl(content.decode("utf-8", "replace"))), True
    if not content:
        return {}, True
    try:
        body = json.loads(content)
    except ValueError:
        return {}, False
    return (body, True) if isinstance(body, dict) else ({}, False)
