"""Prefect for real: the flow in this process, and a schedule that really fires.

A newer SQLAlchemy makes Prefect 3.8's scheduler fail without a word; the second test is what would tell.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLES, Cli

pytestmark = pytest.mark.prefect


def test_the_flow_runs_in_this_process_and_leaves_one_artifact(dondoc: Cli, tmp_path: Path) -> None:
    inbox = tmp_path / "var" / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "mau.txt").write_bytes((SAMPLES / "ke-hoach-12-chuyen-doi-so.txt").read_bytes())
    result = dondoc("run", "--on", "2026-06-01", "--json")
    assert result.returncode == 0, result.stderr
    counts = json.loads(result.stdout)
    assert counts["plans_imported"] == 1
    assert counts["messages"]["sent"] == len(list((tmp_path / "var" / "outbox").glob("*.eml"))) > 0
    with sqlite3.connect(tmp_path / "var" / "prefect" / "prefect.db") as connection:
        artifacts = connection.execute("SELECT key, data FROM artifact WHERE key = 'dondoc-daily'").fetchall()
    assert len(artifacts) == 1
    assert "01/06/2026" in artifacts[0][1]
    again = json.loads(dondoc("run", "--on", "2026-06-01", "--plain", "--json").stdout)
    assert again["messages"] == {}


def test_a_failing_flow_says_why_and_exits_1(dondoc: Cli, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "dondoc.db").write_bytes(b"not a database" * 200)
    result = dondoc("run", "--on", "2026-06-01")
    assert result.returncode == 1
    assert "không phải là cơ sở dữ liệu" in result.stderr


@pytest.mark.slow
def test_the_schedule_of_serve_fires(tmp_path: Path) -> None:
    """`dondoc serve` with its own Prefect server; its hour is two and a half minutes away at most."""
    import shutil
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    # Cutting the seconds off leaves at least 90 of them for the server to start on a busy machine.
    at = datetime.now(zone) + timedelta(seconds=150)
    text = (config / "dondoc.toml").read_text(encoding="utf-8")
    text = text.replace('daily_at = "07:30"', f'daily_at = "{at:%H:%M}"')
    (config / "dondoc.toml").write_text(text, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))
    }
    environment |= {
        "DONDOC_VAR": str(tmp_path / "var"),
        "DONDOC_CONFIG": str(config),
        "PREFECT_SERVER_API_PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }
    log = (tmp_path / "log").open("w")
    served = subprocess.Popen(
        [sys.executable, "-m", "desk.cli", "serve"],
        env=environment,
        stdout=log,
        stderr=log,
        cwd=tmp_path,
        start_new_session=True,
    )
    try:
        assert _runs_within(tmp_path / "var" / "dondoc.db", 360), (tmp_path / "log").read_text()[-3000:]
        # Without this the run that `serve` makes up for after a while would hide a schedule that never fires.
        assert "không qua Prefect" not in (tmp_path / "log").read_text()
    finally:
        os.killpg(served.pid, signal.SIGTERM)
        served.wait(timeout=60)


def _runs_within(database: Path, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(1)
        if not database.exists():
            continue
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            try:
                if connection.execute("SELECT count(*) FROM runs WHERE ok").fetchone()[0]:
                    return True
            except sqlite3.OperationalError:
                continue
    return False
