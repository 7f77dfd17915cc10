"""Why a log-in at an issuer comes to nothing.

SignInFailed
├── Unreachable    the issuer does not answer, or not what it should: nobody's fault at this desk
└── Rejected       what came back proves nothing, or opens nothing
"""

from __future__ import annotations


class SignInFailed(Exception):  # noqa: N818 - an outcome of logging in
    """`reason` is one word for the audit log; the text is for an admin, in Vietnamese, without secrets."""

    def __init__(self, reason: str, said: str) -> None:
        super().__init__(said)
        self.reason = reason


class Unreachable(SignInFailed):
    """The issuer, or what it publishes of itself, cannot be used."""


class Rejected(SignInFailed):
    """The answer does not show who somebody is, or who it shows may not enter."""
