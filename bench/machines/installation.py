"""Everything of an installation on several machines, started for a measurement.

With `namespaces`, each worker has a network of its own: its address is not this machine's, and it reaches the
database, the server and the mail server over a bridge, as it would over an office's network.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from bench.crash.servers import PostgresProcess
from tests.prefect_site import clean_environment, started, until

ROOT = Path(__file__).parent.parent.parent
BRIDGE = "dondocbr"
NETWORK = "10.77.0."
LONGEST = 3600.0
"""Seconds that a run may take."""


@contextmanager
def network(machines: int, namespaces: bool) -> Iterator[tuple[str, list[list[str]]]]:
    """The address where the servers listen, and for each machine the words before a command that runs on it."""
    if not namespaces:
        yield "127.0.0.1", [[] for _ in range(machines)]
        return
    names = [f"dondoc{number}" for number in range(1, machines + 1)]
    try:
        _ip(f"link add {BRIDGE} type bridge", f"addr add {NETWORK}1/24 dev {BRIDGE}", f"link set {BRIDGE} up")
        for number, name in enumerate(names, start=2):
            _ip(f"netns add {name}", f"link add v{name} type veth peer name eth0 netns {name}")
            _ip(f"link set v{name} master {BRIDGE}", f"link set v{name} up")
            _ip(f"-n {name} addr add {NETWORK}{number}/24 dev eth0", f"-n {name} link set eth0 up")
            _ip(f"-n {name} link set lo up")
        yield f"{NETWORK}1", [["ip", "netns", "exec", name] for name in names]
    finally:
        for words in (*(f"netns del {name}" for name in names), f"link del {BRIDGE}"):
            subprocess.run(["ip", *words.split()], check=False, capture_output=True)


def _ip(*commands: str) -> None:
    for words in commands:
        subprocess.run(["ip", *words.split()], check=True)


@contextmanager
def postgresql(address: str) -> Iterator[str]:
    """The URL of a server of our own without a database name."""
    with PostgresProcess(fsync=True, address=address, network=f"{NETWORK}0/24", most=200) as server:
        yield server.url.rpartition("/")[0]


class Installation:
    """A server and workers; each process group is ours to end. Then `cpu` has the seconds by kind of process."""

    def __init__(self, folder: Path, address: str, postgres: str, given: dict[str, str]) -> None:
        self.folder, self.postgres, self.cpu = folder, postgres, dict[str, float]()
        with psycopg.connect(f"{postgres}/postgres", autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS prefect WITH (FORCE)")
            connection.execute("CREATE DATABASE prefect")
        with socket.socket() as probe:
            probe.bind((address, 0))
            port = str(probe.getsockname()[1])
        self.api = f"http://{address}:{port}/api"
        clean = clean_environment()
        self.environment = (
            clean
            | given
            | {
                "PYTHONPATH": str(ROOT),
                "PREFECT_API_URL": self.api,
                "PREFECT_HOME": str(folder / "prefect"),
                "PREFECT_API_DATABASE_CONNECTION_URL": f"{postgres}/prefect".replace("://", "+asyncpg://"),
                "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
                "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
                "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
                "DO_NOT_TRACK": "1",
                "PREFECT_WORKER_QUERY_SECONDS": "2",
            }
        )
        self.started: list[tuple[str, subprocess.Popen[bytes]]] = []
        self.start("server", "server", "start", "--host", address, "--port", port)
        until(lambda: httpx.get(f"{self.api}/health").status_code == 200, "the server is healthy", 300)

    def start(self, kind: str, *words: str, on: list[str] | None = None) -> None:
        process = started([*(on or []), sys.executable, "-m", "prefect", *words], self.environment, self.folder)
        self.started.append((kind, process))

    def deploy(self) -> None:
        words = [sys.executable, "-m", "desk.cli", "deploy"]
        subprocess.run(words, env=self.environment, cwd=self.folder, check=True, capture_output=True)

    def workers(self, machines: list[list[str]]) -> None:
        """One on each machine, doing one run at a time; returns when all have reported."""
        for number, on in enumerate(machines, start=1):
            words = ("worker", "start", "--pool", "dondoc", "--type", "process", "--limit", "1")
            self.start("workers", *words, "--name", f"may-{number}", on=on)
        url = f"{self.api}/work_pools/dondoc/workers/filter"
        until(
            lambda: sum(one["status"] == "ONLINE" for one in httpx.post(url, json={}).json()) == len(machines),
            "the workers are there",
            300,
        )

    def run(self, province: str, day: str) -> str:
        name = f"dondoc-daily/dondoc-daily-{province}"
        found = httpx.get(f"{self.api}/deployments/name/{name}").raise_for_status().json()
        body = {"parameters": {"province": province, "on": day}, "state": {"type": "SCHEDULED"}}
        made = httpx.post(f"{self.api}/deployments/{found['id']}/create_flow_run", json=body, timeout=60)
        return str(made.raise_for_status().json()["id"])

    def told(self, run: str) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(f"{self.api}/flow_runs/{run}", timeout=60).raise_for_status().json()
        return found

    def ended(self, run: str) -> dict[str, Any]:
        final = ("COMPLETED", "CANCELLED", "FAILED", "CRASHED")
        found: dict[str, Any] = until(
            lambda: (one := self.told(run))["state_type"] in final and one, "a run ends", LONGEST
        )
        if found["state_type"] != "COMPLETED":
            raise RuntimeError(f"a run ended as {found['state_type']}: see {self.folder / 'log'}")
        return found

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What stands in Prefect's own database."""
        with psycopg.connect(f"{self.postgres}/prefect") as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[arg-type]

    def end(self) -> None:
        for kind, process in reversed(self.started):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT if kind == "workers" else signal.SIGTERM)
            before = _children_cpu()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(30)
            self.cpu[kind] = round(self.cpu.get(kind, 0.0) + _children_cpu() - before, 1)
        self.started.clear()


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
