"""Which Zalo user is which contact, found out by the user's own act: pure functions, nothing is stored here.

An operator asks for a code, tells it to the contact by another way (e-mail), and the contact sends it to the
OA or bot; the event's user id then belongs to the contact. Only the code's digest is kept. A follow event
alone names nobody: it yields a candidate that an operator may match.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifiers.zalo.events import Event, Followed, Said, Unfollowed

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, 1, I, L and O, which people mistake for one another."""
LENGTH = 8
_CODE = re.compile(r"\bDD[\s-]?([2-9A-HJKMNP-Z]{4})[\s-]?([2-9A-HJKMNP-Z]{4})\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingLink:
    """A code that was given out. `digest` is keyed, so a stolen table does not give the codes."""

    contact: str
    digest: str
    expires: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Linked:
    """Keep `user_id` for `contact` and drop the pending link: a code works once."""

    contact: str
    user_id: str = field(repr=False)
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """Somebody follows the OA; an operator may say who it is."""

    user_id: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unlinked:
    """Somebody no longer follows: what is addressed to this id will be refused; use e-mail."""

    user_id: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class NoLink:
    """`wrong_code`: the words held a code that is not (or no longer) open; count these for each user."""

    wrong_code: bool = False


Link = Linked | Candidate | Unlinked | NoLink


def new_code() -> str:
    """A code to tell the contact ("DD-7K3M-9QRT"): 39 bits, by the system's secure source."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"DD-{letters[:4]}-{letters[4:]}"


def digest(code: str, key: bytes) -> str:
    """The keyed digest under which a code is kept; spacing and case do not matter."""
    found = _CODE.search(code)
    if found is None:
        raise ValueError("not a linking code")
    return hmac.new(key, (found.group(1) + found.group(2)).upper().encode(), hashlib.sha256).hexdigest()


def pending(contact: str, code: str, key: bytes, now: datetime, *, hours: int = 72) -> PendingLink:
    return PendingLink(contact=contact, digest=digest(code, key), expires=now + timedelta(hours=hours))


def link(event: Event, waiting: Iterable[PendingLink], key: bytes, now: datetime) -> Link:
    """What a verified event means for who is who."""
    match event:
        case Followed(user_id=user) if user:
            return Candidate(user_id=user)
        case Unfollowed(user_id=user) if user:
            return Unlinked(user_id=user)
        case Said(user_id=user, text=text) if user:
            return _by_code(user, text, waiting, key, now)
        case _:
            return NoLink()


def _by_code(user: str, text: str, waiting: Iterable[PendingLink], key: bytes, now: datetime) -> Link:
    if _CODE.search(text) is None:
        return NoLink()
    given = digest(text, key)
    for one in waiting:
        if hmac.compare_digest(one.digest, given) and now < one.expires:
            return Linked(contact=one.contact, user_id=user, digest=one.digest)
    return NoLink(wrong_code=True)
