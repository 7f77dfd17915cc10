"""Lose the first answer to every mail on its way to a receiver that is not ours, and count what its mailbox holds.

    PYTHONPATH=. .venv/bin/python bench/crash/receiver.py [--messages 1000]

Between us and Postfix stands a proxy that hangs up instead of passing on the first 250 after the dot of each
Message-ID: Postfix has the mail, and we do not know it.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import socketserver
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from bench.crash.mailbox import Receiver, missing
from bench.daily.seeding import DAY, NOW, code, seed, workplace
from flows.steps.composing import sender
from flows.steps.deciding import decide
from flows.steps.sending import deliver
from notifiers.email_message import message_id
from store.balance import balance

_IDENTITY = re.compile(rb"^message-id:\s*(<[^>]+>)", re.I | re.M)


@dataclass(kw_only=True)
class Verdict:
    messages: int
    answers_dropped: int = 0
    in_mailbox: int = 0
    identities: int = 0
    set_aside: int = 0
    """Copies that the receiver recognised."""
    lost: int = 0
    foreign: int = 0
    balance: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return (
            self.answers_dropped == self.in_mailbox == self.identities == self.set_aside == self.messages
            and self.lost == self.foreign == 0
            and self.balance["sent"] == self.balance["planned"] == self.messages
        )


class Dropping(socketserver.ThreadingTCPServer):
    """A proxy that passes a conversation on in lock step, until it has to hang up."""

    daemon_threads = True

    def __init__(self, upstream: int) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.upstream = upstream
        self.dropped: Counter[bytes] = Counter()
        self.port: int = self.server_address[1]

    def __enter__(self) -> Dropping:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    server: Dropping

    def handle(self) -> None:
        with socket.create_connection(("127.0.0.1", self.server.upstream)) as upstream:
            answers = upstream.makefile("rb")
            self.wfile.write(_reply(answers))
            while line := self.rfile.readline():
                upstream.sendall(line)
                answer = _reply(answers)
                self.wfile.write(answer)
                if answer.startswith(b"354") and not self._body(upstream, answers):
                    return

    def _body(self, upstream: socket.socket, answers: object) -> bool:
        """Pass one mail on. False where its answer was taken and is not passed back."""
        mail = b""
        while not mail.endswith(b"\r\n.\r\n"):
            line = self.rfile.readline()
            if not line:
                return False
            mail += line
        upstream.sendall(mail)
        answer = _reply(answers)
        found = _IDENTITY.search(mail)
        assert found
        if answer.startswith(b"250") and not self.server.dropped[found[1]]:
            self.server.dropped[found[1]] += 1
            return False
        self.wfile.write(answer)
        return True


def _reply(answers: object) -> bytes:
    """One whole reply, of however many lines."""
    reply = b""
    while True:
        line: bytes = answers.readline()  # type: ignore[attr-defined]
        reply += line
        if not line or line[3:4] != b"-":
            return reply


def trial(*, messages: int, folder: Path) -> Verdict:
    verdict = Verdict(messages=messages)
    begun = time.monotonic()
    with Receiver() as receiver, Dropping(receiver.port) as proxy:
        url, smtp = f"sqlite:///{folder / 'dondoc.db'}", f"smtp://127.0.0.1:{proxy.port}"
        place = workplace(folder, url=url, smtp=smtp, agencies=messages)
        seed(place, stored=messages, due=messages, agencies=messages)
        decide(place, now=NOW, today=DAY)
        moment = NOW
        for _ in range(4):
            deliver(place, clock=lambda: moment)  # noqa: B023 - called before it changes
            moment += timedelta(minutes=15)
        receiver.wait_for(2 * messages, seconds=60)
        arrived, aside = receiver.identities(), receiver.copies()
        verdict.answers_dropped = len(proxy.dropped)
        with place.database.read() as connection:
            verdict.balance = asdict(balance(connection, place.province))
        place.database.close()
    host = sender(place).host
    keys = (f"{place.province}|reminders|{code(number)}|agency|email|{DAY}" for number in range(messages))
    expected = {message_id(key, host) for key in keys}
    verdict.in_mailbox, verdict.identities = arrived.total(), len(arrived)
    verdict.set_aside = aside.total()
    verdict.lost, verdict.foreign = len(expected - set(arrived)), len(set(arrived) - expected)
    verdict.seconds = round(time.monotonic() - begun, 1)
    return verdict


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--messages", type=int, default=1000)
    asked = words.parse_args()
    if why := missing():
        print(why, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="dondoc-receiver-") as folder:
        verdict = trial(messages=asked.messages, folder=Path(folder))
    print(json.dumps(asdict(verdict) | {"passed": verdict.passed}, indent=1))
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
