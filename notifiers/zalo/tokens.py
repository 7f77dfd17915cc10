"""The token pair of an Official Account and where it is kept.

A refresh token can be spent once. The store therefore gives a lock that works across processes, keeps a new
pair durably before anybody uses it, and remembers that a refresh has begun, so that a crash or a lost answer
in the middle is seen by whoever comes next.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenPair:
    """Instants are aware. `repr` shows no token."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    issued: datetime
    """When the access token was received."""
    expires_in: int = 90000
    """Seconds that the access token lives from `issued`."""
    refresh_issued: datetime
    """When the refresh token was received; it lives three months."""
    begun: datetime | None = None
    """A refresh with this refresh token was begun and its outcome is not known (yet)."""
    problem: str = ""
    """The code for which nobody may try to refresh until a new pair is put in; "" where there is none."""

    @property
    def expires(self) -> datetime:
        return self.issued + timedelta(seconds=self.expires_in)


class TokenStore(Protocol):
    """Where one account's pair is kept. Everything that sends for the account shares one store.

    What fails in storing is an OSError, whatever keeps the pair.
    """

    def load(self) -> TokenPair | None:
        """The pair as last committed, by any process; None before the first consent."""

    def save(self, pair: TokenPair) -> None:
        """Commit durably: when this returns, the pair survives a power cut. Called with the lock held."""

    def lock(self, seconds: float) -> AbstractContextManager[None]:
        """The one refresher of all processes. Waits up to `seconds`, then raises TimeoutError.

        A lock that expires by itself must live longer than `seconds`: the holder may be waiting for HTTP.
        """


class FileTokenStore:
    """The pair in one file (mode 0600, replaced atomically, fsynced), the lock in a file beside it.

    The lock is the kernel's (flock), so it ends when its holder does and never before.
    """

    def __init__(self, path: Path, *, poll_seconds: float = 0.02) -> None:
        self._path = path
        self._lock_path = path.with_name(path.name + ".lock")
        self._poll = poll_seconds

    def load(self) -> TokenPair | None:
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8"))
            for name in ("issued", "refresh_issued", "begun"):
                raw[name] = datetime.fromisoformat(raw[name]) if raw[name] else None
            return TokenPair(**raw)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise OSError(f"{self._path.name} does not hold a token pair") from None

    def save(self, pair: TokenPair) -> None:
        values = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(pair).items()}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, json.dumps(values).encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def lock(self, seconds: float) -> Iterator[None]:
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._wait(handle, time.monotonic() + seconds)
            yield
        finally:
            os.close(handle)

    def _wait(self, handle: int, until: float) -> None:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise TimeoutError("the token lock is held by another process") from None
                time.sleep(self._poll)
            else:
                return


def put_pair(
    store: TokenStore, access: str, refresh: str, *, now: datetime, lock_seconds: float, expires_in: int = 90000
) -> TokenPair:
    """Put in a pair that a consent or the API Explorer gave; it clears every earlier problem."""
    pair = TokenPair(
        access=access.strip(), refresh=refresh.strip(), issued=now, expires_in=expires_in, refresh_issued=now
    )
    with store.lock(lock_seconds):
        store.save(pair)
    return pair


def begun(pair: TokenPair, now: datetime) -> TokenPair:
    return replace(pair, begun=now)


def blocked(pair: TokenPair, code: str) -> TokenPair:
    """Nobody refreshes with this pair again; the access token may be used while it lives."""
    return replace(pair, problem=code)
