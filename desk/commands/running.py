"""`dondoc preview`, `dondoc run` and `dondoc serve`."""

from __future__ import annotations

import os
import sys
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


FEW = 3
"""How many agencies of one row are named."""


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
    """One row a day, task and stage; an agency group is counted, not listed."""
    rows: list[tuple[str, ...]] = []
    ordered = sorted(foreseen, key=lambda one: (one.day, one.planned.due_on, one.task_id, one.planned.urgency))
    last_day: date | None = None
    for (on, task_id, urgency, due_on), group in groupby(
        ordered, key=lambda one: (one.day, one.task_id, one.planned.urgency, one.planned.due_on)
    ):
        task = known[task_id]
        rows.append(
            (
                shown(on) if on != last_day else "",
                _told_whom(work, list(group)),
                URGENCIES[urgency],
                f"{task.plan_number or '–'} · {task.number}",
                task.title,
                shown(due_on),
            )
        )
        last_day = on
    title = f"{len(foreseen)} nhắc việc từ {shown(start)} đến {shown(end)}"
    put_table(title, ("Ngày", "Nhắc cơ quan", "Loại", "Kế hoạch · số", "Nội dung", "Hạn"), rows)


def _told_whom(work: AtWork, group: list[Foreseen]) -> str:
    names = list(dict.fromkeys(_name(work, one) for one in group))
    if len(names) <= FEW:
        return "; ".join(names)
    return f"{len(names)} cơ quan: {names[0]}; {names[1]}; …"


def _name(work: AtWork, one: Foreseen) -> str:
    planned = one.planned
    if planned.agency == "operator":
        return work.place.settings.office.name
    name = work.place.directory.name(planned.agency)
    return name + {"leadership": " (lãnh đạo)"}.get(planned.audience, "")


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


STATES = {
    "COMPLETED": "đã xong",
    "FAILED": "không thành công",
    "CRASHED": "bị ngắt giữa chừng",
    "CANCELLED": "đã hủy vì đang có lượt khác",
    "RUNNING": "đang chạy",
}


def run_on_workers(*, json: bool) -> int:
    """Today's run, on whichever worker is free; asked for twice in a day, it is the same run."""
    from flows import running

    if not os.environ.get("PREFECT_API_URL"):
        return misuse("thiếu PREFECT_API_URL, ví dụ http://127.0.0.1:4200/api.")
    work = at_work()
    try:
        run, state = running.run_on_workers(work.place, work.today)
    except OSError as error:
        return fail(str(error))
    if json:
        put_json({"run": run, "day": work.today, "state": state})
    else:
        put(f"Lượt chạy ngày {shown(work.today)} ({run}): {STATES.get(state, 'đang chờ worker')}.")
    return fail("chạy lại ngay trên máy này: dondoc run --plain.") if state in {"FAILED", "CRASHED"} else DONE


def serve_schedule() -> int:
    """The schedule until it is stopped."""
    from flows.serving import serve
    from flows.steps.workplace import open_workplaces

    at_work().place.ready()
    return serve(
        open_workplaces(),
        beside={
            "Bàn làm việc": [sys.executable, "-m", "desk.cli", "web"],
            "Cổng theo dõi": [sys.executable, "-m", "desk.web_health"],
        },
    )


def deploy_flows(pool: str) -> int:
    """Register every province's deployments with the Prefect server."""
    from flows import prefect_home
    from flows.steps.workplace import open_workplaces

    if not os.environ.get("PREFECT_API_URL"):
        return misuse("thiếu PREFECT_API_URL, ví dụ http://127.0.0.1:4200/api.")
    places = open_workplaces()
    for place in places:
        place.validate()
    places[0].ready()
    prefect_home.settle(places[0].settings.var)
    from flows.running import deploy_all

    try:
        names, removed = deploy_all(places, pool)
    except OSError as error:
        return fail(str(error))
    for name in names:
        put(f"Đã đăng ký {name}.")
    for name in removed:
        put(f"Đã gỡ {name}: không còn dùng.")
    put(f"Chạy worker ở mỗi máy: prefect worker start --pool {pool} --type process")
    return DONE
