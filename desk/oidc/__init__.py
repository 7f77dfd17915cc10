"""Logging in at an OpenID Connect issuer (authorization code with PKCE); see docs/decisions/0016."""
