"""Requests whose end can be seen in two ways, sent by hand to the desk as `dondoc web` serves it: each is refused
and the connection ended, so that what is hidden behind the first is never answered as a second."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from desk.commands.web import desk_server
from tests.desk_samples import Clock, add_user, opened

HIDDEN = b"GET /static/desk.css HTTP/1.1\r\nHost: localhost\r\n\r\n"
"""What somebody would like to have answered as if it came from another person."""
CHUNKS = b"5\r\na=bcd\r\n0\r\n\r\n"


def request(
    *lines: bytes, body: bytes = b"", first: bytes = b"POST /login HTTP/1.1", end: bytes = b"\r\n"
) -> bytes:
    head = (first, b"Host: localhost", b"Origin: http://localhost", *lines)
    return b"".join(line + end for line in head) + end + body


FORM = b"Content-Type: application/x-www-form-urlencoded"

REFUSED = {
    "both lengths": request(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=CHUNKS + HIDDEN),
    "both lengths, the other first": request(
        b"Transfer-Encoding: chunked", b"Content-Length: 5", body=CHUNKS + HIDDEN
    ),
    "both lengths, a chunk of nothing": request(
        b"Content-Length: %d" % (5 + len(HIDDEN)), b"Transfer-Encoding: chunked", body=b"0\r\n\r\n" + HIDDEN
    ),
    "both lengths, in a question": request(
        b"Content-Length: 5", b"Transfer-Encoding: chunked", body=CHUNKS + HIDDEN, first=b"GET /login HTTP/1.1"
    ),
    "two lengths": request(b"Content-Length: 5", b"Content-Length: 6", body=b"a=bcd" + HIDDEN),
    "two lengths in one": request(b"Content-Length: 5, 6", body=b"a=bcd" + HIDDEN),
    "a length with a sign": request(b"Content-Length: +5", body=b"a=bcd" + HIDDEN),
    "a length below nothing": request(b"Content-Length: -5", body=b"a=bcd" + HIDDEN),
    "a length in sixteens": request(b"Content-Length: 0x5", body=b"a=bcd" + HIDDEN),
    "a length that is none": request(b"Content-Length: ", body=b"a=bcd" + HIDDEN),
    "a length without end": request(b"Content-Length: " + b"5" * 200, body=b"a=bcd" + HIDDEN),
    "two codings": request(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", body=CHUNKS + HIDDEN),
    "two codings in one": request(b"Transfer-Encoding: identity, chunked", body=CHUNKS + HIDDEN),
    "an unknown coding": request(b"Transfer-Encoding: xchunked", body=CHUNKS + HIDDEN),
    "a coding with a tab": request(b"Transfer-Encoding: \x0bchunked", body=CHUNKS + HIDDEN),
    "a coding in HTTP/1.0": request(
        b"Transfer-Encoding: chunked",
        b"Connection: keep-alive",
        body=CHUNKS + HIDDEN,
        first=b"POST /login HTTP/1.0",
    ),
    "a space before the colon": request(b"Transfer-Encoding : chunked", body=CHUNKS + HIDDEN),
    "a length with a space before the colon": request(b"Content-Length : 5", body=b"a=bcd" + HIDDEN),
    "a header in two lines": request(b"Transfer-Encoding:", b" chunked", body=CHUNKS + HIDDEN),
    "a header in two lines, with a tab": request(
        b"X-One: a", b"\tTransfer-Encoding: chunked", body=CHUNKS + HIDDEN
    ),
    "a first line in two": request(b"X: y", body=HIDDEN, first=b"POST /login HTTP/1.1\r\n Host: localhost"),
    "bare LF throughout": request(b"Content-Length: 5", body=b"a=bcd" + HIDDEN, end=b"\n"),
    "a bare LF in a header": request(b"X-One: a\nTransfer-Encoding: chunked", body=CHUNKS + HIDDEN),
    "a bare LF as the end": request(b"Content-Length: 5")[:-2] + b"\n" + b"a=bcd" + HIDDEN,
    "a bare CR in a header": request(b"X-One: a\rTransfer-Encoding: chunked", body=CHUNKS + HIDDEN),
    "a bare CR as the end of a line": request(b"Content-Length: 5\r", body=b"a=bcd" + HIDDEN),
    "a NUL": request(b"X-One: a\x00b", b"Content-Length: 5", body=b"a=bcd" + HIDDEN),
    "no header at all": request(b"Transfer-Encoding", body=CHUNKS + HIDDEN),
    "two hosts": request(b"Host: dondoc.example", b"Content-Length: 5", body=b"a=bcd" + HIDDEN),
    "two spaces in the first line": request(body=HIDDEN, first=b"POST  /login HTTP/1.1"),
    "another protocol": request(body=HIDDEN, first=b"POST /login HTTP/2.0 HTTP/1.1"),
}
for name, chunk in {
    "0x": b"0x5\r\na=bcd\r\n0\r\n\r\n",
    "a sign": b"+5\r\na=bcd\r\n0\r\n\r\n",
    "below nothing": b"-1\r\na=bcd\r\n0\r\n\r\n",
    "no digit": b"\r\na=bcd\r\n0\r\n\r\n",
    "no number": b"five\r\na=bcd\r\n0\r\n\r\n",
    "a space before": b" 5\r\na=bcd\r\n0\r\n\r\n",
    "an underscore": b"0_5\r\na=bcd\r\n0\r\n\r\n",
    "no end": b"f" * 400 + b"\r\na=bcd\r\n0\r\n\r\n",
    "too short": b"4\r\na=bcd\r\n0\r\n\r\n",
    "too long": b"6\r\na=bcd\r\n0\r\n\r\n",
    "a bare LF": b"5\na=bcd\r\n0\r\n\r\n",
    "a bare LF in what is added": b"5;x=\nxx\r\na=bcd\r\n0\r\n\r\n",
    "a bare LF behind": b"5\r\na=bcd\n0\r\n\r\n",
    "something else behind": b"5\r\na=bcdXX0\r\n\r\n",
}.items():
    REFUSED[f"a chunk: {name}"] = request(FORM, b"Transfer-Encoding: chunked", body=chunk + HIDDEN)

TWO = {
    "a length": request(FORM, b"Content-Length: 5", body=b"a=bcd" + HIDDEN),
    "the same length twice": request(FORM, b"Content-Length: 5", b"Content-Length: 5", body=b"a=bcd" + HIDDEN),
    "chunks": request(FORM, b"Transfer-Encoding: chunked", body=CHUNKS + HIDDEN),
    "chunks with something added": request(
        FORM, b"Transfer-Encoding: Chunked", body=b"05;x=y\r\na=bcd\r\n0\r\nX-T: 1\r\n\r\n" + HIDDEN
    ),
}
"""Two requests to everybody."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    place = opened({"DONDOC_VAR": str(tmp_path_factory.mktemp("framing") / "var")})
    add_user(place, Clock(place), "admin1", "admin")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    server = desk_server(place, host="127.0.0.1", port=number)
    # The answers to two requests are told apart by the end of the connection, which comes this much later.
    server.config.timeout_keep_alive = 1
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield number
    server.should_exit = True
    thread.join(60)


