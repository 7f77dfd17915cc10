"""What the operator decides on an agency's answer: a completion or an extension is confirmed, or returned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from flows.steps import completing
from flows.steps.answering import LONGEST, recurs
from flows.steps.completing import NoSuch
from flows.steps.workplace import Workplace
from store import answerable, answers


def confirm(
    workplace: Workplace,
    answer_id: int,
    *,
    document: str,
    on: date | None,
    now: datetime,
    today: date,
    actor: str,
) -> NoSuch | None:
    """Accept a completion (its day may be set right by `on`) or grant an extension by `document`."""
    with workplace.database.write() as connection:
        answer = _waiting(connection, workplace, answer_id)
        if isinstance(answer, NoSuch):
            return answer
        if answer.kind == "extension":
            refused = _grant(connection, workplace, answer, document, on, now=now, today=today, actor=actor)
        else:
            refused = _accept(connection, workplace, answer, on, now=now, today=today, actor=actor)
        if refused is not None:
            connection.rollback()
        return refused


def _waiting(connection: Connection, workplace: Workplace, answer_id: int) -> Row[Any] | NoSuch:
    """An answer that an operator still has to decide."""
    answer = answers.find(connection, workplace.province, answer_id)
    if answer is None or answer.state != "received" or answer.kind not in {"done", "extension"}:
        return NoSuch(message="Phản hồi này không còn chờ xác nhận.")
    return answer


def _grant(
    connection: Connection,
    workplace: Workplace,
    answer: Row[Any],
    document: str,
    on: date | None,
    *,
    now: datetime,
    today: date,
    actor: str,
) -> NoSuch | None:
    if not document.strip():
        return NoSuch(message="Cần ghi số văn bản cho phép gia hạn.")
    result = completing.extend_within(
        connection,
        workplace,
        answer.task_id,
        to=on or answer.asked_on,
        document=document.strip(),
        due_key=answer.due_key,
        now=now,
        today=today,
        actor=actor,
    )
    if isinstance(result, NoSuch):
        return result
    answers.settle(connection, workplace.province, answer, "confirmed", reason=document, now=now, actor=actor)
    return None


def _accept(
    connection: Connection,
    workplace: Workplace,
    answer: Row[Any],
    on: date | None,
    *,
    now: datetime,
    today: date,
    actor: str,
) -> NoSuch | None:
    """Confirm one agency's completion; the last one of its leads ends the due, or the whole task."""
    mine = answerable.assignment(connection, workplace.province, answer.due_id, answer.agency)
    if mine is None or mine.task_state != "open":
        return NoSuch(message="Nhiệm vụ này không còn mở.")
    if on is not None and on != answer.asked_on:
        answers.correct_day(connection, answer.id, on)
    answers.settle(connection, workplace.province, answer, "confirmed", reason="", now=now, actor=actor)
    one_of_many = recurs(mine)
    day = on or answer.asked_on or today
    if not one_of_many:
        answers.set_assignment(connection, answer.task_id, answer.agency, "done", done_on=day)
    done, _, leads = answers.progress(connection, answer.task_id, answer.due_id)
    if done < leads:
        return None
    last = answers.last_reported_day(connection, answer.task_id, answer.due_id) or day
    result = completing.complete_within(
        connection,
        workplace,
        answer.task_id,
        on=last,
        document=answer.document,
        due_key=answer.due_key if one_of_many else None,
        now=now,
        today=today,
        actor=actor,
    )
    return result if isinstance(result, NoSuch) else None


def return_answer(
    workplace: Workplace, answer_id: int, *, reason: str, now: datetime, today: date, actor: str
) -> NoSuch | None:
    """Send a report or a request back; after a report the agency is reminded again."""
    if not reason.strip():
        return NoSuch(message="Cần ghi lý do trả lại.")
    with workplace.database.write() as connection:
        answer = _waiting(connection, workplace, answer_id)
        if isinstance(answer, NoSuch):
            return answer
        answers.note_reason(connection, answer.id, reason.strip()[:LONGEST])
        answers.settle(
            connection, workplace.province, answer, "returned", reason=reason.strip(), now=now, actor=actor
        )
        if answer.kind == "done":
            answers.set_assignment(connection, answer.task_id, answer.agency, "open")
            answers.look_again(connection, answer.task_id, today)
    return None
