"""One connection to a mail server, kept open for many messages.

The transaction is ours rather than `smtplib`'s, because we send MAIL, RCPT and DATA together where the server
offers PIPELINING (RFC 2920) and record the stage: a connection that breaks before the final dot has sent
nothing, one that breaks after it may have.
"""

from __future__ import annotations

import re
import select
import smtplib
import ssl
import time
from dataclasses import dataclass

from notifiers.email_connect import Door, cause_of, text_of
from notifiers.email_settings import SmtpSettings
from notifiers.errors import NotSent, Refused, Scope, Unavailable
from notifiers.message import Receipt
from notifiers.smtp_replies import Stage, judge, lost, shown

_IDLE = 30.0
"""Seconds after which an open connection is asked with NOOP before it is trusted with a message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """One mail to one recipient. `ident` is our own name for it, in letters and digits (ENVID)."""

    sender: str
    recipient: str
    data: bytes
    ident: str


class SmtpConnection:
    """Not for several threads at once. Raises only the errors of `notifiers.errors`."""

    def __init__(self, settings: SmtpSettings, *, hello: str) -> None:
        self._settings = settings
        self._door = Door(settings, hello=hello)
        self._smtp: smtplib.SMTP | None = None
        self._stage = Stage.CONNECT
        self._carried = 0
        self._used_at = 0.0
        self._next_at = 0.0

    def send(self, envelope: Envelope) -> Receipt:
        """Hands one mail over. A connection that turns out to be dead before DATA is replaced once."""
        self._wait_for_turn()
        if self._carried >= self._settings.per_connection:
            self.close()
        kept = self._kept()
        try:
            return self._attempt(kept or self._open(), envelope)
        except Unavailable as failure:
            ended = self._smtp is None and self._stage in {Stage.MAIL, Stage.RCPT, Stage.DATA}
            if kept is None or not ended or failure.scope is not Scope.CHANNEL:
                raise
        return self._attempt(self._open(), envelope)

    def check(self) -> str:
        """Connects, encrypts and logs in without sending; returns what the server calls itself."""
        smtp = self._kept() or self._open()
        return shown((smtp.ehlo_resp or smtp.helo_resp or b"").decode("utf-8", "replace").split("\n")[0])

    def close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(2)
                smtp.quit()
        except (OSError, smtplib.SMTPException):
            pass
        finally:
            smtp.close()

    def _wait_for_turn(self) -> None:
        if self._settings.rate > 0:
            now = time.monotonic()
            time.sleep(max(0.0, self._next_at - now))
            self._next_at = max(now, self._next_at) + 1 / self._settings.rate

    def _kept(self) -> smtplib.SMTP | None:
        """The open connection, unless the server has ended it meanwhile."""
        smtp = self._smtp
        if smtp is None or smtp.sock is None:
            return None
        if _spoke(smtp) or (time.monotonic() - self._used_at > _IDLE and not _answers(smtp)):
            self._drop()
            return None
        return smtp

    def _drop(self) -> None:
        """Ends the connection without a word, where the other side no longer listens."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def _open(self) -> smtplib.SMTP:
        self._stage, self._carried = Stage.CONNECT, 0
        self._smtp = self._door.open()
        return self._smtp

    def _attempt(self, smtp: smtplib.SMTP, envelope: Envelope) -> Receipt:
        try:
            return self._transact(smtp, envelope)
        except NotSent as failure:
            if self._smtp is not None:
                self._recover(smtp, failure)
            raise
        except (OSError, smtplib.SMTPException) as failure:
            self._drop()
            raise lost(self._stage, cause_of(failure)) from None
        finally:
            self._used_at = time.monotonic()

    def _transact(self, smtp: smtplib.SMTP, envelope: Envelope) -> Receipt:
        self._stage = Stage.MAIL
        commands = self._commands(smtp, envelope)
        self._carried += 1
        if self._settings.pipelining and smtp.has_extn("pipelining"):
            smtp.send(b"".join(commands))
            replies = [smtp.getreply() for _ in commands]
            self._judge_envelope(smtp, replies)
        else:
            for stage, command in zip((Stage.MAIL, Stage.RCPT, Stage.DATA), commands, strict=True):
                self._stage = stage
                smtp.send(command)
                self._want(stage, smtp.getreply())
        self._stage = Stage.BODY
        smtp.send(_stuffed(envelope.data))
        if _spoke(smtp):
            self._want(Stage.BODY, smtp.getreply())
        smtp.send(b".\r\n")
        return self._await_receipt(smtp)

    def _await_receipt(self, smtp: smtplib.SMTP) -> Receipt:
        self._stage = Stage.DOT
        assert smtp.sock is not None
        smtp.sock.settimeout(self._settings.answer_timeout)
        code, text = smtp.getreply()
        smtp.sock.settimeout(self._settings.timeout)
        self._want(Stage.DOT, (code, text))
        return Receipt(answer=f"{code} {shown(text_of(text))}", reference=_queued_as(text_of(text)))

    def _commands(self, smtp: smtplib.SMTP, envelope: Envelope) -> list[bytes]:
        mail, rcpt = f"MAIL FROM:<{envelope.sender}>", f"RCPT TO:<{envelope.recipient}>"
        size = len(envelope.data)
        if smtp.has_extn("size"):
            limit = smtp.esmtp_features["size"].strip()
            if limit.isdigit() and 0 < int(limit) < size:
                reason = f"Thư {size // 1024} KB vượt quá {int(limit) // 1024} KB mà máy chủ thư nhận"
                raise Refused(reason, code="dondoc:size", scope=Scope.MESSAGE)
            mail += f" SIZE={size}"
        if not (envelope.sender + envelope.recipient).isascii():
            if not smtp.has_extn("smtputf8"):
                reason = "Máy chủ thư không nhận địa chỉ có dấu"
                raise Refused(reason, code="dondoc:smtputf8", scope=Scope.RECIPIENT)
            mail += " SMTPUTF8 BODY=8BITMIME"
        if self._settings.dsn and smtp.has_extn("dsn"):
            mail += f" RET=HDRS ENVID={envelope.ident}"
            rcpt += " NOTIFY=FAILURE,DELAY"
        return [f"{command}\r\n".encode() for command in (mail, rcpt, "DATA")]

    def _judge_envelope(self, smtp: smtplib.SMTP, replies: list[tuple[int, bytes]]) -> None:
        """Where MAIL or RCPT was refused but DATA was taken, an empty message ends the transaction."""
        for stage, reply in zip((Stage.MAIL, Stage.RCPT, Stage.DATA), replies, strict=True):
            self._stage = stage
            try:
                self._want(stage, reply)
            except NotSent:
                if replies[-1][0] == 354 and self._smtp is not None:
                    smtp.send(b".\r\n")
                    smtp.getreply()
                raise

    def _want(self, stage: Stage, reply: tuple[int, bytes]) -> None:
        code, text = reply
        if (code == 354) if stage is Stage.DATA else (200 <= code <= 299 and stage is not Stage.BODY):
            return
        if code == 421 or not 200 <= code <= 599:
            self._drop()
        raise judge(Stage.DATA if stage is Stage.BODY else stage, code, text_of(text))

    def _recover(self, smtp: smtplib.SMTP, failure: NotSent) -> None:
        """Makes the connection ready for the next message; where that fails, the next one opens a new one."""
        try:
            if self._stage is Stage.BODY or not 200 <= smtp.rset()[0] <= 299:
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()


def _stuffed(data: bytes) -> bytes:
    """The data with leading dots doubled (RFC 5321, 4.5.2) and a line end at its end."""
    if data.startswith(b".") or b"\n." in data:
        data = re.sub(rb"(?m)^\.", b"..", data)
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def _spoke(smtp: smtplib.SMTP) -> bool:
    """Whether the server has said something, or hung up, without being asked.

    Under TLS that cannot be told from the socket (a session ticket looks the same), so it says no.
    """
    sock = smtp.sock
    if sock is None or isinstance(sock, ssl.SSLSocket):
        return False
    waiter = select.poll()
    waiter.register(sock, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(waiter.poll(0))


def _answers(smtp: smtplib.SMTP) -> bool:
    try:
        return 200 <= smtp.noop()[0] <= 299
    except (OSError, smtplib.SMTPException):
        return False


def _queued_as(text: str) -> str | None:
    """The server's own name for the mail: "queued as X" of Postfix, "X Message accepted" of OpenSMTPD."""
    found = re.search(r"queued as ([A-Za-z0-9.-]{4,40})|\b([A-Za-z0-9.-]{4,40}) Message accepted", text)
    return found[1] or found[2] if found else None
