"""Page by page: how long one takes, how many statements it runs, and how long these take by themselves."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import event
from starlette.testclient import TestClient

from flows.steps.workplace import Workplace


@dataclass(frozen=True, kw_only=True)
class Timed:
    """Milliseconds of the page as a browser gets it, and of its statements alone on one open connection."""

    name: str
    median: float
    p95: float
    longest: float
    statements: int
    sql: float
    kilobytes: float

    def row(self) -> str:
        return (
            f"| {self.name} | {self.median:.0f} | {self.p95:.0f} | {self.longest:.0f} | {self.sql:.0f} "
            f"| {self.statements} | {self.kilobytes:.0f} |"
        )


HEAD = "| page | median ms | p95 | longest | its SQL alone | statements | KB |\n|---|---|---|---|---|---|---|"


def at(times: Sequence[float], share: float) -> float:
    """The time that `share` of all do not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@contextmanager
def statements_of(place: Workplace) -> Iterator[list[tuple[str, Any]]]:
    """What runs on the workplace's database meanwhile, with its values."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        seen.append((statement, values))

    event.listen(place.database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(place.database.engine, "before_cursor_execute", note)


def alone(place: Workplace, statements: Sequence[tuple[str, Any]]) -> float:
    """Milliseconds of these statements with nothing around them, the rows fetched and thrown away."""
    raw = place.database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        started = time.perf_counter()
        for statement, values in statements:
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                cursor.execute(statement, values)
                cursor.fetchall()
        return (time.perf_counter() - started) * 1000
    finally:
        raw.rollback()
        raw.close()


def timed(
    name: str, path: Callable[[], str], over: httpx.Client, inside: TestClient, place: Workplace, times: int
) -> Timed:
    """A page several times over HTTP, each time another address of its kind; once more in this process."""
    took, size = [], 0
    for _ in range(times):
        started = time.perf_counter()
        answer = over.get(path())
        took.append((time.perf_counter() - started) * 1000)
        size = len(answer.content)
        assert answer.status_code == 200, (name, answer.status_code)
    with statements_of(place) as seen:
        inside.get(path())
    return Timed(
        name=name, median=statistics.median(took), p95=at(took, 0.95), longest=max(took), statements=len(seen),
        sql=statistics.median(alone(place, seen) for _ in range(3)), kilobytes=size / 1024,
    )  # fmt: skip
