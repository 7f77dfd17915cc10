"""A province after years of work, invented: plans, tasks in every state, dates, answers, messages, an audit log.

Its past is as long as its future: most tasks are done, some are late, wait for a document, have no date, or could
not be read. Everything comes from one seed, so that two databases hold the same.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, insert

from bench.desk.mail_seeding import add_messages
from bench.desk.words import DEADLINES, title_of
from deadlines.grammar import read_task
from deadlines.types import Deadline, Reading, Resolution
from flows.steps import refreshing
from flows.steps.recording import fold
from flows.steps.resolving import resolve_reading
from flows.steps.workplace import Workplace
from store import runs
from store.audit import record
from store.codec import to_json
from store.schema import answers, assignments, deadlines, dues, messages, plans, tasks

A_PLAN = 100
"""Tasks of one plan."""

YEARS = 6
"""Years over which the plans were issued, up to today."""


@dataclass(kw_only=True)
class Rows:
    """What is put into the tables at once."""

    by_table: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: Table, **values: Any) -> None:
        self.by_table.setdefault(table, []).append(values)

    def put(self, connection: Connection) -> None:
        for table, rows in self.by_table.items():
            connection.execute(insert(table), rows)
        self.by_table.clear()


@dataclass(frozen=True, kw_only=True)
class Province:
    place: Workplace
    now: datetime
    agencies: tuple[str, ...]
    chance: random.Random

    @property
    def today(self) -> date:
        return self.now.date()


def fill(place: Workplace, now: datetime, number: int, said: Callable[[str], None] = print) -> None:
    """`number` tasks and all that belongs to them, in plans of a hundred."""
    codes = tuple(one.code for one in place.directory.in_province(place.province, now.date()))
    province = Province(place=place, now=now, agencies=codes, chance=random.Random(20260601))
    many = -(-number // A_PLAN)
    rows = Rows()
    for plan in range(many):
        issued = now.date() - timedelta(days=(many - plan) * YEARS * 365 // many)
        _plan(province, rows, plan + 1, issued)
        for place_in in range(A_PLAN):
            task = plan * A_PLAN + place_in + 1
            if task <= number:
                _task(province, rows, plan + 1, task, place_in, issued)
        if plan % 50 == 49 or plan == many - 1:
            with place.database.write() as connection:
                rows.put(connection)
    with place.database.write() as connection:
        _answers(province, connection, number)
        add_messages(connection, place, now, codes, number)
    _trail(province, number)
    _followed(province)
    with place.database.write() as connection:
        if not place.database.is_sqlite:
            for table in (plans, tasks, messages):
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
                )
            # What autovacuum does there by itself. Nobody does it to an SQLite file.
            connection.exec_driver_sql("ANALYZE")
    said(f"{number} tasks in {many} plans of {len(codes)} agencies")


def _plan(province: Province, rows: Rows, plan: int, issued: date) -> None:
    rows.add(
        plans, id=plan, province=province.place.province, identity=f"p{plan}", revision=1, state="active",
        digest=f"{plan:064}", file=f"ke-hoach-{plan}.docx", format="docx", kind="Kế hoạch",
        number=f"{plan}/KH-UBND", issued_on=issued, title=f"{title_of(province.chance)} năm {issued.year}",
        basis=[], warnings=[], imported_at=province.now - timedelta(days=(province.today - issued).days),
    )  # fmt: skip


@cache
def _read(text: str) -> tuple[Reading, Any]:
    reading = read_task(text, ())
    return reading, to_json(reading)


_RESOLVED: dict[tuple[str, date], Resolution] = {}


def _resolution(province: Province, text: str, issued: date) -> Resolution:
    reading = _read(text)[0]
    assert isinstance(reading, Deadline), text
    known = (text, issued)
    if known not in _RESOLVED:
        _RESOLVED[known] = resolve_reading(
            province.place, reading, issued=issued, met={}, extensions={},
            since=min(issued, province.today), today=province.today,
        )  # fmt: skip
    return _RESOLVED[known]


def _task(province: Province, rows: Rows, plan: int, task: int, position: int, issued: date) -> None:
    chance = province.chance
    text = chance.choices([one for one, _ in DEADLINES], [weight for _, weight in DEADLINES])[0]
    text = text.format(
        year=issued.year + (issued.month > 6),
        month=chance.randint(1, 12),
        quarter=chance.choice(("II", "III", "IV")),
    )
    title = f"{title_of(chance)}, phần việc {task}"
    reading, stored = _read(text)
    resolution = _resolution(province, text, issued) if isinstance(reading, Deadline) else Resolution()
    once = [one for one in resolution.occurrences if one.late_from is not None]
    past = bool(once) and all(one.on < province.today for one in once)
    state = (
        "done" if past and chance.random() < 0.96 else chance.choices(("open", "done", "withdrawn"), (93, 5, 2))[0]
    )
    late, leads = chance.random() < 0.15, chance.sample(province.agencies, chance.choices((1, 2, 3), (90, 7, 3))[0])
    done_on = min(province.today, (once[0].on if once else issued) + timedelta(days=5 if late else -3))
    done = {"done_on": max(done_on, issued), "done_late": late} if state == "done" else {}
    own = province.place.province
    rows.add(
        tasks, id=task, province=own, plan_id=plan, key=f"tasks::{task}", position=position, table_kind="tasks",
        number=str(position + 1), title=title, lead_text=province.place.directory.name(leads[0]),
        product=None if chance.random() < 0.5 else "Báo cáo, kế hoạch", deadline_text=text, conditions=[],
        place={"page": 1}, confidence=1.0, doubts=[], folded=fold(title), state=state, first_seen=issued,
        done_on=done.get("done_on"), done_late=done.get("done_late"),
    )  # fmt: skip
    rows.add(
        deadlines, province=own, task_id=task, text=text, reading=stored, confidence=1.0, asked=[],
        state="read" if isinstance(reading, Deadline) else "unread",
        kinds=",".join(dict.fromkeys(term.kind.value for term in reading.terms) if isinstance(reading, Deadline) else ["unread"]),  # noqa: E501
        waiting=[to_json(one) for one in resolution.waiting],
        waiting_for="Nghị định · Chính phủ" if resolution.waiting else None, needs_date=resolution.needs_date,
        complete_until=resolution.complete_until, steps=list(resolution.steps),
    )  # fmt: skip
    _given_to(province, rows, task, leads, "open" if state != "done" else "done")
    _dates(province, rows, task, resolution, state, done)


def _given_to(province: Province, rows: Rows, task: int, leads: list[str], state: str) -> None:
    reported = state == "open" and province.chance.random() < 0.01
    for agency in leads:
        rows.add(
            assignments, province=province.place.province, task_id=task, agency=agency, role="lead", words="",
            as_group=False, state="reported" if reported else state, done_on=None,
        )  # fmt: skip
    others = [one for one in province.chance.sample(province.agencies, 3) if one not in leads]
    for agency in others[: province.chance.choice((0, 0, 1, 2))]:
        rows.add(
            assignments, province=province.place.province, task_id=task, agency=agency, role="coordinating",
            words="", as_group=False, state=state, done_on=None,
        )  # fmt: skip


def _dates(
    province: Province, rows: Rows, task: int, resolution: Resolution, state: str, done: dict[str, Any]
) -> None:
    """A task's dates; those that stood long ago have been told, the next look at an open one is soon."""
    for one in resolution.occurrences:
        gone = one.on < province.today
        open_now = state == "open" and not (gone and len(resolution.occurrences) > 1)
        look = max(one.on - timedelta(days=30), province.today + timedelta(days=task % 28))
        rows.add(
            dues, province=province.place.province, task_id=task, key=one.key, term=one.term, track=one.track.value,
            on_date=one.on, aim=one.aim, late_from=one.late_from, tentative=one.tentative, blocked=False,
            state="open" if open_now else "withdrawn" if state == "withdrawn" else "done",
            first_seen=min(one.on, province.today) - timedelta(days=30), told={},
            next_on=look if open_now else None,
            done_on=None if open_now or state == "withdrawn" else done.get("done_on", min(one.on, province.today)),
            done_late=None if open_now or state == "withdrawn" else done.get("done_late", False),
        )  # fmt: skip


