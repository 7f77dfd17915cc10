"""A mail server of its own process that keeps what it took, and kills its client where it is told to.

It prints its port. Each line of its input, `arm STAGE PID`, has it kill that process the next time that a session
comes to that stage: greeting, rcpt, data, dot (the whole text is here and nothing kept) or kept (the text is kept
and the answer is never sent). It writes one line for each kept mail: Message-ID, recipient, digest of the text.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import signal
import sys
from pathlib import Path


class Sink:
    def __init__(self, log: Path) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._armed: tuple[str, int] | None = None

    def arm(self, line: str) -> None:
        match line.split():
            case ["arm", stage, pid]:
                self._armed = (stage, int(pid))
            case _:
                self._armed = None

    def at(self, stage: str) -> bool:
        """Kill the client where this is the stage; then nothing more is said to it."""
        if self._armed is None or self._armed[0] != stage:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._armed[1], signal.SIGKILL)
        self._armed = None
        return True

    async def session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            if not self.at("greeting"):
                await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ""
        writer.write(b"220 sink.example ESMTP\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            answer = b"250 OK\r\n"
            if verb == b"EHLO":
                answer = b"250-sink.example\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
            elif verb == b"RCPT":
                recipient = line.decode("utf-8", "replace").strip()
                if self.at("rcpt"):
                    return
            elif verb == b"DATA":
                if self.at("data"):
                    return
                writer.write(b"354 go on\r\n")
                text = await reader.readuntil(b"\r\n.\r\n")
                if self.at("dot"):
                    return
                self._keep(text, recipient)
                if self.at("kept"):
                    return
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                return
            writer.write(answer)

    def _keep(self, text: bytes, recipient: str) -> None:
        head = text.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
        named = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"message-id:"))
        identity = named.partition(b":")[2].strip().decode()
        digest = hashlib.sha256(text).hexdigest()
        os.write(self._log, f"{identity}\t{recipient}\t{digest}\n".encode())


async def serve(log: Path) -> None:
    sink = Sink(log)
    server = await asyncio.start_server(sink.session, "127.0.0.1", 0, limit=1 << 26)
    print(server.sockets[0].getsockname()[1], flush=True)
    commands = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        sink.arm(line.decode())
        print("armed", flush=True)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
