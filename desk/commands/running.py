"""`dondoc preview`, `dondoc run` and `dondoc serve`."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from desk.commands.printing import DONE, Misused, day, fail, misuse, put, put_json, put_table, shown
from desk.commands.workplace import AtWork, at_work
from flows.steps.previewing import Foreseen, preview
from store.tasks import Listed

URGENCIES = {
    "escalated": "báo cấp trên",
    "overdue": "quá hạn",
    "today": "đến hạn",
    "soon": "sắp đến hạn",
    "opening": "bắt đầu",
    "changed": "đổi thời hạn",
    "report": "kỳ báo cáo",
    "new": "mới",
    "question": "hỏi",
}


def show_preview(*, first: str | None, last: str | None, json: bool) -> int:
    """Who would be told what from `first` to `last`, both inclusive; by default the next 30 days."""
    from flows.steps.listing import all_tasks

    work = at_work()
    try:
        start = day(first) or work.today
        end = day(last) or start + timedelta(days=29)
    except Misused as error:
        return misuse(str(error))
    if end < start:
        return misuse("--to phải từ --from trở đi.")
    work.place.validate()
    foreseen = preview(work.place, start, end)
    with work.place.ready().read() as connection:
        known = {task.id: task for task in all_tasks(connection, work.place, {one.task_id for one in foreseen})}
    if json:
        put_json({"from": start, "to": end, "reminders": [_entry(one, known[one.task_id]) for one in foreseen]})
    else:
        _show(work, foreseen, known, start, end)
    return DONE


def _entry(one: Foreseen, task: Listed) -> dict[str, Any]:
    planned = one.planned
    return {
        "day": one.day,
        "agency": planned.agency,
        "audience": planned.audience,
        "role": planned.role,
        "channel": planned.channel,
        "stage": planned.stage,
        "urgency": planned.urgency,
        "task": task.id,
        "plan": task.plan_number,
        "number": task.number,
        "title": task.title,
        "due": planned.due_on,
    }


def _show(work: AtWork, foreseen: list[Foreseen], known: dict[int, Listed], start: date, end: date) -> None:
    rows = []
    for (on, agency, audience), group in groupby(
        foreseen, key=lambda one: (one.day, one.planned.agency, one.planned.audience)
    ):
        for index, one in enumerate(sorted(group, key=lambda item: item.planned.due_on)):
            task = known[one.task_id]
            name = work.place.settings.office.name if agency == "operator" else work.place.directory.name(agency)
            rows.append(
                (
                    shown(on) if index == 0 else "",
                    (name + (" (lãnh đạo)" if audience == "leadership" else "")) if index == 0 else "",
                    URGENCIES[one.planned.urgency],
                    f"{task.plan_number or '–'} · {task.number}",
                    task.title,
                    shown(one.planned.due_on),
                )
            )
    title = f"{len(foreseen)} nhắc việc từ {shown(start)} đến {shown(end)}"
    put_table(title, ("Ngày", "Cơ quan", "Loại", "Kế hoạch · số", "Nội dung", "Hạn"), rows)


def run_day(*, on: str | None, plain: bool, json: bool) -> int:
    """The daily job for today, or for the day `on`, as a Prefect flow or without Prefect."""
    try:
        when = day(on)
    except Misused as error:
        return misuse(str(error))
    work = at_work()
    work.place.validate()
    work.place.ready()
    if plain:
        return _run_plain(work, when, json)
    from flows.running import FlowFailed, run_flow

    try:
        counts, lines = run_flow(work.place.settings.var, when)
    except FlowFailed as error:
        return fail(str(error))
    return _told(work, counts, lines, json)


def _run_plain(work: AtWork, when: date | None, json: bool) -> int:
    from flows.steps.clock import here, standing_at
    from flows.steps.daily import run_daily
    from flows.steps.summary import lines_of_counts

    schedule = work.place.settings.schedule
    clock = here(schedule.zone) if when is None else standing_at(when, schedule.work_from, schedule.zone)
    report = run_daily(work.place, clock=clock, day=clock().date())
    return _told(work, report.counts(), lines_of_counts(report.counts()), json)


def _told(work: AtWork, counts: dict[str, Any], lines: list[str], json: bool) -> int:
    folder = work.place.settings.var / "outbox"
    files = work.place.channels.writes_files
    if json:
        put_json(counts | {"eml_folder": str(folder) if files else None})
    else:
        for line in lines:
            put(line)
        if files:
            put(f"Chưa cấu hình máy chủ thư (DONDOC_SMTP_URL): thư được ghi thành tệp .eml trong {folder}.")
    return fail("có tệp kế hoạch không nhập được.") if counts["plans_failed"] else DONE


def serve_schedule() -> int:
    """The schedule until it is stopped."""
    from flows.serving import serve

    work = at_work()
    work.place.validate()
    work.place.ready()
    return serve(work.place)
