"""A total time for what a service of Apprise does, whatever drips in.

Apprise bounds each read, so a server that sends a byte now and then would hold a worker for ever. When the time
is over, the connections that this thread has opened meanwhile are shut; whoever reads from them sees their end.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_opened = threading.local()
_installed = threading.Event()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Shut every connection that this thread opens inside, `seconds` after the beginning."""
    if not _installed.is_set():
        _installed.set()
        sys.addaudithook(_watch)
    mine: list[socket.socket] = []
    over = threading.Timer(seconds, _shut, [mine])
    over.daemon = True
    _opened.sockets = mine
    over.start()
    try:
        yield
    finally:
        over.cancel()
        _opened.sockets = None
        while mine:
            mine.pop().close()


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    mine = getattr(_opened, "sockets", None)
    if event != "socket.connect" or mine is None or not isinstance(arguments[0], socket.socket):
        return
    # TLS takes the socket's number over, so a second number of the same connection is kept.
    with contextlib.suppress(OSError):
        mine.append(socket.socket(fileno=os.dup(arguments[0].fileno())))


def _shut(sockets: list[socket.socket]) -> None:
    for one in tuple(sockets):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
