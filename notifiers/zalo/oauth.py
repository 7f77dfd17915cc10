"""OAuth v4 of an Official Account: consent, exchange, and the keeper that renews the pair.

fresh (< 20 h) ──use──▶ …          no request
due            ──lock, read again, mark begun, ask──▶ new pair committed, then used
answer lost    ──▶ begun stays: nobody asks again; alert; the old access token serves while it lives
-14014, -14005 ──▶ blocked: an admin of the OA must consent anew; alert
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from notifiers.errors import Scope, Unavailable, Unconfirmed
from notifiers.zalo.alerts import Bell
from notifiers.zalo.codes import Trouble, meaning, trouble
from notifiers.zalo.http import Answer, Wire
from notifiers.zalo.settings import ZaloSettings
from notifiers.zalo.tokens import TokenPair, TokenStore, begun, blocked, put_pair

LIFE_SECONDS = 90000


def new_verifier() -> str:
    """A PKCE verifier of 43 characters."""
    return secrets.token_urlsafe(32)


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier, as it is saved in Zalo's console."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def consent_url(settings: ZaloSettings, redirect_uri: str, *, verifier: str = "", state: str = "") -> str:
    """The page on which an admin of the OA grants the app its rights; the callback brings `code`."""
    query = {"app_id": settings.app_id, "redirect_uri": redirect_uri}
    if verifier:
        query["code_challenge"] = challenge(verifier)
    if state:
        query["state"] = state
    return f"{settings.oauth_base}/v4/oa/permission?{urlencode(query)}"


def exchange(
    settings: ZaloSettings, wire: Wire, store: TokenStore, code: str, *, verifier: str, now: datetime
) -> TokenPair:
    """Spend a consent code (10 minutes, one use) and keep the pair. Raises Unavailable or Unconfirmed."""
    form = {"app_id": settings.app_id, "grant_type": "authorization_code", "code": code}
    answer = _ask(settings, wire, form | ({"code_verifier": verifier} if verifier else {}))
    access, refresh = _text(answer.body, "access_token"), _text(answer.body, "refresh_token")
    if not access or not refresh:
        raise _unavailable(answer.error or "refresh-refused")
    return put_pair(
        store,
        access,
        refresh,
        now=now,
        lock_seconds=settings.refresh_lock_seconds,
        expires_in=_seconds(answer.body),
    )


class TokenKeeper:
    """Gives the access token; renews it when due or rejected, once across all processes."""

    def __init__(
        self, settings: ZaloSettings, wire: Wire, store: TokenStore, clock: Callable[[], datetime], bell: Bell
    ) -> None:
        self._settings, self._wire, self._store = settings, wire, store
        self._clock, self._bell = clock, bell
        self._failed: datetime | None = None

    def access(self) -> str:
        """A token to send with. Raises Unavailable (scope CHANNEL) where there is none."""
        pair = self._load()
        self._warn_of_age(pair)
        if not self._due(pair) or self._resting(pair):
            return pair.access
        return self._renew(lambda current: self._due(current)).access

    def replacement(self, rejected: str) -> str:
        """Another token in place of one that Zalo rejected: a colleague's newer one, or a renewed one."""
        pause = timedelta(seconds=self._settings.refresh_pause)

        def needed(current: TokenPair) -> bool:
            if current.access != rejected:
                return False
            if self._clock() - current.issued < pause:
                raise self._alarm("-124", "token vừa được làm mới đã bị từ chối")
            return True

        pair = self._renew(needed)
        if pair.access == rejected:
            raise _unavailable("-124", self._settings.hold_seconds)
        return pair.access

    def _resting(self, pair: TokenPair) -> bool:
        """A renewal has just failed and the old token still lives: do not ask again for every message."""
        now = self._clock()
        pause = timedelta(seconds=self._settings.refresh_pause)
        return self._failed is not None and now - self._failed < pause and now < pair.expires

    def _load(self) -> TokenPair:
        try:
            pair = self._store.load()
        except OSError as broken:
            raise self._alarm("token-store", type(broken).__name__) from None
        if pair is None:
            raise self._alarm("no-token")
        return pair

    def _due(self, pair: TokenPair) -> bool:
        return self._clock() - pair.issued >= timedelta(seconds=min(self._settings.refresh_after, pair.expires_in))

    def _warn_of_age(self, pair: TokenPair) -> None:
        age = self._clock() - pair.refresh_issued
        if age > timedelta(days=self._settings.refresh_days - 10):
            self._bell.ring("consent-needed", f"refresh token đã dùng {age.days} ngày")

    def _renew(self, needed: Callable[[TokenPair], bool]) -> TokenPair:
        try:
            with self._store.lock(self._settings.refresh_lock_seconds):
                pair = self._load()
                return self._refresh(pair) if needed(pair) else pair
        except TimeoutError:
            raise _unavailable("lock", self._settings.soon_seconds) from None
        except OSError as broken:
            raise self._alarm("token-store", type(broken).__name__) from None

    def _refresh(self, pair: TokenPair) -> TokenPair:
        """Called with the lock held."""
        if pair.begun or pair.problem:
            return self._without_refresh(pair, pair.problem or "refresh-unknown")
        self._store.save(begun(pair, self._clock()))
        form = {
            "app_id": self._settings.app_id,
            "grant_type": "refresh_token",
            "refresh_token": pair.refresh,
        }
        try:
            answer = _ask(self._settings, self._wire, form)
        except Unavailable as nothing_sent:
            self._store.save(pair)
            self._failed = self._clock()
            if self._clock() < pair.expires:
                return pair
            raise _unavailable(nothing_sent.code or "connect", self._settings.soon_seconds) from None
        except Unconfirmed:
            return self._without_refresh(pair, "refresh-unknown")
        return self._kept(pair, answer)

    def _kept(self, pair: TokenPair, answer: Answer) -> TokenPair:
        access, refresh = _text(answer.body, "access_token"), _text(answer.body, "refresh_token")
        if not access:
            return self._refused(pair, answer.error)
        if not refresh:
            self._bell.ring("refresh-token-missing")
        now = self._clock()
        renewed = TokenPair(
            access=access,
            refresh=refresh or pair.refresh,
            issued=now,
            expires_in=_seconds(answer.body),
            refresh_issued=now if refresh else pair.refresh_issued,
        )
        self._store.save(renewed)
        return renewed

    def _refused(self, pair: TokenPair, code: str | None) -> TokenPair:
        """A clear no spends nothing where the app is at fault; otherwise the refresh token is done for."""
        kind = trouble(code or "", self._settings.codes)
        if kind in {Trouble.CONFIG, Trouble.BUG}:
            self._store.save(pair)
            return self._without_refresh(pair, code or "refresh-refused")
        if kind is Trouble.RECONSENT:
            self._store.save(blocked(pair, code or "consent-needed"))
            return self._without_refresh(pair, code or "consent-needed")
        return self._without_refresh(pair, "refresh-unknown", detail=code or "")

    def _without_refresh(self, pair: TokenPair, code: str, *, detail: str = "") -> TokenPair:
        """Ring, and go on with the old access token while it lives: a rejected one is answered -124."""
        alarm = self._alarm(code, detail)
        self._failed = self._clock()
        if self._clock() < pair.expires:
            return pair
        raise alarm

    def _alarm(self, code: str, detail: str = "") -> Unavailable:
        self._bell.ring(code, detail)
        return _unavailable(code, self._settings.hold_seconds)


def _ask(settings: ZaloSettings, wire: Wire, form: Mapping[str, str]) -> Answer:
    return wire.post(
        f"{settings.oauth_base}/v4/oa/access_token", headers={"secret_key": settings.app_secret}, form=form
    )


def _unavailable(code: str, retry_after: float | None = None) -> Unavailable:
    return Unavailable(f"Zalo: {meaning(code)} ({code})", code=code, scope=Scope.CHANNEL, retry_after=retry_after)


def _text(body: Mapping[str, object], name: str) -> str:
    value = body.get(name)
    return value.strip() if isinstance(value, str) else ""


def _seconds(body: Mapping[str, object]) -> int:
    """`expires_in`, a string or an int; 25 hours where it is neither."""
    text = str(body.get("expires_in", "")).strip()
    return int(text) if text.isdecimal() and int(text) > 0 else LIFE_SECONDS


def renewed_by_hand(pair: TokenPair) -> TokenPair:
    """An admin has looked and says that the refresh token was not spent: it may be tried once more."""
    return replace(pair, begun=None, problem="")
