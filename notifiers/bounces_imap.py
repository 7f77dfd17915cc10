"""Reads the mailbox that bounces come back to: `imaps://user:password@host:port/FOLDER`.

Mails stay in the mailbox. Each is marked as seen after the caller has taken its reports, so a crash in between
reads it again; taking the same report twice must change nothing.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from notifiers.bounces import Report, read
from notifiers.errors import Refused, Scope, Unavailable

_BATCH = 500
_TIMEOUT = 60.0


def reports(url: str, *, domain: str, limit: int = _BATCH) -> Iterator[Report]:
    """The reports of unseen mails, oldest first, of at most `limit` mails.

    `imap://` is for loopback only: it sends the password in clear. `?ca=` names a file of a certificate
    authority. Raises Refused (login, address) and Unavailable, both about the channel.
    """
    try:
        box = _open(url)
    except imaplib.IMAP4.error:
        raise Refused("Hộp thư nhận phản hồi không cho đăng nhập", code="imap", scope=Scope.CHANNEL) from None
    except (OSError, ssl.SSLError) as failure:
        raise _unavailable(failure) from None
    try:
        yield from _unseen(box, domain, limit)
    except (imaplib.IMAP4.error, OSError) as failure:
        raise _unavailable(failure) from None
    finally:
        try:
            box.logout()
        except (imaplib.IMAP4.error, OSError):
            box.shutdown()


def _open(url: str) -> imaplib.IMAP4:
    parts = urlsplit(url)
    host, folder = parts.hostname or "", unquote(parts.path.strip("/")) or "INBOX"
    loopback = host in {"localhost", "127.0.0.1", "::1"}
    box: imaplib.IMAP4
    if parts.scheme == "imaps":
        ca_file = parse_qs(parts.query).get("ca", [None])[0]
        context = ssl.create_default_context(cafile=str(Path(ca_file)) if ca_file else None)
        box = imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=context, timeout=_TIMEOUT)
    elif parts.scheme == "imap" and loopback:
        box = imaplib.IMAP4(host, parts.port or 143, timeout=_TIMEOUT)
    else:
        reason = "Hộp thư nhận phản hồi phải có địa chỉ imaps://"
        raise Refused(reason, code="dondoc:url", scope=Scope.CHANNEL)
    try:
        _log_in(box, unquote(parts.username or ""), unquote(parts.password or ""))
        if box.select(f'"{folder}"')[0] != "OK":
            raise Refused("Hộp thư nhận phản hồi không có thư mục này", code="imap", scope=Scope.CHANNEL)
    except BaseException:
        box.shutdown()
        raise
    return box


def _log_in(box: imaplib.IMAP4, user: str, password: str) -> None:
    """LOGIN takes ASCII only; names with diacritics go by AUTHENTICATE PLAIN in UTF-8 (RFC 4616)."""
    if (user + password).isascii():
        box.login(user, password)
    else:
        box.authenticate("PLAIN", lambda _challenge: f"\0{user}\0{password}".encode())


def _unseen(box: imaplib.IMAP4, domain: str, limit: int) -> Iterator[Report]:
    _, found = box.uid("SEARCH", "UNSEEN")
    for uid in (found[0] or b"").split()[:limit]:
        _, fetched = box.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
        raw = next((item[1] for item in fetched if isinstance(item, tuple)), b"")
        yield from read(raw, domain=domain)
        box.uid("STORE", uid.decode(), "+FLAGS", r"(\Seen)")


def _unavailable(failure: Exception) -> Unavailable:
    why = (failure.strerror if isinstance(failure, OSError) else None) or type(failure).__name__
    reason = f"Chưa đọc được hộp thư nhận phản hồi: {why}"
    return Unavailable(reason, code="imap", scope=Scope.CHANNEL, retry_after=300)
