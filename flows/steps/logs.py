"""Structured logs: one JSON object a line, with the ids of run, plan, task and message, and no personal data.

They go to `var`/log, a file a month; `DONDOC_LOG=stderr` sends them to the journal of systemd or a container
instead, `DONDOC_LOG=off` nowhere. Every line passes `redact` last: addresses, phone numbers, secrets and the
words of messages do not leave it, wherever in the line they stand.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import structlog

KEEP_MONTHS = 12
"""Older files are deleted."""
_ADDRESS = re.compile(r"[^\s<>()\[\]{},;:'\"|]+@[^\s<>()\[\]{},;:'\"|]+")
_PHONE = re.compile(r"(?<![\w-])(?:\+?84|0)(?:[ .\-]?\d){8,10}(?!\d)")
_USERINFO = re.compile(r"(?<=://)[^\s/@]+@")
_STATEMENT = re.compile(r"\[(?:SQL|parameters):.*", re.DOTALL)
_DIGEST = re.compile(r"[0-9a-f]{64}")
"""Begins now and then as telephone numbers do."""
_BODIES = frozenset(
    {"body", "text", "html", "subject", "to", "to_name", "recipient", "address", "phone", "password", "secret"}
    | {"token", "key", "frozen", "content", "fields", "name", "link", "authorization"}
)
"""Names under which a message's words, a person or a secret would stand."""
_SECRETS = ("DONDOC_SMTP_URL", "DONDOC_DATABASE_URL", "DONDOC_KEY", "DONDOC_PING_URL")
_STAYS = frozenset({"timestamp", "level", "logger", "event"})


class _Monthly(logging.Handler):
    """Appends whole lines to the month's file; several processes may do so at once."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._month = ""
        self._file: TextIO | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            month = f"{datetime.now(UTC):%Y-%m}"
            if self._file is None or month != self._month:
                self._open(month)
            assert self._file is not None
            self._file.write(self.format(record) + "\n")
            self._file.flush()
        except OSError:
            # A full disk must not keep reminders from leaving; what matters is in the database.
            self._file = None

    def _open(self, month: str) -> None:
        if self._file is not None:
            self._file.close()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._folder / f"dondoc-{month}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._file, self._month = os.fdopen(descriptor, "w", encoding="utf-8"), month
        for old in sorted(self._folder.glob("dondoc-*.jsonl"))[:-KEEP_MONTHS]:
            old.unlink(missing_ok=True)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        super().close()


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _configure() -> None:
    """Until `set_up` says where to, lines go nowhere; above all not to stdout, which is for JSON."""
    logging.getLogger("dondoc").addHandler(logging.NullHandler())
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


_configure()


def set_up(var: Path, environment: Mapping[str, str] | None = None) -> None:
    """Send what is logged under "dondoc" to its place. Calling it again changes only the place."""
    given = os.environ if environment is None else environment
    log = logging.getLogger("dondoc")
    for old in list(log.handlers):
        log.removeHandler(old)
        old.close()
    log.propagate = False
    log.setLevel(logging.INFO)
    handler = _handler(var, given.get("DONDOC_LOG", "file"))
    last: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        Redaction(given),
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
    ]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=last))
    log.addHandler(handler)


def _handler(var: Path, where: str) -> logging.Handler:
    match where:
        case "stderr":
            return logging.StreamHandler(sys.stderr)
        case "off":
            return logging.NullHandler()
        case _:
            return _Monthly(var / "log")


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of one part ("sending"). Log ids and codes, never a person, an address or a message's words."""
    made: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(f"dondoc.{name}")
    return made


def about(**ids: int | str) -> Any:
    """`with about(run=7, province="phu-chau"):` puts the ids on every line logged inside."""
    return structlog.contextvars.bound_contextvars(**ids)


class Redaction:
    """The last step before a line is written."""

    def __init__(self, given: Mapping[str, str]) -> None:
        found: set[str] = set()
        for name in _SECRETS:
            value = given.get(name, "")
            # The password of an address is a secret by itself, wherever it turns up.
            userinfo = re.search(r"://[^/@\s]*:([^@/\s]+)@", value)
            found |= {value, userinfo[1]} if userinfo else {value} - {given.get("DONDOC_DATABASE_URL", "")}
        self._secrets = sorted((one for one in found if len(one) >= 4), key=len, reverse=True)

    def __call__(self, _log: object, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {name: value if name == "timestamp" else self._value(name, value) for name, value in line.items()}

    def _value(self, name: str, value: Any) -> Any:
        if name == "digest" and _DIGEST.fullmatch(str(value)):
            return value
        if name.lower() in _BODIES and name not in _STAYS and value is not None:
            return "[lược bỏ]"
        match value:
            case bool() | int() | float() | None:
                return value
            case Mapping():
                return {self.words(str(key)): self._value(str(key), held) for key, held in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._value("", one) for one in value]
            case _:
                return self.words(str(value))

    def words(self, text: str) -> str:
        """`text` without addresses, phone numbers, secrets and what a database statement held."""
        for secret in self._secrets:
            text = text.replace(secret, "[bí mật]")
        text = _STATEMENT.sub("[lược bỏ]", text)
        text = _USERINFO.sub("[bí mật]@", text)
        return _PHONE.sub("[số máy]", _ADDRESS.sub("[địa chỉ]", text))
