"""What processes cost: seconds of a processor, megabytes of memory."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import psycopg

TICKS = os.sysconf("SC_CLK_TCK")
LOOK = 0.2
"""Seconds between two looks at the memory of the processes that run."""


def finished(words: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Run a command to its good end: its seconds, seconds of a processor, and its largest memory in MB."""
    before = os.times().elapsed
    process = subprocess.Popen(words, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{words[0]} ended with {process.returncode}")
    return {
        "seconds": round(os.times().elapsed - before, 1),
        "cpu": round(used.ru_utime + used.ru_stime, 1),
        "mb": round(used.ru_maxrss / 1024),
    }


def server_cpu(postgres: str) -> float:
    """Seconds that PostgreSQL's processes have used, those that have ended included."""
    with psycopg.connect(f"{postgres}/postgres") as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        postmaster = int(_stat(int(row[0]))[1])
        own = _stat(postmaster)
        ticks = sum(int(own[place]) for place in (11, 12, 13, 14))
        for child in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split():
            ticks += sum(int(_stat(int(child))[place]) for place in (11, 12))
    return ticks / TICKS


def _stat(process: int) -> list[str]:
    """The fields of /proc/PID/stat after the name: 0 the state, 1 the parent, 11 to 14 the times."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


class Largest:
    """`with Largest("prefect.engine", folder) as seen:` … `seen.megabytes`: the most that one such process held.

    Only those count whose environment names the folder: others may measure on the same machine.
    """

    def __init__(self, words: str, folder: Path) -> None:
        self.megabytes = 0
        self._words, self._folder, self._ended = words.encode(), str(folder).encode(), threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Largest:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._ended.wait(LOOK):
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    wanted = self._words in (process / "cmdline").read_bytes()
                    if wanted and self._folder in (process / "environ").read_bytes():
                        self.megabytes = max(self.megabytes, _peak(process))
                except OSError:
                    continue


def _peak(process: Path) -> int:
    for line in (process / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return 0
