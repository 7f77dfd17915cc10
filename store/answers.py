"""What agencies answer: kept as received, confirmed or returned by the operator."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, literal, select, update

from store.audit import record
from store.schema import answers, assignments, dues, plans, tasks

REPEATED_NAME = "#"
"""What stands between the name of a stage and the number of its repetition in a reminder."""


def acknowledged(connection: Connection, due_ids: Sequence[int]) -> Mapping[int, Mapping[str, set[str]]]:
    """For each due and agency, the names of the stages that the agency has confirmed having read."""
    found: dict[int, dict[str, set[str]]] = {}
    rows = connection.execute(
        select(answers.c.due_id, answers.c.agency, answers.c.stage).where(
            answers.c.due_id.in_(due_ids), answers.c.kind == "acknowledged", answers.c.stage.is_not(None)
        )
    )
    for due_id, agency, stage in rows:
        found.setdefault(due_id, {}).setdefault(agency, set()).add(stage)
    return found


def add(
    connection: Connection,
    province: str,
    *,
    task_id: int,
    due_id: int | None,
    agency: str,
    kind: str,
    now: datetime,
    stage: str | None = None,
    text: str = "",
    document: str | None = None,
    asked_on: date | None = None,
) -> int:
    """Keep an answer. `asked_on` is the date that an extension asks for, or that a completion happened on."""
    answer_id = connection.execute(
        insert(answers)
        .values(
            province=province,
            task_id=task_id,
            due_id=due_id,
            agency=agency,
            kind=kind,
            stage=stage,
            text=text,
            document=document,
            asked_on=asked_on,
            state="received",
            received_at=now,
        )
        .returning(answers.c.id)
    ).scalar_one()
    record(
        connection,
        province,
        at=now,
        actor=f"agency:{agency}",
        action=f"answer.{kind}",
        subject=f"task:{task_id}",
        after={"text": text, "document": document, "asked_on": asked_on.isoformat() if asked_on else None},
    )
    return int(answer_id)


def reported(connection: Connection, due_ids: Sequence[int]) -> set[tuple[int, str]]:
    """The (due, agency) pairs of which a completion was reported and not sent back."""
    rows = connection.execute(
        select(answers.c.due_id, answers.c.agency).where(
            answers.c.due_id.in_(due_ids), answers.c.kind == "done", answers.c.state != "returned"
        )
    )
    return {(row.due_id, row.agency) for row in rows}


def of_task(connection: Connection, task_id: int, agency: str | None = None) -> Sequence[Row[Any]]:
    """Everything answered about a task, newest first."""
    query = select(answers).where(answers.c.task_id == task_id).order_by(answers.c.id.desc())
    if agency is not None:
        query = query.where(answers.c.agency == agency)
    return connection.execute(query).all()


def pending(connection: Connection, province: str, limit: int = 200) -> Sequence[Row[Any]]:
    """Completions and extensions that a person has to decide on, oldest first."""
    return connection.execute(
        select(answers, tasks.c.title, tasks.c.number, dues.c.on_date)
        .join(tasks, tasks.c.id == answers.c.task_id)
        .join(dues, dues.c.id == answers.c.due_id, isouter=True)
        .where(
            answers.c.province == province,
            answers.c.state == "received",
            answers.c.kind.in_(("done", "extension")),
        )
        .order_by(answers.c.id)
        .limit(limit)
    ).all()


def find(connection: Connection, province: str, answer_id: int) -> Row[Any] | None:
    """An answer with its due's key, locked until the transaction ends."""
    return connection.execute(
        select(answers, dues.c.key.label("due_key"))
        .join(dues, dues.c.id == answers.c.due_id, isouter=True)
        .where(answers.c.id == answer_id, answers.c.province == province)
        .with_for_update(of=answers)
    ).first()


def settle(
    connection: Connection, province: str, answer: Row[Any], state: str, *, reason: str, now: datetime, actor: str
) -> None:
    """Confirm an answer or send it back; what it does to assignment and task is the caller's."""
    connection.execute(update(answers).where(answers.c.id == answer.id).values(state=state))
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action=f"answer.{state}",
        subject=f"task:{answer.task_id}",
        before={"answer": answer.id, "kind": answer.kind, "agency": answer.agency},
        after={"state": state, "reason": reason},
    )


