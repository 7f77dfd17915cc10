"""People before batch work: a page that waits is noticed at once, a reminder decided some seconds later is not.

The daily job, sending, digests, reports and backups run in processes of their own. Each of them steps back before
it starts, and what it starts inherits that. It matters only while others want the processor.
"""

from __future__ import annotations

import os

NICENESS = 10
"""Of 0 (as everybody) to 19: about a tenth of a processor that somebody else wants, all of one that nobody does."""


def step_back() -> None:
    """Have this process wait for those of the desk; nothing where the system knows no such thing.

    It cannot be taken back, so that only a program's own beginning calls it. Who was started with a still lower
    priority keeps that.
    """
    if not hasattr(os, "setpriority"):
        return
    if os.getpriority(os.PRIO_PROCESS, 0) < NICENESS:
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
