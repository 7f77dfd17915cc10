"""Several machines, on loopback: PostgreSQL, a Prefect server on it, two process workers, and everything killed.

Two provinces are told about the same plans. While mails leave slowly, one worker is killed with all it started,
the database is restarted under the other, and the server is stopped for a while. The next day's runs bring it
in order: nothing is lost, and what was sent twice has the Message-ID of its first copy.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from notifiers.email_message import message_id
from tests.conftest import ROOT, SAMPLES, Cli, postgres_programs
from tests.smtp_sink import Mailbox, Sink

pytestmark = [pytest.mark.prefect, pytest.mark.postgresql, pytest.mark.slow]
PROVINCES = ("phu-chau", "minh-son")
SLOW = 0.6
"""Seconds that the mail server takes for a mail."""
KILLS = 2
"""Times that a sender lost its life or its database; at most one mail was in flight at each."""


class SlowMailbox(Mailbox):
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        import asyncio

        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(SLOW)
        return answer


class SlowSink(Sink):
    def __init__(self) -> None:
        super().__init__()
        self.mailbox = self.handler = SlowMailbox()


def until(what: Callable[[], Any], seconds: float, why: str) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = what()
        except (OSError, httpx.HTTPError, psycopg.OperationalError):
            found = None
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds:.0f} seconds: {why}")


def two_provinces(config: Path) -> None:
    """A configuration with a second invented province."""
    shutil.copytree(ROOT / "config", config, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    agencies = (config / "agencies" / "phu-chau.toml").read_text(encoding="utf-8")
    agencies = agencies.replace('code = "phu-chau"', 'code = "minh-son"').replace(
        "phuchau.example", "minhson.example"
    )
    (config / "agencies" / "minh-son.toml").write_text(agencies, encoding="utf-8")
    (config / "provinces").mkdir()
    # The test's days are given; what the clock on the wall says must start nothing but the watch.
    file = config / "dondoc.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('daily_at = "07:30"', 'daily_at = "23:57"'), encoding="utf-8")
    (config / "provinces" / "minh-son.toml").write_text(
        '[office]\nprovince = "minh-son"\nname = "Văn phòng UBND tỉnh Minh Sơn"\n'
        'email = "nhacviec@minhson.example"\nreply_to = "vanphong@minhson.example"\n',
        encoding="utf-8",
    )


class Site:
    """The whole installation: server, workers, and what they share."""

    def __init__(self, folder: Path, postgres: str, mail: str) -> None:
        self.folder, self.postgres = folder, postgres
        for name in ("dondoc_site", "prefect_site"):
            with psycopg.connect(f"{postgres}/postgres", autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                connection.execute(f"CREATE DATABASE {name}")
        two_provinces(folder / "config")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.environment = {
            "DONDOC_VAR": str(folder / "var"),
            "DONDOC_CONFIG": str(folder / "config"),
            "DONDOC_PROVINCES": ",".join(PROVINCES),
            "DONDOC_DATABASE_URL": f"{postgres}/dondoc_site",
            "DONDOC_SMTP_URL": mail,
            "PREFECT_API_URL": self.api,
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_DATABASE_CONNECTION_URL": (
                f"{postgres}/prefect_site".replace("postgresql://", "postgresql+asyncpg://")
            ),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
        }
        self.dondoc = Cli(self.environment, folder)
        self.started: list[subprocess.Popen[bytes]] = []
        self.server = self.start_server()

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        environment = {
            name: held for name, held in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))
        }
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "prefect", *words],
                env=environment | self.environment | {"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def start_server(self) -> subprocess.Popen[bytes]:
        server = self.start("server", "start", "--host", "127.0.0.1", "--port", str(self.port))
        until(lambda: httpx.get(f"{self.api}/health").status_code == 200, 90, "the server is healthy")
        return server

    def worker(self, name: str) -> subprocess.Popen[bytes]:
        return self.start(
            "worker", "start", "--pool", "dondoc", "--type", "process", "--name", name, "--limit", "1"
        )

    def kill(self, process: subprocess.Popen[bytes], how: int = signal.SIGKILL) -> None:
        if process.poll() is None:
            os.killpg(process.pid, how)
            process.wait(30)

    def restart_postgres(self) -> None:
        programs = postgres_programs()
        assert programs is not None
        with psycopg.connect(f"{self.postgres}/postgres") as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        assert row is not None
        words = [str(programs / "pg_ctl"), "-D", row[0], "-m", "immediate", "-w", "restart"]
        if os.geteuid() == 0:
            words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words]
        with Path(f"{row[0]}/../restart.log").open("ab") as log:
            subprocess.run(words, check=True, stdout=log, stderr=log, cwd="/tmp", timeout=60)

    def run(self, province: str, day: str) -> str:
        name = f"dondoc-daily/dondoc-daily-{province}"
        found = httpx.get(f"{self.api}/deployments/name/{name}").raise_for_status().json()
        body = {"parameters": {"province": province, "on": day}, "state": {"type": "SCHEDULED"}}
        made = httpx.post(f"{self.api}/deployments/{found['id']}/create_flow_run", json=body, timeout=30)
        return str(made.raise_for_status().json()["id"])

    def schedule_watch(self, province: str, seconds: int) -> None:
        """Have the watch of a province come round more often than every ten minutes."""
        name = f"dondoc-watch/dondoc-watch-{province}"
        found = httpx.get(f"{self.api}/deployments/name/{name}").raise_for_status().json()
        body = [{"schedule": {"interval": seconds, "timezone": "Asia/Ho_Chi_Minh"}, "active": True}]
        httpx.post(f"{self.api}/deployments/{found['id']}/schedules", json=body).raise_for_status()

    def fired(self) -> int:
        """How many runs the schedule itself started that went well."""
        query = "SELECT count(*) FROM flow_run WHERE auto_scheduled AND state_type = 'COMPLETED'"
        with psycopg.connect(f"{self.postgres}/prefect_site") as connection:
            row = connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def state(self, run: str) -> str:
        return str(httpx.get(f"{self.api}/flow_runs/{run}").raise_for_status().json()["state_type"])

    def complete(self, province: str, day: str) -> bool:
        """Run a province's day to its end; another one of it may still be in the way."""
        run = self.run(province, day)
        final = ("COMPLETED", "CANCELLED", "FAILED", "CRASHED")
        return bool(until(lambda: self.state(run) in final and self.state(run), 90, "a run ends") == "COMPLETED")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(f"{self.postgres}/dondoc_site") as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]


