"""What the address of a mail server says: `smtp://user:password@host:port?rate=5`.

    smtp://          port 25; encrypts with STARTTLS where a password is to be sent
    smtp+starttls:// port 587; refuses to go on without STARTTLS
    smtps://         port 465; TLS from the first byte

Certificates are always checked. Options: `ca` (file of a certificate authority), `rate` (messages a second),
`per_connection` (messages before connecting anew), `timeout` and `answer_timeout` (seconds; the second one is
for the answer to the final dot), `dsn=no`, `pipelining=no`, `clear_password=yes`, `dkim_selector` with
`dkim_key` (file) and `dkim_domain`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class Security(StrEnum):
    PLAIN = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


_NAME = re.compile(r"[A-Za-z0-9._-]{1,253}")
_PORTS = {Security.PLAIN: 25, Security.STARTTLS: 587, Security.TLS: 465}


@dataclass(frozen=True, kw_only=True, slots=True)
class DkimSettings:
    selector: str
    domain: str
    key_file: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpSettings:
    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    rate: float = 0.0
    """Messages a second; 0 means no limit of ours."""
    per_connection: int = 1000
    timeout: float = 60.0
    """Seconds for connecting and for each answer but the last."""
    answer_timeout: float = 600.0
    """Seconds for the answer to the final dot: RFC 5321, 4.5.3.2.6, because shorter ones make duplicates."""
    dsn: bool = True
    pipelining: bool = True
    clear_password: bool = False
    dkim: DkimSettings | None = None


def parse_smtp_url(url: str) -> SmtpSettings:
    """Raises ValueError, in Vietnamese and without the URL, for what is not such an address."""
    parts = urlsplit(url)
    try:
        security = Security(parts.scheme)
        port = parts.port or _PORTS[security]
    except ValueError:
        raise ValueError("địa chỉ máy chủ thư phải có dạng smtp://, smtps:// hoặc smtp+starttls://") from None
    host = _host(parts.hostname or "")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    try:
        settings = SmtpSettings(
            host=host,
            port=port,
            security=security,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            ca_file=Path(ca) if (ca := options.pop("ca", "")) else None,
            rate=float(options.pop("rate", 0)),
            per_connection=max(1, int(options.pop("per_connection", 1000))),
            timeout=_seconds(options.pop("timeout", "60")),
            answer_timeout=_seconds(options.pop("answer_timeout", "600")),
            dsn=_switch(options.pop("dsn", "yes")),
            pipelining=_switch(options.pop("pipelining", "yes")),
            clear_password=_switch(options.pop("clear_password", "no")),
            dkim=_dkim(options),
        )
    except ValueError as wrong:
        raise ValueError(f"địa chỉ máy chủ thư có tham số sai: {wrong}") from None
    if options:
        raise ValueError(f"địa chỉ máy chủ thư có tham số lạ: {', '.join(sorted(options))}")
    return settings


def _host(name: str) -> str:
    """The machine's name as DNS has it; underscores are left, which container networks use."""
    if not name:
        raise ValueError("địa chỉ máy chủ thư thiếu tên máy")
    try:
        host = name if ":" in name else name.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    if len(host) > 253 or not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9a-fA-F:.]+(%[A-Za-z0-9]+)?", host):
        raise ValueError("địa chỉ máy chủ thư có tên máy sai")
    return host


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 3600:
        raise ValueError(f"{text} không nằm trong khoảng 0 đến 3600 giây")
    return value


def _switch(text: str) -> bool:
    if text not in {"yes", "no"}:
        raise ValueError(f"{text} (chỉ nhận yes hoặc no)")
    return text == "yes"


def _dkim(options: dict[str, str]) -> DkimSettings | None:
    selector, key_file = options.pop("dkim_selector", ""), options.pop("dkim_key", "")
    domain = options.pop("dkim_domain", "")
    if not selector and not key_file:
        return None
    if not (selector and key_file and domain):
        raise ValueError("dkim cần đủ dkim_selector, dkim_domain và dkim_key")
    if not _NAME.fullmatch(selector) or not _NAME.fullmatch(domain):
        raise ValueError("dkim_selector và dkim_domain là tên miền không dấu")
    return DkimSettings(selector=selector, domain=domain, key_file=Path(key_file))
