"""The channels that messages may leave by, and how patient each is (`channels.toml`)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from config.errors import ConfigError
from config.settings import read_toml, validated

EMAIL = "email"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelSettings:
    """Waits are in seconds; `url` may hold a secret and is never shown."""

    name: str
    url: str = field(repr=False)
    per_minute: int
    attempts: int
    first_wait: int
    longest_wait: int
    allow_private: bool
    """A service of Apprise may be a machine of the local network."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Channels:
    by_name: Mapping[str, ChannelSettings]

    @property
    def writes_files(self) -> bool:
        """True where no mail server is set and mails become `.eml` files."""
        return self.by_name[EMAIL].url == ""


class _Channel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = ""
    url_env: str = ""
    per_minute: int = Field(default=600, ge=1, le=100_000)
    attempts: int = Field(default=12, ge=1, le=100)
    first_wait: int = Field(default=60, ge=1, le=86_400)
    longest_wait: int = Field(default=14_400, ge=1, le=604_800)
    allow_private: bool = False


def load(path: Path, *, smtp_url: str | None, environment: Mapping[str, str] | None = None) -> Channels:
    """The channels by name; "email" is always among them. Raises ConfigError."""
    given = os.environ if environment is None else environment
    found: dict[str, ChannelSettings] = {}
    for name, table in read_toml(path).items():
        if not isinstance(table, dict):
            raise ConfigError(file=path, field=name, value=table, allowed="một bảng [tên kênh]")
        found[name] = _channel(path, name, validated(path, table, _Channel, within=name), smtp_url, given)
    if EMAIL not in found:
        raise ConfigError(file=path, field=EMAIL, value="", allowed="kênh email bắt buộc phải có")
    return Channels(by_name=found)


def _channel(
    path: Path, name: str, table: _Channel, smtp_url: str | None, given: Mapping[str, str]
) -> ChannelSettings:
    url = given.get(table.url_env, "") if table.url_env else table.url
    if name == EMAIL and not url:
        url = smtp_url or ""
    elif not url:
        wrong = f"{name}.url_env" if table.url_env else f"{name}.url"
        allowed = "biến môi trường này phải có giá trị" if table.url_env else "địa chỉ của kênh"
        raise ConfigError(file=path, field=wrong, value=table.url_env, allowed=allowed)
    kept = table.model_dump(exclude={"url", "url_env"})
    return ChannelSettings(name=name, url=url, **kept)
