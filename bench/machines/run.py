"""Several workers: how much they do together, and what of it is Prefect's.

    .venv/bin/python -m bench.machines.run workers 1 2 4 [--namespaces] [--provinces 8] [--due 1000]
    .venv/bin/python -m bench.machines.run workers 2 --provinces 34 --stored 12000 --due 1180 --agencies 138
    .venv/bin/python -m bench.machines.run overhead 100 10000 1000000

`workers`: the daily runs of several provinces, asked for at once, with so many workers; before it the same work in
one process without Prefect (0 workers: that alone); a province has `--stored` tasks, and is told about `--due` of
them on the day. `overhead`: one province's daily run with so many reminders; Prefect's part is the time from asking
to the end, less what the steps themselves took. PostgreSQL and a mail server that takes everything.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from bench.daily.seeding import DAY
from bench.machines.cost import Largest, finished, server_cpu
from bench.machines.installation import ROOT, Installation, network, postgresql, until
from bench.machines.provinces import fill, keep_filled, put_back, write_config

STEPS = 4
"""Tasks of a daily run, whatever it has to do."""


@contextmanager
def mail(address: str) -> Iterator[str]:
    words = [sys.executable, "-m", "bench.delivery.sink", address]
    sink = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert sink.stdin is not None
    assert sink.stdout is not None
    try:
        yield f"smtp://{address}:{int(sink.stdout.readline())}"
    finally:
        sink.stdin.close()
        sink.wait(30)


def settings(folder: Path, postgres: str, smtp: str, codes: list[str]) -> dict[str, str]:
    """A fresh database, and the DONDOC_* variables of all."""
    with psycopg.connect(f"{postgres}/postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS dondoc WITH (FORCE)")
        connection.execute("CREATE DATABASE dondoc")
    return {
        "DONDOC_VAR": str(folder / "var"),
        "DONDOC_CONFIG": str(folder / "config"),
        "DONDOC_PROVINCES": ",".join(codes),
        "DONDOC_DATABASE_URL": f"{postgres}/dondoc",
        "DONDOC_SMTP_URL": smtp,
        "DONDOC_LOG": "off",
    }


def sent(postgres: str) -> int:
    with psycopg.connect(f"{postgres}/dondoc") as connection:
        row = connection.execute("SELECT count(*) FROM messages WHERE state = 'sent'").fetchone()
    return int(row[0]) if row else 0


def plainly(given: dict[str, str]) -> dict[str, float]:
    """What the same days cost in one process without Prefect, its start included."""
    words = (
        "from datetime import date; from flows.steps.clock import standing_at; from datetime import time;"
        "from flows.steps.daily import run_daily; from flows.steps.workplace import open_workplaces;"
        f"day = date.fromisoformat('{DAY}');"
        "[run_daily(p, clock=standing_at(day, time(8), p.zone), day=day) for p in open_workplaces()]"
    )
    return finished([sys.executable, "-c", words], {"PYTHONPATH": str(ROOT)} | given)


def steps_seconds(site: Installation, runs: list[str]) -> float:
    """What the steps of these runs took, all together, as the server recorded them: a little after their end."""
    query = "SELECT extract(epoch FROM end_time - start_time) FROM task_run WHERE flow_run_id = ANY(%s::uuid[])"
    until(lambda: len(site.rows(query, runs)) == STEPS * len(runs), "the steps are recorded", 300)
    return sum(float(seconds) for (seconds,) in site.rows(query, runs))


def measure_workers(count: int, asked: argparse.Namespace) -> dict[str, Any]:
    provinces, stored = asked.provinces, asked.stored or asked.due
    codes = [f"tinh-{number:02}" for number in range(1, provinces + 1)]
    agencies = asked.agencies or max(1, asked.due // 4)
    with (
        tempfile.TemporaryDirectory(prefix="dondoc-machines-") as name,
        network(count, asked.namespaces) as (address, machines),
        postgresql(address) as postgres,
        mail(address) as smtp,
    ):
        folder = Path(name)
        write_config(folder / "config", codes, agencies)
        given = settings(folder, postgres, smtp, codes)
        fill(given, stored=stored, due=asked.due, agencies=agencies)
        keep_filled(postgres)
        before = server_cpu(postgres)
        alone = plainly(given)
        alone_server = server_cpu(postgres) - before
        expected = sent(postgres)
        told = {
            "provinces": provinces,
            "stored": stored * provinces,
            "due": asked.due * provinces,
            "messages": expected,
            "plain": alone | {"database_cpu": round(alone_server, 1)},
            "plain_messages_per_second": round(expected / alone["seconds"], 1),
            "plain_database_mb": _megabytes(postgres)["dondoc"],
        }
        if not count:
            return told
        put_back(postgres)
        site = Installation(folder, address, postgres, given)
        try:
            site.deploy()
            site.workers(machines)
            before, begun = server_cpu(postgres), time.monotonic()
            with Largest("prefect.engine", folder) as run_memory:
                runs = [site.run(code, f"{DAY}") for code in codes]
                ended = [site.ended(run) for run in runs]
                seconds = time.monotonic() - begun
            work = steps_seconds(site, [one["id"] for one in ended])
            database_cpu = server_cpu(postgres) - before
            megabytes = _megabytes(postgres)
        finally:
            site.end()
        found = sent(postgres)
        assert found == expected, (found, expected)
    return told | {
        "workers": count,
        "namespaces": asked.namespaces,
        "seconds": round(seconds, 1),
        "messages_per_second": round(found / seconds, 1),
        "runs_per_minute": round(60 * provinces / seconds, 1),
        "steps_seconds": round(work, 1),
        "prefect_share": round(1 - work / (seconds * min(count, provinces)), 2),
        "cpu": site.cpu | {"database": round(database_cpu, 1)},
        "database_mb": megabytes,
        "largest_run_mb": run_memory.megabytes,
    }


def _megabytes(postgres: str) -> dict[str, int]:
    """How large our database and Prefect's are."""
    with psycopg.connect(f"{postgres}/postgres") as connection:
        rows = connection.execute("SELECT datname, pg_database_size(datname) >> 20 FROM pg_database")
        return {str(name): int(size) for name, size in rows if name in ("dondoc", "prefect")}


