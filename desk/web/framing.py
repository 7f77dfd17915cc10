"""Where one request ends and the next begins, so strictly that nobody between here and the browser can see it
otherwise (RFC 9112, 6.3 and 11.2; OWASP ASVS 5.0, 4.2.1).

h11 refuses most of what is ambiguous by itself. Some of the rest RFC 9112 lets a server take; it is refused here,
with 400 and the end of the connection, because a proxy in front may take it in the other way.
"""

from __future__ import annotations

import re
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_END_OF_HEAD = re.compile(rb"\n\r?\n")
_UNCLEAR = re.compile(rb"(?<!\r)\n|\r(?!\n)|\n[ \t]|\x00")
"""A bare LF or CR, a header that goes on in the next line, or a NUL."""


class StrictConnection(h11.Connection):
    """What a client sends, with nothing in it that has two readings. Raises RemoteProtocolError."""

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        if self.their_state is h11.IDLE:
            self._refuse_unclear_head()
        event = super().next_event()
        if isinstance(event, h11.Request):
            _refuse_unclear_body(event)
        return event

    def _refuse_unclear_head(self) -> None:
        held, _ended = self.trailing_data
        end = _END_OF_HEAD.search(held)
        if end is not None and _UNCLEAR.search(held, 0, end.end()):
            raise h11.RemoteProtocolError("a line of the head ends in an unclear way")


def _refuse_unclear_body(request: h11.Request) -> None:
    if request.http_version not in {b"1.0", b"1.1"}:
        raise h11.RemoteProtocolError("neither HTTP/1.0 nor HTTP/1.1")
    names = [name for name, _ in request.headers]
    if b"transfer-encoding" not in names:
        return
    if b"content-length" in names:
        raise h11.RemoteProtocolError("both Content-Length and Transfer-Encoding")
    if request.http_version == b"1.0":
        raise h11.RemoteProtocolError("Transfer-Encoding in HTTP/1.0")


class StrictProtocol(H11Protocol):
    """uvicorn's protocol on such a connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = self.config.h11_max_incomplete_event_size
        self.conn = StrictConnection(h11.SERVER, *(() if limit is None else (limit,)))

    def send_400_response(self, msg: str) -> None:
        # What is wrong may come behind an answer that has begun already: then the end says it.
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            super().send_400_response(msg)
        else:
            self.transport.close()
