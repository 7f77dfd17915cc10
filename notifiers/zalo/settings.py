"""What a Zalo Official Account or bot needs to be spoken to. Every fact that is not certain is a field here.

The defaults are those of the contract (public material of November 2026); none was checked against the
live service. Secrets are never shown by `repr`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any
from urllib.parse import urlsplit

from notifiers.zalo.phone import VIETNAMESE_MOBILE
from notifiers.zalo.templates import Param, ParamType, Template

OFFICIAL_HOSTS = frozenset(
    {
        "business.openapi.zalo.me",
        "openapi.zalo.me",
        "oauth.zaloapp.com",
        "bot-api.zaloplatforms.com",
        "bot-api.zapps.me",
    }
)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
KINDS = ("zalooa", "zalouid", "zalocs", "zalogmf", "zalobot")


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """Nothing leaves from `start` (inclusive) to `end` (exclusive); it leaves at `resume` plus jitter."""

    start: time = time(22, 0)
    end: time = time(6, 0)
    resume: time = time(6, 5)
    timezone: str = "Asia/Ho_Chi_Minh"
    kinds: frozenset[str] = frozenset(KINDS)


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookRules:
    """How a webhook proves itself. The parts of the signature are disputed, so each is a choice."""

    first: str = "app_id"
    """The first term of the digest: app_id or oa_id."""
    timestamp: str = "body"
    """Where the timestamp is read: body or header (X-ZEvent-Timestamp)."""
    secret: str = "oa_secret"  # noqa: S105 - which one, not the secret
    """Which secret ends the digest: oa_secret or app_secret."""
    window: int = 3 * 3600
    """Seconds either side of now; Zalo's own repeats end 1 h 51 min after the event."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ZaloSettings:
    account: str = "oa"
    """The name by which channel URLs call this account (zalooa://oa/mẫu)."""
    app_id: str = ""
    oa_id: str = ""
    app_secret: str = field(default="", repr=False)
    oa_secret: str = field(default="", repr=False)
    bot_token: str = field(default="", repr=False)
    bot_secret: str = field(default="", repr=False)
    """secret_token of the bot's webhook, 8 to 256 characters."""

    business_base: str = "https://business.openapi.zalo.me"
    oa_base: str = "https://openapi.zalo.me"
    oauth_base: str = "https://oauth.zaloapp.com"
    bot_base: str = "https://bot-api.zaloplatforms.com"
    uid_path: str = "/v3.0/oa/message/template"
    other_hosts: frozenset[str] = frozenset()
    """Hosts beyond Zalo's own and loopback that the base URLs may name."""
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    connect_seconds: float = 5.0
    read_seconds: float = 20.0
    total_seconds: float = 40.0
    """The longest that one request may take, whatever drips in."""
    refresh_lock_seconds: float = 120.0
    """How long the token lock lives or is waited for; must be longer than `total_seconds`."""
    refresh_after: int = 20 * 3600
    """Seconds after which an access token is renewed; it lives 25 hours."""
    refresh_pause: int = 600
    """Seconds in which a second forced refresh is not tried."""
    refresh_days: int = 90
    """Days that a refresh token lives; whether each rotation restarts them is disputed."""
    appsecret_proof: bool = False
    mode: str = ""
    """"" in service; "development" delivers to the admins of the app and the OA only."""
    sending_mode: str = "1"
    mobile_pattern: str = VIETNAMESE_MOBILE
    phone_form: str = "plain"
    """How the number goes to Zalo: plain, hash (its SHA-256) or rsa (encrypted with `rsa_key_file`)."""
    rsa_key_file: str = ""
    """The OA's public key (PEM), as Zalo gave it."""
    status_with_phone: bool = False
    status_failed: frozenset[str] = frozenset()
    """Values of a message's `status` that mean that it will never arrive; no source names one."""
    follow_after: int = 2 * 3600
    """Seconds without word of its delivery after which Zalo is asked about a message for the first time."""
    follow_every: int = 6 * 3600
    follow_until: int = 3 * 86_400
    """Seconds after which a message without word of its delivery is left to a person."""
    mail_after: int = 4 * 3600
    """Seconds after which the words of a message whose fate nobody knows go by mail, once; 0: a person decides."""
    recipient_object: bool = True
    """Consultation: {"recipient": {"user_id": …}}; False sends a bare user_id."""
    text_limit: int = 2000
    check_template: bool = True
    rate_per_minute: int = 600
    hold_seconds: int = 3600
    soon_seconds: int = 60
    jitter_seconds: int = 300
    quiet: QuietHours = QuietHours()
    webhook: WebhookRules = WebhookRules()
    codes: Mapping[str, str] = field(default_factory=dict)
    """Codes that the admin has moved to another trouble."""
    templates: Mapping[str, Template] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.refresh_lock_seconds <= self.total_seconds:
            raise ValueError("refresh_lock_seconds must be longer than total_seconds")
        for base in (self.business_base, self.oa_base, self.oauth_base, self.bot_base):
            check_base(base, self.other_hosts)


def check_base(base: str, other_hosts: frozenset[str] = frozenset()) -> None:
    """Raise ValueError unless tokens may be sent to this base URL: Zalo's hosts by https, or loopback."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(f"base URL of {host} must hold no credentials, query or fragment")
    if host in LOOPBACK and parts.scheme in {"http", "https"}:
        return
    if parts.scheme != "https" or host not in OFFICIAL_HOSTS | other_hosts:
        raise ValueError(f"base URL must be https and name a Zalo host: {parts.scheme}://{host}")


def settings_from(values: Mapping[str, object]) -> ZaloSettings:
    """Settings from plain values, as `config.zalo.ZaloFile.values()` gives them. Raises ValueError or TypeError."""
    plain: dict[str, Any] = dict(values)
    plain["other_hosts"] = frozenset(plain.get("other_hosts", ()))
    plain["status_failed"] = frozenset(plain.get("status_failed", ()))
    plain["proxy"] = plain.get("proxy") or None
    plain["ca_file"] = plain.get("ca_file") or None
    quiet = dict(plain.get("quiet", {}))
    if "kinds" in quiet:
        quiet["kinds"] = frozenset(quiet["kinds"])
    plain["quiet"] = QuietHours(**quiet)
    plain["webhook"] = WebhookRules(**plain.get("webhook", {}))
    plain["codes"] = dict(plain.get("codes", {}))
    plain["templates"] = {one["name"]: _template(one) for one in plain.get("templates", ())}
    return ZaloSettings(**plain)


def _template(values: Mapping[str, Any]) -> Template:
    params = tuple(
        Param(**{**param, "type": ParamType[str(param.get("type", "product")).upper()]})
        for param in values.get("param", ())
    )
    return Template(**{**{k: v for k, v in values.items() if k != "param"}, "params": params})
