"""A year in one process that never ends, with faults: does it stay as small as it was, and each message once?

    .venv/bin/python -m bench.soak.run                      # 365 days
    .venv/bin/python -m bench.soak.run --days 40            # the short form that the tests run
    .venv/bin/python -m bench.soak.run --url postgresql://…
    .venv/bin/python -m bench.soak.run --steady             # as many tasks at the end as at the beginning

Every day the same process runs the daily job, sends what waited later in the day, and answers what a monitor asks;
now and then it imports a plan, records completions and documents, and makes a backup. Faults come by the calendar:
see `faults_of`. A day whose run failed is caught up in the afternoon, as `dondoc serve` would.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import date
from pathlib import Path

from bench.soak.life import Life
from flows.steps.memory import give_back


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--days", type=int, default=365)
    words.add_argument("--from", dest="first", default="2026-01-05")
    words.add_argument("--url", default="")
    words.add_argument("--steady", action="store_true", help="as many tasks at the end as at the beginning")
    words.add_argument("--json", action="store_true")
    asked = words.parse_args()
    first = date.fromisoformat(asked.first)
    with (
        tempfile.TemporaryDirectory(prefix="dondoc-soak-") as folder,
        Life(Path(folder), first, url=asked.url, steady=asked.steady) as life,
    ):
        for _ in range(asked.days):
            life.day_passes()
            give_back()  # as the desk does, there every ten minutes
        verdict = life.end()
    if asked.json:
        print(json.dumps(verdict, indent=1, default=str))
    else:
        for line in life.table():
            print(line)
        print(json.dumps({name: held for name, held in verdict.items() if name != "months"}, default=str))
    return 0 if verdict["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
