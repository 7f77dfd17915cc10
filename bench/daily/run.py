"""What a morning costs, by what is due and by what is stored.

    PYTHONPATH=. .venv/bin/python bench/daily/run.py --due 10000 --stored 20000
    PYTHONPATH=. .venv/bin/python bench/daily/run.py --due 10000 --stored 1000000 --worst
    … --postgresql (a server of its own, gone afterwards) or --url postgresql://…

Prints a JSON object for each day: seconds of the first and the second run of the day and the peak memory of the
process that decided. `--worst` adds the day on which every task is due, beside plain SQL that reads the same rows
and inserts as many reminders and messages.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from bench.crash.servers import PostgresProcess
from bench.daily.seeding import DAY, NOW, make_all_due, seed, workplace
from flows.steps.deciding import decide
from store.database import Database
from store.schema import assignments, dues, messages, plans, reminders, tasks

AGENCIES = 4000
CHUNK = 5000


def measure(url: str, var: Path) -> dict[str, Any]:
    """Decide twice in this process, which does nothing else."""
    place = workplace(var, url=url, agencies=AGENCIES)
    for part in (place.directory, place.policies, place.channels, place.calendar, place.seal):
        assert part is not None
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found: dict[str, Any] = {"mb_before": round(before)}
    for name in ("first", "second"):
        begun, used = time.perf_counter(), time.process_time()
        decided = decide(place, now=NOW, today=DAY)
        found |= {
            f"{name}_seconds": round(time.perf_counter() - begun, 3),
            f"{name}_cpu": round(time.process_time() - used, 3),
            f"{name}_planned": decided.planned,
        }
    found["mb_peak"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    place.database.close()
    return found


def bare(url: str, _var: Path) -> dict[str, Any]:
    """The least that any program would do: read what is due, insert messages and reminders with ON CONFLICT."""
    database = Database(url)
    insert = (sqlite if database.is_sqlite else postgresql).insert
    begun, used = time.perf_counter(), time.process_time()
    with database.write() as connection:
        letters = [_letter(number) for number in range(AGENCIES)]
        connection.execute(insert(messages).on_conflict_do_nothing(), letters)
        wanted = (
            select(dues, assignments.c.agency, assignments.c.role, plans.c.number)
            .join(tasks, tasks.c.id == dues.c.task_id)
            .join(plans, plans.c.id == tasks.c.plan_id)
            .join(assignments, assignments.c.task_id == tasks.c.id)
            .where(dues.c.next_on <= DAY, dues.c.state == "open", tasks.c.state == "open")
        )
        count = 0
        for rows in connection.execute(wanted.execution_options(yield_per=CHUNK)).partitions():
            connection.execute(insert(reminders).on_conflict_do_nothing(), [_reminder(row) for row in rows])
            count += len(rows)
    return {
        "bare_seconds": round(time.perf_counter() - begun, 3),
        "bare_cpu": round(time.process_time() - used, 3),
        "bare_rows": count,
    }


def _letter(number: int) -> dict[str, Any]:
    return {
        "id": number + 1,
        "key": f"bare|{number}",
        "province": "bare",
        "purpose": "reminders",
        "agency": f"xa-{number}",
        "audience": "agency",
        "channel": "email",
        "day": DAY,
        "state": "ready",
        "not_before": NOW,
        "attempts": 0,
        "created_at": NOW,
    }


def _reminder(row: Any) -> dict[str, Any]:
    return {
        "province": "bare",
        "key": f"{row.id}|{row.on_date}|d-30|{row.agency}|agency|email",
        "due_id": row.id,
        "on_date": row.on_date,
        "stage": "d-30",
        "agency": row.agency,
        "audience": "agency",
        "role": row.role,
        "channel": "email",
        "urgency": "soon",
        "note": "",
        "state": "planned",
        "decided_on": DAY,
        "message_id": int(row.agency.removeprefix("xa-")) + 1,
    }


def alone(work: Any, url: str, var: Path) -> dict[str, Any]:
    """The result of `work` in a process of its own, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found: dict[str, Any] = pool.apply(work, (url, var))
        return found


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--due", type=int, required=True)
    words.add_argument("--stored", type=int, required=True)
    words.add_argument("--worst", action="store_true")
    words.add_argument("--url")
    words.add_argument("--postgresql", action="store_true")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="dondoc-daily-") as folder, ExitStack() as servers:
        var = Path(folder)
        url = asked.url or f"sqlite:///{var / 'dondoc.db'}"
        if asked.postgresql:
            url = servers.enter_context(PostgresProcess(fsync=True)).database("dondoc")
        place = workplace(var, url=url, agencies=AGENCIES)
        seed(place, stored=asked.stored, due=asked.due, agencies=AGENCIES)
        place.database.close()
        about = {"stored": asked.stored, "database": url.partition(":")[0]}
        _print(about | {"due": asked.due} | alone(measure, url, var))
        if asked.worst:
            make_all_due(place)
            plain = alone(bare, url, var)
            make_all_due(place)
            place.database.close()
            found = about | {"due": asked.stored} | plain | alone(measure, url, var)
            found["times_bare"] = round(found["first_seconds"] / found["bare_seconds"], 2)
            found["times_bare_cpu"] = round(found["first_cpu"] / found["bare_cpu"], 2)
            _print(found)
    return 0


def _print(found: dict[str, Any]) -> None:
    cheaper = round(found["first_seconds"] / max(found["second_seconds"], 1e-6), 1)
    print(json.dumps(found | {"second_times_cheaper": cheaper}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
