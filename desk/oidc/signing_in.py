"""One log-in: out to the issuer with a state, a nonce and a PKCE challenge, and back with a code."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime

from config.settings import Settings
from desk.oidc import tokens, wire
from desk.oidc.errors import Rejected, SignInFailed, Unreachable
from desk.oidc.issuer import BASIC, Issuer
from desk.oidc.tokens import Shown

BACK = "/login/oidc/back"
"""Where the issuer sends the browser; it has to be registered there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnderWay:
    """What has to come back, kept at the desk."""

    nonce: str
    verifier: str
    next: str

    def dumps(self) -> str:
        return json.dumps([self.nonce, self.verifier, self.next])

    @classmethod
    def loads(cls, text: str) -> UnderWay:
        nonce, verifier, following = json.loads(text)
        return cls(nonce=nonce, verifier=verifier, next=following)


@dataclass(frozen=True, kw_only=True, slots=True)
class SetOut:
    """A log-in that begins: where the browser goes, and what the desk keeps."""

    address: str
    state: str
    kept: UnderWay


class Door:
    """The way in by the issuer of the settings."""

    def __init__(self, settings: Settings) -> None:
        assert settings.oidc is not None
        self.oidc = settings.oidc
        self.issuer = Issuer(settings.oidc)
        self._secret = settings.oidc_secret
        self._home = settings.desk.base_url

    def lacking(self) -> str:
        """What the settings still lack, in Vietnamese; empty where nothing does."""
        if not self._secret:
            return "chưa đặt DONDOC_OIDC_SECRET hoặc DONDOC_OIDC_SECRET_FILE"
        return "" if self._home else "chưa đặt [desk] base_url, địa chỉ mà hệ thống đăng nhập trả về"

    def set_out(self, now: datetime, following: str) -> SetOut:
        """Begin. Raises Unreachable."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        if self.lacking():
            raise Unreachable("settings", self.lacking())
        kept = UnderWay(nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48), next=following)
        state = secrets.token_urlsafe(32)
        address = prepare_grant_uri(
            self.issuer.metadata(now).authorize,
            client_id=self.oidc.client_id,
            response_type="code",
            redirect_uri=self._home + BACK,
            scope=" ".join(self.oidc.scopes),
            state=state,
            nonce=kept.nonce,
            code_challenge=create_s256_code_challenge(kept.verifier),
            code_challenge_method="S256",
        )
        return SetOut(address=address, state=state, kept=kept)

    def come_back(self, kept: UnderWay, *, code: str, issuer: str | None, now: datetime) -> Shown:
        """Who came back with a code. `issuer` is what the answer says of itself. Raises SignInFailed."""
        metadata = self.issuer.metadata(now)
        if (issuer is None and metadata.names_itself) or (issuer is not None and issuer != self.oidc.issuer):
            raise Rejected("mix-up", "câu trả lời không phải của hệ thống đăng nhập đã chọn")
        if not code or len(code) > 4096:
            raise Rejected("code", "thiếu mã xác nhận")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._home + BACK,
            "code_verifier": kept.verifier,
        }
        answer = self._exchanged(metadata.token, metadata.method, form)
        return tokens.read(
            self.oidc,
            answer.get("id_token"),
            keys=lambda wanted: self.issuer.keys(now, wanted),
            nonce=kept.nonce,
            access_token=answer.get("access_token"),
            now=now,
        )

    def _exchanged(self, url: str, method: str, form: dict[str, str]) -> dict[str, object]:
        from urllib.parse import quote

        secret = self._secret or ""
        if method == BASIC:
            # Both parts are form-encoded first (RFC 6749, 2.3.1).
            auth = quote(self.oidc.client_id, safe=""), quote(secret, safe="")
            return dict(wire.ask(self.oidc, url, form=form, auth=auth))
        more = {"client_id": self.oidc.client_id, "client_secret": secret}
        return dict(wire.ask(self.oidc, url, form=form | more))

    def leave_address(self, now: datetime) -> str:
        """Where a browser ends its session at the issuer too; empty where there is no such address or no answer."""
        from authlib.common.urls import add_params_to_uri

        try:
            address = self.issuer.metadata(now).leave
        except SignInFailed:
            return ""
        back = [("client_id", self.oidc.client_id), ("post_logout_redirect_uri", self._home + "/login")]
        return str(add_params_to_uri(address, back)) if address else ""

    def look(self, now: datetime) -> str:
        """What `dondoc check` says. Raises SignInFailed."""
        if self.lacking():
            raise Unreachable("settings", self.lacking())
        self.issuer.metadata(now)
        keys = self.issuer.keys(now, None)
        roles = ", ".join(f"{value} → {role}" for value, role in self.oidc.roles.items())
        return f"{self.oidc.issuer}: trả lời được, {len(keys)} khóa ký; {roles}; trả về {self._home}{BACK}"
