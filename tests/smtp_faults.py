"""A mail server of our own on loopback that misbehaves as told: each connection plays the next script.

A script maps a stage ("connect", "ehlo", "mail", "rcpt", "data", "dot", "rset") to what happens there: a reply,
`DROP` (hang up), `HANG` (say nothing until the client leaves) or `SLAM` (hang up while the body is coming).
"""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field

DROP, HANG, SLAM = "DROP", "HANG", "SLAM"
Script = dict[str, str]
_USUAL = {
    "connect": "220 gia.example ESMTP",
    "ehlo": "250 gia.example",
    "mail": "250 2.1.0 Ok",
    "rcpt": "250 2.1.5 Ok",
    "data": "354 go ahead",
    "dot": "250 2.0.0 Ok: queued as AB12CD34",
    "rset": "250 2.0.0 Ok",
    "noop": "250 2.0.0 Ok",
    "quit": "221 2.0.0 Bye",
}


@dataclass
class FaultyServer:
    """`scripts` are played in order, one a connection or, with a list, one a message; then all goes well."""

    scripts: list[Script] = field(default_factory=list)
    extensions: tuple[str, ...] = ("PIPELINING", "SIZE 100000", "8BITMIME")
    accepted: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    limit_reached: threading.Event = field(default_factory=threading.Event)
    """Once set, the next MAIL is answered with 421."""

    def __enter__(self) -> FaultyServer:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            script = self.scripts.pop(0) if self.scripts else {}
            with connection:
                connection.settimeout(10)
                try:
                    self._talk(connection, {**_USUAL, **script})
                except (OSError, EOFError):
                    continue

    def _talk(self, connection: socket.socket, script: Script) -> None:
        lines = connection.makefile("rb")
        self._say(connection, script["connect"])
        while line := lines.readline():
            verb = line[:4].strip().lower().decode("ascii", "replace")
            self.commands.append(line.decode("utf-8", "replace").strip())
            if verb == "ehlo" and script["ehlo"].startswith("250 "):
                self._say(connection, "\r\n".join(["250-gia.example", *map("250-{}".format, self.extensions)]))
            reply = script.get(verb, "502 5.5.2 unknown")
            if verb == "mail" and self.limit_reached.is_set():
                self.limit_reached.clear()
                reply = "421 4.7.0 too many messages on this connection"
            self._say(connection, reply)
            if verb == "data" and reply.startswith("354"):
                self._take(connection, lines, script)
            if verb == "quit":
                return

    def _take(self, connection: socket.socket, lines: object, script: Script) -> None:
        if script.get("body") == SLAM:
            lines.readline()  # type: ignore[attr-defined]
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            raise EOFError
        if "body" in script:
            self._say(connection, script["body"])
            raise EOFError
        body = b""
        while (line := lines.readline()) != b".\r\n":  # type: ignore[attr-defined]
            if not line:
                raise EOFError
            body += line[1:] if line.startswith(b".") else line
        wanted = script["mail"].startswith("250") and script["rcpt"].startswith("250")
        if wanted and (script["dot"].startswith("250") or "accepted" in script):
            self.accepted.append(body)
        self._say(connection, script["dot"])

    def _say(self, connection: socket.socket, reply: str) -> None:
        if reply == DROP:
            raise EOFError
        if reply == HANG:
            connection.recv(1)
            raise EOFError
        connection.sendall(f"{reply}\r\n".encode())
        if reply.startswith("421"):
            raise EOFError
