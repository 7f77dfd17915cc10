"""What Zalo tells us: delivery, follows and words of users, read only after the signature holds.

`X-ZEvent-Signature: mac=<hex>` with hex = sha256(first + raw body + timestamp + secret): a plain digest, not an
HMAC. Which first term, timestamp and secret are disputed, so `WebhookRules` chooses. Bodies hold personal
data: keep and log the event, never the body. Answer 200 within two seconds, also to a Repeated one; 401 to
Rejected.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from notifiers.zalo.events import Delivered, Event, Followed, Other, QuotaChanged, Said, TemplateChanged, Unfollowed
from notifiers.zalo.settings import WebhookRules, ZaloSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """Not proven to come from Zalo now; `reason` is for the log."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeated:
    """Genuine and seen before."""

    key: str


class Seen(Protocol):
    """Remembers keys of events for at least the window, best in the transaction that acts on the event."""

    def add_new(self, key: str) -> bool:
        """Remember the key; False where it was already there."""


class SeenInMemory:
    """For tests and tools: forgets with the process."""

    def __init__(self) -> None:
        self._keys: set[str] = set()

    def add_new(self, key: str) -> bool:
        if key in self._keys:
            return False
        self._keys.add(key)
        return True


def receive(
    body: bytes, headers: Mapping[str, str], *, settings: ZaloSettings, now: datetime, seen: Seen
) -> Event | Rejected | Repeated:
    """Verify, read, and drop what was seen before: the one call that a webhook page needs."""
    refusal = verify(body, headers, settings=settings, now=now)
    if refusal is not None:
        return refusal
    event = read(body)
    key = event_key(body)
    return event if seen.add_new(key) else Repeated(key=key)


def verify(body: bytes, headers: Mapping[str, str], *, settings: ZaloSettings, now: datetime) -> Rejected | None:
    """None where signature, account and time are right."""
    lower = {name.lower(): value for name, value in headers.items()}
    content = _object(body)
    if content is None:
        return Rejected(reason="thân yêu cầu không phải JSON")
    stamp = _stamp(content, lower, settings.webhook)
    given = lower.get("x-zevent-signature", "").strip().lower().removeprefix("mac=")
    secret = settings.oa_secret if settings.webhook.secret == "oa_secret" else settings.app_secret  # noqa: S105
    if not secret:
        return Rejected(reason="chưa khai khóa bí mật của webhook")
    if not hmac.compare_digest(given.encode(), signature(body, stamp, settings).encode()):
        return Rejected(reason="chữ ký sai")
    if settings.app_id and str(content.get("app_id", settings.app_id)) != settings.app_id:
        return Rejected(reason="sự kiện của ứng dụng khác")
    at = _instant(stamp)
    if at is None or abs((now - at).total_seconds()) > settings.webhook.window:
        return Rejected(reason="thời điểm của sự kiện ngoài khoảng cho phép")
    return None


def signature(body: bytes, stamp: str, settings: ZaloSettings) -> str:
    """The hex digest that a genuine request carries."""
    rules = settings.webhook
    first = settings.oa_id if rules.first == "oa_id" else settings.app_id
    secret = settings.app_secret if rules.secret == "app_secret" else settings.oa_secret  # noqa: S105
    return hashlib.sha256(first.encode() + body + stamp.encode() + secret.encode()).hexdigest()


def verify_bot(headers: Mapping[str, str], *, settings: ZaloSettings) -> Rejected | None:
    """A bot's webhook proves itself by the secret_token given to setWebhook; an empty one proves nothing."""
    lower = {name.lower(): value for name, value in headers.items()}
    given = lower.get("x-bot-api-secret-token", "")
    if len(settings.bot_secret) < 8:
        return Rejected(reason="chưa khai secret_token của bot (8 đến 256 ký tự)")
    if not hmac.compare_digest(given.encode(), settings.bot_secret.encode()):
        return Rejected(reason="secret_token sai")
    return None


