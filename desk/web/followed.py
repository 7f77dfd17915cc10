"""Dear lists of tasks, kept: after a change only the tasks that were changed are looked at again."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from desk.web.kept import DEAR
from store import audit_pages
from store.changed import tasks_changed
from store.database import Database
from store.places import Look, Places

log = logging.getLogger(__name__)

FRESH = 60.0
"""Seconds after which a list is found anew, since not everything that moves a task is written in the audit log."""

USABLE = 300.0
"""Seconds for which a list may still be shown while it is found anew."""

MOST = 200
"""Lists kept, the last used ones: at most about 32 MB."""


@dataclass(frozen=True, slots=True)
class _Kept:
    basis: Hashable
    entry: int
    """The last entry of the audit log that the list knows of."""
    at: float
    """When all of it was found, in monotonic seconds."""
    places: Places


@dataclass(slots=True)
class Followed:
    """Lists by what was asked for. Who asks for what is being found waits."""

    database: Database
    province: str
    _kept: OrderedDict[Hashable, _Kept] = field(default_factory=OrderedDict)
    _finding: dict[Hashable, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _behind: threading.Semaphore = field(default_factory=threading.Semaphore)
    """Held while one list is found anew for the next look."""

    def get(
        self, connection: Connection, asked: Hashable, basis: Hashable, entry: int, look: Look, most: int | None
    ) -> Places:
        """What `look` finds, as if it looked now; it gives at most `most`. `basis` is what the list hangs on
        beside the tasks themselves, `entry` the newest one of the audit log as it was read before."""
        with self._lock:
            alone = self._finding.setdefault(asked, threading.Lock())
        with alone:
            with self._lock:
                found = self._kept.get(asked)
            age = time.monotonic() - found.at if found is not None else USABLE
            if found is None or found.basis != basis or age >= USABLE:
                return self._find(connection, asked, basis, entry, look, most)
            if found.entry != entry:
                changed = tasks_changed(connection, self.province, found.entry, entry)
                if changed is None:
                    return self._find(connection, asked, basis, entry, look, most)
                places = found.places.amended(changed, look(connection, changed)) if changed else found.places
                found = replace(found, entry=entry, places=places)
            self._keep(asked, found)
        if age >= FRESH and self._behind.acquire(blocking=False):
            again = (asked, basis, look, most)
            threading.Thread(target=self._find_behind, args=again, name="lists", daemon=True).start()
        return found.places

    def _find(
        self, connection: Connection, asked: Hashable, basis: Hashable, entry: int, look: Look, most: int | None
    ) -> Places:
        started = time.monotonic()
        places = Places.of(look(connection, None), most=most)
        ended = time.monotonic()
        if ended - started >= DEAR:
            self._keep(asked, _Kept(basis=basis, entry=entry, at=ended, places=places))
        else:
            with self._lock:
                self._kept.pop(asked, None)
                self._finding.pop(asked, None)
        return places

    def _keep(self, asked: Hashable, found: _Kept) -> None:
        with self._lock:
            self._kept[asked] = found
            self._kept.move_to_end(asked)
            while len(self._kept) > MOST:
                gone, _ = self._kept.popitem(last=False)
                self._finding.pop(gone, None)

    def _find_behind(self, asked: Hashable, basis: Hashable, look: Look, most: int | None) -> None:
        try:
            with self.database.read() as connection:
                # Read before the list is found: what is changed meanwhile is looked at again.
                entry = audit_pages.newest(connection, self.province)
                self._find(connection, asked, basis, entry, look, most)
        except SQLAlchemyError as error:
            log.warning("A list could not be found anew: %s", type(error).__name__)
        finally:
            self._behind.release()
