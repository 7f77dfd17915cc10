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

from flows import prefect_home
from flows.steps.clock import here
from flows.steps.missed import expect, missed, warn_of_today
from flows.steps.workplace import Workplace
from store.errors import StoreError

HEALTHY_WITHIN = 120.0
"""Seconds that the Prefect server may take to start."""
LONGEST_WAIT = 300.0
"""Seconds between two starts of a child that keeps ending."""
LOOK_EVERY = 15.0
"""Seconds between two looks for a missed morning."""


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


def serve(workplaces: Sequence[Workplace], *, beside: Mapping[str, Sequence[str]] | None = None) -> int:
    """Run until asked to stop. `beside` are more children to keep, by name. Returns the exit code."""
    workplace = workplaces[0]
    for place in workplaces:
        place.validate()
    prefect_home.settle(workplace.settings.var)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, _stop)
    url, children = _prefect_children()
    environment = os.environ | {"PREFECT_API_URL": url}
    try:
        for child in children:
            child.tend(time.monotonic())
        _wait_until_healthy(url)
        prefect_home.note_api(workplace.settings.var, url)
        children.append(Child("Lịch chạy", [sys.executable, "-m", "flows.scheduled"], environment))
        children += [Child(name, words, os.environ.copy()) for name, words in (beside or {}).items()]
        _say(f"Chạy hằng ngày lúc {workplace.settings.schedule.daily_at:%H:%M}. Dừng bằng Ctrl+C.")
        _watch(workplaces, children)
    except Stopped:
        _say("Đang dừng.")
    finally:
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, signal.SIG_IGN)
        prefect_home.forget_api(workplace.settings.var)
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


def _watch(workplaces: Sequence[Workplace], children: Sequence[Child]) -> None:
    """Tend the children every second, and see every few that the morning's run was not missed."""
    look_again = time.monotonic() + LOOK_EVERY
    while True:
        now = time.monotonic()
        for child in children:
            child.tend(now)
        if now >= look_again:
            look_again = now + LOOK_EVERY
            for place in workplaces:
                catch_up(place)
        time.sleep(1)


def catch_up(workplace: Workplace) -> None:
    """Run the morning of a province without Prefect where it was missed, and tell the operator."""
    now = here(workplace.zone)()
    try:
        expect(workplace, now)
        if not missed(workplace, now):
            return
        _say(f"{workplace.province}: chưa thấy lượt chạy buổi sáng, chạy ngay, không qua Prefect.")
        warn_of_today(workplace, now)
    except StoreError as error:
        # The database may be away for a while; we must still be here when it is back.
        _say(str(error))
        return
    words = [sys.executable, "-m", "flows.plain"]
    subprocess.run(words, env=os.environ | {"DONDOC_PROVINCE": workplace.province}, check=False)  # noqa: S603


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
