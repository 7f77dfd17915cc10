"""What an admin asks of the account itself: its templates, quotas and quality, who follows it, its RSA key.

Nothing here sends a message. Shapes are those of public material (docs/zalo.md) and are read leniently: a number
may be a string, and what is missing is empty.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from notifiers.zalo.session import Session
from notifiers.zalo.templates import Detail

PAGE = 100
"""The most templates that one request may ask for; a larger number is answered -132."""
FOLLOWERS_PAGE = 50
LAST_OFFSET = 9951
"""Zalo lists no follower beyond it."""


class Stand(StrEnum):
    """Where a template stands; Zalo asks by number and answers by word."""

    ENABLE = "ENABLE"
    PENDING_REVIEW = "PENDING_REVIEW"
    REJECT = "REJECT"
    DISABLE = "DISABLE"
    DELETE = "DELETE"

    @property
    def number(self) -> str:
        return str(list(Stand).index(self) + 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One row of the account's templates."""

    id: str
    name: str
    status: str
    quality: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How the account stands. Qualities are HIGH, MEDIUM, LOW or UNDEFINED (nothing was sent); "" is not told."""

    quota: Mapping[str, int]
    quality_48_hours: str = ""
    quality_7_days: str = ""
    tags: tuple[str, ...] = ()
    """The kinds of content that the account may send."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Follower:
    """Personal data: keep it out of logs."""

    user_id: str = field(repr=False)
    name: str = field(default="", repr=False)


class Account:
    """Every method asks Zalo once or more and raises Unavailable or Refused, as `ZaloChannel.send` does."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._business = session.settings.business_base
        self._oa = session.settings.oa_base

    def templates(self, stand: Stand | None = None) -> tuple[Listed, ...]:
        """All of them, or those that stand so."""
        found: list[Listed] = []
        while True:
            asked = {"offset": str(len(found)), "limit": str(PAGE)} | ({"status": stand.number} if stand else {})
            rows = self._session.get(f"{self._business}/template/all", asked).body.get("data")
            page = [_listed(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
            found += page
            if len(page) < PAGE:
                return tuple(found)

    def template(self, template_id: str) -> Detail:
        return self._session.detail_of(template_id)

    def sample(self, template_id: str) -> Mapping[str, str]:
        """The values with which Zalo itself shows the template."""
        data = self._session.get(f"{self._business}/template/sample-data", {"template_id": template_id}).data
        return {str(name): str(value) for name, value in data.items()}

    def standing(self) -> Standing:
        quality = self._session.get(f"{self._business}/quality", {}).data
        tags = self._session.get(f"{self._business}/message/template-tag", {}).body.get("data")
        return Standing(
            quota=self.quota(),
            quality_48_hours=str(quality.get("oaCurrentQuality") or ""),
            quality_7_days=str(quality.get("oa7dayQuality") or ""),
            tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
        )

    def quota(self) -> Mapping[str, int]:
        """Numbers that the account has left (`dailyQuota`, `remainingQuota` …); strings or ints alike."""
        data = self._session.get(f"{self._business}/message/quota", {}).data
        return {name: int(str(value)) for name, value in data.items() if _is_number(value)}

    def followers(self) -> Iterator[str]:
        """User ids, page by page; Zalo tells no more than its first ten thousand."""
        offset = 0
        while offset <= LAST_OFFSET:
            asked = {"offset": offset, "count": FOLLOWERS_PAGE, "is_follower": True}
            users = self._ask_oa("/v3.0/oa/user/getlist", asked).get("users")
            rows = [row for row in users if isinstance(row, dict)] if isinstance(users, list) else []
            ids = [str(row.get("user_id") or "") for row in rows]
            yield from filter(None, ids)
            if len(ids) < FOLLOWERS_PAGE:
                return
            offset += len(ids)

    def follower(self, user_id: str) -> Follower:
        """One follower with the name that he shows on Zalo."""
        data = self._ask_oa("/v3.0/oa/user/detail", {"user_id": user_id})
        return Follower(user_id=user_id, name=str(data.get("display_name") or ""))

    def rsa_key(self, *, new: bool = False) -> str:
        """The OA's public key (PEM) for numbers that go encrypted.

        `new` has Zalo make another, which ends the old one. Raises ValueError where the answer holds no key.
        """
        path = "/rsa/key/gen" if new else "/rsa/key/get"
        key = str(self._session.get(self._business + path, {}).data.get("public_key") or "").strip()
        if not key:
            raise ValueError("the answer holds no public key")
        if key.startswith("-----BEGIN"):
            return key + "\n"
        return f"-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n"

    def _ask_oa(self, path: str, asked: Mapping[str, object]) -> Mapping[str, object]:
        """Parameters of the OA's questions travel as one JSON."""
        return self._session.get(self._oa + path, {"data": json.dumps(asked, separators=(",", ":"))}).data


def _listed(row: Mapping[str, object]) -> Listed:
    return Listed(
        id=str(row.get("templateId", "")),
        name=str(row.get("templateName", "")),
        status=str(row.get("status", "")).upper(),
        quality=str(row.get("templateQuality") or ""),
    )


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and str(value).lstrip("-").isdecimal()
