"""What the fake knows: one app, one Official Account, one bot, their templates, quotas and phones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from notifiers.fake_zalo.accounts import Accounts
from notifiers.fake_zalo.faults import Faults

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, kw_only=True, slots=True)
class FakeTemplate:
    """`params` as the service lists them: {"name", "require", "type", "minLength", "maxLength", "acceptNull"}."""

    id: str
    name: str = ""
    status: str = "ENABLE"
    params: tuple[Mapping[str, object], ...] = ()
    otp: bool = False
    by_uid: bool = True
    quality: str = "HIGH"
    sample: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class FakeSettings:
    """The switches; change them while the fake runs."""

    app_id: str = "1000000001"
    app_secret: str = "app-secret-of-the-fake"  # noqa: S105
    oa_id: str = "2000000002"
    oa_secret: str = "oa-secret-of-the-fake"  # noqa: S105
    bot_token: str = "3000000003:token-of-the-fake-bot"  # noqa: S105
    access_life: int = 90000
    refresh_days: int = 90
    old_access_dies: bool = True
    reuse_kills_pair: bool = True
    """A second use of a refresh token kills the winner's pair, too (disputed; the worse case is assumed)."""
    omit_refresh_token: bool = False
    require_proof: bool = False
    night: bool = False
    """Refuse templates by phone with -133 from 22:00 to 06:00, and marked OA calls with -234."""
    known_phones: set[str] = field(default_factory=set)
    """Where given, other phones are answered -118."""
    admins: set[str] = field(default_factory=set)
    """Whom mode "development" reaches."""
    followers: set[str] = field(default_factory=set)
    """Where given, other users are answered -213."""
    groups: set[str] = field(default_factory=set)
    """Where given, other groups are answered -403."""
    names: dict[str, str] = field(default_factory=dict)
    """What followers call themselves."""
    quality: str = "HIGH"
    """HIGH, MEDIUM, LOW or UNDEFINED."""
    has_rsa_key: bool = True
    """Whether the admin has had a key made already."""
    daily_quota: int = 500
    balance: int | None = None
    """Messages that are still paid for; None: no end."""
    rate_per_minute: int = 4000
    null_sending_mode: bool = True
    status_seconds: float = 2.0
    """After how long the status turns from 0 to 1."""
    consult_days: int = 7
    unreached: dict[str, int] = field(default_factory=dict)
    """Phones whose messages are taken and never arrive, and what their status then says: 0 (for ever pending),
    -1 (unknown) or the code of an error."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """Something that arrived on somebody's screen."""

    kind: str
    to: str
    msg_id: str
    at: datetime
    tracking_id: str = ""
    template_id: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    arrived: bool = True
    """False where it was taken and no screen ever shows it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One request as it came."""

    at: datetime
    method: str
    path: str
    target: str
    headers: Mapping[str, str]
    body: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in small letters."""
    body: Mapping[str, object]
    """JSON or form; empty where it was neither."""
    valid: bool = True


class World:
    """Everything of one fake. `lock` is held while a request is worked on."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] | None = None,
        settings: FakeSettings | None = None,
        templates: tuple[FakeTemplate, ...] = (),
        seed: int = 1,
    ) -> None:
        self.clock = clock or (lambda: datetime.now(UTC))
        self.settings = settings or FakeSettings()
        self.templates = {template.id: template for template in templates}
        self.faults = Faults(seed=seed)
        self.accounts = Accounts(self.settings, self.clock)
        self.deliveries: list[Delivery] = []
        self.records: list[Record] = []
        self.spoken: dict[str, datetime] = {}
        """When each user last wrote to the OA."""
        self.updates: list[Mapping[str, object]] = []
        self.bot_webhook: dict[str, str] = {}
        self.delivered: list[Callable[[Delivery], None]] = []
        """Who is told of each delivery (the webhooks)."""
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self._used: dict[date, int] = {}
        self._minute: tuple[datetime, int] = (datetime.min.replace(tzinfo=UTC), 0)

    @cached_property
    def rsa_key(self) -> RSAPrivateKey:
        """The key pair of the OA, with which a phone number may come encrypted."""
        from cryptography.hazmat.primitives.asymmetric import rsa

        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def public_key(self) -> str:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self.rsa_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def today(self) -> date:
        return self.clock().astimezone(ZONE).date()

    @property
    def is_night(self) -> bool:
        hour = self.clock().astimezone(ZONE).hour
        return hour >= 22 or hour < 6

    @property
    def remaining(self) -> int:
        return self.settings.daily_quota - self._used.get(self.today, 0)

    def deliver(self, delivery: Delivery, *, counted: bool = False) -> None:
        if counted:
            self._used[self.today] = self._used.get(self.today, 0) + 1
            if self.settings.balance is not None:
                self.settings.balance -= 1
        self.deliveries.append(delivery)
        if not delivery.arrived:
            return
        for hear in self.delivered:
            hear(delivery)

    def within_rate(self) -> bool:
        """Counts one request; False beyond the limit of this minute of the clock."""
        minute = self.clock().replace(second=0, microsecond=0)
        count = self._minute[1] + 1 if self._minute[0] == minute else 1
        self._minute = (minute, count)
        return count <= self.settings.rate_per_minute

    @property
    def requests_left(self) -> int:
        """In this minute of the clock."""
        minute = self.clock().replace(second=0, microsecond=0)
        used = self._minute[1] if self._minute[0] == minute else 0
        return max(0, self.settings.rate_per_minute - used)

    def sent_twice(self) -> tuple[str, ...]:
        """Tracking ids (or kind, recipient and text) that arrived more than once; empty when all is well."""
        count: dict[str, int] = {}
        for one in self.deliveries:
            name = one.tracking_id or f"{one.kind}:{one.to}:{one.text}:{sorted(one.fields.items())}"
            count[name] = count.get(name, 0) + 1
        return tuple(name for name, times in count.items() if times > 1)