def _followed(province: Province) -> None:
    """The configuration has been followed before: the daily job is one of many, not the first."""
    with province.place.database.write() as connection:
        for name in ("agencies", "calendar", "policies"):
            digest = refreshing.digest_of(province.place, name)
            runs.set_mark(connection, province.place.province, f"config.{name}", digest)


def _answers(province: Province, connection: Connection, number: int) -> None:
    rows = Rows()
    for task in range(1, number + 1, 5):
        waits = province.chance.random() < 0.004
        rows.add(
            answers, province=province.place.province, task_id=task, due_id=None,
            agency=province.chance.choice(province.agencies), kind="done" if waits else province.chance.choice(
                ("acknowledged", "progress", "done")), stage=None, text="Đã thực hiện theo kế hoạch.",
            document=None, asked_on=None, state="received" if waits else "confirmed", reason=None,
            received_at=province.now - timedelta(hours=province.chance.randint(1, 20_000)),
        )  # fmt: skip
    rows.put(connection)


def _trail(province: Province, number: int) -> None:
    """One entry of the audit log for every task, chained as the program chains them."""
    for start in range(1, number + 1, 5000):
        with province.place.database.write() as connection:
            for task in range(start, min(start + 5000, number + 1)):
                record(
                    connection, province.place.province, at=province.now, actor="seed",
                    action="task.add", subject=f"task:{task}", after={"state": "open"},
                )  # fmt: skip
