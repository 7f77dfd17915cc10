"""The desk in several processes: one interpreter draws one page at a time, however many processors there are.

They are copies of one process that has everything loaded, and take their visitors from one socket. Nothing but what
can be found out again stays in one of them: sessions, tries, limits and changes are in the database.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from flows import stopping

if TYPE_CHECKING:
    import uvicorn

MOST = 2
"""Processes where the settings name no number: each takes memory and its own connections to the database."""

WAIT = 1.0
"""Seconds until one that has ended is started again."""

END_WITHIN = 10.0
"""Seconds in which one has to end that is asked to."""


def number_of(wanted: int) -> int:
    """How many processes to serve in; `wanted` 0 leaves it to the machine."""
    if not hasattr(os, "fork"):
        return 1
    if wanted:
        return wanted
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(MOST, here)


def keep(number: int, work: Callable[[int], None]) -> None:
    """Have `work` done in `number` processes until asked to stop; one that ends is started again.

    `work` is given a file descriptor that ends when this process does, however that comes about. No other thread
    may run here, and no connection be open that two processes must not share.
    """
    gone, here = os.pipe()
    children: set[int] = set()
    stopping.listen()
    try:
        while True:
            while len(children) < number:
                _start(work, gone, here, children)
            ended, status = os.wait()
            children.discard(ended)
            code = os.waitstatus_to_exitcode(status)
            sys.stderr.write(f"Một tiến trình của bàn làm việc đã dừng (mã {code}), khởi động lại.\n")
            time.sleep(WAIT)
    except stopping.Stopped:
        pass
    finally:
        stopping.listen_no_more()
        os.close(here)
        _end(children)


def _start(work: Callable[[int], None], gone: int, here: int, children: set[int]) -> None:
    # Asked to stop in between, we would not know of the child, or it would end as we do.
    signal.pthread_sigmask(signal.SIG_BLOCK, stopping.SIGNALS)
    child = os.fork()
    if child:
        children.add(child)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, stopping.SIGNALS)
        return
    try:
        os.close(here)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, stopping.SIGNALS)
        work(gone)
    except KeyboardInterrupt:
        pass
    finally:
        sys.stderr.flush()
        os._exit(1)


def _end(children: set[int]) -> None:
    for child in children:
        os.kill(child, signal.SIGTERM)
    until = time.monotonic() + END_WITHIN
    while children:
        if time.monotonic() > until:
            for child in children:
                os.kill(child, signal.SIGKILL)
            until += END_WITHIN
        children -= {child for child in children if os.waitpid(child, os.WNOHANG)[0]}
        time.sleep(0.02)


def end_with(gone: int, server: uvicorn.Server) -> None:
    """Stop `server` when the descriptor that `keep` gave ends: else the port would stay taken."""

    def watch() -> None:
        os.read(gone, 1)
        server.should_exit = True
        time.sleep(END_WITHIN)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
