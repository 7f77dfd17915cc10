"""Tokens of the fake: consent codes, rotation, single use, expiry by the injected clock."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifiers.fake_zalo.world import FakeSettings

CODE_MINUTES = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class _Consent:
    challenge: str
    until: datetime


class Accounts:
    def __init__(self, settings: FakeSettings, clock: Callable[[], datetime]) -> None:
        self._settings, self._clock = settings, clock
        self._access: dict[str, datetime] = {}
        """Living access tokens and when they end."""
        self._expired: set[str] = set()
        self._refresh: dict[str, datetime] = {}
        self._codes: dict[str, _Consent] = {}
        self.spent: Counter[str] = Counter()
        """How often each refresh token was presented."""
        self.rotations = 0

    def grant(self) -> tuple[str, str]:
        """A fresh pair, as the API Explorer gives one; earlier pairs die."""
        self._refresh.clear()
        return self._mint()

    def consent(self, challenge: str = "") -> str:
        """A code, as the consent page gives one."""
        code = secrets.token_urlsafe(24)
        until = self._clock() + timedelta(minutes=CODE_MINUTES)
        self._codes[code] = _Consent(challenge=challenge, until=until)
        return code

    def check(self, token: str, proof: str) -> str | None:
        """What is wrong with an access token: "invalid", "expired", "proof" or nothing."""
        ends = self._access.get(token)
        if ends is None:
            return "expired" if token in self._expired else "invalid"
        if self._clock() >= ends:
            return "expired"
        if self._settings.require_proof:
            key = self._settings.app_secret.encode()
            expected = hmac.new(key, token.encode(), hashlib.sha256).hexdigest()
            return None if hmac.compare_digest(proof, expected) else "proof"
        return None

    def expire_access(self) -> None:
        """Every living access token ends now."""
        self._expired.update(self._access)
        self._access.clear()

    def token(self, headers: Mapping[str, str], form: Mapping[str, object]) -> Mapping[str, object]:
        """The answer of /v4/oa/access_token; errors come with HTTP 200."""
        if str(form.get("app_id", "")) != self._settings.app_id:
            return _error(-14002, "Invalid appId")
        if headers.get("secret_key", "") != self._settings.app_secret:
            return _error(-14004, "Invalid secret key")
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(str(form.get("code", "")), str(form.get("code_verifier", "")))
            case "refresh_token":
                return self._rotate(str(form.get("refresh_token", "")))
            case _:
                return _error(-14018, "Invalid grant type")

    def _exchange(self, code: str, verifier: str) -> Mapping[str, object]:
        consent = self._codes.pop(code, None)
        if consent is None or self._clock() >= consent.until or not _fits(consent.challenge, verifier):
            return _error(-14005, "Invalid authorization code")
        return self._answer(*self._mint())

    def _rotate(self, refresh: str) -> Mapping[str, object]:
        self.spent[refresh] += 1
        ends = self._refresh.pop(refresh, None)
        if ends is None and self.spent[refresh] > 1 and self._settings.reuse_kills_pair:
            self._refresh.clear()
            self._access.clear()
        if ends is None or self._clock() >= ends:
            empty = {"message": "", "access_token": "", "refresh_token": ""}
            return {"error": -14014, "error_name": "Invalid refresh token."} | empty
        self.rotations += 1
        access, fresh = self._mint()
        if self._settings.omit_refresh_token:
            self._refresh = {refresh: ends}
            return {"access_token": access, "expires_in": str(self._settings.access_life)}
        return self._answer(access, fresh)

    def _mint(self) -> tuple[str, str]:
        now = self._clock()
        access, refresh = f"A.{secrets.token_urlsafe(24)}", f"R.{secrets.token_urlsafe(24)}"
        if self._settings.old_access_dies:
            self._access.clear()
        self._access[access] = now + timedelta(seconds=self._settings.access_life)
        self._refresh[refresh] = now + timedelta(days=self._settings.refresh_days)
        return access, refresh

    def _answer(self, access: str, refresh: str) -> Mapping[str, object]:
        life = str(self._settings.access_life)
        return {"access_token": access, "refresh_token": refresh, "expires_in": life}


def _fits(challenge: str, verifier: str) -> bool:
    if not challenge:
        return True
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge


def _error(code: int, name: str) -> Mapping[str, object]:
    return {"error": code, "error_name": name, "error_description": name, "error_reason": "", "ref_doc": ""}
