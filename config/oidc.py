"""Log-in at an OpenID Connect issuer, the `[oidc]` part of `dondoc.toml`. The client's secret is never in a file of
the configuration: `DONDOC_OIDC_SECRET`, or `DONDOC_OIDC_SECRET_FILE`.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures with a key pair only: `none` and HMAC are never taken."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Role = Literal["viewer", "operator", "admin"]


class Oidc(BaseModel):
    """Where people log in, and which of their claims open what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(max_length=300)
    client_id: str = Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")
    label: str = Field(default="tài khoản dùng chung của tỉnh", min_length=1, max_length=80)
    """What the button says after "Đăng nhập bằng"."""
    scopes: tuple[str, ...] = ("openid", "profile")
    role_claim: str = Field(default="groups", min_length=1)
    """A claim of the ID token; dots lead into it ("realm_access.roles")."""
    roles: dict[str, Role] = Field(min_length=1)
    """Role by the claim's value; who has none of them stays out."""
    province_claim: str = ""
    province_values: tuple[str, ...] = ()
    """Where named: the claim must have one of these values."""
    second_step: tuple[str, ...] = ()
    """Values of `amr` or `acr` that count as a second step taken at the issuer."""
    algorithms: tuple[str, ...] = Field(default=("RS256", "PS256", "ES256"), min_length=1)
    network: Literal["public", "local", "loopback"] = "public"
    """Where the issuer may stand: the internet, the office's own network too, or (to try things) this machine."""
    ca_file: str = ""
    """Certificates of an authority of one's own; empty: those that browsers know."""
    skew_seconds: int = Field(default=60, ge=0, le=300)
    """How far the two clocks may differ."""
    total_seconds: float = Field(default=10, ge=1, le=60)
    """How long one question to the issuer may take, all in all."""

    @field_validator("algorithms")
    @classmethod
    def _with_key_pairs(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not set(names) <= set(ALGORITHMS):
            raise ValueError(f"trong số: {', '.join(ALGORITHMS)}")
        return names

    @field_validator("scopes")
    @classmethod
    def _with_openid(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in names or any(not name or not name.isprintable() or " " in name for name in names):
            raise ValueError('danh sách có "openid", mỗi mục không có dấu cách')
        return names

    @model_validator(mode="after")
    def _possible(self) -> Oidc:
        if bool(self.province_claim) != bool(self.province_values):
            raise ValueError("province_claim và province_values phải cùng có hoặc cùng để trống")
        parts = urlsplit(self.issuer)
        here = parts.scheme == "http" and parts.hostname in LOOPBACK and self.network == "loopback"
        plain = not (parts.query or parts.fragment or "@" in parts.netloc) and self.issuer.isprintable()
        if not parts.hostname or " " in self.issuer or not plain or not (parts.scheme == "https" or here):
            raise ValueError("issuer là địa chỉ https, không kèm tên, mật khẩu hay phần sau dấu ?")
        return self
