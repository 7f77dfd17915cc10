"""An OpenID Connect issuer on loopback that keeps to the rules, and breaks the one that a test names.

It checks what a real one checks: the client's secret, the registered address to come back to, the PKCE verifier,
and that a code is used once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

CLIENT, SECRET = "ban-lam-viec", "bí mật: của khách/hàng+1"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@cache
def first_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})


class FakeIssuer:
    def __init__(self, clock: Callable[[], datetime], home: str) -> None:
        self.clock, self.home = clock, home
        self.person: dict[str, Any] = {"sub": "u-4711", "name": "Nguyễn Thị Mai", "groups": ["don-doc-can-bo"]}
        self.keys: list[Any] = [first_key()]
        self.header: dict[str, Any] = {}
        self.alter: Callable[[dict[str, Any]], None] = lambda claims: None
        self.forge: Callable[[str], str] = lambda token: token
        self.metadata: dict[str, Any] = {}
        self.answer: dict[str, str] = {}
        self.asked: Counter[str] = Counter()
        self.forms: list[dict[str, str]] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.page = False
        self.slow: threading.Event | None = None
        self.outlasted = False
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.serve(self, None)

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", "0"))
                issuer.serve(self, self.rfile.read(length).decode())

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        if self.slow is not None:
            self.slow.set()
        self.server.shutdown()
        self.server.server_close()

    def toml(self, more: str = "") -> str:
        return f"""
[oidc]
issuer = "{self.url}"
client_id = "{CLIENT}"
label = "cổng đăng nhập của tỉnh"
network = "loopback"
roles = {{ "don-doc-xem" = "viewer", "don-doc-can-bo" = "operator", "don-doc-quan-tri" = "admin" }}
{more}
"""

    def serve(self, request: BaseHTTPRequestHandler, body: str | None) -> None:
        parts = urlsplit(request.path)
        self.asked[parts.path] += 1
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        match parts.path:
            case "/.well-known/openid-configuration":
                self.say(request, 200, self.discovery())
            case "/jwks":
                self.say(request, 200, {"keys": [key.as_dict(private=False) for key in self.keys]})
            case "/authorize" if self.page and "as" not in given:
                link = request.path + "&as=me"
                text = f'<!doctype html><title>IdP</title><a id="in" href="{link.replace("&", "&amp;")}">in</a>'
                self.say(request, 200, text)
            case "/authorize":
                self.go(request, self.authorize(given))
            case "/token":
                form = {name: values[0] for name, values in parse_qs(body or "").items()}
                self.say(request, *self.token(form, request.headers.get("authorization", "")))
            case "/leave":
                self.go(request, given["post_logout_redirect_uri"])
            case _:
                self.say(request, 404, {"error": "not_found"})

    def say(self, request: BaseHTTPRequestHandler, status: int, content: Any) -> None:
        html = isinstance(content, str)
        data = content.encode() if html else json.dumps(content).encode()
        request.send_response(status)
        request.send_header("content-type", "text/html" if html else "application/json")
        if self.slow is not None:
            self.drip(request)
            return
        request.send_header("content-length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def drip(self, request: BaseHTTPRequestHandler) -> None:
        """A minute of a body, a byte now and then, unless who asked leaves before."""
        assert self.slow is not None
        request.end_headers()
        for _ in range(1200):
            if self.slow.wait(0.05):
                return
            try:
                request.wfile.write(b" ")
            except OSError:
                return
        self.outlasted = True

    def go(self, request: BaseHTTPRequestHandler, where: str) -> None:
        request.send_response(302)
        request.send_header("location", where)
        request.send_header("content-length", "0")
        request.end_headers()

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/leave",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        } | self.metadata

    def authorize(self, given: dict[str, str]) -> str:
        """Where the browser goes after the person has logged in."""
        assert given["client_id"] == CLIENT
        assert given["redirect_uri"] == f"{self.home}/login/oidc/back"
        assert given["response_type"] == "code"
        assert given["code_challenge_method"] == "S256"
        assert "openid" in given["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = given
        answer = {"code": code, "state": given["state"], "iss": self.url} | self.answer
        return f"{given['redirect_uri']}?{urlencode({k: v for k, v in answer.items() if v})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        self.forms.append(form)
        scheme, _, sent = authorization.partition(" ")
        if scheme:
            named, _, secret = base64.b64decode(sent).decode().partition(":")
            known = (unquote(named), unquote(secret)) == (CLIENT, SECRET)
        else:
            known = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if not known:
            return 401, {"error": "invalid_client"}
        begun = self.codes.pop(form.get("code", ""), None)
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            begun is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != begun["redirect_uri"]
            or not hmac.compare_digest(challenge, begun["code_challenge"])
        ):
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        return 200, {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.forge(self.id_token(begun["nonce"], access)),
        }

    def id_token(self, nonce: str, access: str) -> str:
        now = int(self.clock().timestamp())
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "at_hash": b64(half),
        } | self.person
        self.alter(claims)
        key = self.keys[0]
        header = {"alg": "RS256" if isinstance(key, RSAKey) else "ES256", "kid": key.kid} | self.header
        return str(jws.serialize_compact(header, json.dumps(claims), key, algorithms=["RS256", "ES256"]))

    def rotate(self, *, kind: str = "RSA") -> None:
        """Another key in the place of the old one."""
        name = {"kid": f"k{secrets.randbelow(10**9)}", "use": "sig"}
        self.keys = [RSAKey.generate_key(2048, name) if kind == "RSA" else ECKey.generate_key("P-256", name)]


def unsigned(token: str) -> str:
    """The same claims, "signed" with alg none."""
    return f"{b64(json.dumps({'alg': 'none'}).encode())}.{token.split('.')[1]}."


def with_public_key_as_secret(issuer: FakeIssuer) -> Callable[[str], str]:
    """The same claims under an HMAC whose secret is the issuer's public key, which everybody has."""

    def forge(token: str) -> str:
        secret = issuer.keys[0].as_pem(private=False)
        head = b64(json.dumps({"alg": "HS256", "kid": issuer.keys[0].kid}).encode())
        signed = f"{head}.{token.split('.')[1]}"
        return f"{signed}.{b64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"

    return forge
