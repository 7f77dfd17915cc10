"""Prefect for real: the flow in this process, and a schedule that really fires.

A newer SQLAlchemy makes Prefect 3.8's scheduler fail without a word; the second test is what would tell.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT, SAMPLES, Cli
from tests.prefect_site import clean_environment, until

pytestmark = pytest.mark.prefect


def test_the_flow_runs_in_this_process_and_leaves_what_a_person_reads(dondoc: Cli, tmp_path: Path) -> None:
    inbox = tmp_path / "var" / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "mau.txt").write_bytes((SAMPLES / "ke-hoach-12-chuyen-doi-so.txt").read_bytes())
    desk = "https://nhacviec.phuchau.example"
    result = dondoc("run", "--on", "2026-06-01", "--json", DONDOC_BASE_URL=desk)
    assert result.returncode == 0, result.stderr
    counts = json.loads(result.stdout)
    assert counts["plans_imported"] == 1
    assert counts["messages"]["sent"] == len(list((tmp_path / "var" / "outbox").glob("*.eml"))) > 0
    with sqlite3.connect(tmp_path / "var" / "prefect" / "prefect.db") as connection:
        found = connection.execute("SELECT key, type, data FROM artifact ORDER BY key").fetchall()
    artifacts = {key: (kind, json.loads(data)) for key, kind, data in found}
    assert {key: kind for key, (kind, _) in artifacts.items()} == {
        "dondoc-agencies": "table",
        "dondoc-daily": "markdown",
        "dondoc-desk": "markdown",
    }
    assert "01/06/2026" in artifacts["dondoc-daily"][1]
    assert desk in artifacts["dondoc-desk"][1]
    rows = json.loads(artifacts["dondoc-agencies"][1])
    assert sum(row["Đã gửi"] for row in rows) == counts["messages"]["sent"]
    assert sum(row["Số việc được nhắc"] for row in rows) == counts["planned"]
    assert "Sở Khoa học và Công nghệ" in {row["Cơ quan"] for row in rows}
    assert "@" not in str(rows)
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
    """`dondoc serve` with its own Prefect server. The hour of the day is far away, so that a slow start misses
    nothing: what is due at it is looked for, and a schedule that comes round at once is added to see it fire."""
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    text = (config / "dondoc.toml").read_text(encoding="utf-8")
    (config / "dondoc.toml").write_text(text.replace('daily_at = "07:30"', 'daily_at = "23:59"'), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {
        "DONDOC_VAR": str(tmp_path / "var"),
        "DONDOC_CONFIG": str(config),
        "PREFECT_SERVER_API_PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }
    kept = clean_environment()
    environment, dondoc = kept | given, Cli(given, tmp_path)
    log = (tmp_path / "log").open("w")
    served = subprocess.Popen(
        [sys.executable, "-m", "desk.cli", "serve"],
        env=environment,
        stdout=log,
        stderr=log,
        cwd=tmp_path,
        start_new_session=True,
    )
    api = f"http://127.0.0.1:{port}/api"
    try:
        daily = until(lambda: deployment(api), "the daily run is registered")
        assert [(one["schedule"]["cron"], one["schedule"]["timezone"]) for one in daily["schedules"]] == [
            ("59 23 * * *", "Asia/Ho_Chi_Minh")
        ]
        until(lambda: scheduled_hours(api, daily["id"]) == {"16:59"}, "the server has planned the coming days")
        body = [{"schedule": {"interval": 20}, "active": True}]
        httpx.post(f"{api}/deployments/{daily['id']}/schedules", json=body, timeout=30).raise_for_status()
        database = tmp_path / "var" / "dondoc.db"
        until(lambda: good_runs(database), "the schedule fires")
        # Without this the run that `serve` makes up for after a while would hide a schedule that never fires.
        assert "không qua Prefect" not in (tmp_path / "log").read_text()
        # The command is told of no server, and finds the one of `serve`.
        words = ("--issuer", "Bộ Tài chính", "--instrument", "Thông tư", "--subject", "hướng dẫn thử")
        assert dondoc("event", "add", *words, "--on", "2026-06-01").returncode == 0
        resolve = deployment(api, "resolve")["id"]
        until(lambda: "COMPLETED" in states(api, resolve), "the document is followed at once")
    finally:
        os.killpg(served.pid, signal.SIGTERM)
        served.wait(timeout=120)
    assert not (tmp_path / "var" / "prefect" / "api").exists()


def states(api: str, identity: str) -> list[str]:
    """The states of a deployment's runs."""
    body = {"deployments": {"id": {"any_": [identity]}}}
    runs = httpx.post(f"{api}/flow_runs/filter", json=body, timeout=30).raise_for_status().json()
    return [run["state_type"] for run in runs]


def deployment(api: str, flow: str = "daily") -> dict[str, Any]:
    answer = httpx.get(f"{api}/deployments/name/dondoc-{flow}/dondoc-{flow}-phu-chau", timeout=30)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def scheduled_hours(api: str, identity: str) -> set[str]:
    """At which hours (UTC) runs are planned."""
    body = {"deployments": {"id": {"any_": [identity]}}, "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    runs = httpx.post(f"{api}/flow_runs/filter", json=body, timeout=30).raise_for_status().json()
    return {run["expected_start_time"][11:16] for run in runs}


def good_runs(database: Path) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM runs WHERE ok").fetchone()[0])
