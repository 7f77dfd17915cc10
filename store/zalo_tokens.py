"""One Zalo account's token pair in the database: sealed, and behind a lock that all processes share.

The lock is a lease in the pair's own row, taken by a conditional UPDATE, so it works the same on SQLite and
PostgreSQL and survives nobody: a holder that died is waited out. What fails in storing is an OSError, as
`notifiers.zalo.tokens.TokenStore` wants it; a wait that is too long is its subclass TimeoutError.
"""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from store.database import Database
from store.errors import StoreError
from store.outbox import inserting
from store.schema import zalo_pairs
from store.sealing import Seal

LEASE_MARGIN = timedelta(seconds=60)
"""How much longer than twice the wait a lease lives: its holder may be waiting for HTTP."""


class SealedPair:
    """The pair as text; what the text means is for the caller. `clock` gives aware instants."""

    def __init__(
        self,
        database: Database,
        seal: Seal,
        province: str,
        account: str,
        clock: Callable[[], datetime],
        *,
        poll_seconds: float = 0.05,
    ) -> None:
        self._database, self._seal = database, seal
        self._named = (zalo_pairs.c.province == province, zalo_pairs.c.account == account)
        self._values = {"province": province, "account": account}
        self._clock, self._poll = clock, poll_seconds
        self._holder: str | None = None

    def load(self) -> str | None:
        """The text last saved by any process, or None. Raises OSError."""
        with _as_os_error(), self._database.read() as connection:
            sealed = connection.execute(select(zalo_pairs.c.sealed).where(*self._named)).scalar()
            return None if sealed is None else self._seal.open(sealed)

    def save(self, text: str) -> None:
        """Commit durably. Raises OSError, also where the lock is not, or no longer, ours."""
        with _as_os_error(), self._database.write() as connection:
            saved = connection.execute(
                update(zalo_pairs)
                .where(*self._named, zalo_pairs.c.holder == self._holder)
                .values(sealed=self._seal.close(text), saved_at=self._clock())
            )
        if self._holder is None or saved.rowcount != 1:
            raise OSError("the token lock was lost")

    @contextmanager
    def lock(self, seconds: float) -> Iterator[None]:
        """Waits up to `seconds`, then raises TimeoutError; the lease itself lives twice as long and a minute."""
        mine = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
        until = time.monotonic() + seconds
        while not self._take(mine, timedelta(seconds=2 * seconds) + LEASE_MARGIN):
            if time.monotonic() >= until:
                raise TimeoutError("the token lock is held by another process")
            time.sleep(self._poll)
        self._holder = mine
        try:
            yield
        finally:
            self._holder = None
            self._give_back(mine)

    def _take(self, mine: str, life: timedelta) -> bool:
        with _as_os_error(), self._database.write() as connection:
            self._have_row(connection)
            now = self._clock()
            taken = connection.execute(
                update(zalo_pairs)
                .where(*self._named, or_(zalo_pairs.c.holder.is_(None), zalo_pairs.c.held_until < now))
                .values(holder=mine, held_until=now + life)
            )
            return taken.rowcount == 1

    def _have_row(self, connection: Connection) -> None:
        connection.execute(inserting(connection, zalo_pairs).values(self._values).on_conflict_do_nothing())

    def _give_back(self, mine: str) -> None:
        with _as_os_error(), self._database.write() as connection:
            connection.execute(
                update(zalo_pairs)
                .where(*self._named, zalo_pairs.c.holder == mine)
                .values(holder=None, held_until=None)
            )


@contextmanager
def _as_os_error() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise OSError(str(error)) from error
