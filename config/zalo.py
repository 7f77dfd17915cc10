"""What an admin sets for Zalo (`zalo.toml` and the `DONDOC_ZALO_*` secrets), as plain values.

`ZaloFile.values()` is what `notifiers.zalo.settings.settings_from` takes: the two rooms share words, no types.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from jinja2 import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from config.errors import ConfigError
from config.settings import read_toml, validated
from config.settings import secret as secret_of

Kind = Literal["zalooa", "zalouid", "zalocs", "zalogmf", "zalobot"]
ParamWord = Literal[
    "name", "phone", "address", "code", "label", "status", "contact", "title", "product",
    "quantity", "date", "otp", "url", "money", "bank_note",
]  # fmt: skip
Trouble = Literal[
    "token", "retry", "busy", "uncertain", "quota_day", "quota_month", "quota_user_day", "quota_user_month",
    "money", "night", "recipient", "window", "payload", "config", "unexpected",
]  # fmt: skip
OFFICIAL_HOSTS = frozenset(
    {
        "business.openapi.zalo.me",
        "openapi.zalo.me",
        "oauth.zaloapp.com",
        "bot-api.zaloplatforms.com",
        "bot-api.zapps.me",
    }
)
SECRETS = ("app_secret", "oa_secret", "bot_token", "bot_secret", "proxy")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Account(_Part):
    name: str = Field(default="oa", pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    app_id: str = ""
    oa_id: str = ""
    mode: Literal["", "development"] = ""
    sending_mode: Literal["1", "3"] = "1"
    appsecret_proof: bool = False

    @field_validator("app_id", "oa_id")
    @classmethod
    def _digits(cls, value: str) -> str:
        if value and not (value.isascii() and value.isdecimal()):
            raise ValueError("dãy chữ số, ghi trong dấu nháy")
        return value


class Service(_Part):
    business_base: str = "https://business.openapi.zalo.me"
    oa_base: str = "https://openapi.zalo.me"
    oauth_base: str = "https://oauth.zaloapp.com"
    bot_base: str = "https://bot-api.zaloplatforms.com"
    uid_path: str = Field(default="/v3.0/oa/message/template", pattern=r"^/[A-Za-z0-9./_-]+$")
    other_hosts: tuple[str, ...] = ()
    ca_file: str = ""
    connect_seconds: float = Field(default=5.0, ge=0.1, le=60)
    read_seconds: float = Field(default=20.0, ge=0.1, le=120)
    total_seconds: float = Field(default=40.0, ge=0.1, le=300)
    mobile_pattern: str = r"84[35789]\d{8}"
    phone_form: Literal["plain", "hash", "rsa"] = "plain"
    rsa_key_file: str = ""
    status_with_phone: bool = False
    recipient_object: bool = True
    text_limit: int = Field(default=2000, ge=100, le=2000)
    check_template: bool = True
    rate_per_minute: int = Field(default=600, ge=1, le=100_000)

    @field_validator("mobile_pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error:
            raise ValueError("một biểu thức chính quy") from None
        return value

    @model_validator(mode="after")
    def _known_hosts(self) -> Service:
        if self.phone_form == "rsa" and not self.rsa_key_file:
            raise ValueError("rsa_key_file là tệp khóa công khai (PEM), khi phone_form = rsa")
        for base in (self.business_base, self.oa_base, self.oauth_base, self.bot_base):
            _check_base(base, OFFICIAL_HOSTS | set(self.other_hosts))
        return self


def _check_base(base: str, hosts: frozenset[str] | set[str]) -> None:
    parts = urlsplit(base)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("địa chỉ không kèm mật khẩu, ? hoặc #")
    local = parts.hostname in LOOPBACK and parts.scheme in {"http", "https"}
    if not local and (parts.scheme != "https" or parts.hostname not in hosts):
        raise ValueError("địa chỉ https:// của Zalo, của một máy chủ trong other_hosts, hoặc http://127.0.0.1")


class Tokens(_Part):
    refresh_after: int = Field(default=72000, ge=60, le=90000)
    refresh_lock_seconds: float = Field(default=120.0, ge=1, le=3600)
    refresh_pause: int = Field(default=600, ge=0, le=86400)
    refresh_days: int = Field(default=90, ge=1, le=3660)


class Waiting(_Part):
    hold_seconds: int = Field(default=3600, ge=1, le=604_800)
    soon_seconds: int = Field(default=60, ge=1, le=86_400)
    jitter_seconds: int = Field(default=300, ge=0, le=7200)


class Following(_Part):
    follow_after: int = Field(default=7200, ge=60, le=604_800)
    follow_every: int = Field(default=21_600, ge=60, le=604_800)
    follow_until: int = Field(default=259_200, ge=3600, le=2_592_000)
    status_failed: tuple[str, ...] = ()
    mail_after: int = Field(default=14_400, ge=0, le=2_592_000)

    @model_validator(mode="after")
    def _sound(self) -> Following:
        if self.follow_until <= self.follow_after:
            raise ValueError("follow_until lâu hơn follow_after")
        if {"0", "1"} & set(self.status_failed):
            raise ValueError("trạng thái khác 0 (chưa đến) và 1 (đã đến)")
        return self


class Quiet(_Part):
    start: time = time(22, 0)
    end: time = time(6, 0)
    resume: time = time(6, 5)
    timezone: str = "Asia/Ho_Chi_Minh"
    kinds: tuple[Kind, ...] = ("zalooa", "zalouid", "zalocs", "zalogmf", "zalobot")

    @model_validator(mode="after")
    def _sound(self) -> Quiet:
        if self.timezone not in available_timezones():
            raise ValueError("tên múi giờ IANA, ví dụ Asia/Ho_Chi_Minh")
        inside = (
            self.start <= self.resume < self.end
            if self.start < self.end
            else self.resume >= self.start or self.resume < self.end
        )
        if inside and self.start != self.end:
            raise ValueError("resume ngoài khoảng từ start đến end")
        return self


class Webhook(_Part):
    first: Literal["app_id", "oa_id"] = "app_id"
    timestamp: Literal["body", "header"] = "body"
    secret: Literal["oa_secret", "app_secret"] = "oa_secret"  # noqa: S105 - which one, not the secret
    window: int = Field(default=10800, ge=60, le=604_800)


class Param(_Part):
    name: str = Field(pattern=r"^[A-Za-z0-9_]{1,64}$")
    type: ParamWord = "product"
    value: str = Field(min_length=1)
    required: bool = True
    min_length: int = Field(default=0, ge=0, le=2000)
    max_length: int = Field(default=0, ge=0, le=2000)
    accept_null: bool = False
    shorten: bool = False

    @field_validator("value")
    @classmethod
    def _reads(cls, value: str) -> str:
        try:
            ImmutableSandboxedEnvironment().from_string(value)
        except TemplateSyntaxError as wrong:
            raise ValueError(f"biểu thức Jinja đúng cú pháp ({wrong.message})") from None
        return value


class Template(_Part):
    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    id: str = Field(pattern=r"^\d+$")
    sending_mode: Literal["", "1", "3"] = ""
    param: tuple[Param, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_once(self) -> Template:
        if len({one.name for one in self.param}) < len(self.param):
            raise ValueError("mỗi tham số khai một lần")
        return self


class ZaloFile(_Part):
    """zalo.toml as it stands, and the secrets of the environment."""

    account: Account = Account()
    service: Service = Service()
    tokens: Tokens = Tokens()
    waiting: Waiting = Waiting()
    following: Following = Following()
    quiet: Quiet = Quiet()
    webhook: Webhook = Webhook()
    codes: Mapping[str, Trouble] = {}
    template: tuple[Template, ...] = ()
    app_secret: str = Field(default="", repr=False)
    oa_secret: str = Field(default="", repr=False)
    bot_token: str = Field(default="", repr=False)
    bot_secret: str = Field(default="", repr=False)
    proxy: str = Field(default="", repr=False)

    @model_validator(mode="after")
    def _sound(self) -> ZaloFile:
        if self.tokens.refresh_lock_seconds <= self.service.total_seconds:
            raise ValueError("tokens.refresh_lock_seconds lâu hơn service.total_seconds")
        if len({one.name for one in self.template}) < len(self.template):
            raise ValueError("mỗi tên mẫu tin khai một lần")
        return self

    def values(self) -> dict[str, object]:
        """Plain values for `notifiers.zalo.settings.settings_from`: the tables without their headings."""
        account = self.account.model_dump()
        flat: dict[str, object] = {"account": account.pop("name"), **account}
        for part in (self.service, self.tokens, self.waiting, self.following):
            flat.update(part.model_dump())
        flat |= {"quiet": self.quiet.model_dump(), "webhook": self.webhook.model_dump()}
        flat |= {"codes": dict(self.codes), "templates": [one.model_dump() for one in self.template]}
        return flat | {name: getattr(self, name) for name in SECRETS}


def load(path: Path, *, environment: Mapping[str, str] | None = None) -> ZaloFile:
    """The file and its secrets. Raises ConfigError at the first mistake; secrets are never in its words."""
    given = os.environ if environment is None else environment
    data = read_toml(path)
    for name in SECRETS:
        if name in data:
            allowed = f"đặt trong DONDOC_ZALO_{name.upper()}, không ghi ở đây"
            raise ConfigError(file=path, field=name, value="", allowed=allowed)
    secrets = {name: secret_of(given, f"DONDOC_ZALO_{name.upper()}") or "" for name in SECRETS}
    # Copied in afterwards: what a mistake quotes must never hold a secret.
    return validated(path, data, ZaloFile).model_copy(update=secrets)
