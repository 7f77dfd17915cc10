"""What a person sets right: a date that could not be read, an agency that nobody could name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from deadlines.directory_text import name_key
from deadlines.grammar import read_task
from deadlines.types import Deadline, Evidence, Fixed
from flows.steps.completing import NoSuch
from flows.steps.refreshing import refresh
from flows.steps.resolving import announce, resolve_tasks
from flows.steps.workplace import Workplace
from store import answers, assigning, dues, names, plans, runs
from store.audit import record
from store.plan_records import AssignmentRecord
from store.schema import assignments, deadlines, tasks

BY_HAND = "người phụ trách đặt ngày hạn"
CHOSEN = "người phụ trách chỉ định"


def set_date(
    workplace: Workplace, task_id: int, due: date, *, now: datetime, today: date, actor: str
) -> NoSuch | None:
    """Give a task one date in place of what its words were read as. The words stay as printed."""
    with workplace.database.write() as connection:
        row = _open(connection, workplace, task_id)
        if isinstance(row, NoSuch):
            return row
        words = row.text or BY_HAND
        reading = Deadline(
            text=row.text,
            terms=(Fixed(due=due),),
            evidence=(Evidence(rule=BY_HAND, words=words, span=(0, len(row.text))),),
        )
        _correct(connection, workplace, row, reading, now=now, today=today, actor=actor)
    return None


def set_words(
    workplace: Workplace, task_id: int, words: str, *, now: datetime, today: date, actor: str
) -> NoSuch | None:
    """Read other words than the printed ones for a task's deadline ("Quý II/2026" for a misprint)."""
    with workplace.database.write() as connection:
        row = _open(connection, workplace, task_id)
        if isinstance(row, NoSuch):
            return row
        reading = read_task(words, tuple(row.conditions))
        if not isinstance(reading, Deadline):
            return NoSuch(message=f"Chưa đọc được “{words}”; hãy đặt ngày hạn.")
        _correct(connection, workplace, row, reading, now=now, today=today, actor=actor)
    return None


def read_again(workplace: Workplace, task_id: int, *, now: datetime, today: date, actor: str) -> NoSuch | None:
    """Read the printed words once more, in place of a person's correction or of what older rules made of them."""
    with workplace.database.write() as connection:
        row = _open(connection, workplace, task_id)
        if isinstance(row, NoSuch):
            return row
        values = plans.reading_values(read_task(row.text or None, tuple(row.conditions)), row.text)
        _keep(connection, workplace, row, values, action="deadline.reread", now=now, today=today, actor=actor)
    return None


def _open(connection: Connection, workplace: Workplace, task_id: int) -> Row[Any] | NoSuch:
    row = connection.execute(
        select(tasks.c.id, tasks.c.state, tasks.c.conditions, deadlines.c.text, deadlines.c.reading)
        .join(deadlines, deadlines.c.task_id == tasks.c.id)
        .where(tasks.c.id == task_id, tasks.c.province == workplace.province)
    ).first()
    if row is None:
        return NoSuch(message=f"Không có nhiệm vụ số {task_id}.")
    return row if row.state == "open" else NoSuch(message=f"Nhiệm vụ số {task_id} không còn mở.")


def _correct(
    connection: Connection,
    workplace: Workplace,
    row: Row[Any],
    reading: Deadline,
    *,
    now: datetime,
    today: date,
    actor: str,
) -> None:
    values = plans.reading_values(reading, row.text) | {"state": "corrected"}
    _keep(connection, workplace, row, values, action="deadline.correct", now=now, today=today, actor=actor)


def _keep(
    connection: Connection,
    workplace: Workplace,
    row: Row[Any],
    values: Mapping[str, Any],
    *,
    action: str,
    now: datetime,
    today: date,
    actor: str,
) -> None:
    """Put a reading in place of the kept one, and tell whose dates move."""
    connection.execute(update(deadlines).where(deadlines.c.task_id == row.id).values(values))
    record(
        connection,
        workplace.province,
        at=now,
        actor=actor,
        action=action,
        subject=f"task:{row.id}",
        before={"reading": row.reading},
        after={"reading": values["reading"]},
    )
    moved = resolve_tasks(connection, workplace, [row.id], today=today)
    announce(connection, workplace, moved, now=now, today=today)


def assign_lead(
    workplace: Workplace, task_id: int, agency: str, *, now: datetime, today: date, actor: str
) -> NoSuch | None:
    """Make `agency` the one lead of a task, whatever its cell says, until a person chooses another."""
    if workplace.directory.agency(agency) is None:
        return NoSuch(message="Không có cơ quan này trong danh bạ.")
    with workplace.database.write() as connection:
        row = dues.find_task(connection, workplace.province, task_id)
        if row is None or row.state != "open":
            return NoSuch(message=f"Nhiệm vụ số {task_id} không còn mở.")
        kept, before = _others(connection, task_id, agency)
        lead = AssignmentRecord(agency=agency, role="lead", words=CHOSEN)
        assigning.reassign(connection, workplace.province, task_id, [lead, *kept], None)
        connection.execute(update(tasks).where(tasks.c.id == task_id).values(assigned_by_hand=True))
        answers.look_again(connection, task_id, today)
        record(
            connection,
            workplace.province,
            at=now,
            actor=actor,
            action="task.assign",
            subject=f"task:{task_id}",
            before={"leads": before},
            after={"leads": [agency]},
        )
    return None


def _others(connection: Connection, task_id: int, agency: str) -> tuple[list[AssignmentRecord], list[str]]:
    """Who coordinates besides `agency`, and who led until now."""
    rows = connection.execute(
        select(assignments).where(assignments.c.task_id == task_id, assignments.c.state != "withdrawn")
    ).all()
    kept = [
        AssignmentRecord(agency=row.agency, role=row.role, words=row.words, as_group=row.as_group)
        for row in rows
        if row.role == "coordinating" and row.agency != agency
    ]
    return kept, [row.agency for row in rows if row.role == "lead"]


def learn_names(
    workplace: Workplace, told: Mapping[str, str], *, now: datetime, today: date, actor: str
) -> Sequence[str]:
    """Keep whose these printed words are, for every task that has them and every plan to come.

    Returns the words whose agency is none of the directory's.
    """
    wrong = [words for words, agency in told.items() if workplace.directory.agency(agency) is None]
    with workplace.database.write() as connection:
        for words, agency in told.items():
            key = name_key(words)
            if words not in wrong and key:
                names.learn(connection, workplace.province, key, agency, shown=words, now=now, actor=actor)
        # The next refresh names every open task's agencies anew.
        runs.set_mark(connection, workplace.province, "config.agencies", "")
    refresh(workplace, now=now, today=today)
    return wrong