def answers(port: int, sent: bytes, piece: int = 1 << 20) -> list[int]:
    """The states of all that is answered until the desk ends the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for start in range(0, len(sent), piece):
                wire.sendall(sent[start : start + piece])
        except (BrokenPipeError, ConnectionResetError):
            # It refused before it had all.
            pass
        got = b""
        try:
            while more := wire.recv(1 << 16):
                got += more
        except ConnectionResetError:
            pass
    return [int(state) for state in re.findall(rb"HTTP/1\.1 (\d{3}) ", got)]


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED)
def test_what_has_two_readings_is_refused(port: int, sent: bytes) -> None:
    assert answers(port, sent) == [400]


@pytest.mark.parametrize(
    "name", ["both lengths", "a bare LF as the end", "a header in two lines", "a chunk: too short"]
)
def test_it_is_refused_in_pieces_too(port: int, name: str) -> None:
    said = answers(port, REFUSED[name], piece=7)
    assert said in ([400], []), "a connection that ends while somebody still writes may lose the answer"


def test_it_is_refused_behind_a_good_one(port: int) -> None:
    for name, sent in REFUSED.items():
        said = answers(port, HIDDEN + sent)
        assert said == [200, 400], name


def test_behind_an_answer_that_is_on_its_way_the_end_comes(port: int) -> None:
    """Refused for its origin before its body was read; the body then goes wrong."""
    bad = request(b"Transfer-Encoding: chunked", body=b"zz\r\n" + HIDDEN).replace(
        b"http://localhost", b"http://x.example"
    )
    assert answers(port, bad, piece=40)[:1] in ([403], [400])
    assert 200 not in answers(port, bad)


@pytest.mark.parametrize("sent", TWO.values(), ids=TWO)
def test_what_everybody_sees_as_two_is_two(port: int, sent: bytes) -> None:
    said = answers(port, sent)
    assert said[1:] == [200]
    assert said[0] < 500


def test_nobody_leaves_http(port: int) -> None:
    upgrade = (
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: eA==",
    )
    assert answers(port, request(*upgrade, first=b"GET /login HTTP/1.1")) == [200]
    assert answers(port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == [400]
