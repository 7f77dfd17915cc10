"""`dondoc serve`: one parent that keeps its children alive and is itself too simple to fail.

    the Prefect server      an embedded one cannot schedule, so a real one runs beside us, unless one is configured
    the schedule            asks that server for due runs and runs them
    what the desk adds      the web desk

A child that ends is started again, each time after a longer wait. When the morning's run has not been recorded in
time, Prefect is not waited for: the same steps run without it. The outbox makes that safe to do at any moment.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flows import prefect_home
from flows.steps.clock import here
from flows.steps.workplace import Workplace
from store import runs

HEALTHY_WITHIN = 120.0
"""Seconds that the Prefect server may take to start."""
OVERDUE = timedelta(minutes=2)
"""How long after its hour the morning's run may be missing before it is run without Prefect."""
LONGEST_WAIT = 300.0
"""Seconds between two starts of a child that keeps ending."""


@dataclass
class Child:
    """A process that should always be there."""

    name: str
    words: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    wait: float = 1.0
    start_after: float = field(default=0.0)

    def tend(self, now: float) -> None:
        """Start it if it is not running and its wait is over. `now` is in monotonic seconds."""
        if self.process is not None and self.process.poll() is not None:
            _say(f"{self.name} đã dừng (mã {self.process.returncode}), khởi động lại sau {self.wait:.0f} giây.")
            self.process = None
            self.start_after = now + self.wait
            self.wait = min(self.wait * 2, LONGEST_WAIT)
        if self.process is None and now >= self.start_after:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own words
                self.words, env=dict(self.environment), stdin=subprocess.DEVNULL
            )

    def end(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=15)


class Stopped(Exception):  # noqa: N818 - a request, not an error
    """Somebody asked us to stop."""


def serve(workplace: Workplace, *, beside: Mapping[str, Sequence[str]] | None = None) -> int:
    """Run until asked to stop. `beside` are more children to keep, by name. Returns the exit code."""
    workplace.validate()
    prefect_home.settle(workplace.settings.var)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, _stop)
    url, children = _prefect_children()
    environment = os.environ | {"PREFECT_API_URL": url}
    try:
        for child in children:
            child.tend(time.monotonic())
        _wait_until_healthy(url)
        children.append(Child("Lịch chạy", [sys.executable, "-m", "flows.scheduled"], environment))
        children += [Child(name, words, os.environ.copy()) for name, words in (beside or {}).items()]
        _say(f"Chạy hằng ngày lúc {workplace.settings.schedule.daily_at:%H:%M}. Dừng bằng Ctrl+C.")
        _watch(workplace, children)
    except Stopped:
        _say("Đang dừng.")
    finally:
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, signal.SIG_IGN)
        for child in reversed(children):
            child.end()
    return 0


def _prefect_children() -> tuple[str, list[Child]]:
    """The API address, and the server to keep alive where none is configured."""
    configured = os.environ.get("PREFECT_API_URL")
    if configured:
        return configured, []
    port = os.environ.get("PREFECT_SERVER_API_PORT", "4200")
    words = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port]
    return f"http://127.0.0.1:{port}/api", [Child("Máy chủ Prefect", words, os.environ.copy())]


def _watch(workplace: Workplace, children: Sequence[Child]) -> None:
    """Tend the children every second, and once a minute see that the morning's run was not missed."""
    look_again = time.monotonic() + 60
    while True:
        now = time.monotonic()
        for child in children:
            child.tend(now)
        if now >= look_again:
            look_again = now + 60
            if missed(workplace, here(workplace.settings.schedule.zone)()):
                _say("Chưa thấy lượt chạy buổi sáng: chạy ngay, không qua Prefect.")
                subprocess.run([sys.executable, "-m", "flows.plain"], check=False)
        time.sleep(1)


def missed(workplace: Workplace, now: datetime) -> bool:
    """True where today's run is overdue: no good one is recorded and its hour is more than `OVERDUE` past."""
    at = datetime.combine(now.date(), workplace.settings.schedule.daily_at, tzinfo=now.tzinfo)
    if now < at + OVERDUE:
        return False
    with workplace.database.read() as connection:
        last = runs.last_good(connection, workplace.province)
        begun = runs.last_begun(connection, workplace.province)
    if last is not None and last.day >= now.date():
        return False
    # One that has just begun may still end well; one that has hung for an hour will not.
    return begun is None or begun.day < now.date() or now - begun.started_at > timedelta(hours=1)


def _wait_until_healthy(url: str) -> None:
    """Wait for the server, but not for ever: reminders leave without it as well."""
    deadline = time.monotonic() + HEALTHY_WITHIN
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:  # noqa: S310 - the configured server
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    _say(f"Máy chủ Prefect không trả lời sau {HEALTHY_WITHIN:.0f} giây; vẫn tiếp tục, việc nhắc không chờ Prefect.")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _stop(_signal: int, _frame: object) -> None:
    raise Stopped
