"""Any service of Apprise, for one recipient at a time.

`{to}` in the address stands for the recipient; without it the address itself is the one recipient. Apprise
tells only yes or no, so a no is `Unavailable`: the outbox tries again, and a copy in a chat is a lesser evil
than silence.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import get_ident
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from apprise import Apprise, AppriseAsset, NotifyFormat
from apprise.manager_plugins import NotificationManager

from notifiers.apprise_deadline import within
from notifiers.apprise_guard import PrivateAddress, public_connections_only, refuse_private
from notifiers.channel import ChannelError, scheme_of
from notifiers.errors import NotSent, Refused, Scope, Unavailable
from notifiers.message import Message, Receipt
from notifiers.render_clean import block, shorten

_INSTANCES = 64
_RECIPIENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@:-]{0,253}")
_STATUS = re.compile(r"\berror=(\d{3})\b")
_MENTION = re.compile(r"(?<![^\W_])@|@(?=\*)")
LONGEST = 60.0
"""Seconds that one message may take in all."""
_manager: Any = NotificationManager


class AppriseChannel:
    """Raises ChannelError where Apprise does not take the address or it leads into the local network."""

    resend_unconfirmed = False

    def __init__(self, url: str, *, allow_private: bool = False, seconds: float = LONGEST) -> None:
        self.name = scheme_of(url)
        self._url = url.strip()
        self._allow_private = allow_private
        self._seconds = seconds
        self._service: Callable[[str], Any] = lru_cache(maxsize=_INSTANCES)(self._instantiate)
        plugins = _manager()
        if self.name not in plugins:
            raise ChannelError(f"Apprise không có kênh “{self.name[:20]}”")
        self._forms: tuple[str, ...] = plugins[self.name].templates
        self._refuse_unchecked_tls()
        self._refuse_private_host()
        if "{to}" not in self._url:
            self._service(self._url)

    def send(self, message: Message) -> Receipt:
        if "{to}" in self._url and not _RECIPIENT.fullmatch(message.to):
            # Apprise decodes an address before it takes it apart, so quoting alone keeps nothing in its place.
            raise Refused("Địa chỉ người nhận có ký tự lạ", code="dondoc:address", scope=Scope.RECIPIENT)
        url = self._url.replace("{to}", quote(message.to, safe=""))
        try:
            self._refuse_private_host()
            service = self._service(url)
        except ChannelError as wrong:
            scope = Scope.RECIPIENT if "{to}" in self._url else Scope.CHANNEL
            raise Refused(f"Không dùng được kênh {self.name}: {wrong}", code="dondoc:url", scope=scope) from None
        statuses: list[str] = []
        try:
            with (
                within(self._seconds),
                public_connections_only(enabled=not self._allow_private),
                _heard(statuses),
            ):
                taken = service.notify(
                    body=without_mentions(block(message.text)),
                    title=without_mentions(shorten(message.subject, 200)),
                    body_format=NotifyFormat.TEXT,
                )
        except NotSent:
            raise
        except PrivateAddress:
            reason = f"Kênh {self.name} trỏ vào mạng nội bộ"
            raise Refused(reason, code="dondoc:private", scope=Scope.CHANNEL) from None
        except Exception as failure:
            reason = f"Kênh {self.name} gặp lỗi: {type(failure).__name__}"
            raise Unavailable(reason, code="dondoc:apprise", scope=Scope.CHANNEL) from None
        if not taken:
            code = statuses[-1] if statuses else None
            told = f" (HTTP {code})" if code else ""
            raise Unavailable(f"Kênh {self.name} báo không gửi được{told}", code=code, scope=Scope.CHANNEL)
        return Receipt(answer=f"{self.name}: đã nhận")

    def check(self) -> str:
        return f"{self.name}: địa chỉ hợp lệ"

    def close(self) -> None:
        """Apprise opens a connection for each message."""

    def __enter__(self) -> AppriseChannel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _instantiate(self, url: str) -> Any:
        # Without a mask for pictures no message has the reader's phone fetch one from a stranger's server.
        asset = AppriseAsset(secure_logging=True, http_redirects=False, app_id="DonDoc", image_url_mask="")
        with _quiet():
            service = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
        if service is None:
            raise ChannelError("Apprise không hiểu địa chỉ")
        if len(service) > 1:
            raise ChannelError("địa chỉ có nhiều người nhận; mỗi người nhận cần một địa chỉ riêng")
        service.request_rate_per_sec = min(service.request_rate_per_sec, 1.0)
        return service

    def _refuse_unchecked_tls(self) -> None:
        try:
            options = {name.lower() for name in parse_qs(urlsplit(self._url).query)}
        except ValueError:
            raise ChannelError("địa chỉ không hợp lệ") from None
        if "verify" in options:
            allowed = "máy chủ có chứng thư riêng thì ghi tệp chứng thư vào REQUESTS_CA_BUNDLE"
            raise ChannelError(f"kênh gửi luôn kiểm tra chứng thư, không nhận verify=; {allowed}")

    def _refuse_private_host(self) -> None:
        """Only services that an organisation runs itself name a machine; elsewhere a token stands in its place."""
        if self._allow_private or not any("{host}" in form for form in self._forms):
            return
        try:
            refuse_private(unquote(urlsplit(self._url).hostname or ""))
        except PrivateAddress:
            raise ChannelError(
                "địa chỉ trỏ vào mạng nội bộ; muốn dùng, đặt allow_private = true trong channels.toml"
            ) from None
        except ValueError:
            raise ChannelError("địa chỉ không hợp lệ") from None


def without_mentions(text: str) -> str:
    """The same words to the eye, where no service reads a call to everybody ("@all", "<!channel>", "<users/all>").

    Addresses of e-mail keep their sign; no service has a way to quote it that all the others leave unprinted.
    """
    return _MENTION.sub("\uff20", text).replace("<", "\u2039").replace(">", "\u203a")


class _Ear(logging.Handler):
    """Hears what Apprise says in this thread; of its words only the status of an answer is kept."""

    def __init__(self, statuses: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._statuses, self._thread = statuses, get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._statuses.extend(_STATUS.findall(record.getMessage()))


@contextmanager
def _heard(statuses: list[str]) -> Iterator[None]:
    """The status of each answer that Apprise logs and does not return."""
    log, ear = logging.getLogger("apprise"), _Ear(statuses)
    log.addHandler(ear)
    try:
        yield
    finally:
        log.removeHandler(ear)


@contextmanager
def _quiet() -> Iterator[None]:
    """Apprise 1.13 logs the whole address, tokens included, when it does not understand it."""
    log = logging.getLogger("apprise")
    was = log.disabled
    log.disabled = True
    try:
        yield
    finally:
        log.disabled = was
