"""Our e-mail as a service of Apprise: `dondocmail://user:password@host:port/?to=…&from=…`.

For whoever calls Apprise himself; the outbox uses `EmailChannel`. Unlike Apprise's own mail plugin it keeps
its connection, gives each text one Message-ID and raises `Refused`, `Unavailable` or `Unconfirmed`.
`mode=starttls` or `mode=tls` encrypts, as `smtp+starttls://` and `smtps://` do.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote

import apprise
from apprise.manager_plugins import NotificationManager

from notifiers.email_channel import EmailChannel
from notifiers.email_message import digest, mailbox
from notifiers.email_settings import Security, parse_smtp_url
from notifiers.errors import Refused
from notifiers.message import Message, Receipt, Sender

SCHEME = "dondocmail"
_NotifyBase: Any = apprise.NotifyBase  # half typed: None where subclasses put words
_manager: Any = NotificationManager
_MODES = {"plain": Security.PLAIN, "starttls": Security.STARTTLS, "tls": Security.TLS}


class NotifyEmail(_NotifyBase):  # type: ignore[misc]
    """One recipient an address. Raises TypeError, as Apprise asks, where the address is incomplete."""

    service_name = "Đôn Đốc e-mail"
    service_url = "https://www.rfc-editor.org/rfc/rfc5321"
    setup_url = "https://www.rfc-editor.org/rfc/rfc5321"
    protocol = SCHEME
    templates: ClassVar[tuple[str, ...]] = ("{schema}://{host}", "{schema}://{user}:{password}@{host}:{port}")
    template_tokens: ClassVar[dict[str, Any]] = {
        "host": {"name": "host", "type": "string", "required": True},
        "port": {"name": "port", "type": "int"},
        "user": {"name": "user", "type": "string"},
        "password": {"name": "password", "type": "string", "private": True},
    }
    body_maxlen = 1_000_000
    title_maxlen = 200
    request_rate_per_sec = 0

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        options = kwargs.get("qsd", {})
        try:
            self._to = mailbox(options.get("to", ""))
            sender = Sender(address=mailbox(options.get("from", "")), name=options.get("name", ""))
            self._mode = options.get("mode", "plain")
            settings = parse_smtp_url(f"{_MODES[self._mode]}://{self._place(secret=True)}")
        except (Refused, KeyError, ValueError) as wrong:
            raise TypeError(f"incomplete {SCHEME} address: {wrong}") from None
        self._sender = sender
        self._channel = EmailChannel(settings, sender=sender)

    def deliver(self, message: Message) -> Receipt:
        return self._channel.send(message)

    def send(self, body: str, title: str = "", notify_type: object = None, **kwargs: Any) -> bool:
        """The same words on the same day are the same mail, so a repeat can be told apart."""
        now = datetime.now(UTC)
        key = digest(f"{self._to}\n{now:%Y-%m-%d}\n{title}\n{body}")
        self.deliver(Message(key=key, to=self._to, subject=title, text=body, created=now))
        return True

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:
        place = self._place(secret=not privacy)
        return (
            f"{SCHEME}://{place}/?to={quote(self._to)}&from={quote(self._sender.address)}"
            f"&name={quote(self._sender.name)}&mode={self._mode}"
        )

    def _place(self, *, secret: bool) -> str:
        port = f":{self.port}" if self.port else ""
        if not self.user:
            return f"{self.host}{port}"
        password = quote(self.password or "", safe="") if secret else "***"
        return f"{quote(self.user, safe='')}:{password}@{self.host}{port}"


def register() -> None:
    """Makes the scheme known to Apprise; again does nothing."""
    plugins = _manager()
    if SCHEME not in plugins:
        plugins[SCHEME] = NotifyEmail
