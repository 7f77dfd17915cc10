"""Children of this process, made to be killed. The process that forks holds no connection that they would share."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable


def fork(work: Callable[[], int | None], failpoint: str = "") -> int:
    """Have `work` done in a child that dies at `failpoint`; returns its pid. What `work` returns is its status."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.environ["DONDOC_FAILPOINT"] = failpoint
        status = work() or 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def in_child(work: Callable[[], None]) -> None:
    """Do `work` in a child, because this process, which forks, must hold no connection."""
    assert os.waitpid(fork(work), 0)[1] == 0
