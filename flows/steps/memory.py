"""Memory of finished work, given back to the system.

A report or a list asks for tens of megabytes for a second. What documents hold in circles stays until Python looks
for them, and glibc keeps what is freed between pieces still in use. So a process that lives for months would in
time be as large as its largest pieces of work together, though it holds no more than on its first day: see
bench/soak.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from functools import cache


@cache
def _trim() -> Callable[[int], int] | None:
    """glibc's own; None where the C library is another one."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


def give_back() -> None:
    """Return to the system what nobody uses any more; takes about a tenth of a second, changes nothing else."""
    gc.collect()
    trim = _trim()
    if trim is not None:
        trim(0)
