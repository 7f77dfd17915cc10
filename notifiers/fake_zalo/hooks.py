"""Webhooks of the fake: signed in the variant asked for, repeated on Zalo's schedule, late, twice or never."""

from __future__ import annotations

import hashlib
import http.client
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from notifiers.fake_zalo.world import Delivery, World

RETRIES = (30, 300, 900, 1800, 3600)
"""Seconds after each failed call."""


@dataclass(kw_only=True)
class HookSettings:
    url: str = ""
    """Where events go, on loopback; "" sends none."""
    first: str = "app_id"
    timestamp: str = "body"
    secret: str = "oa_secret"  # noqa: S105
    forged: bool = False
    delay: float = 0.0
    """Seconds from delivery to webhook."""
    copies: int = 1
    """2 sends everything twice; 0 sends nothing."""
    seconds: float = 2.0
    """How long an answer may take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One webhook on its way."""

    due: datetime
    body: bytes
    headers: Mapping[str, str]
    tries: int = 0


@dataclass(kw_only=True)
class Hooks:
    world: World
    settings: HookSettings = field(default_factory=HookSettings)
    waiting: list[Call] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """HTTP status of every call, 0 where there was none."""
    disabled: bool = False
    """The receiver failed every time: Zalo stops calling."""

    def __post_init__(self) -> None:
        self.world.delivered.append(self.on_delivery)

    def on_delivery(self, delivery: Delivery) -> None:
        if delivery.kind != "zalooa":
            return
        arrives = delivery.at + timedelta(seconds=self.settings.delay)
        stamp = str(int(arrives.timestamp() * 1000))
        message = {"msg_id": delivery.msg_id, "tracking_id": delivery.tracking_id, "delivery_time": stamp}
        people = {"sender": {"id": self.world.settings.oa_id}, "recipient": {"id": delivery.to}}
        self.emit("user_received_message", {**people, "message": message}, {"X-ZEvent-Server": "ZNS"}, at=arrives)

    def follow(self, user_id: str, *, follows: bool = True) -> None:
        who = {"follower": {"id": user_id}, "oa_id": self.world.settings.oa_id}
        self.emit("follow" if follows else "unfollow", who)

    def say(self, user_id: str, text: str) -> None:
        """A user writes to the OA, which opens the consultation window."""
        self.world.spoken[user_id] = self.world.clock()
        message = {"msg_id": secrets.token_hex(8), "text": text}
        people = {"sender": {"id": user_id}, "recipient": {"id": self.world.settings.oa_id}}
        self.emit("user_send_text", {**people, "message": message})

    def say_to_bot(self, chat: str, text: str) -> None:
        """A user writes to the bot: its webhook is called at once, or the update waits to be asked for."""
        stamp = int(self.world.clock().timestamp() * 1000)
        who = {"id": chat, "chat_type": "PRIVATE"}
        message = {"from": {"id": chat}, "chat": who, "text": text, "date": stamp}
        message["message_id"] = secrets.token_hex(8)
        update = {"event_name": "message.text.received", "message": message}
        hook = self.world.bot_webhook
        if not hook:
            self.world.updates.append(update)
            return
        headers = {"Content-Type": "application/json", "X-Bot-Api-Secret-Token": hook["secret"]}
        body = json.dumps({"ok": True, "result": update}, ensure_ascii=False).encode()
        self.answers.append(post(hook["url"], body, headers, self.settings.seconds))

    def emit(
        self,
        name: str,
        content: Mapping[str, object],
        headers: Mapping[str, str] | None = None,
        *,
        at: datetime | None = None,
    ) -> Call:
        """Queue an event `copies` times; it leaves with the next `pump`. The call itself is returned, too."""
        due = at or self.world.clock()
        stamp = str(int(due.timestamp() * 1000))
        event = {"event_name": name, "app_id": self.world.settings.app_id, "timestamp": stamp, **content}
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        signed = {
            "Content-Type": "application/json",
            "X-ZEvent-Signature": f"mac={self.signature(body, stamp)}",
            **(headers or {}),
        }
        if self.settings.timestamp == "header":
            signed["X-ZEvent-Timestamp"] = stamp
        call = Call(due=due, body=body, headers=signed)
        self.waiting.extend([call] * (self.settings.copies if self.settings.url else 0))
        return call

    def signature(self, body: bytes, stamp: str) -> str:
        known = self.world.settings
        first = known.oa_id if self.settings.first == "oa_id" else known.app_id
        secret = known.app_secret if self.settings.secret == "app_secret" else known.oa_secret  # noqa: S105
        if self.settings.forged:
            secret = "guessed"  # noqa: S105
        return hashlib.sha256(first.encode() + body + stamp.encode() + secret.encode()).hexdigest()

    def pump(self) -> int:
        """Call for everything that is due by the fake's clock; the number of calls made."""
        with self.world.lock:
            now = self.world.clock()
            due = [call for call in self.waiting if call.due <= now]
            self.waiting = [call for call in self.waiting if call.due > now]
        for call in due:
            self._call(call)
        return len(due)

    def _call(self, call: Call) -> None:
        if self.disabled:
            return
        headers = dict(call.headers) | ({"num_retry": str(call.tries)} if call.tries else {})
        status = post(self.settings.url, call.body, headers, self.settings.seconds)
        self.answers.append(status)
        if status == 200:
            return
        if call.tries >= len(RETRIES):
            self.disabled = True
            return
        later = self.world.clock() + timedelta(seconds=RETRIES[call.tries])
        with self.world.lock:
            self.waiting.append(replace(call, due=later, tries=call.tries + 1))


def on_this_machine(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}


def post(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> int:
    """POST to loopback only; the status, 0 where there is no answer. Raises ValueError for other hosts."""
    parts = urlsplit(url)
    if not on_this_machine(url):
        raise ValueError("the fake calls webhooks on http://127.0.0.1 only")
    line = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=seconds)
    try:
        line.request(
            "POST", parts.path + (f"?{parts.query}" if parts.query else ""), body=body, headers=dict(headers)
        )
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()
