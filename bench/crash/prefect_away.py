"""An hour without Prefect's server: what should leave in that hour leaves, and how late.

    PYTHONPATH=. .venv/bin/python bench/crash/prefect_away.py [--minutes 60]

PostgreSQL, a Prefect server on it, and `dondoc serve` for several provinces whose mornings are at different minutes
of the hour, as if each had its own time of day. The server is stopped with SIGTERM before the first of them and
started again at the end. Meanwhile the mail server puts one agency of each province off three times. Lateness is
measured where mail arrives: from the hour of the morning, or from the moment until which a message was put off, to
the moment at which the whole of it was there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psycopg

from bench.crash.servers import PostgresProcess
from notifiers.email_message import message_id
from tests.conftest import ROOT, SAMPLES, Cli
from tests.prefect_site import always_at_work, started, until
from tests.smtp_sink import Mailbox, Sink

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PROVINCES = ("phu-chau", "minh-son", "an-giao", "dong-lam", "tan-khe", "vinh-hai")
ALLOWED = 120.0
"""Seconds that a message may be late."""
PUT_OFF = 3
"""How often the mail server says "not now" to one agency of a province."""


class Clocked(Mailbox):
    """Notes when each mail was there, and puts one address of each province off for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[tuple[str, float]] = []
        self.put_off: Counter[str] = Counter()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("dau-moi@so-tai-chinh.") and self.put_off[address] < PUT_OFF:
            self.put_off[address] += 1
            return "451 4.7.1 try again later"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        answer = await super().handle_DATA(server, session, envelope)
        self.at.append((str(self.messages[-1][1]["Message-ID"]).strip(), time.time()))
        return answer


class ClockedSink(Sink):
    def __init__(self) -> None:
        super().__init__()
        self.mailbox = self.handler = Clocked()


@dataclass(kw_only=True)
class Verdict:
    minutes_away: float = 0.0
    provinces: int = 0
    reminders: int = 0
    """Of messages that should have left while the server was away: the mornings'."""
    put_off: int = 0
    late_seconds: dict[str, float] = field(default_factory=dict)
    """The latest of each kind."""
    median_seconds: dict[str, float] = field(default_factory=dict)
    twice: int = 0
    unsent: int = 0

    @property
    def passed(self) -> bool:
        enough = self.reminders > 0 and self.put_off > 0
        return enough and not self.twice and not self.unsent and max(self.late_seconds.values()) <= ALLOWED


def write_config(config: Path, hours: dict[str, datetime]) -> None:
    """As delivered, with invented provinces, each with an hour of its own; today is a working day all day."""
    shutil.copytree(ROOT / "config", config, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    always_at_work(config)
    (config / "provinces").mkdir(exist_ok=True)
    first = (config / "agencies" / "phu-chau.toml").read_text(encoding="utf-8")
    for code, hour in hours.items():
        own = first.replace('code = "phu-chau"', f'code = "{code}"').replace(
            ".phu-chau.example", f".{code}.example"
        )
        (config / "agencies" / f"{code}.toml").write_text(own, encoding="utf-8")
        if code == "phu-chau":
            file = config / "dondoc.toml"
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace('daily_at = "07:30"', f'daily_at = "{hour:%H:%M}"'), encoding="utf-8")
            continue
        (config / "provinces" / f"{code}.toml").write_text(
            f'[office]\nprovince = "{code}"\nname = "Văn phòng UBND tỉnh {code}"\n'
            f'email = "nhacviec@{code}.example"\nreply_to = "vanphong@{code}.example"\n'
            f'[schedule]\ndaily_at = "{hour:%H:%M}"\n',
            encoding="utf-8",
        )


