"""A Zalo channel: one way of writing (a plugin), its session, and what the admin asks of the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from notifiers.errors import NotSent, Unconfirmed
from notifiers.message import Message, Receipt
from notifiers.zalo.alerts import Alert
from notifiers.zalo.phone import normal_phone
from notifiers.zalo.session import Clock, Session, Sleep
from notifiers.zalo.settings import ZaloSettings
from notifiers.zalo.tokens import TokenStore

if TYPE_CHECKING:
    from notifiers.zalo.plugins import ZaloPlugin


class State(StrEnum):
    """What Zalo says of a message that it took."""

    DELIVERED = "delivered"
    PENDING = "pending"
    UNKNOWN = "unknown"
    FAILED = "failed"
    """It will not arrive, as the admin has learnt what Zalo's number means (`status_failed`)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    state: State
    delivered_ms: str = ""
    """Zalo's own instant of delivery, milliseconds since 1970 as it gives them; "" where it gives none."""


class ZaloChannel:
    """See notifiers.channel.Channel. A message whose answer was lost is never sent again by itself."""

    resend_unconfirmed = False

    def __init__(self, plugin: ZaloPlugin, session: Session) -> None:
        self._plugin, self._session = plugin, session

    @property
    def name(self) -> str:
        """The scheme."""
        return str(self._plugin.schema)

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """What the admin must know since the channel was opened, one of each code."""
        return self._session.bell.alerts

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._session.close()

    def send(self, message: Message) -> Receipt:
        """Raise Refused, Unavailable or Unconfirmed; `code` leads to `notifiers.zalo.codes.remedy`."""
        try:
            return self._plugin.deliver(message)
        except Unconfirmed as unknown:
            self._session.bell.ring(unknown.code or "answer-lost")
            raise

    def status(self, msg_id: str, phone: str = "") -> Status:
        """Ask what became of a template message. Raises as `send` does."""
        settings = self._session.settings
        params = {"message_id": msg_id}
        if settings.status_with_phone and phone:
            params["phone"] = normal_phone(phone, settings.mobile_pattern) or phone
        data = self._session.get(f"{settings.business_base}/message/status", params).data
        said = str(data.get("status"))
        state = {"1": State.DELIVERED, "0": State.PENDING}.get(said, State.UNKNOWN)
        if said in settings.status_failed:
            state = State.FAILED
        return Status(state=state, delivered_ms=str(data.get("delivery_time") or ""))

    def check(self) -> tuple[str, ...]:
        """What is wrong with this channel, in Vietnamese; sends nothing. Empty when all is well."""
        if self.name == "zalobot":
            return self._problems(lambda: self._session.bot("getMe", {}))
        template = self._plugin.template
        if template is None:
            return self._problems(self._session.keeper.access)
        return self._problems(lambda: self._session.detail(template))

    def _problems(self, ask: Callable[[], object]) -> tuple[str, ...]:
        try:
            ask()
        except NotSent as failed:
            return (failed.reason, *(f"{alert.what}. {alert.advice}" for alert in self.alerts))
        return tuple(f"{alert.what}. {alert.advice}" for alert in self.alerts)


def poll(channel: ZaloChannel, messages: Mapping[str, str]) -> tuple[Mapping[str, Status], tuple[NotSent, ...]]:
    """Ask for many: {msg_id: phone} to {msg_id: Status}; stops at the first failure of the whole channel."""
    found: dict[str, Status] = {}
    failures: list[NotSent] = []
    for msg_id, phone in messages.items():
        try:
            found[msg_id] = channel.status(msg_id, phone)
        except NotSent as failed:
            failures.append(failed)
            if failed.scope == "channel":
                break
    return found, tuple(failures)


def open_zalo(
    url: str,
    *,
    tokens: TokenStore,
    settings: ZaloSettings,
    clock: Clock,
    sleep: Sleep,
    on_alert: Callable[[Alert], None] | None = None,
    sender: object = None,
    var: Path | None = None,
    allow_private: bool = False,
) -> ZaloChannel:
    """The channel at a Zalo URL; nothing is connected before the first message. Raises ChannelError.

    `clock` gives aware instants; `sleep` takes seconds and is called to keep the pace only.
    """
    import apprise

    from notifiers.channel import ChannelError
    from notifiers.zalo.plugins import PLUGINS, register

    scheme = url.partition("://")[0].lower()
    plugin_class = next((plugin for plugin in PLUGINS if scheme in plugin.protocol), None)
    if plugin_class is None:
        raise ChannelError(f"không có kênh Zalo nào tên “{scheme[:20]}”")
    register()
    parsed = plugin_class.parse_url(url, verify_host=False)
    session = Session(settings, tokens, clock, sleep, on_alert)
    try:
        if not parsed:
            raise TypeError("the URL cannot be read")
        asset = apprise.AppriseAsset(secure_logging=True)
        plugin: Any = apprise.Apprise.instantiate(parsed | {"session": session}, asset, None, False)
    except TypeError as wrong:
        session.close()
        raise ChannelError(f"địa chỉ kênh {scheme}:// sai: {wrong}") from None
    return ZaloChannel(plugin, session)
