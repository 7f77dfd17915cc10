"""What an admin asks of a bot: who it is, where its updates go, and the updates themselves where it has no webhook.

A province without a public address has its bot polled: the pilot's people write to the bot, and so their chats
become known. Zalo gives one update at a time, none (408) when nobody wrote, and none while a webhook is set.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from notifiers.errors import NotSent
from notifiers.zalo.session import Session
from notifiers.zalo.settings import LOOPBACK

IDLE = "408"
POLL_SECONDS = 10
"""How long Zalo may hold a question for updates; shorter than the time that a request may take."""


class Bot:
    """Every method asks the Bot API once and raises NotSent where it says no."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def name(self) -> str:
        me = self._session.bot("getMe", {})
        return str(me.get("account_name") or me.get("id") or "")

    def webhook(self) -> str:
        """Where updates go; "" where they wait to be asked for."""
        return str(self._session.bot("getWebhookInfo", {}).get("url") or "")

    def set_webhook(self, url: str) -> None:
        """Send updates there from now on, with the secret by which they are known. Raises ValueError."""
        secret = self._session.settings.bot_secret
        if not 8 <= len(secret) <= 256:
            raise ValueError("DONDOC_ZALO_BOT_SECRET phải có từ 8 đến 256 ký tự")
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise ValueError("Zalo chỉ gọi địa chỉ https://")
        self._session.bot("setWebhook", {"url": url, "secret_token": secret})

    def delete_webhook(self) -> None:
        self._session.bot("deleteWebhook", {})

    def next_update(self, seconds: int = POLL_SECONDS) -> Mapping[str, object] | None:
        """The next thing that somebody wrote; None where nobody did for so many seconds."""
        try:
            return self._session.bot("getUpdates", {"timeout": seconds}, expected=IDLE)
        except NotSent as nothing:
            if nothing.code == IDLE:
                return None
            raise
