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
_MSG_ID = re.compile(rb'"(?:msg_id|message_id)"\s*:\s*"([A-Za-z0-9_.:-]{1,128})"')
_QUERY = re.compile(r"\?[^\s\"']*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    status: int
    body: Mapping[str, object] = field(repr=False)
    remaining: int | None = None
    """Requests that the app may still make in this minute (X-RateLimit-Remain), where Zalo says so."""

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

        from notifiers.deadline import BoundedTransport, Deadline

        _redact_httpx_logs()
        self._deadline = Deadline(settings.total_seconds)
        self._httpx = httpx
        self._client = httpx.Client(
            transport=BoundedTransport(
                self._deadline,
                verify=_tls(settings.ca_file),
                trust_env=False,
                proxy=settings.proxy,
                limits=httpx.Limits(max_connections=8, keepalive_expiry=4.0),
            ),
            timeout=httpx.Timeout(settings.read_seconds, connect=settings.connect_seconds),
            follow_redirects=False,
            trust_env=False,
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
        self._deadline.start()
        try:
            response = self._client.send(request, stream=True)
            try:
                content = self._content(response)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise _not_sent(type(error).__name__) from None
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise _not_sent(type(error).__name__) from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise lost(_why(error)) from None
        return _answer(response, content)

    def _content(self, response: httpx.Response) -> bytes:
        found = bytearray()
        try:
            for part in response.iter_bytes():
                found += part
                if len(found) > LARGEST_ANSWER:
                    raise lost("quá dài", bytes(found))
        except (self._httpx.HTTPError, self._httpx.StreamError) as error:
            raise lost(_why(error), bytes(found)) from None
        return bytes(found)


@cache
def _tls(ca_file: str | None) -> ssl.SSLContext:
    """Certificates are always checked: against this file's, or those that certifi knows (0.1 s to read)."""
    import httpx

    if ca_file:
        return ssl.create_default_context(cafile=ca_file)
    return httpx.create_ssl_context(trust_env=False)


def _answer(response: httpx.Response, content: bytes) -> Answer:
    status = response.status_code
    if status >= 500:
        raise lost(f"HTTP {status}", content)
    try:
        body = json.loads(content)
    except ValueError:
        raise lost(f"HTTP {status}, không phải JSON", content) from None
    if not isinstance(body, dict):
        raise lost(f"HTTP {status}, JSON lạ", content)
    return Answer(status=status, body=body, remaining=_number(response.headers.get("x-ratelimit-remain")))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


def _why(error: Exception) -> str:
    return "quá lâu" if "Timeout" in type(error).__name__ else type(error).__name__


def _not_sent(why: str) -> Unavailable:
    return Unavailable(f"không kết nối được tới máy chủ Zalo ({why})", code="connect", scope=Scope.CHANNEL)


def lost(why: str, content: bytes = b"") -> Unconfirmed:
    """`content` is what came of the answer: the message's name in it may be asked about later."""
    unclear = Unconfirmed(f"không nhận được câu trả lời rõ ràng của Zalo ({why})", code="answer-lost")
    found = _MSG_ID.search(content)
    unclear.reference = found[1].decode() if found else None
    return unclear


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
