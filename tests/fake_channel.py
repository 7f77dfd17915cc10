"""A channel in this process that fails as it is told to, and remembers what it was given."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from notifiers.errors import NotSent
from notifiers.message import Message, Receipt, Sender


class Office:
    """What every channel of a test hands over to, and the failures that come next."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        """Every message that arrived, in order; one whose answer was lost is among them where `arrives` said so."""
        self.failures: deque[Callable[[Message], NotSent | None]] = deque()
        self.lost_answers_arrive = True

    def opens(self, url: str, *, sender: Sender, var: Path, **_tools: Any) -> FakeChannel:
        return FakeChannel(self, mail=not url or url.startswith("smtp"))


class FakeChannel:
    def __init__(self, office: Office, *, mail: bool) -> None:
        self._office = office
        self._mail = mail

    @property
    def name(self) -> str:
        return "email" if self._mail else "chat"

    @property
    def resend_unconfirmed(self) -> bool:
        return self._mail

    def send(self, message: Message) -> Receipt:
        from notifiers.errors import Unconfirmed

        failure = self._office.failures.popleft()(message) if self._office.failures else None
        if failure is None or (isinstance(failure, Unconfirmed) and self._office.lost_answers_arrive):
            self._office.taken.append(message)
        if failure is not None:
            raise failure
        return Receipt(answer="250 OK")

    def close(self) -> None:
        """There is nothing to close."""

    def __enter__(self) -> FakeChannel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
