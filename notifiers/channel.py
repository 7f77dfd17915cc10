"""Which address is which channel, which addresses are allowed, and how they are shown.

"" or eml:///folder                    e-mail written to files
smtp://  smtps://  smtp+starttls://    e-mail
zalooa://  zalouid://  zalocs://       Zalo (docs/zalo.md)
zalogmf://  zalobot://
any of `ALLOWED` or of the caller's    a service of Apprise
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable
from urllib.parse import unquote, urlsplit

from notifiers.message import Message, Receipt, Sender

__all__ = ["ALLOWED", "Channel", "ChannelError", "Sender", "check_url", "mask", "open_channel", "scheme_of"]

MAIL = frozenset({"smtp", "smtps", "smtp+starttls"})
ZALO = frozenset({"zalooa", "zalouid", "zalocs", "zalogmf", "zalobot"})

ALLOWED = frozenset(
    {"tgram", "msteams", "workflows", "slack", "discord", "webex", "gchat", "lark", "ntfys", "gotifys"}
    | {"matrixs", "mmosts", "rockets", "nctalks", "zulip"}
)
"""Apprise's schemes that may be used unless config says otherwise: chat services, over TLS only.

Never among them, even if config asks: those that run a program, write to this machine's desktop or log, or
send e-mail in a way that makes a new Message-ID each time (`FORBIDDEN`).
"""

FORBIDDEN = frozenset(
    {"mailto", "mailtos", "syslog", "rsyslog", "dbus", "kde", "qt", "glib", "gnome", "macosx", "windows"}
    | {"gio", "growl", "smpp", "smpps", "blink1", "apprise", "apprises"}
)


class ChannelError(ValueError):
    """The address is not one that this system may use. The words name the reason, never the address."""


@runtime_checkable
class Channel(Protocol):
    """Sends messages to single recipients and keeps its connection open between them.

    Not for several threads at once: each opens its own.
    """

    @property
    def name(self) -> str:
        """ "email", "eml", "zalooa", "zalobot" or Apprise's scheme."""
        ...

    @property
    def resend_unconfirmed(self) -> bool:
        """Whether a message whose answer was lost may be sent again, because copies can be told apart."""
        ...

    def send(self, message: Message) -> Receipt:
        """Raises Refused, Unavailable or Unconfirmed, and nothing else."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_channel(
    url: str,
    *,
    sender: Sender,
    var: Path,
    allow_private: bool = False,
    allow: Collection[str] = ALLOWED,
    **zalo: Any,
) -> Channel:
    """The channel at this address; nothing is connected before the first message.

    `allow_private` lets an Apprise address point into the local network; `allow` replaces the list of Apprise
    schemes. What else is given goes to Zalo. Raises ChannelError.
    """
    scheme = check_url(url, allow=allow)
    if scheme in MAIL:
        from notifiers.email_channel import EmailChannel
        from notifiers.email_settings import parse_smtp_url

        try:
            return EmailChannel(parse_smtp_url(url), sender=sender)
        except ValueError as wrong:
            raise ChannelError(str(wrong)) from None
    if scheme == "eml":
        from notifiers.eml import EmlChannel

        return EmlChannel(_folder(url, var), sender=sender)
    if scheme in ZALO:
        from notifiers.zalo import open_zalo

        opened: Channel = open_zalo(url, sender=sender, var=var, allow_private=allow_private, **zalo)
        return opened
    from notifiers.apprise_url import AppriseChannel

    return AppriseChannel(url, allow_private=allow_private)


def scheme_of(url: str) -> str:
    """The scheme in small letters; "eml" for an empty address."""
    url = url.strip()
    return url.partition("://")[0].lower() if url else "eml"


def check_url(url: str, *, allow: Collection[str] = ALLOWED) -> str:
    """The scheme, if it is one that may be used. Raises ChannelError."""
    scheme = scheme_of(url)
    if url.strip() and "://" not in url:
        raise ChannelError("địa chỉ kênh gửi phải bắt đầu bằng tên kênh, ví dụ smtp:// hoặc tgram://")
    if any(ord(mark) < 0x20 or ord(mark) == 0x7F for mark in url):
        raise ChannelError("địa chỉ kênh gửi có ký tự điều khiển")
    if scheme in MAIL or scheme in ZALO or scheme == "eml":
        return scheme
    if scheme in FORBIDDEN or scheme not in allow:
        raise ChannelError(f"kênh gửi “{scheme[:20]}” không nằm trong danh sách được phép")
    return scheme


def mask(url: str) -> str:
    """The address as people and logs may see it: no user's password, no token.

    For mail the server's name stays; for everything else, where any part may be a token, only the scheme.
    """
    scheme = scheme_of(url)
    if scheme == "eml":
        return url.strip() or "eml://"
    if scheme not in MAIL:
        return f"{scheme[:20]}://***" if "://" in url else "***"
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "?", parts.port
    except ValueError:
        return f"{scheme}://***"
    user = f"{unquote(parts.username)}:***@" if parts.username else ""
    shown_host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{user}{shown_host}" + (f":{port}" if port else "")


def _folder(url: str, var: Path) -> Path:
    path = unquote(urlsplit(url.strip()).path) if url.strip() else ""
    if not path.isprintable():
        raise ChannelError("thư mục của kênh eml:// có ký tự điều khiển")
    return Path(path) if path else var / "outbox"
