"""E-mail as a channel: our message, built once, over one kept connection."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from notifiers.email_message import build, digest, mailbox
from notifiers.email_settings import SmtpSettings
from notifiers.email_smtp import Envelope, SmtpConnection
from notifiers.errors import Refused, Scope
from notifiers.message import Message, Receipt, Sender

if TYPE_CHECKING:
    from notifiers.email_dkim import Signer


class EmailChannel:
    """Sends over SMTP. An unconfirmed mail may go again: it carries the same Message-ID."""

    name = "email"
    resend_unconfirmed = True

    def __init__(self, settings: SmtpSettings, *, sender: Sender) -> None:
        self._sender = sender
        self._signer = _signer(settings)
        self._connection = SmtpConnection(settings, hello=sender.host)

    def send(self, message: Message) -> Receipt:
        data = build(message, self._sender)
        if self._signer:
            data = self._signer.signed(data)
        try:
            origin = mailbox(self._sender.address)
        except Refused as wrong:
            raise Refused(wrong.reason, code=wrong.code, scope=Scope.CHANNEL) from None
        envelope = Envelope(sender=origin, recipient=mailbox(message.to), data=data, ident=digest(message.key))
        return self._connection.send(envelope)

    def check(self) -> str:
        """Connects and logs in without sending; returns the server's greeting. Raises as `send` does."""
        return self._connection.check()

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> EmailChannel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _signer(settings: SmtpSettings) -> Signer | None:
    if settings.dkim is None:
        return None
    from notifiers.email_dkim import Signer  # its library is slow to import and seldom used

    return Signer(settings.dkim)
