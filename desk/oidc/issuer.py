"""What an issuer publishes of itself: addresses (OpenID Connect Discovery 1.0) and keys (RFC 7517)."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.oidc import Oidc
from desk.oidc import wire
from desk.oidc.errors import Unreachable

KEPT = timedelta(minutes=10)
"""How long addresses and keys are believed: a key that the issuer withdrew is good for no longer than this."""
ASKED_AGAIN = timedelta(seconds=30)
"""At most so often keys are asked for anew because a token names one that is not known."""
MOST_KEYS = 50

BASIC, POST = "client_secret_basic", "client_secret_post"


@dataclass(frozen=True, kw_only=True, slots=True)
class Metadata:
    authorize: str
    token: str
    keys: str
    leave: str
    """Where a browser ends the session at the issuer; empty: the issuer offers none."""
    method: str
    """How the client shows its secret."""
    names_itself: bool
    """Whether each answer by way of the browser must say whose it is (RFC 9207)."""


class Issuer:
    """One issuer, for threads. Everything raises Unreachable."""

    def __init__(self, oidc: Oidc) -> None:
        self.oidc = oidc
        self._lock = threading.Lock()
        self._metadata: tuple[datetime, Metadata] | None = None
        self._keys: tuple[datetime, list[dict[str, Any]]] | None = None
        self._forced: datetime | None = None

    def metadata(self, now: datetime) -> Metadata:
        with self._lock:
            if self._metadata is None or not _fresh(self._metadata[0], now):
                self._metadata = now, self._discovered()
            return self._metadata[1]

    def keys(self, now: datetime, wanted: str | None) -> list[dict[str, Any]]:
        """The keys published; asked for anew, but not at every odd token, where `wanted` is not among them."""
        where = self.metadata(now).keys
        with self._lock:
            known = self._keys is not None and _fresh(self._keys[0], now)
            missing = known and wanted is not None and wanted not in {one.get("kid") for one in self._keys[1]}  # type: ignore[index]
            if missing and (self._forced is None or now - self._forced >= ASKED_AGAIN):
                self._forced, known = now, False
            if not known:
                self._keys = now, self._published(where)
            assert self._keys is not None
            return self._keys[1]

    def _discovered(self) -> Metadata:
        found = wire.ask(self.oidc, self.oidc.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self.oidc.issuer:
            said = "".join(one for one in str(found.get("issuer")) if one.isprintable())[:200]
            raise Unreachable("issuer", f"máy chủ xưng là {said}, không phải {self.oidc.issuer}")
        challenges = found.get("code_challenge_methods_supported")
        if isinstance(challenges, list) and "S256" not in challenges:
            raise Unreachable("pkce", "hệ thống đăng nhập không nhận PKCE kiểu S256")
        _shared(self.oidc, found)
        leave = found.get("end_session_endpoint")
        return Metadata(
            authorize=wire.check_url(self.oidc, found.get("authorization_endpoint")),
            token=wire.check_url(self.oidc, found.get("token_endpoint")),
            keys=wire.check_url(self.oidc, found.get("jwks_uri")),
            leave=wire.check_url(self.oidc, leave) if leave else "",
            method=_method(found),
            names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        )

    def _published(self, where: str) -> list[dict[str, Any]]:
        found = wire.ask(self.oidc, where).get("keys")
        keys = [one for one in found if _for_signatures(one)] if isinstance(found, list) else []
        if not keys:
            raise Unreachable("keys", "hệ thống đăng nhập không công bố khóa ký nào dùng được")
        return keys[:MOST_KEYS]


def _fresh(at: datetime, now: datetime) -> bool:
    return timedelta(0) <= now - at < KEPT


def _method(found: dict[str, Any]) -> str:
    offered = found.get("token_endpoint_auth_methods_supported", [BASIC])
    if not isinstance(offered, list) or not {BASIC, POST} & {one for one in offered if isinstance(one, str)}:
        raise Unreachable("method", f"hệ thống đăng nhập không nhận {BASIC} hay {POST}")
    return BASIC if BASIC in offered else POST


def _shared(oidc: Oidc, found: dict[str, Any]) -> None:
    offered = found.get("id_token_signing_alg_values_supported")
    if isinstance(offered, list) and not set(oidc.algorithms) & {one for one in offered if isinstance(one, str)}:
        raise Unreachable("algorithm", "hệ thống đăng nhập không ký bằng thuật toán nào trong [oidc] algorithms")


def _for_signatures(key: object) -> bool:
    """A public key of a pair, for signatures. A secret (`oct`) is not used: all the world can read it."""
    return (
        isinstance(key, dict)
        and key.get("kty") in {"RSA", "EC", "OKP"}
        and key.get("use", "sig") == "sig"
        and isinstance(key.get("kid", ""), str)
    )
