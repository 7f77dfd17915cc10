"""A hundred thousand tasks: how long a page takes, alone and with twenty users at once, over loopback.

python -m bench.desk.crowd [TASKS] [SECONDS]    the database is DONDOC_DATABASE_URL's, empty, or SQLite

While the users click, the daily job runs in a process of its own.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import timedelta

import httpx
import uvicorn
from sqlalchemy import insert

from desk.web.app import build
from flows.steps.importing import fold
from flows.steps.workplace import Workplace, open_workplace
from store.schema import assignments, deadlines, dues, plans, tasks
from tests.desk_samples import DAY, PASSWORD, Clock, add_user

PAGES = (
    "/tasks", "/tasks?page=900", "/tasks?q=chuyen+doi+so", "/tasks?q=số+hóa+4711", "/tasks?status=late",
    "/tasks?agency=phu-chau.so-y-te", "/tasks?status=open&from=2026-07-01&to=2026-07-31", "/tasks/5000", "/",
)  # fmt: skip
PORT = 8457


def filled(place: Workplace, clock: Clock, number: int) -> None:
    """Invented tasks, a thousand a plan, one lead and one date each."""
    agencies = [one.code for one in place.directory.in_province(place.province, DAY)]
    with place.database.write() as connection:
        for plan in range(-(-number // 1000)):
            plan_id = connection.execute(
                insert(plans)
                .values(province=place.province, identity=f"p{plan}", revision=1, state="active", digest=f"{plan:064}",  # noqa: E501
                        file="x.txt", format="txt", number=f"{plan}/KH-UBND", basis=[], warnings=[], imported_at=clock())  # noqa: E501
                .returning(plans.c.id)
            ).scalar_one()  # fmt: skip
            first = plan * 1000
            ids = range(first + 1, min(first + 1000, number) + 1)
            titles = {n: f"Số hóa tài liệu lưu trữ phục vụ chuyển đổi số, phần việc {n}" for n in ids}
            connection.execute(insert(tasks), [
                {"id": n, "province": place.province, "plan_id": plan_id, "key": str(n), "position": n, "table_kind": "tasks",  # noqa: E501
                 "number": str(n), "title": titles[n], "lead_text": "Sở Y tế", "deadline_text": "Quý III/2026",
                 "conditions": [], "place": {}, "confidence": 1.0, "doubts": [], "folded": fold(titles[n]),
                 "state": "done" if n % 3 == 0 else "open", "first_seen": DAY, "done_late": False}
                for n in ids])  # fmt: skip
            connection.execute(insert(assignments), [
                {"province": place.province, "task_id": n, "agency": agencies[n % len(agencies)], "role": "lead",
                 "words": "", "as_group": False, "state": "done" if n % 3 == 0 else "open"} for n in ids])  # fmt: skip  # noqa: E501
            connection.execute(insert(deadlines), [
                {"province": place.province, "task_id": n, "text": "Quý III/2026", "state": "read", "kinds": "fixed",  # noqa: E501
                 "reading": {}, "confidence": 1.0, "waiting": [], "needs_date": False, "steps": []} for n in ids])  # fmt: skip  # noqa: E501
            connection.execute(insert(dues), [
                {"province": place.province, "task_id": n, "key": "t0:once", "term": 0, "track": "due",
                 "on_date": DAY + timedelta(days=n % 400 - 60), "aim": DAY, "late_from": DAY + timedelta(days=n % 400 - 59),  # noqa: E501
                 "tentative": False, "blocked": False, "state": "done" if n % 3 == 0 else "open", "first_seen": DAY,
                 "told": {}, "next_on": DAY} for n in ids])  # fmt: skip


def main(number: int = 100_000, seconds: int = 60) -> int:
    with tempfile.TemporaryDirectory() as var:
        base = f"http://127.0.0.1:{PORT}"
        given = {name: value for name, value in os.environ.items() if name == "DONDOC_DATABASE_URL"}
        given |= {"DONDOC_VAR": var, "DONDOC_BASE_URL": base}
        place = open_workplace(given)
        place.ready()
        clock = Clock(place)
        filled(place, clock, number)
        add_user(place, clock, "lan", "viewer")
        server = uvicorn.Server(uvicorn.Config(build(place, clock), host="127.0.0.1", port=PORT, log_level="error"))
        threading.Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.05)
        client = httpx.Client(base_url=base, headers={"origin": base}, timeout=60)
        client.post("/login", data={"name": "lan", "password": PASSWORD})
        for path in PAGES:
            times = [_timed(client, path) for _ in range(5)]
            print(f"{statistics.median(times) * 1000:7.0f} ms  {path}")
        daily = subprocess.Popen(
            [sys.executable, "-m", "desk.cli", "run", "--plain", "--on", DAY.isoformat()],
            env=dict(os.environ) | given,
            stdout=subprocess.DEVNULL,
        )
        _crowd(client, base, seconds)
        print("the daily job", "still runs" if daily.poll() is None else f"ended with {daily.returncode}")
        daily.terminate()
        daily.wait()
        server.should_exit = True
    return 0


def _timed(client: httpx.Client, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return time.perf_counter() - started


def _crowd(client: httpx.Client, base: str, seconds: int) -> None:
    """Twenty users who click and read for a second or two in between."""
    times: list[float] = []
    end = time.monotonic() + seconds

    def user(turn: int) -> None:
        own = httpx.Client(base_url=base, cookies=client.cookies, timeout=60)
        while time.monotonic() < end:
            times.append(_timed(own, PAGES[turn % len(PAGES)]))
            turn += 1
            time.sleep(2)

    users = [threading.Thread(target=user, args=(turn,)) for turn in range(20)]
    for one in users:
        one.start()
    for one in users:
        one.join()
    times.sort()
    print(f"20 users, {len(times)} pages: median {times[len(times) // 2] * 1000:.0f} ms, "
          f"p95 {times[int(len(times) * 0.95)] * 1000:.0f} ms")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
