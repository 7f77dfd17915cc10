"""How sending can fail.

    NotSent
    ├── Refused       the other side said no for good: do not try again on this channel
    ├── Unavailable   not now: try again after `retry_after` seconds (None: the policy's backoff)
    └── Unconfirmed   it may have been accepted: the answer was lost

`reason` is one short line for people and logs; it never holds a secret, a body or a whole address.
`code` is the other side's own code ("550 5.1.1", "-118"), where it gave one.
`scope` says what the failure is about: one recipient, this message, or the whole channel.
"""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    RECIPIENT = "recipient"
    MESSAGE = "message"
    CHANNEL = "channel"


class NotSent(Exception):  # noqa: N818 (an outcome, named as the outbox names it)
    def __init__(self, reason: str, *, code: str | None = None, scope: Scope = Scope.MESSAGE) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.scope = scope


class Refused(NotSent):
    """The other side said no for good."""


class Unavailable(NotSent):
    """Not now. `retry_after` is in seconds."""

    def __init__(
        self,
        reason: str,
        *,
        code: str | None = None,
        scope: Scope = Scope.MESSAGE,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason, code=code, scope=scope)
        self.retry_after = retry_after


class Unconfirmed(NotSent):
    """It was handed over, and whether it was accepted is not known.

    `reference` is the other side's name for the message, where so much of the lost answer could be read: it
    can be asked about by that name, but may not have been accepted.
    """

    reference: str | None = None
