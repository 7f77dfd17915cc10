"""A mail server that takes everything and keeps nothing but a count: `python -m bench.delivery.sink [ADDRESS]`.

It prints its port, then answers until its input closes. It says what Postfix says to EHLO, and is quick enough
that the sender is what is measured.
"""

from __future__ import annotations

import asyncio
import sys


class Sink(asyncio.Protocol):
    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.out, self.rest, self.body = transport, b"", False
        self.out.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.rest += data
        replies = []
        while True:
            end = b"\r\n.\r\n" if self.body else b"\r\n"
            head, found, rest = self.rest.partition(end)
            if not found:
                break
            self.rest = rest
            replies.append(self.took() if self.body else self.answer(head[:4].upper()))
        if replies:
            self.out.write(b"".join(replies))

    def took(self) -> bytes:
        self.body = False
        Sink.taken += 1
        return b"250 2.0.0 Ok: queued as 4XYZ\r\n"

    def answer(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return b"250-sink.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
        if verb == b"DATA":
            self.body = True
            return b"354 End data with <CR><LF>.<CR><LF>\r\n"
        return b"221 2.0.0 Bye\r\n" if verb == b"QUIT" else b"250 2.1.0 Ok\r\n"


async def serve(address: str) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, address, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(Sink.taken, flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"))
