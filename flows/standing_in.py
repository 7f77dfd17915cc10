"""Doing what Prefect should have started and has not: the morning's run, and rounds of sending through the day.

`dondoc serve` looks every few seconds. The same steps then run in a process of their own without Prefect; the
outbox makes that safe at any moment, also beside a run of Prefect's that was only slow.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime

from flows.steps.clock import here
from flows.steps.missed import expect, left_lying, missed, warn_of_today
from flows.steps.workplace import Workplace
from store.errors import StoreError

DAILY, DELIVER = "daily", "deliver"


@dataclass
class StandIn:
    """Looks after one province. One that takes long keeps no other province waiting."""

    place: Workplace
    process: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Start what is overdue, unless what was started before is still at it."""
        if self.process is not None and self.process.poll() is None:
            return
        try:
            job = self._overdue(here(self.place.zone)())
        except StoreError as error:
            # The database may be away for a while; we must still be here when it is back.
            say(str(error))
            return
        if job is None:
            return
        environment = os.environ | {"DONDOC_PROVINCE": self.place.province}
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own words
            [sys.executable, "-m", "flows.plain", job], env=environment, stdin=subprocess.DEVNULL
        )

    def _overdue(self, now: datetime) -> str | None:
        """What has to be done now; the operator is told of a missed morning. Raises StoreError."""
        expect(self.place, now)
        if missed(self.place, now):
            say(f"{self.place.province}: chưa thấy lượt chạy buổi sáng, chạy ngay, không qua Prefect.")
            warn_of_today(self.place, now)
            return DAILY
        return DELIVER if left_lying(self.place, now) else None

    def end(self) -> None:
        if self.process is not None:
            end(self.process)


def say(text: str) -> None:
    """Tell whoever reads the output of `serve`, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end; after a while make it."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=15)