def measure_overhead(due: int, most: int) -> dict[str, Any]:
    agencies = min(most, due)
    with (
        tempfile.TemporaryDirectory(prefix="dondoc-machines-") as name,
        postgresql("127.0.0.1") as postgres,
        mail("127.0.0.1") as smtp,
    ):
        folder = Path(name)
        write_config(folder / "config", ["tinh-01"], agencies)
        given = settings(folder, postgres, smtp, ["tinh-01"])
        fill(given, stored=due, due=due, agencies=agencies)
        site = Installation(folder, "127.0.0.1", postgres, given)
        try:
            site.deploy()
            site.workers([[]])
            run = site.ended(site.run("tinh-01", f"{DAY}"))
            steps = steps_seconds(site, [run["id"]])
            records = {
                table: int(site.rows(f"SELECT count(*) FROM {table} WHERE flow_run_id = '{run['id']}'")[0][0])
                for table in ("task_run", "artifact", "flow_run_state", "log")
            }
        finally:
            site.end()
        with psycopg.connect(f"{postgres}/dondoc") as connection:
            counts = connection.execute(
                "SELECT (SELECT count(*) FROM reminders), (SELECT count(*) FROM messages WHERE state = 'sent'),"
                " (SELECT extract(epoch FROM ended_at - started_at) FROM runs)"
            ).fetchone()
    assert counts is not None
    created, start, end = (datetime.fromisoformat(run[name]) for name in ("created", "start_time", "end_time"))
    whole = (end - created).total_seconds()
    return {
        "reminders": int(counts[0]),
        "messages": int(counts[1]),
        "whole_seconds": round(whole, 1),
        "steps_seconds": round(steps, 1),
        "until_it_starts": round((start - created).total_seconds(), 1),
        "in_the_flow": round((end - start).total_seconds() - steps, 2),
        "prefect_seconds": round(whole - steps, 1),
        "records": records,
        "server_cpu": site.cpu.get("server"),
    }


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("what", choices=("workers", "overhead"))
    words.add_argument("sizes", type=int, nargs="+")
    words.add_argument("--provinces", type=int, default=8)
    words.add_argument("--due", type=int, default=1000)
    words.add_argument("--stored", type=int, help="tasks of a province; as many as are due unless said (workers)")
    words.add_argument("--agencies", type=int, help="of a province; a quarter of --due, or 4000 (overhead)")
    words.add_argument("--namespaces", action="store_true")
    asked = words.parse_args()
    # What is told to stop must end what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    for size in asked.sizes:
        if asked.what == "workers":
            found = measure_workers(size, asked)
        else:
            found = measure_overhead(size, asked.agencies or 4000)
        print(json.dumps(found), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
