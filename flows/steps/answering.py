"""What agencies answer on their pages, and what the operator makes of it.

Every answer is checked against the agency's own assignments: what an agency has nothing to do with does not
exist for it. Answering the same thing twice keeps one answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from flows.steps.completing import NoSuch
from flows.steps.linking import agency_link, task_link
from flows.steps.workplace import Workplace
from store import answerable, answers
from store.failpoints import hit

__all__ = ["Answered", "agency_link", "receive", "task_link"]

LONGEST = 2000
"""Characters of an answer's text that are kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One answer as it was typed. `on` is the day of completion, or the date that is asked for."""

    kind: str
    text: str = ""
    document: str = ""
    on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """`kept` is False where the same had been said before."""

    kept: bool = True


def receive(
    workplace: Workplace, agency: str, due_id: int, said: Said, *, now: datetime, today: date
) -> Answered | NoSuch:
    """Keep what an agency says about a due of its own. NoSuch says why not, for the agency to read."""
    with workplace.database.write() as connection:
        mine = answerable.assignment(connection, workplace.province, due_id, agency, lock=True)
        if mine is None:
            return NoSuch(message="Cơ quan không được giao nhiệm vụ này.")
        wrong = _refusal(mine, said, today)
        if wrong is not None:
            return NoSuch(message=wrong)
        if said.kind == "acknowledged":
            answered = _acknowledge(connection, workplace, mine, agency, now)
        else:
            answered = _keep(connection, workplace, mine, agency, said, now)
        hit("ack")
        return answered


def _refusal(mine: Row[Any], said: Said, today: date) -> str | None:
    """Why an answer cannot be taken, or None."""
    if mine.task_state != "open" or mine.due_state != "open":
        return "Nhiệm vụ này đã kết thúc theo dõi."
    match said.kind:
        case "acknowledged":
            return None
        case "progress":
            return None if said.text.strip() else "Nội dung báo cáo tiến độ còn để trống."
        case "done":
            return _refused_completion(mine, said, today)
        case "extension":
            return _refused_extension(mine, said)
        case _:
            return "Loại phản hồi không hợp lệ."


def _refused_completion(mine: Row[Any], said: Said, today: date) -> str | None:
    if mine.role != "lead":
        return "Chỉ cơ quan chủ trì báo cáo hoàn thành."
    if not said.document.strip():
        return "Cần ghi số, ký hiệu văn bản báo cáo."
    if said.on is None or said.on > today:
        return "Ngày hoàn thành không hợp lệ hoặc ở tương lai."
    return None


def _refused_extension(mine: Row[Any], said: Said) -> str | None:
    if mine.role != "lead":
        return "Chỉ cơ quan chủ trì đề nghị gia hạn."
    if mine.track != "due":
        return "Mốc này không có thời hạn để gia hạn."
    if not said.text.strip():
        return "Cần ghi lý do đề nghị gia hạn."
    if said.on is None or said.on <= mine.on_date:
        return "Ngày đề nghị gia hạn phải sau ngày hạn hiện tại."
    return None


def _acknowledge(
    connection: Connection, workplace: Workplace, mine: Row[Any], agency: str, now: datetime
) -> Answered:
    """Confirm every stage that was sent about the due; before the first one, the due itself."""
    known = answers.acknowledged(connection, [mine.due_id]).get(mine.due_id, {}).get(agency, set())
    told: list[str | None] = [*answerable.told_stages(connection, mine.due_id, agency)]
    fresh = [stage for stage in told if stage not in known]
    if not told and not _seen_before(connection, mine, agency):
        fresh = [None]
    for stage in fresh:
        answers.add(
            connection,
            workplace.province,
            task_id=mine.task_id,
            due_id=mine.due_id,
            agency=agency,
            kind="acknowledged",
            stage=stage,
            now=now,
        )
    return Answered(kept=bool(fresh))


def _seen_before(connection: Connection, mine: Row[Any], agency: str) -> bool:
    said = answers.of_task(connection, mine.task_id, agency)
    return any(one.kind == "acknowledged" and one.due_id == mine.due_id for one in said)


def _keep(
    connection: Connection, workplace: Workplace, mine: Row[Any], agency: str, said: Said, now: datetime
) -> Answered:
    text, document = said.text.strip()[:LONGEST], said.document.strip()[:200] or None
    for one in answers.of_task(connection, mine.task_id, agency):
        same_due = one.kind == said.kind and one.due_id == mine.due_id
        # A second report or request has to wait until the first is decided; a second click says nothing new.
        if same_due and said.kind in {"done", "extension"} and one.state != "returned":
            if said.kind == "done" or one.state == "received":
                return Answered(kept=False)
        elif same_due and said.kind == "progress" and one.text == text and one.received_at.date() == now.date():
            return Answered(kept=False)
    answers.add(
        connection,
        workplace.province,
        task_id=mine.task_id,
        due_id=mine.due_id,
        agency=agency,
        kind=said.kind,
        text=text,
        document=document,
        asked_on=said.on,
        now=now,
    )
    if said.kind == "done" and not recurs(mine):
        answers.set_assignment(connection, mine.task_id, agency, "reported")
    return Answered()


def recurs(row: Row[Any]) -> bool:
    """Whether a completion is one of many of the same task, and so does not end the task."""
    return "recurring" in row.kinds.split(",") or row.track in {"report", "check", "opening"}
