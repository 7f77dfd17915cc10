"""Places where the crash tests kill the process. Nothing happens unless DONDOC_FAILPOINT names one."""

from __future__ import annotations

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


def hit(name: str) -> None:
    """End this process as a power cut would, where DONDOC_FAILPOINT is `name`, or `name:N` at the Nth passing."""
    armed = os.environ.get("DONDOC_FAILPOINT")
    if not armed:
        return
    wanted, _, nth = armed.partition(":")
    if wanted != name:
        return
    _passed[name] += 1
    if _passed[name] >= int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