def set_assignment(
    connection: Connection, task_id: int, agency: str, state: str, *, done_on: date | None = None
) -> None:
    """Move the lead assignment of an agency to `state`."""
    connection.execute(
        update(assignments)
        .where(
            assignments.c.task_id == task_id,
            assignments.c.agency == agency,
            assignments.c.role == "lead",
            assignments.c.state != "withdrawn",
        )
        .values(state=state, done_on=done_on)
    )


def look_again(connection: Connection, task_id: int, today: date) -> None:
    """Have the open dues of a task looked at: who had reported has to be reminded again."""
    connection.execute(
        update(dues).where(dues.c.task_id == task_id, dues.c.state == "open", ~dues.c.blocked).values(next_on=today)
    )


def progress(connection: Connection, task_id: int, due_id: int | None = None) -> tuple[int, int, int]:
    """Lead agencies of a task: (confirmed, reported and not confirmed, all); of one due where it is given."""
    return progress_of(connection, [(task_id, due_id)])[task_id, due_id]


def progress_of(
    connection: Connection, asked: Collection[tuple[int, int | None]]
) -> dict[tuple[int, int | None], tuple[int, int, int]]:
    """The progress of each of these tasks and dues."""
    ids = {task_id for task_id, _ in asked}
    leads: dict[int, list[tuple[str, str]]] = {}
    for row in connection.execute(
        select(assignments.c.task_id, assignments.c.agency, assignments.c.state).where(
            assignments.c.task_id.in_(ids), assignments.c.role == "lead", assignments.c.state != "withdrawn"
        )
    ):
        leads.setdefault(row.task_id, []).append((row.agency, row.state))
    said: dict[int, list[tuple[int | None, str, str]]] = {}
    for row in connection.execute(
        select(answers.c.task_id, answers.c.due_id, answers.c.agency, answers.c.state).where(
            answers.c.task_id.in_(ids), answers.c.kind == "done", answers.c.state != "returned"
        )
    ):
        said.setdefault(row.task_id, []).append((row.due_id, row.agency, row.state))
    return {
        (task_id, due_id): _progress(
            leads.get(task_id, ()),
            [(who, state) for due, who, state in said.get(task_id, ()) if due_id in {None, due}],
        )
        for task_id, due_id in asked
    }


def _progress(leads: Sequence[tuple[str, str]], said: Sequence[tuple[str, str]]) -> tuple[int, int, int]:
    # An agency counts as confirmed where nothing of it is still open.
    received = {agency for agency, state in said if state == "received"}
    confirmed = {agency for agency, _ in said} - received
    done = sum(state == "done" or agency in confirmed for agency, state in leads)
    waiting = sum(state != "done" and agency in received for agency, state in leads)
    return done, waiting, len(leads)


def last_reported_day(connection: Connection, task_id: int, due_id: int) -> date | None:
    """The latest day on which a confirmed completion of a due happened."""
    return connection.execute(
        select(func.max(answers.c.asked_on)).where(
            answers.c.task_id == task_id,
            answers.c.due_id == due_id,
            answers.c.kind == "done",
            answers.c.state == "confirmed",
        )
    ).scalar()


def correct_day(connection: Connection, answer_id: int, on: date) -> None:
    connection.execute(update(answers).where(answers.c.id == answer_id).values(asked_on=on))


def note_reason(connection: Connection, answer_id: int, reason: str) -> None:
    """Keep why an answer was sent back, for the agency to read."""
    connection.execute(update(answers).where(answers.c.id == answer_id).values(reason=reason))


def dated(connection: Connection, province: str, task_ids: Sequence[int]) -> list[Row[Any]]:
    """The open dates of these tasks, with what a calendar says of each."""
    found: list[Row[Any]] = []
    for start in range(0, len(task_ids), 500):
        found += connection.execute(
            select(
                dues.c.id.label("due_id"),
                dues.c.on_date,
                dues.c.blocked,
                tasks.c.number,
                tasks.c.title,
                tasks.c.product,
                tasks.c.lead_text,
                tasks.c.deadline_text,
                literal("lead").label("role"),
                plans.c.kind.label("plan_kind"),
                plans.c.number.label("plan_number"),
                plans.c.issued_on,
                plans.c.title.label("plan_title"),
            )
            .join(tasks, tasks.c.id == dues.c.task_id)
            .join(plans, plans.c.id == tasks.c.plan_id)
            .where(
                dues.c.province == province,
                dues.c.task_id.in_(task_ids[start : start + 500]),
                dues.c.state == "open",
                tasks.c.state == "open",
            )
            .order_by(dues.c.on_date)
        ).all()
    return found
