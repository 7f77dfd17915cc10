"""The servers of the crash runs, each a process of its own: the mail sink, and PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a fresh database on a server of our own; both are gone afterwards."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="dondoc-crash-pg-"))
    as_postgres: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    port = str(40000 + os.getpid() % 20000)

    def run(*words: str) -> None:
        subprocess.run([*as_postgres, *words], check=True, capture_output=True, cwd="/tmp")

    data = str(folder / "data")
    run(str(programs / "initdb"), "-D", data, "-U", "dondoc", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
    # Killed are the clients, never this server, so it need not wait for the disk.
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run(str(programs / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://dondoc@127.0.0.1:{port}/postgres"
    finally:
        run(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
