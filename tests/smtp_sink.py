"""A real SMTP server on loopback that keeps what it is given."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """What arrived: envelope recipient and message, in order. `refuse` answers a recipient with a code."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, EmailMessage]] = []
        self.raw: list[tuple[str, bytes]] = []
        """The same as they came."""
        self.refuse: dict[str, str] = {}

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.raw.extend((address, bytes(envelope.content)) for address in envelope.rcpt_tos)
        self.messages.extend((address, message) for address in envelope.rcpt_tos)
        return "250 2.0.0 kept"


class Sink(Controller):
    """`with Sink() as sink:` … `sink.url`, `sink.mailbox.messages`."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        super().__init__(self.mailbox, hostname="127.0.0.1", port=0, enable_SMTPUTF8=True)

    def __enter__(self) -> Sink:
        self.start()
        return self

    def __exit__(self, *_args: object) -> None:
        self.stop()

    def _trigger_server(self) -> None:
        # Port 0 is only known once the server listens.
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"
