"""A progress bar on stderr for what takes longer than two seconds, and silence for the rest."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

PATIENCE = 2.0
"""Seconds before anything shows."""

T = TypeVar("T")


def progress(items: Sequence[T], what: str, *, shown: bool) -> Iterator[T]:
    """Yield the items; where it takes long and stderr is a terminal, say how far it is."""
    started = time.monotonic()
    wanted = shown and sys.stderr.isatty()
    visible = False
    for done, item in enumerate(items):
        if wanted and time.monotonic() - started > PATIENCE:
            visible = True
            sys.stderr.write(f"\r{what}: {done}/{len(items)} ")
            sys.stderr.flush()
        yield item
    if visible:
        sys.stderr.write(f"\r{what}: {len(items)}/{len(items)}\n")
