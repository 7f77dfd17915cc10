"""How long a move takes: `python -m bench.move.run URL [tasks]`, URL being two empty PostgreSQL databases' server.

Fills an SQLite file, moves it to PostgreSQL and from there to another SQLite file, and compares the checksums.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from bench.move.filled import fill
from store.database import Database
from store.moving import Copied, move


def timed(source: Database, target: Database) -> tuple[list[Copied], float]:
    start = time.perf_counter()
    return move(source, target), time.perf_counter() - start


def main(url: str, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first = Database(f"sqlite:///{Path(folder) / 'first.db'}")
        last = Database(f"sqlite:///{Path(folder) / 'last.db'}")
        between = Database(url)
        start = time.perf_counter()
        fill(first, count)
        print(f"filled with {count} tasks in {time.perf_counter() - start:.1f} s")
        there, there_took = timed(first, between)
        again, again_took = timed(first, between)
        back, back_took = timed(between, last)
        rows = sum(one.rows for one in there)
        print(f"SQLite to PostgreSQL   {rows} rows in {there_took:.1f} s ({rows / there_took:.0f} a second)")
        print(f"again, nothing to do   {again_took:.1f} s")
        print(f"PostgreSQL to SQLite   {rows} rows in {back_took:.1f} s ({rows / back_took:.0f} a second)")
        assert there == again == back
        print("checksums of", len(there), "tables equal")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
