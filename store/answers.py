"""What agencies answer: kept as received, confirmed or returned by the operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from store.audit import record
from store.schema import answers


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
    """Keep an answer. `asked_on` is the date that an extension asks for."""
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
