"""One HTTP request to Zalo, and what a missing or strange answer means.

Nothing left the machine: Unavailable. It may have arrived and the answer is lost, late, not JSON or 5xx:
Unconfirmed. No redirects, no environment proxies, no retries; answers are read up to 1 MiB and within
`total_seconds`. What httpx logs is stripped of bot tokens, phone numbers and query strings.
"""

from __future__ import annotations

import json
import logging
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Self

from notifiers.errors import Scope, Unavailable, Unconfirmed
from notifiers.zalo.settings import ZaloSettings

if TYPE_CHECKING:
    import httpx

LARGEST_ANSWER = 1 << 20
_BOT_TOKEN = re.compile(r"(/bot)[^/?#\s]+")
_QUERY = re.compile(r"\?[^\s\"']*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    status: int
    body: Mapping[str, object] = field(repr=False)

    @property
    def error(self) -> str | None:
        """The answer's own code, "0" for success; None where it names none."""
        value = self.body.get("error")
        if isinstance(value, bool) or not isinstance(value, int | str):
            return None
        text = str(value).strip()
        return text if re.fullmatch(r"-?\d+", text) else None

    @property
    def data(self) -> Mapping[str, object]:
        found = self.body.get("data")
        return found if isinstance(found, dict) else {}


class Wire:
    """The connections to Zalo's hosts; a context manager."""

    def __init__(self, settings: ZaloSettings) -> None:
        import httpx  # 0.1 s: only when something is sent

        _redact_httpx_logs()
        self._total = settings.total_seconds
        self._httpx = httpx
        self._client = httpx.Client(
            timeout=httpx.Timeout(settings.read_seconds, connect=settings.connect_seconds),
            follow_redirects=False,
            trust_env=False,
            proxy=settings.proxy,
            verify=_tls(settings.ca_file),
            limits=httpx.Limits(max_connections=8, keepalive_expiry=4.0),
            headers={"User-Agent": "dondoc", "Accept": "application/json"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """Raise Unavailable where nothing was sent, Unconfirmed where the outcome is unknown."""
        if form is not None:
            return self._ask(self._client.build_request("POST", url, headers=headers, data=form))
        return self._ask(self._client.build_request("POST", url, headers=headers, json=body or {}))

    def get(self, url: str, *, headers: Mapping[str, str], params: Mapping[str, str]) -> Answer:
        """A question changes nothing, so a lost answer is Unavailable too."""
        try:
            return self._ask(self._client.build_request("GET", url, headers=headers, params=params))
        except Unconfirmed as lost:
            raise Unavailable(lost.reason, code="connect", scope=Scope.CHANNEL) from None

    def _ask(self, request: httpx.Request) -> Answer:
        httpx = self._httpx
        until = time.monotonic() + self._total
        try:
            response = self._client.send(request, stream=True)
            try:
                content = self._content(response, until)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise _not_sent(type(error).__name__) from None
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise _not_sent(type(error).__name__) from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise lost(type(error).__name__) from None
        return _answer(response.status_code, content)

    def _content(self, response: httpx.Response, until: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > LARGEST_ANSWER or time.monotonic() > until:
                raise lost("quá dài hoặc quá lâu")
        return b"".join(parts)


@cache
def _tls(ca_file: str | None) -> ssl.SSLContext:
    """Certificates are always checked: against this file's, or those that certifi knows (0.1 s to read)."""
    import httpx

    if ca_file:
        return ssl.create_default_context(cafile=ca_file)
    return httpx.create_ssl_context(trust_env=False)


def _answer(status: int, content: bytes) -> Answer:
    if status >= 500:
        raise lost(f"HTTP {status}")
    try:
        body = json.loads(content)
    except ValueError:
        raise lost(f"HTTP {status}, không phải JSON") from None
    if not isinstance(body, dict):
        raise lost(f"HTTP {status}, JSON lạ")
    return Answer(status=status, body=body)


def _not_sent(why: str) -> Unavailable:
    return Unavailable(f"không kết nối được tới máy chủ Zalo ({why})", code="connect", scope=Scope.CHANNEL)


def lost(why: str) -> Unconfirmed:
    return Unconfirmed(f"không nhận được câu trả lời rõ ràng của Zalo ({why})", code="answer-lost")


def redacted(text: str) -> str:
    """A URL or log line without bot token and query string."""
    return _QUERY.sub("?…", _BOT_TOKEN.sub(r"\1•••", text))


class _Redactor(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), ()
        return True


@cache
def _redact_httpx_logs() -> None:
    logging.getLogger("httpx").addFilter(_Redactor())
    # httpcore traces headers at DEBUG, which hold the access token of a proxy or a cookie.
    logging.getLogger("httpcore").setLevel(logging.WARNING)
