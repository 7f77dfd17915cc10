"""Questions to an issuer: only to addresses that the settings allow, and all in all within a time.

The name is looked up once, every address it has is checked, and the connection goes to the one that was checked:
answering differently a second time (DNS rebinding) changes nothing. No redirects, no proxies of the environment.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from config.oidc import Oidc
from desk.oidc.errors import Rejected, Unreachable
from notifiers.apprise_guard import is_public
from notifiers.deadline import BoundedTransport, Deadline

LARGEST_ANSWER = 512 * 1024
"""Bytes of one answer of the issuer."""


def ask(oidc: Oidc, url: str, *, form: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None) -> Any:
    """What `url` answers, as JSON; POST where there is a form.

    Raises Unreachable, for an answer of 4xx too; Rejected where a code is not taken.
    """
    status, content = _exchange(oidc, url, form, auth)
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Unreachable("answer", f"{_host(url)} trả lời mã {status}, không phải JSON")
    if form is not None and status == 400 and answer.get("error") == "invalid_grant":
        raise Rejected("code", "hệ thống đăng nhập không nhận mã xác nhận này")
    if status != 200:
        raise Unreachable("answer", f"{_host(url)} trả lời mã {status}: {_short(answer.get('error'))}")
    return answer


def _exchange(
    oidc: Oidc, url: str, form: Mapping[str, str] | None, auth: tuple[str, str] | None
) -> tuple[int, bytes]:
    check_url(oidc, url)
    deadline = Deadline(oidc.total_seconds)
    try:
        with _client(oidc, deadline) as client:
            request = client.build_request(
                "GET" if form is None else "POST", url, data=dict(form) if form else None
            )
            deadline.start()
            response = client.send(request, stream=True, auth=auth)
            try:
                return response.status_code, _content(response)
            finally:
                response.close()
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        raise Unreachable("connect", f"không hỏi được {_host(url)} ({_why(error)})") from None
    except (OSError, ssl.SSLError) as error:
        raise Unreachable("certificates", f"không đọc được ca_file {oidc.ca_file} ({error.strerror})") from None


def check_url(oidc: Oidc, url: object) -> str:
    """The address itself; raises Unreachable unless it may be asked, or a browser be sent there."""
    parts = urlsplit(url) if isinstance(url, str) and url.isprintable() and len(url) < 2000 else None
    here = parts is not None and parts.scheme == "http" and oidc.network == "loopback"
    if parts is None or not parts.hostname or "@" in parts.netloc or not (parts.scheme == "https" or here):
        raise Unreachable("address", f"địa chỉ {_short(url)} của hệ thống đăng nhập không phải https")
    return str(url)


def _client(oidc: Oidc, deadline: Deadline) -> httpx.Client:
    transport = BoundedTransport(
        deadline,
        through=lambda backend: _Checked(backend, oidc, deadline),
        verify=_tls(oidc.ca_file),
        trust_env=False,
    )
    return httpx.Client(
        transport=transport,
        timeout=httpx.Timeout(oidc.total_seconds),
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "dondoc", "Accept": "application/json"},
    )


@cache
def _tls(ca_file: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file) if ca_file else httpx.create_ssl_context(trust_env=False)


class _Checked(httpcore.NetworkBackend):
    """Opens connections to checked addresses only."""

    def __init__(self, inner: httpcore.NetworkBackend, oidc: Oidc, deadline: Deadline) -> None:
        self._inner, self._oidc, self._deadline = inner, oidc, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        found = _addresses(host, port, self._deadline.left(timeout, httpcore.ConnectTimeout))
        if not found or not all(may_connect(address, self._oidc.network) for address in found):
            raise httpcore.ConnectError("address not allowed")
        return self._inner.connect_tcp(found[0], port, timeout, local_address, socket_options)


def may_connect(address: str, network: str) -> bool:
    """Whether an IP address belongs to the part of the world that the setting `network` names."""
    if is_public(address):
        return network in {"public", "local"}
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if network == "loopback":
        return ip.is_loopback
    strange = ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved
    return network == "local" and ip.is_private and not strange


def _addresses(host: str, port: int, seconds: float) -> list[str]:
    """What the name stands for, those of IPv4 first; looking up has its share of the time too."""
    found: list[str] = []

    def look() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(str(address[0]) for *_, address in sorted(answers, key=lambda one: one[0] != socket.AF_INET))

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    looking.join(seconds)
    return [] if looking.is_alive() else found


def _content(response: httpx.Response) -> bytes:
    found = bytearray()
    for part in response.iter_bytes():
        found += part
        if len(found) > LARGEST_ANSWER:
            raise httpx.StreamError("answer too long")
    return bytes(found)


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _why(error: Exception) -> str:
    said = str(error)
    if "address not allowed" in said:
        return "tên máy không tra được hoặc địa chỉ không thuộc mạng cho phép, xem [oidc] network"
    if "CERTIFICATE" in said.upper():
        return "chứng thư không được tin cậy, xem [oidc] ca_file"
    return "quá lâu" if "Timeout" in type(error).__name__ else type(error).__name__


def _short(value: object) -> str:
    return "".join(letter for letter in str(value) if letter.isprintable())[:100]
