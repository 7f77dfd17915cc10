"""Whether an ID token shows who somebody is (OpenID Connect Core 1.0, 3.1.3.7), and which role that is worth."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.oidc import Oidc
from desk.oidc.errors import Rejected
from store.people import ROLES

OLDEST = 600
"""Seconds since a token was made, clocks aside: it was made for this very log-in."""
LEAST_BITS = 2048
LONGEST = 32 * 1024

Keys = Callable[[str | None], Sequence[Mapping[str, Any]]]
"""The issuer's keys; given the name of the one that is wanted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """Who somebody is at the issuer, and what the claims are worth here."""

    subject: str
    name: str
    role: str
    second_step: bool


def read(oidc: Oidc, token: object, *, keys: Keys, nonce: str, access_token: object = None, now: datetime) -> Shown:
    """What the token shows. Raises Rejected: one word of why for the audit log."""
    if not isinstance(token, str) or len(token) > LONGEST or token.count(".") != 2:
        raise _no("token")
    header, claims = _signed(oidc, token, keys)
    _check(oidc, header, claims, nonce=nonce, access_token=access_token, now=now)
    subject = claims["sub"]
    if not isinstance(subject, str) or not subject.strip() or len(subject) > 255 or not subject.isprintable():
        raise _no("sub")
    if oidc.province_claim and not values(claims, oidc.province_claim) & set(oidc.province_values):
        raise Rejected("province", "tài khoản thuộc tỉnh khác hoặc không ghi tỉnh")
    worth = [oidc.roles[value] for value in values(claims, oidc.role_claim) if value in oidc.roles]
    if not worth:
        raise Rejected("role", f"{oidc.role_claim} không có giá trị nào được vào")
    return Shown(
        subject=subject,
        name=_name(claims),
        role=max(worth, key=ROLES.index),
        second_step=bool((values(claims, "amr") | values(claims, "acr")) & set(oidc.second_step)),
    )


def _no(reason: str) -> Rejected:
    return Rejected(reason, f"mã xác nhận của hệ thống đăng nhập không hợp lệ ({reason})")


def _signed(oidc: Oidc, token: str, keys: Keys) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token that one of the issuer's keys signed, by an algorithm of the settings."""
    from joserfc import jws, jwt
    from joserfc.errors import JoseError

    try:
        header = dict(jws.extract_compact(token.encode("ascii")).headers())
    except (JoseError, ValueError, TypeError, RecursionError):
        raise _no("token") from None
    if header.get("alg") not in oidc.algorithms:
        raise _no("alg")
    named = header.get("kid")
    if named is not None and not isinstance(named, str):
        raise _no("kid")
    published = keys(named)
    fitting = [one for one in published if named is None or one.get("kid") == named]
    for one in fitting:
        try:
            key = _key(one, str(header["alg"]))
            found = jwt.decode(token, key, algorithms=list(oidc.algorithms)) if key is not None else None
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            continue
        if found is not None:
            return dict(found.header), dict(found.claims)
    raise _no("signature" if fitting else "kid")


def _key(published: Mapping[str, Any], algorithm: str) -> Any:
    """The key, or None where it is too weak or for another algorithm."""
    from joserfc.jwk import import_key

    if published.get("alg", algorithm) != algorithm:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        key = import_key(dict(published))
    bits = getattr(key.raw_value, "key_size", LEAST_BITS) if published.get("kty") == "RSA" else LEAST_BITS
    return key if bits >= LEAST_BITS else None


def _check(
    oidc: Oidc,
    header: dict[str, Any],
    claims: dict[str, Any],
    *,
    nonce: str,
    access_token: object,
    now: datetime,
) -> None:
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import ClaimError, JoseError

    at = int(now.timestamp())
    times = [claims.get(name) for name in ("exp", "iat", "nbf") if name in claims]
    if any(isinstance(one, bool) or not isinstance(one, int | float) or not math.isfinite(one) for one in times):
        raise _no("time")
    token = CodeIDToken(
        claims,
        header,
        options={
            "iss": {"essential": True, "value": oidc.issuer},
            "aud": {"essential": True, "value": oidc.client_id},
        },
        params={
            "nonce": nonce,
            "client_id": oidc.client_id,
            "access_token": access_token if isinstance(access_token, str) else None,
        },
    )
    try:
        token.validate(now=at, leeway=oidc.skew_seconds)
    except ClaimError as error:
        raise _no(str(getattr(error, "claim", "") or "claim")) from None
    except (JoseError, ValueError, TypeError, KeyError):
        raise _no("claim") from None
    if claims["iat"] < at - OLDEST - oidc.skew_seconds:
        raise _no("iat")


def values(claims: Mapping[str, Any], path: str) -> set[str]:
    """The texts of a claim, one or several; dots lead into it where no claim has the whole name."""
    found: Any = claims
    for part in [path] if path in claims else path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return {found}
    return {one for one in found if isinstance(one, str)} if isinstance(found, list) else set()


def _name(claims: Mapping[str, Any]) -> str:
    """How the issuer calls the person, for an admin to recognise: it decides nothing."""
    found = [claims.get(name) for name in ("name", "preferred_username", "email")]
    said = [one.strip() for one in found if isinstance(one, str) and one.strip()]
    return " · ".join(dict.fromkeys("".join(x for x in one if x.isprintable())[:80] for one in said))
