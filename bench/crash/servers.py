"""The servers of the crash runs, each a process of its own: the mail sink, and PostgreSQL."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

SINK = Path(__file__).with_name("sink.py")


class SinkProcess:
    """`with SinkProcess(log) as sink:` … `sink.url`, `sink.arm("dot", pid)`, `sink.kept()`."""

    def __init__(self, log: Path) -> None:
        self.log = log
        log.touch()
        self._process = subprocess.Popen(
            [sys.executable, str(SINK), str(log)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url = f"smtp://127.0.0.1:{int(self._process.stdout.readline())}"

    def __enter__(self) -> SinkProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def arm(self, stage: str, pid: int) -> None:
        self._say(f"arm {stage} {pid}")

    def disarm(self) -> None:
        self._say("disarm")

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(line, file=self._process.stdin, flush=True)
        self._process.stdout.readline()

    def kept(self) -> list[tuple[str, str, str]]:
        """Message-ID, recipient and digest of every mail that was taken, in order."""
        rows = [line.split("\t") for line in self.log.read_text().splitlines()]
        return [(identity, recipient, digest) for identity, recipient, digest in rows]

    def copies(self) -> Counter[str]:
        return Counter(identity for identity, _, _ in self.kept())


class PostgresProcess:
    """`with PostgresProcess() as server:` … `server.url`: an empty database on a server of our own.

    Both are gone afterwards. Without `fsync` the server does not wait for the disk, which is enough where only
    clients are killed.
    """

    def __init__(
        self, *, fsync: bool = False, address: str = "127.0.0.1", network: str = "", most: int = 100
    ) -> None:
        """It listens at `address`; a `network` (10.0.0.0/24) may connect too, `most` connections at a time."""
        self._network = network
        self._programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))[-1].parent
        self._folder = Path(tempfile.mkdtemp(prefix="dondoc-crash-pg-"))
        self._as_postgres: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
            self._as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        with socket.create_server((address, 0)) as probe:
            port = probe.getsockname()[1]
        self._options = (
            f"-p {port} -c listen_addresses={address} -c unix_socket_directories={self._folder}"
            f" -c fsync={'on' if fsync else 'off'} -c max_connections={most}"
        )
        self.url = f"postgresql://dondoc@{address}:{port}/postgres"

    def __enter__(self) -> PostgresProcess:
        words = ("-U", "dondoc", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        self._run("initdb", "-D", str(self._folder / "data"), *words)
        if self._network:
            with (self._folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {self._network} trust\n")
        self._control("start", "-o", self._options)
        return self

    def __exit__(self, *_: object) -> None:
        self._control("stop", "-m", "immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def crash(self) -> None:
        """The server ends without a word to anybody, as by a power cut, and starts again from its log."""
        self._control("restart", "-m", "immediate", "-o", self._options)

    def database(self, name: str) -> str:
        """The URL of a new, empty database."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        return self.url.rpartition("/")[0] + f"/{name}"

    def _control(self, *words: str) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-l", str(self._folder / "log"), *words)

    def _run(self, program: str, *words: str) -> None:
        # Not captured: the server would inherit the pipe and hold it open.
        with (self._folder / "said").open("ab") as said:
            subprocess.run(
                [*self._as_postgres, str(self._programs / program), *words],
                check=True,
                stdout=said,
                stderr=said,
                cwd="/tmp",
            )
