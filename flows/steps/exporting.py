"""Tasks as files for other programs: .xlsx, .csv, .ics and .docx. No cell becomes a formula anywhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from config.settings import Office
from deadlines.status import Status, status_on
from flows.steps.composing import plan_name
from flows.steps.official_docx import CENTRE, Official, clean, issuer_of
from flows.steps.reporting_docx import STATUS
from flows.steps.reporting_xlsx import Book, Cell
from flows.steps.workplace import Workplace
from store.history import TaskThen, tasks_as_of

FORMATS = (".xlsx", ".csv", ".ics", ".docx")
_COLUMNS = (
    ("STT", 6),
    ("Mã", 8),
    ("Văn bản giao", 30),
    ("Số thứ tự trong văn bản", 12),
    ("Nhiệm vụ", 60),
    ("Cơ quan chủ trì", 30),
    ("Kết quả, sản phẩm", 30),
    ("Thời hạn theo văn bản", 22),
    ("Ngày đến hạn", 13),
    ("Tình trạng", 24),
    ("Chờ văn bản", 30),
)
_PRINTED = (
    ("TT", 10.0),
    ("Nhiệm vụ", 88.0),
    ("Văn bản giao", 45.0),
    ("Cơ quan chủ trì", 40.0),
    ("Ngày đến hạn", 26.0),
    ("Tình trạng", 42.0),
)
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def tasks_now(connection: Connection, workplace: Workplace, on: date) -> list[TaskThen]:
    return tasks_as_of(connection, workplace.province, on)


def export(tasks: Sequence[TaskThen], suffix: str, office: Office, *, on: date, now: datetime) -> bytes:
    """The tasks as a file of the kind that `suffix` (one of FORMATS) names."""
    match suffix:
        case ".xlsx":
            return _xlsx(tasks, office, on, now)
        case ".csv":
            return _csv(tasks, on)
        case ".ics":
            return _ics(tasks, office, now)
        case _:
            return _docx(tasks, office, on, now)


def _standing(task: TaskThen, on: date) -> tuple[date | None, str]:
    """The nearest open date and the status in words."""
    binding = [due for due in task.dues if due.track == "due"]
    ahead = [due for due in binding if due.done_on is None or due.done_on > on]
    due = ahead[0] if ahead else (binding[-1] if binding and task.done_on else None)
    status = status_on(
        on,
        late_from=due.late_from if due else None,
        done_on=task.done_on,
        done_late=task.done_late,
        blocked=due.blocked if due else False,
    )
    if task.waiting_for and status is Status.OPEN_IN_TIME:
        return (due.on if due else None), "Chờ văn bản"
    return (due.on if due else None), STATUS[status]


def _cells(tasks: Sequence[TaskThen], on: date) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for at, task in enumerate(tasks, start=1):
        due, status = _standing(task, on)
        plan = plan_name(task.plan_kind, task.plan_number, task.plan_issued_on, task.plan_title)
        row: list[Cell] = [str(at), str(task.id), plan, task.number, task.title, task.lead_text, task.product]
        rows.append([*row, task.deadline_text, due, status, task.waiting_for or ""])
    return rows


def _xlsx(tasks: Sequence[TaskThen], office: Office, on: date, now: datetime) -> bytes:
    book = Book("Danh sách nhiệm vụ", now)
    heading = ("Danh sách nhiệm vụ", f"Tính đến ngày {on:%d/%m/%Y}. {office.name}")
    book.sheet("Nhiệm vụ", heading, _COLUMNS, _cells(tasks, on))
    return book.bytes()


def _csv(tasks: Sequence[TaskThen], on: date) -> bytes:
    """UTF-8 with the mark that Excel needs; what a spreadsheet would calculate gets an apostrophe before it."""
    held = io.StringIO()
    writer = csv.writer(held, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([label for label, _ in _COLUMNS])
    for row in _cells(tasks, on):
        writer.writerow([_harmless(cell) for cell in row])
    return held.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> str:
    text = "" if cell is None else f"{cell:%d/%m/%Y}" if isinstance(cell, date) else clean(str(cell))
    return "'" + text if text.lstrip(" ").startswith(_RISKY) else text


def _ics(tasks: Sequence[TaskThen], office: Office, now: datetime) -> bytes:
    from icalendar import Calendar, Event

    from notifiers.calendar_file import event_id
    from notifiers.render_clean import line, shorten

    calendar = Calendar()
    calendar.add("prodid", "-//Don Doc//Xuat nhiem vu//VI")
    calendar.add("version", "2.0")
    for task in tasks:
        for due in task.dues:
            if due.track != "due" or due.blocked or due.done_on is not None or task.done_on is not None:
                continue
            event = Event()
            event.add("uid", event_id(f"{office.province}-{due.id}"))
            event.add("dtstamp", now)
            event.add("dtstart", due.on)
            event.add("dtend", due.on + timedelta(days=1))
            event.add("summary", f"Hạn: {shorten(task.title, 150)}")
            plan = plan_name(task.plan_kind, task.plan_number, task.plan_issued_on, task.plan_title)
            event.add("description", f"Cơ quan chủ trì: {line(task.lead_text)}\nVăn bản giao: {line(plan)}")
            event.add("transp", "TRANSPARENT")
            calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _docx(tasks: Sequence[TaskThen], office: Office, on: date, now: datetime) -> bytes:
    page = Official("Danh mục nhiệm vụ", now, across=True)
    page.say(issuer_of(office).name, align=CENTRE, indent=False, bold=True)
    page.say("DANH MỤC NHIỆM VỤ", align=CENTRE, indent=False, bold=True)
    page.say(f"(Tính đến ngày {on:%d/%m/%Y})", align=CENTRE, indent=False, italic=True)
    rows = []
    for at, task in enumerate(tasks, start=1):
        due, status = _standing(task, on)
        title = f"[{task.number}] {task.title}" if task.number else task.title
        plan = plan_name(task.plan_kind, task.plan_number, task.plan_issued_on, task.plan_title)
        rows.append((str(at), title, plan, task.lead_text, f"{due:%d/%m/%Y}" if due else "", status))
    page.table(_PRINTED, rows)
    return page.bytes()
