"""A simulated life of one process, day by day."""

from __future__ import annotations

import gc
import http.client
import os
import socket
import sys
import threading
import time as timing
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Self

from sqlalchemy import func, select

from bench.soak.faults import MOODS, MoodySink, faults_of, kill_a_run, locked
from bench.soak.plans import plan
from desk.commands.web import desk_server
from flows.steps import completing, events, metrics
from flows.steps.clock import standing_at
from flows.steps.daily import run_daily
from flows.steps.importing import import_file
from flows.steps.listing import all_tasks
from flows.steps.logs import set_up
from flows.steps.missed import missed, warn_of_today
from flows.steps.sending import deliver
from flows.steps.workplace import open_workplace
from store import audit
from store.balance import balance
from store.copies import back_up, prune
from store.errors import StoreError
from store.events import EventRecord
from store.schema import messages

PATIENCE = 0.3
"""Seconds that a lock is waited for: what matters is what happens when it is not released."""
ROWS = 30
"""Tasks of each month's plan."""
SETTLED = 3
"""Months after which nothing may grow any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """The process as it stood at the end of a month, and what the month brought."""

    month: str
    rss_mb: float
    files: int
    threads: int
    tasks: int
    sent: int
    faults: int


class Life:
    def __init__(self, folder: Path, first: date, *, url: str = "", steady: bool = False) -> None:
        """`steady`: one plan at the beginning, six times as long, instead of one a month."""
        self.folder, self.day, self.number = folder, first, 0
        self.steady = steady
        self.sink = MoodySink(folder / "taken")
        self.given = {
            "DONDOC_VAR": str(folder / "var"),
            "DONDOC_DATABASE_URL": url or f"sqlite:///{folder / 'var' / 'dondoc.db'}",
            "DONDOC_SMTP_URL": self.sink.url,
            "DONDOC_BUSY_SECONDS": str(PATIENCE),
        }
        self.place = open_workplace(self.given)
        set_up(self.place.settings.var, {"DONDOC_LOG": "file"})
        self.place.ready()
        self.faults: Counter[str] = Counter()
        self.this_month = 0
        self.failed_runs = self.caught_up = self.kills = self.lost = self.off_until = 0
        self.months: list[Month] = []
        self.begun = timing.monotonic()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.desk = desk_server(self.place, host="127.0.0.1", port=self.port)
        self.serving = threading.Thread(target=self.desk.run, daemon=True)

    def __enter__(self) -> Self:
        self.serving.start()
        while not self.desk.started:
            timing.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.desk.should_exit = True
        self.serving.join(30)
        self.place.database.close()
        self.sink.close()

    def clock(self, hour: int = 8, day: date | None = None) -> Any:
        return standing_at(day or self.day, time(hour), self.place.zone)

    def day_passes(self) -> None:
        today = faults_of(self.number) if self.number >= 10 else []
        if self.number >= self.off_until:
            if "off" in today:
                self.off_until = self.number + 4
            self.faults.update(today)
            self.this_month += len(today)
            self._work(today)
            self._morning(today)
            self._afternoon(today)
        tomorrow = self.day + timedelta(days=1)
        if tomorrow.month != self.day.month:
            self._look()
        self.day, self.number = tomorrow, self.number + 1

    def _work(self, today: list[str]) -> None:
        """What people do: a plan a month, completions and a document a week, an extension, a backup."""
        now = self.clock()()
        common = {"now": now, "today": self.day, "actor": "bench"}
        if self.day.day <= 7 and self.day.weekday() == 0 and not (self.steady and self.number):
            file = self.folder / f"{self.day}.txt"
            rows = ROWS * 6 if self.steady else ROWS
            file.write_text(plan(self.day.month + 10, self.day, rows), encoding="utf-8")
            import_file(self.place, file, **common)
        if self.day.weekday() == 4:
            with self.place.database.read() as connection:
                listed = all_tasks(connection, self.place)
            late = [one for one in listed if one.state == "open" and one.late_from and one.late_from <= self.day]
            for one in late[:6]:
                completing.complete(self.place, one.id, on=self.day, document="1/BC", due_key=None, **common)
            for one in late[6:7]:
                completing.extend(
                    self.place, one.id, to=self.day + timedelta(20), document="2/UBND", due_key=None, **common
                )
            kept = self.folder / "backups"
            back_up(self.place.database, kept / f"dondoc-{self.day:%Y%m%d}-120000.db")
            prune(kept, 3, now=datetime.now(UTC))
        if self.day.day == 20:
            self._document(common)

    def _document(self, common: dict[str, Any]) -> None:
        event = EventRecord(
            issuer="Bộ Tài chính",
            instrument="Thông tư",
            number=f"{self.day.month}/2026/TT-BTC",
            on_date=self.day,
            subject="hướng dẫn",
        )
        with self.place.database.read() as connection:
            found = events.propose(connection, self.place.province, event)
        number = events.record_event(self.place, event, now=common["now"], actor="bench")
        pairs = [(one.held.task_id, one.held.term) for one in found]
        events.confirm(self.place, number, pairs, on=self.day, **common)

    def _morning(self, today: list[str]) -> None:
        for mood in MOODS:
            if mood in today:
                self.sink.mood(mood)
        before = sum(self.sink.taken().values())
        if "kill" in today:
            self.kills += kill_a_run(os.environ | self.given, str(self.day), 8, self.sink)
        try:
            if "locked" in today:
                with locked(self.given["DONDOC_DATABASE_URL"]):
                    run_daily(self.place, clock=self.clock(8), day=self.day)
            else:
                run_daily(self.place, clock=self.clock(8), day=self.day)
        except StoreError:
            self.failed_runs += 1
        if "lose" in today:
            self.lost += sum(self.sink.taken().values()) - before
        self.sink.mood("ok")

    def _afternoon(self, today: list[str]) -> None:
        """Jumps of the clock, what waited, the missed run, and the monitors."""
        if "forward" in today:
            ahead = self.day + timedelta(days=2)
            run_daily(self.place, clock=self.clock(9, ahead), day=ahead)
        if "backward" in today:
            deliver(self.place, clock=self.clock(9, self.day - timedelta(days=1)))
        for hour in (10, 13, 16):
            now = self.clock(hour)()
            if missed(self.place, now):
                warn_of_today(self.place, now)
                run_daily(self.place, clock=self.clock(hour), day=self.day)
                self.caught_up += 1
            deliver(self.place, clock=self.clock(hour))
            metrics.text([self.place], now)
            for path in ("/login", "/healthz"):
                self._ask(path)

    def _ask(self, path: str) -> None:
        """What a browser and a monitor do. That the desk's own clock finds today's run missed is right."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        connection.getresponse().read()
        connection.close()

    def _look(self) -> None:
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        with self.place.database.read() as connection:
            tasks = len(all_tasks(connection, self.place))
            sent = connection.execute(
                select(func.count()).select_from(messages).where(messages.c.state == "sent")
            ).scalar_one()
        before = sum(month.sent for month in self.months)
        self.months.append(
            Month(
                month=f"{self.day:%m/%Y}",
                rss_mb=round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1),
                files=sum(1 for _ in Path("/proc/self/fd").iterdir()),
                threads=threading.active_count(),
                tasks=tasks,
                sent=sent - before,
                faults=self.this_month,
            )
        )
        # A year takes a while: who watches sees each month as it ends.
        print(self.months[-1], file=sys.stderr, flush=True)
        self.this_month = 0

    def end(self) -> dict[str, Any]:
        """A few quiet days, then the account: everything that was sent has arrived, once, but for what was lost."""
        for _ in range(4):
            self._morning([])
            self._afternoon([])
            self.day += timedelta(days=1)
        with self.place.database.read() as connection:
            kept = balance(connection, self.place.province)
            chain = audit.verify(connection, self.place.province)
            states = dict(
                connection.execute(select(messages.c.state, func.count()).group_by(messages.c.state)).all()
            )
            stuck = connection.execute(
                select(func.count())
                .select_from(messages)
                .where(messages.c.state.in_(("ready", "sending")), messages.c.not_before < self._now())
            ).scalar_one()
        taken = self.sink.taken()
        twice = sum(taken.values()) - len(taken)
        found: dict[str, Any] = {
            "days": self.number,
            "seconds": round(timing.monotonic() - self.begun),
            "faults": dict(self.faults),
            "failed_runs": self.failed_runs,
            "caught_up": self.caught_up,
            "kills": self.kills,
            "lost_answers": self.lost,
            "messages": states,
            "taken": len(taken),
            "copies": twice,
            "stuck": stuck,
            "balance": asdict(kept),
            "balance_holds": kept.holds,
            "audit": str(chain),
            "months": [asdict(month) for month in self.months],
            "grown_mb": self._grown("rss_mb"),
            "grown_files": self._grown("files"),
        }
        found["passed"] = self._passes(found, twice, states)
        return found

    def _now(self) -> datetime:
        moment: datetime = self.clock(7)()
        return moment

    def _passes(self, found: dict[str, Any], twice: int, states: dict[str, int]) -> bool:
        whole = found["taken"] == states.get("sent", 0) + states.get("unconfirmed", 0)
        # Only what was taken without our hearing of it may have gone again.
        bounded = twice <= self.kills + self.lost
        small = found["grown_mb"] <= 15 and found["grown_files"] <= 3
        return bool(whole and bounded and small and found["balance_holds"] and not found["stuck"])

    def _grown(self, what: str) -> float:
        """From the settled state to the end; 0 where the life was shorter."""
        if len(self.months) <= SETTLED:
            return 0.0
        return round(getattr(self.months[-1], what) - getattr(self.months[SETTLED - 1], what), 1)

    def table(self) -> list[str]:
        head = "| month | tasks | sent | faults | RSS, MB | files | threads |\n|---|---|---|---|---|---|---|"
        return [head] + [
            f"| {m.month} | {m.tasks} | {m.sent} | {m.faults} | {m.rss_mb} | {m.files} | {m.threads} |"
            for m in self.months
        ]
