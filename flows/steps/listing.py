"""Lists for people: tasks with their standing, what waits, and what nobody would be reminded of."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from flows.steps.reach import reachable
from flows.steps.workplace import Workplace
from store.tasks import Listed, Reason, listed

REASONS = {
    Reason.UNKNOWN_LEAD: "chưa xác định được cơ quan chủ trì",
    Reason.GENERAL_GOAL: "mục tiêu chung của kế hoạch, không giao cơ quan nào",
    Reason.NO_LEAD: "kế hoạch không ghi cơ quan chủ trì",
    Reason.NO_CONTACT: "cơ quan chủ trì chưa có địa chỉ liên hệ",
    Reason.UNREAD: "chưa hiểu được thời hạn",
    Reason.AMBIGUOUS: "thời hạn có nhiều cách hiểu",
    Reason.NEEDS_DATE: "chưa có thời hạn, cần người bổ sung",
    Reason.NOTHING_LEFT: "không còn mốc nhắc nào",
}


def all_tasks(
    connection: Connection,
    workplace: Workplace,
    ids: Collection[int] | None = None,
    *,
    near: Collection[str] | None = None,
) -> list[Listed]:
    """Tasks, or those of these ids. `near` are the agencies that can be reached, where the caller knows them."""
    if near is None:
        near = reachable(connection, workplace)
    return listed(connection, workplace.province, reachable=near, task_ids=ids)


def why(task: Listed) -> str:
    """Why nobody would be reminded of a task, in Vietnamese, with the words that were not understood."""
    if task.reason is None:
        return ""
    told = REASONS[task.reason]
    if task.reason is Reason.UNKNOWN_LEAD and task.unknown_lead:
        told += f": “{task.unknown_lead}”"
    if task.reason in {Reason.UNREAD, Reason.AMBIGUOUS}:
        told += f": “{task.deadline_text}”"
    return told
