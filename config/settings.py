"""The settings: `dondoc.toml` and the `DONDOC_*` variables. A mistake is refused with what is allowed instead."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import time
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from config.errors import ConfigError
from config.oidc import Oidc
from deadlines.counting import Counting, ReportDays
from deadlines.types import Unit

T = TypeVar("T", bound=BaseModel)

PACKAGED = Path(__file__).parent


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Office(_Part):
    province: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str = Field(min_length=1)
    email: str = Field(pattern=r"^[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+$")
    reply_to: str = Field(pattern=r"^[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+$")
    phone: str = ""
    parent: str = ""
    """The body above the office, as letters print it ("UBND tỉnh Phú Châu"); empty: taken from the name."""
    place: str = ""
    """Where letters are dated ("Phú Châu"); empty: taken from the name."""
    symbol: str = "VP"
    """The office's part of the symbol of its letters ("VP" in 123/VP-TH)."""


class Schedule(_Part):
    timezone: str = "Asia/Ho_Chi_Minh"
    daily_at: time = time(7, 30)
    work_from: time = time(7, 30)
    work_to: time = time(17, 0)
    horizon_days: int = Field(default=400, ge=31, le=3660)

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("tên múi giờ IANA, ví dụ Asia/Ho_Chi_Minh")
        return name

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Schedule:
        if self.work_from >= self.work_to:
            raise ValueError("work_from sớm hơn work_to")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class _ReportDay(_Part):
    month: int = 14
    quarter: int = 14
    half: int = 14
    year: int = 14


class _CountingPart(_Part):
    before_means_day_before: bool = True
    day_off: Literal["before", "after"] = "before"
    default_offset: int = 30
    default_unit: Literal["days", "working_days"] = "days"
    report_every: Literal["month", "quarter", "half", "year"] = "quarter"
    report_day: _ReportDay = _ReportDay()
    yearly_check: tuple[int, int] = (12, 14)

    @model_validator(mode="after")
    def _possible(self) -> _CountingPart:
        self.built()
        return self

    def built(self) -> Counting:
        values = self.model_dump() | {
            "report_day": ReportDays(**self.report_day.model_dump()),
            "default_unit": Unit(self.default_unit),
        }
        return Counting(**values)


class Reading(_Part):
    review_below: float = Field(default=0.7, ge=0, le=1)


class Reminding(_Part):
    groups_coordinate: bool = False
    most_a_day: int = Field(default=10, ge=1, le=1000)
    """How many messages one address takes in a day, for whatever agencies and by whatever channel."""