@pytest.fixture
def sink() -> Iterator[SlowSink]:
    with SlowSink() as made:
        yield made


@pytest.fixture
def site(tmp_path: Path, postgres_server: str, sink: SlowSink) -> Iterator[Site]:
    made = Site(tmp_path, postgres_server, sink.url)
    try:
        yield made
    finally:
        for process in reversed(made.started):
            made.kill(process, signal.SIGTERM if process is made.server else signal.SIGKILL)


def prepare(site: Site) -> None:
    files = [str(path) for path in sorted(SAMPLES.glob("*.txt"))]
    for province in PROVINCES:
        assert site.dondoc("import", *files, DONDOC_PROVINCE=province).returncode == 0
    deployed = site.dondoc("deploy")
    assert deployed.returncode == 0, deployed.stderr
    assert deployed.stdout.count("Đã đăng ký") == 4 * len(PROVINCES)


def test_each_message_once_whatever_is_killed(site: Site, sink: SlowSink) -> None:
    prepare(site)
    site.schedule_watch(PROVINCES[0], 45)
    first, _second = site.worker("may-1"), site.worker("may-2")
    runs = [site.run(province, "2026-06-01") for province in PROVINCES]
    until(lambda: len({worker for (worker,) in sending(site)}) == 2, 120, "both workers send at once")
    until(lambda: len(sink.mailbox.messages) >= 4, 60, "mails leave")
    site.kill(first)
    shared = {province for (province,) in site.rows("SELECT DISTINCT province FROM runs")}
    assert shared == set(PROVINCES)
    site.restart_postgres()
    site.kill(site.server, signal.SIGTERM)
    time.sleep(5)
    site.server = site.start_server()
    site.worker("may-3")
    assert len(runs) == 2
    for province in PROVINCES:
        until(lambda province=province: site.complete(province, "2026-06-02"), 150, f"{province} is caught up")
    nothing_lost(site, sink)
    until(lambda: site.fired() >= 1, 60, "the schedule fires by itself")


def sending(site: Site) -> list[tuple[Any, ...]]:
    return site.rows("SELECT DISTINCT split_part(worker, ':', 2) FROM messages WHERE state = 'sending'")


def nothing_lost(site: Site, sink: SlowSink) -> None:
    arrived = Counter(str(message["Message-ID"]).strip() for _, message in sink.mailbox.messages)
    hosts = {"phu-chau": "phuchau.example", "minh-son": "minhson.example"}
    sent = {
        message_id(key, hosts[province])
        for key, province in site.rows("SELECT key, province FROM messages WHERE state = 'sent'")
    }
    waiting = site.rows(
        "SELECT key, state FROM messages WHERE state NOT IN ('sent', 'withdrawn') AND day <= '2026-06-02'"
    )
    assert waiting == []
    assert set(arrived) == sent
    assert len(sent) > 10
    twice = sum(count - 1 for count in arrived.values())
    assert twice <= KILLS, arrived
    planned = site.rows("SELECT state, count(*) FROM reminders WHERE decided_on <= '2026-06-02' GROUP BY state")
    assert "planned" not in dict(planned)
    crossed = site.rows(
        "SELECT count(*) FROM reminders JOIN messages ON messages.id = message_id"
        " JOIN dues ON dues.id = due_id WHERE reminders.province <> messages.province"
        " OR reminders.province <> dues.province"
    )
    assert crossed == [(0,)]
