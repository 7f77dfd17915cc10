"""An installation on several machines, all of them this one: PostgreSQL, a Prefect server, and process workers."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psycopg

from tests.conftest import ROOT, Cli, postgres_programs

PROVINCES = ("phu-chau", "minh-son")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PATIENCE = 300.0
"""Seconds that anything may take on a machine that is busy with other tests; nothing waits for them to pass."""


def until(what: Callable[[], Any], why: str, seconds: float = PATIENCE) -> Any:
    """What `what` gives as soon as it is true; servers that are away meanwhile are waited for."""
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
    write_province(config)


def write_province(config: Path, more: str = "") -> None:
    """The second province's own settings."""
    (config / "provinces" / "minh-son.toml").write_text(
        '[office]\nprovince = "minh-son"\nname = "Văn phòng UBND tỉnh Minh Sơn"\n'
        'email = "nhacviec@minhson.example"\nreply_to = "vanphong@minhson.example"\n' + more,
        encoding="utf-8",
    )


def always_at_work(config: Path) -> None:
    """Today, whatever day it is, is a working day from midnight to midnight, and so is tomorrow."""
    file = config / "dondoc.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace('work_from = "07:30"', 'work_from = "00:00"').replace(
        'work_to = "17:00"', 'work_to = "23:59"'
    )
    file.write_text(text, encoding="utf-8")
    for year in {(today() + timedelta(days=more)).year for more in (0, 1)}:
        days = [date(year, 1, 1) + timedelta(days=more) for more in range(365)]
        weekends = "".join(f'{day} = "Làm việc"\n' for day in days if day.weekday() > 4)
        (config / "calendars" / f"{year}.toml").write_text(
            f"year = {year}\nofficial = false\n[working_weekends]\n{weekends}", encoding="utf-8"
        )


def today() -> date:
    return datetime.now(ZONE).date()


def descendants(pid: int) -> list[int]:
    """Every process that this one started, directly or not, and that still runs."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name, in brackets, may hold anything.
            after = entry.read_text().rpartition(")")[2].split()
            parents.setdefault(int(after[1]), []).append(int(entry.parent.name))
    found, left = list[int](), [pid]
    while left:
        children = parents.get(left.pop(), [])
        found += children
        left += children
    return found


def clean_environment() -> dict[str, str]:
    """This process's variables without any of ours or Prefect's."""
    return {name: held for name, held in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))}


def started(words: Sequence[str], environment: Mapping[str, str], folder: Path) -> subprocess.Popen[bytes]:
    """A program in a process group of its own, with only these variables of ours, which logs to `folder`/log."""
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            words,
            env=clean_environment() | dict(environment) | {"PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
        )


class Site:
    """The whole installation: server, workers, and what they share."""

    def __init__(self, folder: Path, postgres: str, mail: str) -> None:
        self.folder, self.postgres = folder, postgres
        for name in ("dondoc_site", "prefect_site"):
            with psycopg.connect(f"{postgres}/postgres", autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                connection.execute(f"CREATE DATABASE {name}")
        self.config = folder / "config"
        two_provinces(self.config)
        always_at_work(self.config)
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
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
            "DO_NOT_TRACK": "1",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
        }
        self.dondoc = Cli(self.environment, folder)
        self.started: list[subprocess.Popen[bytes]] = []
        self.server = self.start_server()

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        process = started([sys.executable, "-m", "prefect", *words], self.environment, self.folder)
        self.started.append(process)
        return process

    def start_server(self) -> subprocess.Popen[bytes]:
        server = self.start("server", "start", "--host", "127.0.0.1", "--port", str(self.port))
        until(lambda: httpx.get(f"{self.api}/health").status_code == 200, "the server is healthy")
        return server

    def worker(self, name: str) -> subprocess.Popen[bytes]:
        return self.start(
            "worker", "start", "--pool", "dondoc", "--type", "process", "--name", name, "--limit", "1"
        )

    def kill(self, process: subprocess.Popen[bytes], how: int = signal.SIGKILL) -> None:
        """End a process of ours. SIGKILL takes with it all that it started, as when a machine loses its power."""
        if process.poll() is not None:
            return
        for pid in [process.pid, *descendants(process.pid)] if how == signal.SIGKILL else [process.pid]:
            # A run is the leader of a session of its own, so that no group has them all.
            with suppress(ProcessLookupError):
                os.kill(pid, how)
        process.wait(60)

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

    def leave_behind(self, name: str) -> None:
        """A deployment of a province that was here once."""
        known = (
            httpx.get(f"{self.api}/deployments/{self.deployment('daily', PROVINCES[0])}").raise_for_status().json()
        )
        kept = {word: known[word] for word in ("flow_id", "entrypoint", "path", "work_pool_name", "tags")}
        httpx.post(f"{self.api}/deployments/", json=kept | {"name": name}).raise_for_status()

    def deployment(self, flow: str, province: str) -> str:
        name = f"dondoc-{flow}/dondoc-{flow}-{province}"
        return str(httpx.get(f"{self.api}/deployments/name/{name}").raise_for_status().json()["id"])

    def run(self, province: str, flow: str = "daily", **parameters: str) -> str:
        """Ask for a run of a flow of a province; returns its id."""
        body = {"parameters": {"province": province} | parameters, "state": {"type": "SCHEDULED"}}
        url = f"{self.api}/deployments/{self.deployment(flow, province)}/create_flow_run"
        return str(httpx.post(url, json=body, timeout=30).raise_for_status().json()["id"])

    def runs_of(self, flow: str, province: str) -> list[dict[str, Any]]:
        """Every run of a deployment that Prefect knows of."""
        body = {"deployments": {"id": {"any_": [self.deployment(flow, province)]}}}
        answer = httpx.post(f"{self.api}/flow_runs/filter", json=body, timeout=30).raise_for_status()
        return list(answer.json())

    def fired(self) -> int:
        """How many runs the schedule itself started that went well."""
        return len(self.prefect_rows("SELECT id FROM flow_run WHERE auto_scheduled AND state_type = 'COMPLETED'"))

    def prefect_rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in Prefect's own database."""
        with psycopg.connect(f"{self.postgres}/prefect_site") as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]

    def state(self, run: str) -> str:
        return str(httpx.get(f"{self.api}/flow_runs/{run}").raise_for_status().json()["state_type"])

    def has(self, worker: subprocess.Popen[bytes], run: str) -> bool:
        """Whether the process of a run is one of this worker's."""
        asked = f"{self.api}/flow_runs/{run}"
        pid = until(lambda: httpx.get(asked).json()["infrastructure_pid"], "the process of a run is known")
        return int(pid.rpartition(":")[2]) in descendants(worker.pid)

    def ended(self, run: str) -> str:
        """The state in which a run ends."""
        final = ("COMPLETED", "CANCELLED", "FAILED", "CRASHED")
        return str(until(lambda: self.state(run) in final and self.state(run), "a run ends"))

    def complete(self, province: str, flow: str = "daily", **parameters: str) -> None:
        """Run a flow of a province to its good end; another run of it may be in the way for a while."""
        until(
            lambda: self.ended(self.run(province, flow, **parameters)) == "COMPLETED",
            f"{flow} of {province} completes",
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(f"{self.postgres}/dondoc_site") as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]