class Away:
    """The installation, its server, and what happens in the hour."""

    def __init__(self, folder: Path, postgres: PostgresProcess, sink: ClockedSink, minutes: float) -> None:
        self.folder, self.sink, self.minutes = folder, sink, minutes
        begin = datetime.now(ZONE) + timedelta(minutes=3)
        step = timedelta(minutes=minutes / (len(PROVINCES) + 1))
        self.hours = {
            code: (begin + step * number).replace(second=0, microsecond=0)
            for number, code in enumerate(PROVINCES, start=1)
        }
        write_config(folder / "config", self.hours)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.url = postgres.database("dondoc")
        prefect = postgres.database("prefect").replace("postgresql://", "postgresql+asyncpg://")
        self.environment = {
            "DONDOC_VAR": str(folder / "var"),
            "DONDOC_CONFIG": str(folder / "config"),
            "DONDOC_PROVINCES": ",".join(PROVINCES),
            "DONDOC_DATABASE_URL": self.url,
            "DONDOC_SMTP_URL": sink.url,
            "PREFECT_API_URL": self.api,
            "PREFECT_API_DATABASE_CONNECTION_URL": prefect,
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        process = started([sys.executable, "-m", *words], self.environment, self.folder)
        self.started.append(process)
        return process

    def server(self) -> subprocess.Popen[bytes]:
        process = self.start("prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port))
        until(lambda: httpx.get(f"{self.api}/health").status_code == 200, "the server is healthy")
        return process

    def import_plans(self) -> None:
        dondoc = Cli(self.environment, self.folder)
        files = [str(path) for path in sorted(SAMPLES.glob("*.txt"))]
        for code in PROVINCES:
            done = dondoc("import", *files, DONDOC_PROVINCE=code)
            assert done.returncode == 0, done.stderr

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]

    def end(self) -> None:
        for process in reversed(self.started):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait(30)


def say(text: str) -> None:
    print(f"{datetime.now(ZONE):%H:%M:%S} {text}", file=sys.stderr, flush=True)


def hour(away: Away) -> Verdict:
    """The whole of it; ends some minutes after the server is back."""
    server = away.server()
    away.import_plans()
    away.start("desk.cli", "serve")
    flows = f"{away.api}/deployments/name/dondoc-daily/dondoc-daily-{PROVINCES[-1]}"
    until(lambda: httpx.get(flows).status_code == 200, "the schedule is registered")
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(60)
    gone, back = time.time(), time.time() + 60 * away.minutes
    say(f"server stopped; mornings at {', '.join(f'{at:%H:%M}' for at in away.hours.values())}")
    assert time.time() < away.hours[PROVINCES[0]].timestamp(), (
        "the first morning came before the server was stopped"
    )
    time.sleep(max(0.0, back - time.time()))
    verdict = account(away, gone, time.time())
    say("server starts again")
    away.server()
    time.sleep(min(240.0, 60 * away.minutes))
    arrived = Counter(name for name, _ in away.sink.mailbox.at)
    verdict.twice = sum(times - 1 for times in arrived.values())
    return verdict


def account(away: Away, gone: float, back: float) -> Verdict:
    """What left while the server was away, and how late."""
    arrived = dict(reversed(away.sink.mailbox.at))
    rows = away.rows("SELECT key, province, attempts, not_before, state FROM messages WHERE state <> 'withdrawn'")
    late: dict[str, list[float]] = {"morning": [], "put off": []}
    unsent = 0
    for key, province, attempts, not_before, state in rows:
        morning = away.hours[province]
        kind, due = "morning", morning
        if attempts > (0 if state == "ready" else 1):
            kind, due = "put off", not_before
        if due.timestamp() > back - ALLOWED:
            continue
        at = arrived.get(message_id(key, "phuchau.example" if province == "phu-chau" else f"{province}.example"))
        if state != "sent" or at is None:
            unsent += 1
            say(f"not sent: {key} {state}")
            continue
        late[kind].append(at - due.timestamp())
    return Verdict(
        minutes_away=round((back - gone) / 60, 1),
        provinces=len(PROVINCES),
        reminders=len(late["morning"]),
        put_off=len(late["put off"]),
        late_seconds={kind: round(max(found), 1) for kind, found in late.items() if found},
        median_seconds={kind: round(sorted(found)[len(found) // 2], 1) for kind, found in late.items() if found},
        unsent=unsent,
    )


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--minutes", type=float, default=60.0)
    asked = words.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="dondoc-away-") as name,
        PostgresProcess(fsync=True) as postgres,
        ClockedSink() as sink,
    ):
        away = Away(Path(name), postgres, sink, asked.minutes)
        try:
            verdict = hour(away)
        finally:
            away.end()
    print(json.dumps(asdict(verdict) | {"passed": verdict.passed}), flush=True)
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
