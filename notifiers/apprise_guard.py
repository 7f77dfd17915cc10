"""Keeps addresses that an admin typed from reaching machines of the local network (SSRF, ASVS 1.3.6).

Two locks: the name is looked up before anything is sent, and while a service sends, every connection that this
thread opens is checked where it is opened. The second one also holds when the name is answered differently a
second time (DNS rebinding) and when the service redirects.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_guarded = threading.local()
_installed = threading.Event()


class PrivateAddress(Exception):  # noqa: N818 (names what was found)
    """The address belongs to no machine of the public internet."""


def refuse_private(host: str) -> None:
    """Raises PrivateAddress where any address of this name is not public.

    A name that is not known now passes: the second lock watches the connection itself.
    """
    if host.rstrip(".").lower() == "localhost" or host.lower().endswith((".localhost", ".local", ".internal")):
        raise PrivateAddress
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    for *_, address in found:
        if not is_public(str(address[0])):
            raise PrivateAddress


def is_public(address: str) -> bool:
    """Whether this IP address is one of the public internet; IPv4 inside IPv6 is looked at as IPv4."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@contextmanager
def public_connections_only(*, enabled: bool = True) -> Iterator[None]:
    """Inside, a connection of this thread to an address that is not public raises PrivateAddress."""
    if enabled and not _installed.is_set():
        _installed.set()
        sys.addaudithook(_watch)
    before = getattr(_guarded, "on", False)
    _guarded.on = enabled
    try:
        yield
    finally:
        _guarded.on = before


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect" or not getattr(_guarded, "on", False):
        return
    address = arguments[1]
    if isinstance(address, tuple) and not is_public(str(address[0])):
        raise PrivateAddress
