"""Nothing reaches outside, Prefect's own parts included, and all works without a network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLES
from tests.prefect_site import clean_environment

pytestmark = pytest.mark.prefect

WATCH = """
import os, sys

def note(event, arguments):
    if event == "socket.connect":
        address = arguments[1]
    elif event == "socket.sendto":
        address = arguments[1]
    elif event == "socket.getaddrinfo":
        address = (arguments[0],)
    else:
        return
    host = address[0] if isinstance(address, tuple) else address
    host = host.decode() if isinstance(host, bytes) else str(host)
    if host in ("", "None", "localhost", "::1", "0.0.0.0", "::") or host.startswith(("127.", "/", "\\0")):
        host = "loopback"
    with open(os.environ["SEEN"], "a") as file:
        file.write(f"{event} {host}\\n")

sys.addaudithook(note)
"""

LOOPBACK_ONLY = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
    request = struct.pack("16sH", b"lo", 1)
    fcntl.ioctl(one, 0x8914, request)
os.execvp(sys.argv[1], sys.argv[1:])
"""


def watched(
    folder: Path, *before: str, words: tuple[str, ...] = ("desk.cli", "run", "--on", "2026-06-01", "--json")
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """A module of ours as a program, every process of it watched from its first line on."""
    hook = folder / "hook"
    hook.mkdir(parents=True)
    (hook / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    inbox = folder / "var" / "inbox"
    inbox.mkdir(parents=True)
    shutil.copy(SAMPLES / "ke-hoach-12-chuyen-doi-so.txt", inbox)
    clean = clean_environment()
    given = {"PYTHONPATH": f"{hook}:{ROOT}", "DONDOC_VAR": str(folder / "var"), "SEEN": str(folder / "seen")}
    result = subprocess.run(
        [*before, sys.executable, "-m", *words],
        env=clean | given,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=900,
    )
    seen = (folder / "seen").read_text().splitlines() if (folder / "seen").exists() else []
    return result, seen


def alone() -> list[str]:
    """The words before a command that give it a network of its own with loopback only."""
    words = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-r", "-n"]
    if shutil.which("unshare") is None or subprocess.run([*words, "true"], capture_output=True).returncode:
        return []
    return [*words, sys.executable, "-c", LOOPBACK_ONLY]


def test_a_run_without_a_network_works_and_asks_for_nobody_outside(tmp_path: Path) -> None:
    result, seen = watched(tmp_path, *alone())
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["messages"]["sent"] > 0
    assert seen, "the watch was not at work"
    assert [line for line in seen if not line.endswith(" loopback")] == []


@pytest.mark.slow
def test_serve_the_desk_and_a_worker_live_without_a_network(tmp_path: Path) -> None:
    words = alone()
    if not words:
        pytest.skip("no network namespace may be made here (unshare -n)")
    result, seen = watched(tmp_path, *words, words=("tests.offline_life",))
    assert result.returncode == 0, result.stderr + (tmp_path / "log").read_text()[-3000:]
    assert list((tmp_path / "var" / "outbox").glob("*.eml"))
    assert len(seen) > 20, "the watch was not at work"
    assert [line for line in seen if not line.endswith(" loopback")] == []


def test_the_watch_sees_who_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    words = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('192.0.2.1', 9))"
    environment = {"PYTHONPATH": str(tmp_path), "SEEN": str(tmp_path / "seen")}
    subprocess.run([sys.executable, "-c", words], env=environment, capture_output=True)
    assert (tmp_path / "seen").read_text() == "socket.connect 192.0.2.1\n"
