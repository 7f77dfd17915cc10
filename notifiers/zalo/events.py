"""What a webhook of Zalo can say; user ids and words are personal data and stay out of `repr`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """A template message reached its phone."""

    msg_id: str
    tracking_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    user_id: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfollowed:
    user_id: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A user (or, for a bot, a chat) wrote: this opens the consultation window and may hold a one-time code."""

    user_id: str = field(repr=False)
    text: str = field(repr=False)
    msg_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateChanged:
    template_id: str
    status: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotaChanged:
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Other:
    """Genuine, but nothing that we act upon."""

    name: str
    at: datetime


Event = Delivered | Followed | Unfollowed | Said | TemplateChanged | QuotaChanged | Other
