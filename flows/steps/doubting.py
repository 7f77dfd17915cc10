"""Readings that a person should look at: which they are, and what becomes of what the person says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from deadlines.grammar import read_task
from deadlines.types import Deadline, Reading
from flows.steps import correcting
from flows.steps.completing import NoSuch
from flows.steps.workplace import Workplace
from store import reviews
from store.codec import reading_from_json
from store.plan_records import Follows, PlanRecord, TaskRecord
from store.reviews import Review, words_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubtful:
    """A task whose reading waits for a person, with its printed words, its reading and the reasons."""

    id: int
    plan_number: str | None
    file: str
    number: str
    title: str
    lead_text: str | None
    deadline_text: str | None
    conditions: tuple[str, ...]
    reading: Reading
    issued: date | None
    place: dict[str, Any]
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What is right; None where what was read is right."""

    title: str | None = None
    lead: str | None = None
    deadline: str | None = None
    due: date | None = None


def waiting(connection: Connection, workplace: Workplace, ids: Sequence[int] | None = None) -> list[Doubtful]:
    """Open tasks to be looked at, in printed order. They are reminded all the same, as far as they were read."""
    said = reviews.kept(connection, workplace.province)
    below = workplace.settings.reading.review_below
    found = []
    for row in reviews.open_readings(connection, workplace.province, ids):
        review = said.get(row.id)
        reasons = _reasons(row, below)
        by_hand = row.assigned_by_hand or row.deadline_state == "corrected"
        if reasons and (not by_hand if review is None else review.words != _words(row, review)):
            found.append(_doubtful(row, reasons))
    return found


def _reasons(row: Row[Any], below: float) -> tuple[str, ...]:
    reasons = list(row.doubts)
    if row.deadline_state == "unread":
        reasons.append("Chưa đọc được thời hạn.")
    elif row.deadline_state == "ambiguous":
        reasons.append("Thời hạn có nhiều cách hiểu.")
    elif row.deadline_state != "corrected" and row.deadline_confidence < below:
        reasons.append("Chữ của thời hạn phải đoán.")
    if row.confidence < below and not row.doubts:
        reasons.append("Dòng nhiệm vụ được đọc chưa chắc chắn.")
    return tuple(reasons)


def _words(row: Row[Any], review: Review | None) -> str:
    title = (review.printed if review else {}).get("title", row.title)
    return words_of(title, row.lead_text, row.coordinating_text, row.deadline_text, row.conditions)


def _doubtful(row: Row[Any], reasons: tuple[str, ...]) -> Doubtful:
    return Doubtful(
        id=row.id,
        plan_number=row.plan_number,
        file=row.file,
        number=row.number,
        title=row.title,
        lead_text=row.lead_text,
        deadline_text=row.deadline_text,
        conditions=tuple(row.conditions),
        reading=reading_from_json(row.reading),
        issued=row.issued_on,
        place=dict(row.place),
        confidence=min(row.confidence, row.deadline_confidence),
        reasons=reasons,
    )


def accept(workplace: Workplace, task_ids: Sequence[int], *, now: datetime, actor: str) -> NoSuch | None:
    """Say that these readings are right: all of them, or none where one cannot be accepted."""
    with workplace.database.write() as connection:
        rows = {row.id: row for row in reviews.open_readings(connection, workplace.province, task_ids)}
        said = reviews.kept(connection, workplace.province, task_ids)
        for task_id in task_ids:
            if task_id not in rows:
                return NoSuch(message=f"Không có nhiệm vụ đang theo dõi nào mang mã {task_id}.")
        for task_id, row in rows.items():
            before = said.get(task_id)
            printed, made = (before.printed, before.corrected) if before else ({}, {})
            review = Review(words=_words(row, before), printed=printed, corrected=made)
            reviews.keep(connection, workplace.province, task_id, review, now=now, actor=actor)
    return None


def correct(
    workplace: Workplace, task_id: int, right: Correction, *, now: datetime, today: date, actor: str
) -> NoSuch | None:
    """Put what a person says in place of what was read; dates and reminders follow. NoSuch says why not."""
    with workplace.database.write() as connection:
        row = next(iter(reviews.open_readings(connection, workplace.province, [task_id])), None)
        if row is None:
            return NoSuch(message=f"Không có nhiệm vụ đang theo dõi nào mang mã {task_id}.")
        lead = _lead(workplace, right.lead, today) if right.lead else None
        if isinstance(lead, NoSuch):
            return lead
        if right.deadline and not isinstance(read_task(right.deadline, row.conditions), Deadline):
            told = f"Chưa đọc được “{right.deadline}”; hãy viết lại hoặc dùng --due NGÀY."
            return NoSuch(message=told)
        before = reviews.kept(connection, workplace.province, [task_id]).get(task_id)
        review = _review(_words(row, before), before, right, row)
        if right.title:
            reviews.correct_title(connection, task_id, right.title)
        reviews.keep(connection, workplace.province, task_id, review, now=now, actor=actor)
    if lead:
        correcting.assign_lead(workplace, task_id, lead, now=now, today=today, actor=actor)
    if right.due:
        correcting.set_date(workplace, task_id, right.due, now=now, today=today, actor=actor)
    if right.deadline:
        correcting.set_words(workplace, task_id, right.deadline, now=now, today=today, actor=actor)
    return None


def _lead(workplace: Workplace, words: str, today: date) -> str | NoSuch:
    """The one agency of this code or name."""
    for code in (words, f"{workplace.province}.{words}"):
        if workplace.directory.agency(code) is not None:
            return code
    cell = workplace.directory.read_cell(words, on=today, issued=None, province=workplace.province)
    codes = {code for match in cell.matches for code in match.agencies}
    if cell.unknown or cell.ambiguous or not codes:
        return NoSuch(message=f"Chưa có “{words}” trong danh bạ cơ quan.")
    if len(codes) > 1:
        return NoSuch(message=f"“{words}” gồm {len(codes)} cơ quan; cần ghi một cơ quan chủ trì.")
    return codes.pop()


def _review(words: str, before: Review | None, right: Correction, row: Row[Any]) -> Review:
    printed, made = (dict(before.printed), dict(before.corrected)) if before else ({}, {})
    due = right.due.isoformat() if right.due else None
    stands = {"title": row.title, "lead": row.lead_text, "deadline": row.deadline_text}
    for name, value in (("title", right.title), ("lead", right.lead), ("deadline", right.deadline or due)):
        if value:
            printed.setdefault(name, stands[name])
            made[name] = value
    return Review(words=words, printed=printed, corrected=made)


def corrected(
    connection: Connection, province: str, record: PlanRecord, follows: Follows
) -> tuple[TaskRecord, ...]:
    """The tasks of a plan with the titles that a person corrected, where the printed words are still the same.

    Deadlines and agencies that a person corrected stay in the store by themselves.
    """
    said = reviews.kept(connection, province, follows.taken.values())
    return tuple(_corrected(task, said.get(follows.taken.get(task.key, 0))) for task in record.tasks)


def _corrected(task: TaskRecord, review: Review | None) -> TaskRecord:
    title = review.corrected.get("title") if review else None
    words = words_of(task.title, task.lead_text, task.coordinating_text, task.deadline_text, task.conditions)
    if review is None or title is None or review.words != words:
        return task
    return replace(task, title=title)
