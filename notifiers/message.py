"""What goes out: a notice is what one agency must know today; a message is that notice made ready to send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Urgency(StrEnum):
    """How a line is worded, most urgent first."""

    ESCALATED = "escalated"
    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    OPENING = "opening"
    CHANGED = "changed"
    REPORT = "report"
    NEW = "new"
    QUESTION = "question"
    """Asks the operator whether an awaited document has been issued."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One task in a notice. Dates are calendar dates in Asia/Ho_Chi_Minh."""

    key: str
    """Stable for the task's occurrence: threads mails and names calendar events."""
    urgency: Urgency
    number: str
    title: str
    plan: str
    """How people call the plan ("Kế hoạch số 12/KH-UBND ngày 05/01/2026")."""
    deadline_text: str
    due: date | None
    days_left: int | None
    """Calendar days from the day of sending to `due`; negative when late."""
    role: str = "lead"
    """lead, coordinating, or overseeing: a task of a body under the agency."""
    lead: str = ""
    product: str = ""
    note: str = ""
    """What changed, why it starts now, or what is asked, in Vietnamese."""
    link: str | None = None
    """The signed page of this task."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """What one agency is told on one day by one channel."""

    agency: str
    province: str
    on: date
    lines: tuple[Line, ...]
    sender: str = ""
    """The office that reminds ("Văn phòng UBND tỉnh …")."""
    reply_to: str | None = None
    link: str | None = None
    """The agency's own page with all of its tasks."""
    addressed_to: str = ""
    """The agency's leadership, for an escalation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A notice made ready for one recipient; frozen, so that every attempt sends the very same thing."""

    key: str
    """Unique and stable; from it come the Message-ID of a mail and the tracking_id of Zalo."""
    to: str
    """A mail address, a phone number (84…), a Zalo user or group id, a chat id."""
    subject: str
    text: str
    html: str = ""
    created: datetime
    """With its time zone; the Date header of every attempt."""
    to_name: str = ""
    reply_to: str | None = None
    references: tuple[str, ...] = ()
    """Message-IDs of earlier mails about the same tasks."""
    attachments: tuple[Attachment, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    """The parameters of a Zalo template."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """The other side took it. `reference` is its own name for the message; `answer` is its last reply."""

    answer: str
    reference: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """Whom our messages come from, as the admin configures it."""

    address: str
    """The From address and the envelope's sender: bounces come back to it."""
    name: str = ""
    list_id: str = ""
    """The List-Id without its angle brackets ("nhac-viec.vp.tinh-mau.example"); empty: the address's domain."""
    organisation: str = ""
    domain: str = ""
    """The right side of Message-IDs; empty: the address's domain."""

    @property
    def host(self) -> str:
        """The domain that Message-IDs, List-Id and EHLO use, always in ASCII."""
        name = self.domain or self.address.rpartition("@")[2]
        try:
            host = name.encode("idna").decode("ascii").lower()
        except UnicodeError:
            host = ""
        return host if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host) else "dondoc.invalid"
