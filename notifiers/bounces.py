"""What comes back after a mail was taken: delivery reports (RFC 3464) and out-of-office answers (RFC 3834).

Reading never trusts the reader's address book or clock: a report counts for the mail whose Message-ID it names,
and only where that Message-ID is one of ours (`domain`). Anybody may send us anything, so a report without such
a Message-ID is no report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from enum import StrEnum

from notifiers.errors import NotSent
from notifiers.render_clean import shorten
from notifiers.smtp_replies import Stage, judge, shown

_OURS = re.compile(r"<([0-9a-f]{32})@([^<>\s@]+)>")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_REPLY = re.compile(r"\b([45]\d\d)[ -]")
_AWAY = re.compile(
    r"(trả lời tự động|vắng mặt|đang nghỉ phép|đi công tác|auto(matic)?[- ]?reply|out of (the )?office)",
    re.I,
)
_LIMIT = 2_000_000
"""Bytes of a mail that are looked at; reports name what they report at the beginning."""


class Fate(StrEnum):
    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    AWAY = "away"
    """A person's automatic answer: the mail arrived and nobody may be reading it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What became of one mail to one recipient. `ident` is `email_message.digest` of the message's key."""

    ident: str
    message_id: str
    recipient: str
    fate: Fate
    code: str = ""
    reason: str = ""
    """For people, in Vietnamese; no whole address stands in it."""
    failure: NotSent | None = None
    """For FAILED: the error that the same reply would have been, had it come at once."""


def read(raw: bytes, *, domain: str) -> tuple[Report, ...]:
    """The reports in one mail; none where it is an ordinary mail or about a mail that is not ours."""
    try:
        mail = message_from_bytes(raw[:_LIMIT], policy=policy.default)
        assert isinstance(mail, EmailMessage)
        message_id = _names_ours(mail, raw[:_LIMIT], domain)
        if message_id is None:
            return ()
        if mail.get_content_type() == "multipart/report":
            return _delivery_reports(mail, message_id)
        away = _away(mail, message_id)
    except (LookupError, ValueError, AttributeError, AssertionError, TypeError):
        return ()  # a mail that is broken beyond what the parser repairs tells us nothing
    return (away,) if away else ()


def _names_ours(mail: EmailMessage, raw: bytes, domain: str) -> str | None:
    """Our Message-ID that this mail answers (In-Reply-To, References) or encloses."""
    answered = " ".join(str(mail.get(name, "")) for name in ("in-reply-to", "references"))
    enclosed = ""
    if mail.get_content_type() == "multipart/report":
        enclosed = raw.decode("ascii", "replace")
    for found in _OURS.finditer(f"{answered}\n{enclosed}"):
        if found[2].lower() == domain.lower():
            return found[0]
    return None


def _delivery_reports(mail: EmailMessage, message_id: str) -> tuple[Report, ...]:
    reports = []
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload():
            report = _one_recipient(block, message_id)
            if report:
                reports.append(report)
    return tuple(reports)


def _one_recipient(block: object, message_id: str) -> Report | None:
    get = getattr(block, "get", None)
    if get is None:
        return None
    fate = {"failed": Fate.FAILED, "delayed": Fate.DELAYED, "delivered": Fate.DELIVERED, "relayed": Fate.DELIVERED}
    action = str(get("action", "")).strip().lower()
    if action not in fate:
        return None
    recipient = _address(str(get("original-recipient", "") or "")) or _address(str(get("final-recipient", "")))
    words = str(get("diagnostic-code", "")).partition(";")[2] or str(get("diagnostic-code", ""))
    status = _STATUS.search(str(get("status", "")))
    failure = _failure(words, status[0] if status else "") if action == "failed" else None
    return Report(
        ident=message_id[1:33],
        message_id=message_id,
        recipient=recipient,
        fate=fate[action],
        code=status[0] if status else "",
        reason=failure.reason if failure else shown(words),
        failure=failure,
    )


def _failure(words: str, status: str) -> NotSent:
    """The final answer of the recipient's server; where its reply is not told, a 550 with this status."""
    words = " ".join(words.split())
    reply = _REPLY.search(words)
    code = int(reply[1]) if reply and reply[1].startswith("5") else 550
    text = words[reply.end() :] if reply else words
    if not _STATUS.match(text.strip()):
        text = f"{status.replace('4.', '5.', 1) if status.startswith('4.') else status} {text}"
    return judge(Stage.RCPT, code, text.strip())


def _away(mail: EmailMessage, message_id: str) -> Report | None:
    """An automatic answer by RFC 3834, or by its subject where the mail program is older than that."""
    kind = str(mail.get("auto-submitted", "no")).strip().lower()
    marked = kind.startswith("auto-replied") or "x-autoreply" in mail or "x-autorespond" in mail
    subject = shorten(str(mail.get("subject", "")), 160)
    if not marked and not _AWAY.search(subject):
        return None
    return Report(
        ident=message_id[1:33],
        message_id=message_id,
        recipient=parseaddr(str(mail.get("from", "")))[1],
        fate=Fate.AWAY,
        reason=subject,
    )


def _address(field: str) -> str:
    """ "rfc822; a@b.example" without its type."""
    kind, mark, address = field.partition(";")
    return parseaddr((address if mark else kind).strip())[1]
