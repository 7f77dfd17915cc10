"""One task: the printed words beside what was read, why each date, all that was said, and what a person may do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from starlette.responses import Response

from desk.web.tasks import agency_choices, needed_day, past
from desk.web.visit import Visit
from flows.steps import completing, correcting, granting
from flows.steps.completing import NoSuch
from flows.steps.listing import all_tasks, why
from store import answers, completions, dues, messages, searching
from store.audit_pages import of_subject
from store.schema import assignments, deadlines, extensions


def page(visit: Visit) -> Response:
    task_id = visit.path("task")
    with visit.workplace.database.read() as connection:
        if dues.find_task(connection, visit.province, task_id) is None:
            return visit.sorry(f"Không có nhiệm vụ số {task_id}.", 404)
        task = all_tasks(connection, visit.workplace, [task_id])[0]
        values: dict[str, Any] = {
            "task": task,
            "why": why(task),
            "status": searching.statuses(connection, [task_id], visit.today)[task_id],
            "row": dues.find_task(connection, visit.province, task_id),
            "deadline": connection.execute(select(deadlines).where(deadlines.c.task_id == task_id)).one(),
            "dues": completions.open_dues(connection, task_id),
            "assigned": connection.execute(
                select(assignments)
                .where(assignments.c.task_id == task_id, assignments.c.state != "withdrawn")
                .order_by(assignments.c.role.desc(), assignments.c.id)
            ).all(),
            "said": answers.of_task(connection, task_id),
            "sent": messages.about_task(connection, task_id),
            "extended": connection.execute(
                select(extensions).where(extensions.c.task_id == task_id).order_by(extensions.c.id)
            ).all(),
            "history": of_subject(connection, visit.province, f"task:{task_id}"),
            "progress": answers.progress(connection, task_id),
        }
    values["before"] = _predecessors(visit, task.lead_text or "", values["assigned"])
    return visit.page("task.html", agencies=agency_choices(visit), **values)


def _predecessors(visit: Visit, printed: str, assigned: Sequence[Any]) -> dict[str, str]:
    """Agencies assigned because one that the plan names has ended: by their code, that one's name."""
    held = {one.agency for one in assigned}
    ended = [one for one in visit.workplace.directory.agencies if one.successors and one.name in printed]
    return {code: one.name for one in ended for code in one.successors if code in held}


def _after(visit: Visit, result: object, told: str) -> Response:
    if isinstance(result, NoSuch):
        return visit.sorry(result.message, 422)
    return visit.go(f"/tasks/{visit.path('task')}", told)


def done(visit: Visit) -> Response:
    result = completing.complete(
        visit.workplace,
        visit.path("task"),
        on=past(visit, "on"),
        document=visit.text("document") or None,
        due_key=visit.text("due") or None,
        now=visit.now,
        today=visit.today,
        actor=visit.actor,
    )
    return _after(visit, result, "completed")


def extend(visit: Visit) -> Response:
    result = completing.extend(
        visit.workplace,
        visit.path("task"),
        to=needed_day(visit, "to", "Ngày hạn mới"),
        document=visit.text("document", needed="Số văn bản cho phép gia hạn", longest=200),
        due_key=visit.text("due") or None,
        now=visit.now,
        today=visit.today,
        actor=visit.actor,
    )
    return _after(visit, result, "extended")


def set_date(visit: Visit) -> Response:
    """A date by hand, or other words that can be read."""
    words = visit.text("words", longest=400)
    common: dict[str, Any] = {"now": visit.now, "today": visit.today, "actor": visit.actor}
    if words:
        return _after(visit, correcting.set_words(visit.workplace, visit.path("task"), words, **common), "dated")
    due = needed_day(visit, "to", "Ngày hạn")
    return _after(visit, correcting.set_date(visit.workplace, visit.path("task"), due, **common), "dated")


def reread(visit: Visit) -> Response:
    """Back to what the printed words say."""
    result = correcting.read_again(
        visit.workplace, visit.path("task"), now=visit.now, today=visit.today, actor=visit.actor
    )
    return _after(visit, result, "reread")


def assign(visit: Visit) -> Response:
    result = correcting.assign_lead(
        visit.workplace,
        visit.path("task"),
        visit.text("agency", needed="Cơ quan chủ trì"),
        now=visit.now,
        today=visit.today,
        actor=visit.actor,
    )
    return _after(visit, result, "assigned")


def answers_page(visit: Visit) -> Response:
    """Reports and requests that wait for a decision."""
    with visit.workplace.database.read() as connection:
        rows = answers.pending(connection, visit.province)
        found = answers.progress_of(connection, {(row.task_id, row.due_id) for row in rows})
        progress = {row.id: found[row.task_id, row.due_id] for row in rows}
    return visit.page("answers.html", rows=rows, progress=progress)


def confirm(visit: Visit) -> Response:
    result = granting.confirm(
        visit.workplace,
        visit.path("answer"),
        document=visit.text("document", longest=200),
        on=visit.day("on"),
        now=visit.now,
        today=visit.today,
        actor=visit.actor,
    )
    return visit.sorry(result.message, 422) if result else visit.go("/answers", "confirmed")


def send_back(visit: Visit) -> Response:
    result = granting.return_answer(
        visit.workplace,
        visit.path("answer"),
        reason=visit.text("reason"),
        now=visit.now,
        today=visit.today,
        actor=visit.actor,
    )
    return visit.sorry(result.message, 422) if result else visit.go("/answers", "returned")
