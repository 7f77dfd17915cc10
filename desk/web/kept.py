"""Figures of the whole that are dear to count: kept until something is changed, a minute at most."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

DEAR = 0.02
"""Seconds from which a figure is worth keeping; cheaper ones are counted at every look."""

DEAREST = 0.5
"""Seconds from which a figure is shown for a while though something was changed since."""

SHARE = 20
"""For how many times as long as it took to count: however often something changes, counting again is a
twentieth of the time."""

PATIENCE = 10.0
"""Seconds for which a figure of many tasks is shown where one change more or less says nothing."""

LONGEST = 60.0
"""Seconds for which a figure is kept, since not everything that moves it is written in the audit log."""

MOST = 200


@dataclass(frozen=True, slots=True)
class _Figure:
    state: Hashable
    at: float
    took: float
    value: Any

    def holds(self, state: Hashable, now: float, patience: float) -> bool:
        """Whether it may be shown for what is now in `state`. `now` is in monotonic seconds."""
        if self.state == state:
            return now - self.at < LONGEST
        if now - self.at < patience:
            return True
        return self.took >= DEAREST and now - self.at < min(self.took * SHARE, LONGEST)


@dataclass(slots=True)
class Kept:
    """By what was asked and the state of the data it was asked of. Who asks for what is being counted waits."""

    _found: dict[Hashable, _Figure] = field(default_factory=dict)
    _counting: dict[Hashable, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, asked: Hashable, state: Hashable, count: Callable[[], T], *, patience: float = 0.0) -> T:
        """The figure kept for `asked` while `state` is the same and for `patience` seconds in any case, or a new
        one."""
        with self._lock:
            found = self._found.get(asked)
            alone = self._counting.setdefault(asked, threading.Lock())
        if found is None or not found.holds(state, time.monotonic(), patience):
            with alone:
                # Somebody else may have counted it meanwhile.
                with self._lock:
                    found = self._found.get(asked)
                if found is None or not found.holds(state, time.monotonic(), patience):
                    found = self._count(asked, state, count)
        kept: T = found.value
        return kept

    def _count(self, asked: Hashable, state: Hashable, count: Callable[[], T]) -> _Figure:
        started = time.monotonic()
        value = count()
        ended = time.monotonic()
        made = _Figure(state=state, at=ended, took=ended - started, value=value)
        with self._lock:
            if made.took >= DEAR:
                if len(self._found) >= MOST:
                    self._found.clear()
                    self._counting.clear()
                self._found[asked] = made
            else:
                self._found.pop(asked, None)
                self._counting.pop(asked, None)
        return made
