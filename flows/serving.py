"""`dondoc serve`: one parent that keeps its children alive and is itself too simple to fail.

    the Prefect server      an embedded one cannot schedule, so a real one runs beside us, unless one is configured
    the schedule            asks that server for due runs and runs them
    what the desk adds      the web desk

A child that ends is started again, each time after a longer wait. What Prefect does not start in time, be it the
morning's run or a round of sending, is done without it (`flows.standing_in`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flows import prefect_home, stopping
from flows.standing_in import StandIn, end, say
from flows.steps.workplace import Workplace

HEALTHY_WITHIN = 120.0
"""Seconds that the Prefect server may take to start."""
LONGEST_WAIT = 300.0
"""Seconds between two starts of a child that keeps ending."""
LOOK_EVERY = 15.0
"""Seconds between two looks for what Prefect should have started."""


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
            say(f"{self.name} đã dừng (mã {self.process.returncode}), khởi động lại sau {self.wait:.0f} giây.")
            self.process = None
            self.start_after = now + self.wait
            self.wait = min(self.wait * 2, LONGEST_WAIT)
        if self.process is None and now >= self.start_after:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own words
                self.words, env=dict(self.environment), stdin=subprocess.DEVNULL
            )

    def end(self) -> None:
        if self.process is not None:
            end(self.process)


def serve(workplaces: Sequence[Workplace], *, beside: Mapping[str, Sequence[str]] | None = None) -> int:
    """Run until asked to stop. `beside` are more children to keep, by name. Returns the exit code."""
    workplace = workplaces[0]
    for place in workplaces:
        place.validate()
    prefect_home.settle(workplace.settings.var)
    stopping.listen()
    url, children = _prefect_children()
    environment = os.environ | {"PREFECT_API_URL": url}
    stand_ins = [StandIn(place) for place in workplaces]
    try:
        for child in children:
            child.tend(time.monotonic())
        _wait_until_healthy(url)
        prefect_home.note_api(workplace.settings.var, url)
        children.append(Child("Lịch chạy", [sys.executable, "-m", "flows.scheduled"], environment))
        children += [Child(name, words, os.environ.copy()) for name, words in (beside or {}).items()]
        say(f"Chạy hằng ngày lúc {workplace.settings.schedule.daily_at:%H:%M}. Dừng bằng Ctrl+C.")
        _watch(stand_ins, children)
    except stopping.Stopped:
        say("Đang dừng.")
    finally:
        stopping.listen_no_more()
        prefect_home.forget_api(workplace.settings.var)
        for one in stand_ins:
            one.end()
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


def _watch(stand_ins: Sequence[StandIn], children: Sequence[Child]) -> None:
    """Tend the children every second, and see every few that what should happen does."""
    look_again = time.monotonic() + LOOK_EVERY
    while True:
        now = time.monotonic()
        for child in children:
            child.tend(now)
        if now >= look_again:
            look_again = now + LOOK_EVERY
            for one in stand_ins:
                one.look()
        time.sleep(1)


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
    say(f"Máy chủ Prefect không trả lời sau {HEALTHY_WITHIN:.0f} giây; vẫn tiếp tục, việc nhắc không chờ Prefect.")
