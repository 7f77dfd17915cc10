"""A mail server with moods: `python bench/soak/sink.py LOG`. It prints its port and reads moods from its input.

    ok          takes mail
    defer       451 to every recipient
    refuse      421 instead of a greeting
    stall       takes the mail and does not answer
    drop        closes the connection where the mail's words begin
    lose        takes the mail and closes the connection instead of saying so

Every mail that is taken is a line of LOG, its Message-ID. It ends when its input does.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

IDENTITY = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Sink(asyncio.Protocol):
    mood = "ok"
    log = Path()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.out, self.rest, self.body, self.refused = transport, b"", False, False
        if Sink.mood == "refuse":
            self.out.write(b"421 4.7.0 Too busy\r\n")
            self.out.close()
        else:
            self.out.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while not self.out.is_closing():
            head, found, rest = self.rest.partition(b"\r\n.\r\n" if self.body else b"\r\n")
            if not found:
                return
            self.rest = rest
            answer = self.took(head) if self.body else self.answer(head[:4].upper())
            if answer is None:
                self.out.abort()
            else:
                self.out.write(answer)

    def took(self, words: bytes) -> bytes | None:
        """The answer to a whole mail; b"" says nothing yet, None closes the connection."""
        self.body = False
        found = IDENTITY.search(words.replace(b"\r\n ", b" "))
        with Sink.log.open("a") as log:
            log.write((found[1].decode() if found else "none") + "\n")
        return {"lose": None, "stall": b""}.get(Sink.mood, b"250 2.0.0 Ok\r\n")

    def answer(self, verb: bytes) -> bytes | None:
        match verb, Sink.mood:
            case b"EHLO", _:
                return b"250-sink.example\r\n250-SIZE 10240000\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
            case b"RCPT", "defer":
                self.refused = True
                return b"451 4.3.0 Try again later\r\n"
            case b"DATA", "drop":
                return None
            case b"DATA", _ if self.refused:
                return b"554 5.5.1 No valid recipients\r\n"
            case b"DATA", _:
                self.body = True
                return b"354 End data with <CR><LF>.<CR><LF>\r\n"
            case b"MAIL" | b"RSET", _:
                self.refused = False
                return b"250 2.1.0 Ok\r\n"
            case b"QUIT", _:
                return b"221 2.0.0 Bye\r\n"
            case _:
                return b"250 2.1.0 Ok\r\n"


async def serve(log: Path) -> None:
    Sink.log = log
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while mood := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        Sink.mood = mood
        print(mood, flush=True)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
