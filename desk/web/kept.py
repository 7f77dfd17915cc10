"""Figures of the whole that are dear to count: kept until something is changed, a minute at most."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

DEAR = 0.1
"""Seconds from which a figure is worth keeping; cheaper ones are counted at every look."""

LONGEST = 60.0
"""Seconds for which a figure is kept, since not everything that moves it is written in the audit log."""

MOST = 200


@dataclass(slots=True)
class Kept:
    """By what was asked and the state of the data it was asked of."""

    _found: dict[Hashable, tuple[Hashable, float, Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, asked: Hashable, state: Hashable, count: Callable[[], T]) -> T:
        """The figure kept for `asked` while `state` is the same, or a new one."""
        started = time.monotonic()
        with self._lock:
            found = self._found.get(asked)
        if found is not None and found[0] == state and started - found[1] < LONGEST:
            kept: T = found[2]
            return kept
        made = count()
        if time.monotonic() - started >= DEAR:
            with self._lock:
                if len(self._found) >= MOST:
                    self._found.clear()
                self._found[asked] = (state, started, made)
        return made