class Desk(_Part):
    """The web desk. `base_url` is how others reach it; empty: no links are sent out."""

    base_url: str = Field(default="", pattern=r"^$|^https://[^/\s]+$|^http://(127\.0\.0\.1|localhost)(:\d+)?$")
    host: str = "127.0.0.1"
    port: int = Field(default=8420, ge=1, le=65535)
    workers: int = Field(default=1, ge=0, le=16)
    """In how many processes the desk is served; 0: in two where the machine has two processors."""
    idle_minutes: int = Field(default=30, ge=1, le=1440)
    absolute_hours: int = Field(default=8, ge=1, le=168)
    link_days: int = Field(default=120, ge=1, le=3660)
    need_totp: Literal["nobody", "admins", "everybody"] = "nobody"
    """Who has to set up the second step before doing anything."""
    admins_need_totp: bool = False
    """The name that `need_totp = "admins"` had before; it still counts."""
    breached_passwords: str = ""
    """A file with the digests of passwords that leaked; a relative path starts at the configuration's folder."""
    key_grace_days: int = Field(default=14, ge=0, le=366)
    """How long links that were signed with the key before the present one still open."""
    trusted_proxies: tuple[str, ...] = ()
    lock_after: int = Field(default=10, ge=3, le=20)
    """Wrong log-ins in a row that shut a name."""
    lock_minutes: int = Field(default=60, ge=1, le=1440)
    """How long a shut name stays so, unless an admin opens it."""
    password_days: int = Field(default=0, ge=0, le=3660)
    """After how many days a password has to be changed; 0: never."""
    admin_networks: tuple[str, ...] = ()
    """From where admins may administer, as addresses or networks; empty: from anywhere."""
    admin_hours: tuple[time, time] | None = None
    """Between which times of a working day admins may administer; None: at any time."""

    def wants_totp(self, role: str) -> bool:
        """Whether a user of that role has to have the second step."""
        return self.need_totp == "everybody" or (
            role == "admin" and (self.need_totp == "admins" or self.admins_need_totp)
        )

    @field_validator("admin_networks")
    @classmethod
    def _networks(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(str(ip_network(name)) for name in names)
        except ValueError as error:
            raise ValueError("địa chỉ hoặc dải mạng, ví dụ 10.20.0.0/16") from error

    @field_validator("admin_hours")
    @classmethod
    def _in_order(cls, hours: tuple[time, time] | None) -> tuple[time, time] | None:
        if hours is not None and hours[0] >= hours[1]:
            raise ValueError("hai giờ dạng HH:MM, giờ đầu sớm hơn giờ sau")
        return hours


class _File(_Part):
    office: Office
    schedule: Schedule = Schedule()
    counting: _CountingPart = _CountingPart()
    reading: Reading = Reading()
    reminding: Reminding = Reminding()
    desk: Desk = Desk()
    oidc: Oidc | None = None


class Settings(_Part):
    """Everything that an admin sets but agencies, policies, calendars and channels."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    folder: Path
    """Where the configuration files are."""
    var: Path
    inbox: Path
    database_url: str = Field(repr=False)
    busy_seconds: float = Field(default=30.0, ge=0, le=3600)
    """How long to wait for another writer of an SQLite database."""
    smtp_url: str | None = Field(default=None, repr=False)
    key: str | None = Field(default=None, repr=False)
    bounces_url: str | None = Field(default=None, repr=False)
    """The mailbox that returned mails come to: imaps://user:password@host/folder."""
    bounces_secret: str | None = Field(default=None, repr=False)
    """What a mail server signs returned mails with that it hands over (POST /api/bounces)."""
    ping_url: str | None = Field(default=None, repr=False)
    """Asked for after each good daily run; its path is often a secret."""
    office: Office
    schedule: Schedule
    counting: Counting
    reading: Reading
    reminding: Reminding
    desk: Desk = Desk()
    oidc: Oidc | None = None
    """Where people may log in but with a password of this desk; None: nowhere."""
    oidc_secret: str | None = Field(default=None, repr=False)

    @property
    def breached_passwords(self) -> Path | None:
        """The file of passwords that leaked, where one is named."""
        named = self.desk.breached_passwords
        return self.folder / named if named else None


def load(environment: Mapping[str, str] | None = None, province: str | None = None) -> Settings:
    """The settings of this process, for one province of several where it is named. Raises ConfigError."""
    given = os.environ if environment is None else environment
    folder = Path(given.get("DONDOC_CONFIG") or PACKAGED)
    data, main = _of_province(folder, province or given.get("DONDOC_PROVINCE") or None)
    file = validated(folder / "dondoc.toml", data, _File)
    var = Path(given.get("DONDOC_VAR") or "var").absolute()
    inbox = Path(given.get("DONDOC_INBOX") or var / "inbox")
    return Settings(
        folder=folder,
        var=var,
        inbox=inbox if main else inbox / file.office.province,
        database_url=secret(given, "DONDOC_DATABASE_URL") or f"sqlite:///{var / 'dondoc.db'}",
        busy_seconds=_number(given, "DONDOC_BUSY_SECONDS", 30.0),
        smtp_url=secret(given, "DONDOC_SMTP_URL"),
        key=secret(given, "DONDOC_KEY"),
        bounces_url=secret(given, "DONDOC_BOUNCES_URL"),
        bounces_secret=_bounces_secret(given),
        ping_url=_ping_url(given),
        office=file.office,
        schedule=file.schedule,
        counting=file.counting.built(),
        reading=file.reading,
        reminding=file.reminding,
        desk=_desk(file.desk, given),
        oidc=file.oidc,
        oidc_secret=secret(given, "DONDOC_OIDC_SECRET"),
    )


def provinces(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The provinces of this installation: DONDOC_PROVINCES, or the one of `dondoc.toml`. Raises ConfigError."""
    given = os.environ if environment is None else environment
    named = [name.strip() for name in given.get("DONDOC_PROVINCES", "").split(",") if name.strip()]
    return tuple(dict.fromkeys(named)) or (load(given).office.province,)


def _of_province(folder: Path, province: str | None) -> tuple[dict[str, Any], bool]:
    """What `dondoc.toml` and `provinces/<province>.toml` say together; True for the first file's own province."""
    data = read_toml(folder / "dondoc.toml")
    office = data.get("office")
    if province is None or (isinstance(office, dict) and office.get("province") == province):
        return data, True
    path = folder / "provinces" / f"{province}.toml"
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", province):
        raise ConfigError(
            file="biến môi trường",
            field="DONDOC_PROVINCES",
            value=province,
            allowed="mã tỉnh: chữ thường không dấu, số và gạch nối",
        )
    own = read_toml(path)
    if not isinstance(own.get("office"), dict) or own["office"].get("province") != province:
        raise ConfigError(file=path, field="office.province", value="", allowed=f'"{province}", trùng với tên tệp')
    # The office is not mixed with another one's: a mail must never leave in the wrong office's name.
    merged = {
        name: {**data[name], **own[name]}
        if name != "office" and isinstance(data.get(name), dict) and isinstance(own.get(name), dict)
        else own.get(name, data.get(name))
        for name in {**data, **own}
    }
    return merged, False


def _desk(desk: Desk, given: Mapping[str, str]) -> Desk:
    """The desk with the variables DONDOC_BASE_URL, DONDOC_PORT and DONDOC_WORKERS, where they are set."""
    changed: dict[str, Any] = {
        name: given[variable]
        for name, variable in (
            ("base_url", "DONDOC_BASE_URL"),
            ("port", "DONDOC_PORT"),
            ("workers", "DONDOC_WORKERS"),
        )
        if given.get(variable)
    }
    return validated(Path("DONDOC_BASE_URL, DONDOC_PORT, DONDOC_WORKERS"), desk.model_dump() | changed, Desk)


def may_ping(url: str) -> bool:
    """Whether `url` may be asked for: https, or http on this machine; no name or password in it."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return False
    if not parts.hostname or "@" in parts.netloc or any(one <= " " for one in url):
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    )


def _ping_url(given: Mapping[str, str]) -> str | None:
    url = secret(given, "DONDOC_PING_URL")
    if url is not None and not may_ping(url):
        raise ConfigError(
            file="biến môi trường",
            field="DONDOC_PING_URL",
            value="",
            allowed="địa chỉ https, hoặc http trên chính máy này, không kèm tên và mật khẩu",
        )
    return url


def _bounces_secret(given: Mapping[str, str]) -> str | None:
    found = secret(given, "DONDOC_BOUNCES_SECRET")
    if found is not None and len(found) < 24:
        raise ConfigError(
            file="biến môi trường", field="DONDOC_BOUNCES_SECRET", value="", allowed="ít nhất 24 ký tự ngẫu nhiên"
        )
    return found


def secret(given: Mapping[str, str], name: str) -> str | None:
    """The variable, or the contents of the file that `<name>_FILE` names."""
    if given.get(name):
        return given[name]
    path = given.get(f"{name}_FILE")
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            file="biến môi trường", field=f"{name}_FILE", value=path, allowed="đường dẫn của một tệp đọc được"
        ) from error


def _number(given: Mapping[str, str], name: str, default: float) -> float:
    try:
        return float(given.get(name) or default)
    except ValueError as error:
        raise ConfigError(file="biến môi trường", field=name, value=given[name], allowed="một con số") from error


def read_toml(path: Path) -> dict[str, Any]:
    """The file's contents. Raises ConfigError where it is missing, unreadable or no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            file=path, field="", value="", allowed="tệp này phải có trong thư mục cấu hình"
        ) from error
    except OSError as error:
        raise ConfigError(file=path, field="", value="", allowed="một tệp đọc được") from error
    except UnicodeDecodeError as error:
        raise ConfigError(file=path, field="", value="", allowed="văn bản mã UTF-8") from error
    return toml_of(text, path)


def toml_of(text: str, path: Path) -> dict[str, Any]:
    """The contents of a file that has been read. Raises ConfigError where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file=path, field="", value="", allowed=f"TOML đúng cú pháp ({error})") from error


def parse(path: Path, model: type[T]) -> T:
    """The file as `model`. Raises ConfigError at the first mistake."""
    return validated(path, read_toml(path), model)


def validated(path: Path, data: dict[str, Any], model: type[T], *, within: str = "") -> T:
    """`data`, found in the field `within` of a file, as `model`. Raises ConfigError at the first mistake."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # A misspelt name is told before the one that is missing because of it.
        first = min(error.errors(), key=lambda mistake: mistake["type"] != "extra_forbidden")
        field = ".".join([within] * bool(within) + [str(part) for part in first["loc"]])
        value = "" if first["type"] == "missing" else first.get("input", "")
        raise ConfigError(file=path, field=field, value=value, allowed=_allowed(first)) from error


def _allowed(mistake: Any) -> str:
    """What may stand there, in Vietnamese."""
    context = mistake.get("ctx", {})
    match mistake["type"]:
        case "missing":
            return "mục này bắt buộc phải có"
        case "extra_forbidden":
            return "không có mục nào mang tên này; hãy xem lại chính tả"
        case "literal_error":
            return str(context.get("expected", "")).replace("'", "").replace(" or ", " hoặc ")
        case "bool_parsing" | "bool_type":
            return "true hoặc false"
        case "greater_than_equal":
            return f"số từ {context['ge']} trở lên"
        case "less_than_equal":
            return f"số đến {context['le']}"
        case "value_error":
            return str(context.get("error", mistake["msg"]))
        case "string_too_short":
            return "không được để trống"
        case "string_pattern_mismatch":
            return (
                "địa chỉ thư dạng ten@donvi.example"
                if "@" in context.get("pattern", "")
                else "địa chỉ dạng https://nhacviec.tinh.example, không có phần sau tên máy"
                if "https" in context.get("pattern", "")
                else "chữ thường không dấu, số và gạch nối"
            )
        case kind if "time" in kind:
            return "giờ dạng HH:MM, ví dụ 07:30"
        case kind if kind.startswith(("int", "float")):
            return "một con số"
        case _:
            return str(mistake["msg"])
