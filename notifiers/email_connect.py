"""Opens a connection to a mail server: greeting, STARTTLS with certificate checks, AUTH.

`smtplib` speaks; every failure comes out as one of `notifiers.errors`, and none of them quotes a password.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from base64 import b64encode

from notifiers.email_settings import Security, SmtpSettings
from notifiers.errors import NotSent, Refused, Scope, Unavailable
from notifiers.smtp_replies import Stage, judge, lost

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Door:
    """Opens one connection after another to the same server."""

    def __init__(self, settings: SmtpSettings, *, hello: str) -> None:
        self._settings = settings
        self._hello = hello
        self._tls: ssl.SSLContext | None = None
        self._stage = Stage.CONNECT
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> smtplib.SMTP:
        """A connection that may send at once. Raises NotSent."""
        self._stage, self._smtp = Stage.CONNECT, None
        try:
            smtp = self._smtp = self._connect()
            self._greet(smtp)
            self._encrypt(smtp)
            self._log_in(smtp)
        except (NotSent, OSError, smtplib.SMTPException) as failure:
            if self._smtp is not None:
                self._smtp.close()
            raise self._meaning(failure) from None
        return smtp

    def _meaning(self, failure: Exception) -> NotSent:
        match failure:
            case NotSent():
                return failure
            case smtplib.SMTPResponseException():
                return judge(self._stage, failure.smtp_code, text_of(failure.smtp_error))
            case ssl.SSLCertVerificationError():
                return _tls_failed(f"chứng thư không hợp lệ ({failure.verify_message})")
            case ssl.SSLError():
                return _tls_failed(failure.reason or "lỗi TLS")
            case _:
                return lost(self._stage, cause_of(failure))

    def _connect(self) -> smtplib.SMTP:
        settings, wait = self._settings, self._settings.timeout
        host, port = settings.host, settings.port
        smtp: smtplib.SMTP
        if settings.security is Security.TLS:
            smtp = smtplib.SMTP_SSL(host, port, self._hello, timeout=wait, context=self._context())
        else:
            smtp = smtplib.SMTP(host, port, self._hello, timeout=wait)
        assert smtp.sock is not None
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return smtp

    def _greet(self, smtp: smtplib.SMTP) -> None:
        self._stage = Stage.HELLO
        code, text = smtp.ehlo()
        if not 200 <= code <= 299:
            code, text = smtp.helo()
        if not 200 <= code <= 299:
            raise judge(Stage.HELLO, code, text_of(text))

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        settings = self._settings
        exposed = bool(settings.password) and not settings.clear_password and settings.host not in _LOOPBACK
        if settings.security is Security.TLS or not (settings.security is Security.STARTTLS or exposed):
            return
        self._stage = Stage.STARTTLS
        if not smtp.has_extn("starttls"):
            raise _tls_failed("máy chủ không có STARTTLS")
        code, text = smtp.starttls(context=self._context())
        if code != 220:
            raise judge(Stage.STARTTLS, code, text_of(text))
        self._greet(smtp)

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        settings = self._settings
        if not settings.user:
            return
        self._stage = Stage.AUTH
        try:
            if (settings.user + settings.password).isascii():
                smtp.login(settings.user, settings.password)
            else:
                _log_in_plain(smtp, settings.user, settings.password)
        except smtplib.SMTPNotSupportedError:
            reason = "Máy chủ thư không có cách đăng nhập nào dùng được"
            raise Refused(reason, code="dondoc:auth", scope=Scope.CHANNEL) from None

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            ca_file = self._settings.ca_file
            self._tls = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
        return self._tls


def cause_of(failure: Exception) -> str:
    """The operating system's words for it; never what the server or we have sent."""
    if isinstance(failure, TimeoutError) or "timed out" in str(failure):
        return "hết thời gian chờ"
    if isinstance(failure, OSError) and failure.strerror:
        return failure.strerror
    return "máy chủ ngắt kết nối"


def text_of(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


def _log_in_plain(smtp: smtplib.SMTP, user: str, password: str) -> None:
    """AUTH PLAIN in UTF-8 (RFC 4616), which smtplib's own login cannot do."""
    if "PLAIN" not in smtp.esmtp_features.get("auth", "").upper().split():
        raise smtplib.SMTPNotSupportedError
    code, text = smtp.docmd("AUTH", "PLAIN " + b64encode(f"\0{user}\0{password}".encode()).decode())
    if not 200 <= code <= 299:
        raise smtplib.SMTPAuthenticationError(code, text)


def _tls_failed(why: str) -> Unavailable:
    reason = f"Không mã hoá được kết nối tới máy chủ thư: {why}"
    return Unavailable(reason, code="dondoc:tls", scope=Scope.CHANNEL, retry_after=900)
