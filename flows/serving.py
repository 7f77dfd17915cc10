"""`dondoc serve`: the schedule, with a Prefect server of its own as a child unless one is configured.

An embedded server cannot schedule, so a real one is started beside us and waited for. When Prefect cannot be
had, the same steps run by our own plain clock: reminders leave even when Prefect is down.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from flows import prefect_home
from flows.steps.workplace import Workplace

HEALTHY_WITHIN = 120.0
"""Seconds that the Prefect server may take to start."""


def serve(workplace: Workplace) -> int:
    """Run the daily flow at its hour on every day until stopped. Returns the exit code."""
    prefect_home.settle(workplace.settings.var)
    signal.signal(signal.SIGTERM, _stop)
    with _prefect_server() as url:
        os.environ["PREFECT_API_URL"] = url
        _serve_daily(workplace)
    return 0


def cron(workplace: Workplace) -> str:
    """The hour of the daily run as a cron line, every day: on days off the run imports and resolves only."""
    at = workplace.settings.schedule.daily_at
    return f"{at.minute} {at.hour} * * *"


def _serve_daily(workplace: Workplace) -> None:
    from prefect.schedules import Cron

    from flows.daily import daily

    schedule = Cron(cron(workplace), timezone=workplace.settings.schedule.timezone)
    sys.stdout.write(f"Chạy hằng ngày lúc {workplace.settings.schedule.daily_at:%H:%M}. Dừng bằng Ctrl+C.\n")
    sys.stdout.flush()
    daily.serve(name="dondoc-daily", schedule=schedule, limit=1, print_starting_message=False)


@contextmanager
def _prefect_server() -> Iterator[str]:
    """The API address of the configured server, or of one that lives as long as we do."""
    configured = os.environ.get("PREFECT_API_URL")
    if configured:
        yield configured
        return
    port = int(os.environ.get("PREFECT_SERVER_API_PORT", "4200"))
    child = subprocess.Popen(  # noqa: S603 - our own interpreter with fixed words
        [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}/api"
        _wait_until_healthy(url, child)
        yield url
    finally:
        child.terminate()
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()


def _wait_until_healthy(url: str, child: subprocess.Popen[bytes]) -> None:
    """Raises RuntimeError where the server ends or does not answer in time."""
    deadline = time.monotonic() + HEALTHY_WITHIN
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise RuntimeError(f"Máy chủ Prefect không khởi động được (mã {child.returncode}).")
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:  # noqa: S310 - our own loopback
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError(f"Máy chủ Prefect không trả lời sau {HEALTHY_WITHIN:.0f} giây.")


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
