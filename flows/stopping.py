"""Being asked to stop, as what keeps other processes sees it."""

from __future__ import annotations

import signal

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """Somebody asked us to stop."""


def listen() -> None:
    """From now on whoever asks raises `Stopped` in the main thread."""
    for signum in SIGNALS:
        signal.signal(signum, _stop)


def listen_no_more() -> None:
    """Who asks again is not heard: stopping is under way."""
    for signum in SIGNALS:
        signal.signal(signum, signal.SIG_IGN)


def _stop(_signal: int, _frame: object) -> None:
    raise Stopped
