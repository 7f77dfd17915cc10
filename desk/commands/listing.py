"""`dondoc tasks`, `waiting` and `attention`."""

from __future__ import annotations

from typing import Any

from desk.commands.printing import DONE, put, put_json, put_table, shown
from desk.commands.workplace import AtWork, at_work
from flows.steps.events import Held, awaited_groups
from flows.steps.listing import all_tasks, why
from store.tasks import Listed, Reason, Standing, answered

STANDINGS = {
    Standing.SCHEDULED: "đang theo dõi",
    Standing.WAITING: "chờ văn bản",
    Standing.ATTENTION: "cần xử lý",
    Standing.DONE: "đã hoàn thành",
    Standing.WITHDRAWN: "đã rút",
}


def _load(work: AtWork) -> list[Listed]:
    with work.place.ready().read() as connection:
        return all_tasks(connection, work.place)


def _entry(task: Listed, work: AtWork) -> dict[str, Any]:
    return {
        "id": task.id,
        "plan": task.plan_number,
        "table": task.table,
        "number": task.number,
        "section": task.section,
        "title": task.title,
        "lead_text": task.lead_text,
        "leads": list(task.leads),
        "deadline_text": task.deadline_text,
        "conditions": list(task.conditions),
        "kinds": list(task.kinds),
        "standing": task.standing.value,
        "status": status(task, work),
        "due": task.next_due,
        "next_reminder": task.next_on,
        "waiting_for": task.waiting_for,
        "reason": task.reason.value if task.reason else None,
        "why": why(task) or None,
        "done_on": task.done_on,
    }


def status(task: Listed, work: AtWork) -> str | None:
    """The national four, by lateness counted from the printed date."""
    if task.state == "withdrawn":
        return None
    if task.state == "done":
        return "đã hoàn thành quá hạn" if task.done_late else "đã hoàn thành đúng hạn"
    late = task.late_from is not None and work.today >= task.late_from
    return "chưa hoàn thành quá hạn" if late else "chưa hoàn thành trong hạn"


def list_tasks(*, plan: str | None, agency: str | None, json: bool) -> int:
    work = at_work()
    chosen = [
        task
        for task in _load(work)
        if plan in {None, task.plan_number} and (agency is None or agency in task.leads)
    ]
    with work.place.database.read() as connection:
        counted = answered(connection, work.place.province)
    if json:
        put_json({"tasks": [_entry(task, work) | _answers(counted.get(task.id)) for task in chosen]})
        return DONE
    put_table(
        f"{len(chosen)} nhiệm vụ",
        ("Mã", "Kế hoạch", "Số", "Nội dung", "Chủ trì", "Thời hạn in", "Hạn", "Nhắc tới", "Tình trạng"),
        (
            (
                str(task.id),
                task.plan_number or "–",
                task.number,
                task.title,
                task.lead_text or "–",
                task.deadline_text or "–",
                shown(task.next_due),
                shown(task.next_on),
                _standing(task, counted.get(task.id)),
            )
            for task in chosen
        ),
    )
    return DONE


def _standing(task: Listed, counts: tuple[int, int] | None) -> str:
    """The standing; of a task that many lead, also how many have reported."""
    told = STANDINGS[task.standing]
    return f"{told}; {counts[0]}/{counts[1]} đã báo cáo" if counts else told


def _answers(counts: tuple[int, int] | None) -> dict[str, Any]:
    return {"answered": {"reported": counts[0], "leads": counts[1]} if counts else None}


def list_waiting(*, json: bool) -> int:
    """Everything that waits, by the document that it waits for."""
    work = at_work()
    with work.place.ready().read() as connection:
        groups = awaited_groups(connection, work.place.province)
        known = {task.id: task for task in all_tasks(connection, work.place)}
    if json:
        put_json({"waiting": [_group(label, held, known, work) for label, held in groups]})
        return DONE
    for label, held in groups:
        put_table(
            label,
            ("Mã", "Kế hoạch", "Số", "Nội dung", "Chủ trì", "Thời hạn in"),
            (
                (
                    str(task.id),
                    task.plan_number or "–",
                    task.number,
                    task.title,
                    task.lead_text or "–",
                    task.deadline_text or "–",
                )
                for task in (known[one.task_id] for one in held)
            ),
        )
    if not groups:
        put("Không có nhiệm vụ nào đang chờ.")
    return DONE


def _group(label: str, held: list[Held], known: dict[int, Listed], work: AtWork) -> dict[str, Any]:
    return {
        "for": label,
        "tasks": [_entry(known[one.task_id], work) | {"term": one.term} for one in held],
    }


def list_attention(*, json: bool) -> int:
    """Tasks that nobody would be reminded of, each with its reason."""
    work = at_work()
    chosen = [task for task in _load(work) if task.standing is Standing.ATTENTION]
    if json:
        put_json({"attention": [_entry(task, work) for task in chosen]})
        return DONE
    if not chosen:
        put("Không có nhiệm vụ nào cần xử lý.")
        return DONE
    goals = [task for task in chosen if task.reason is Reason.GENERAL_GOAL]
    others = [task for task in chosen if task.reason is not Reason.GENERAL_GOAL]
    for title, tasks in (
        (f"{len(others)} nhiệm vụ chưa thể nhắc ai", others),
        (f"{len(goals)} mục tiêu chung, không giao cơ quan nào (không cần xử lý)", goals),
    ):
        if tasks:
            put_table(
                title,
                ("Mã", "Kế hoạch", "Số", "Nội dung", "Lý do"),
                ((str(task.id), task.plan_number or "–", task.number, task.title, why(task)) for task in tasks),
            )
    return DONE