def receive_bot(
    body: bytes, headers: Mapping[str, str], *, settings: ZaloSettings, seen: Seen
) -> Event | Rejected | Repeated:
    """A bot's update: who wrote what in which chat. Learn `chat_id` from `Said.user_id`."""
    refusal = verify_bot(headers, settings=settings)
    if refusal is not None:
        return refusal
    content = _object(body)
    if content is None:
        return Rejected(reason="thân yêu cầu không phải JSON")
    event = read_bot(content)
    key = bot_event_key(event) if isinstance(event, Said) else "bot:" + hashlib.sha256(body).hexdigest()
    return event if seen.add_new(key) else Repeated(key=key)


def bot_event_key(said: Said) -> str:
    """The same whether the bot's webhook was called or the update was asked for."""
    return f"bot:{said.msg_id}"


def read_bot(content: Mapping[str, object]) -> Said | Other:
    """One update of getUpdates or of the webhook, wrapped in `result` or bare."""
    update = _part(content, "result") or content
    message = _part(update, "message")
    at = _instant(str(message.get("date", ""))) or datetime.fromtimestamp(0, UTC)
    chat = str(_part(message, "chat").get("id", ""))
    if not chat or not message.get("text"):
        return Other(name=str(update.get("event_name", "")), at=at)
    return Said(user_id=chat, text=str(message["text"]), msg_id=str(message.get("message_id", "")), at=at)


def read(body: bytes) -> Event:
    """What a verified body says. Never raises: what is not understood is Other."""
    content = _object(body) or {}
    name = str(content.get("event_name", ""))
    at = _instant(str(content.get("timestamp", ""))) or datetime.fromtimestamp(0, UTC)
    message = _part(content, "message")
    match name:
        case "user_received_message" if message.get("delivery_time"):
            return Delivered(
                msg_id=str(message.get("msg_id", "")),
                tracking_id=str(message.get("tracking_id", "")),
                at=_instant(str(message["delivery_time"])) or at,
            )
        case "follow" | "unfollow":
            user = str(_part(content, "follower").get("id", ""))
            return Followed(user_id=user, at=at) if name == "follow" else Unfollowed(user_id=user, at=at)
        case "user_send_text":
            user = str(_part(content, "sender").get("id", ""))
            text, msg_id = str(message.get("text", "")), str(message.get("msg_id", ""))
            return Said(user_id=user, text=text, msg_id=msg_id, at=at)
        case "change_template_status":
            status = content.get("status", "")
            changed = _part(content, "status").get("new_status", status)
            return TemplateChanged(template_id=str(content.get("template_id", "")), status=str(changed), at=at)
        case "change_oa_daily_quota":
            return QuotaChanged(at=at)
        case _:
            return Other(name=name, at=at)


def event_key(body: bytes) -> str:
    """What names one event across Zalo's repeats: its name and msg_id, or a digest of what it says.

    A repeat may carry a new timestamp, so the timestamp counts only where there is no msg_id.
    """
    content = _object(body) or {}
    message = _part(content, "message")
    kind = "delivery" if message.get("delivery_time") else "oa"
    if message.get("msg_id"):
        return f"{content.get('event_name', '')}:{kind}:{message['msg_id']}"
    said = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return f"{content.get('event_name', '')}:{hashlib.sha256(said.encode()).hexdigest()}"


def _stamp(content: Mapping[str, object], headers: Mapping[str, str], rules: WebhookRules) -> str:
    if rules.timestamp == "header":
        return headers.get("x-zevent-timestamp", "").strip()
    return str(content.get("timestamp", ""))


def _object(body: bytes) -> Mapping[str, object] | None:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _part(content: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = content.get(name)
    return found if isinstance(found, dict) else {}


def _instant(text: str) -> datetime | None:
    """Milliseconds since 1970, as Zalo writes them."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 14):
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)
