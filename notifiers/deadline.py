"""A total time for one HTTP request, whatever drips in: name, handshake, headers and body together.

httpx bounds each read, not their sum, so a server that sends a byte of a header now and then would hold a
worker for ever. Every operation on the connection here has what is left of the whole.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx


class Deadline:
    """Set anew by `start` before each request; for one thread at a time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = 0.0

    def start(self) -> None:
        self._until = time.monotonic() + self._seconds

    def left(self, timeout: float | None, late: type[Exception]) -> float:
        """Seconds that an operation may take; raises `late` where there are none left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise late("the whole request took too long")
        return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, left, local_address, socket_options), self._deadline)


class BoundedTransport(httpx.HTTPTransport):
    """httpx's own transport, every connection of which keeps within the deadline.

    `through` may put something before what opens the connections, as a check of their addresses.
    """

    def __init__(
        self,
        deadline: Deadline,
        *,
        through: Callable[[httpcore.NetworkBackend], httpcore.NetworkBackend] = lambda backend: backend,
        **given: Any,
    ) -> None:
        super().__init__(**given)
        # httpx hands no backend on to the pool that it makes.
        self._pool._network_backend = through(_Backend(deadline))
