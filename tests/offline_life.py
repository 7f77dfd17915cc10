"""`dondoc serve`, the desk, and a worker beside them, where there is no network: `python -m tests.offline_life`.

Ends with 0 when all of them work: the desk answers, the schedule is registered, a worker does a day's run.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.prefect_site import until

PORT = 4200
DESK, HEALTH = 8420, 8421
API = f"http://127.0.0.1:{PORT}/api"
DAILY = f"{API}/deployments/name/dondoc-daily/dondoc-daily-phu-chau"


def main() -> int:
    started = [start("-m", "desk.cli", "serve")]
    try:
        until(lambda: httpx.get(DAILY).status_code == 200, "serve registers its schedule")
        # Without a first admin that is all it says; saying so takes database, templates and settings.
        until(lambda: "dondoc user add" in httpx.get(f"http://127.0.0.1:{DESK}/login").text, "the desk answers")
        until(lambda: httpx.get(f"http://127.0.0.1:{HEALTH}/readyz").status_code == 200, "it is ready")
        os.environ["PREFECT_API_URL"] = API
        subprocess.run([sys.executable, "-m", "desk.cli", "deploy"], check=True)
        started.append(start("-m", "prefect", "worker", "start", "--pool", "dondoc", "--type", "process"))
        body = {"parameters": {"on": "2026-06-01"}, "state": {"type": "SCHEDULED"}}
        identity = httpx.get(DAILY).raise_for_status().json()["id"]
        url = f"{API}/deployments/{identity}/create_flow_run"
        run = httpx.post(url, json=body, timeout=60).raise_for_status().json()["id"]
        until(
            lambda: httpx.get(f"{API}/flow_runs/{run}").json()["state_type"] == "COMPLETED", "a worker runs a day"
        )
    finally:
        for process in reversed(started):
            end(process)
    return 0


def end(process: subprocess.Popen[bytes]) -> None:
    """A worker that is told twice to stop may hang while stopping: how it ends is not what is looked at here."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


def start(*words: str) -> subprocess.Popen[bytes]:
    with Path("log").open("ab") as log:
        return subprocess.Popen([sys.executable, *words], stdout=log, stderr=log, start_new_session=True)


if __name__ == "__main__":
    sys.exit(main())
