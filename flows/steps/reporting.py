"""The leader's report: by agency, the national four statuses, days late, and the list, as of any past day.

One line is a task; of a recurring task, one occurrence. A completed line belongs to the period in which it was
completed, an open one to every period until then.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from deadlines.status import Status, days_late, status_on
from flows.steps.composing import plan_name
from flows.steps.workplace import Workplace
from notifiers.message import Attachment
from store.history import DueThen, TaskThen, tasks_as_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOBODY = ""
"""The code under which tasks without a known lead agency are counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One line of the list: what an agency has to do and how it stood at the end of the period."""

    task_id: int
    agency: str
    name: str
    plan: str
    number: str
    title: str
    product: str
    deadline_text: str
    due: date | None
    status: Status
    days_late: int
    done_on: date | None
    waiting_for: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """The counts of one agency, or of all; days are calendar days over the lines that are late."""

    name: str
    code: str
    done_in_time: int
    done_late: int
    open_in_time: int
    open_late: int
    most_late: int
    mean_late: float

    @property
    def total(self) -> int:
        return self.done_in_time + self.done_late + self.open_in_time + self.open_late


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """`first` and `last` are inclusive. `total` counts each line once, however many agencies lead it."""

    office: str
    first: date
    last: date
    agencies: tuple[Figures, ...]
    total: Figures
    lines: tuple[Standing, ...]

    @property
    def overdue(self) -> tuple[Standing, ...]:
        late = (line for line in self.lines if line.status is Status.OPEN_LATE)
        return tuple(sorted(late, key=lambda line: (line.agency, -line.days_late, line.task_id)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Scheduled:
    """A report that goes with a digest: what it is, in words, and its files."""

    words: str
    files: tuple[Attachment, ...]


def report(connection: Connection, workplace: Workplace, first: date, last: date) -> Report:
    """How everything stood at the end of `last`, with what was completed from `first` on, both inclusive."""
    tasks = tasks_as_of(connection, workplace.province, last, ended_since=first)
    lines: list[Standing] = []
    whole: list[Standing] = []
    for task in tasks:
        own = list(_standings(workplace, task, first, last))
        lines.extend(own)
        seen: set[date | None] = set()
        whole.extend(line for line in own if line.due not in seen and not seen.add(line.due))  # type: ignore[func-returns-value]
    return Report(
        office=workplace.settings.office.name,
        first=first,
        last=last,
        agencies=_by_agency(lines),
        total=_figures("Tổng số", "", whole),
        lines=tuple(sorted(lines, key=lambda line: (line.name, line.due or date.max, line.task_id))),
    )


def _standings(workplace: Workplace, task: TaskThen, first: date, last: date) -> Iterator[Standing]:
    leads: Sequence[tuple[str, date | None]] = task.leads or ((NOBODY, None),)
    for code, done_on in leads:
        for due, ended, verdict in _obligations(task, done_on, first, last):
            yield _standing(workplace, task, code, due, ended, verdict, last)


def _obligations(
    task: TaskThen, done_on: date | None, first: date, last: date
) -> list[tuple[DueThen | None, date | None, bool | None]]:
    """Date, completion and verdict of each thing that counts in the period; `done_on` is the agency's own part."""
    binding = [due for due in task.dues if due.track == "due"]
    done, verdict = (task.done_on, task.done_late) if task.done_on is not None else (done_on, None)
    if done is not None and done <= last:
        if done < first:
            return []
        ended = [due for due in binding if due.done_on is None or due.done_on >= done]
        return [(ended[0] if ended else binding[-1] if binding else None, done, verdict)]
    completed = [due for due in binding if due.done_on is not None and first <= due.done_on <= last]
    still = [due for due in binding if due.done_on is None or due.done_on > last]
    late = [due for due in still if status_on(last, late_from=due.late_from, blocked=due.blocked).late]
    found: list[tuple[DueThen | None, date | None, bool | None]] = [
        (due, due.done_on, due.done_late) for due in completed
    ]
    found += [(due, None, None) for due in late]
    return found or [(still[0] if still else None, None, None)]


def _standing(
    workplace: Workplace,
    task: TaskThen,
    code: str,
    due: DueThen | None,
    done_on: date | None,
    verdict: bool | None,
    last: date,
) -> Standing:
    status = status_on(
        last,
        late_from=due.late_from if due else None,
        done_on=done_on,
        done_late=verdict,
        blocked=due.blocked if due else False,
    )
    return Standing(
        task_id=task.id,
        agency=code,
        name=workplace.directory.name(code) if code else "Chưa rõ cơ quan chủ trì",
        plan=plan_name(task.plan_kind, task.plan_number, task.plan_issued_on, task.plan_title),
        number=task.number,
        title=task.title,
        product=task.product,
        deadline_text=task.deadline_text,
        due=due.on if due else None,
        status=status,
        days_late=days_late(last, on=due.on, done_on=done_on) if due and status.late else 0,
        done_on=done_on,
        waiting_for=task.waiting_for or "" if due is None or due.blocked else "",
    )


def _by_agency(lines: Sequence[Standing]) -> tuple[Figures, ...]:
    by_code: dict[str, list[Standing]] = {}
    for line in lines:
        by_code.setdefault(line.agency, []).append(line)
    found = [_figures(own[0].name, code, own) for code, own in by_code.items()]
    return tuple(sorted(found, key=lambda one: (one.code == NOBODY, -one.open_late, one.name)))


def _figures(name: str, code: str, lines: Sequence[Standing]) -> Figures:
    late = [line.days_late for line in lines if line.status.late]
    count = {status: sum(line.status is status for line in lines) for status in Status}
    return Figures(
        name=name,
        code=code,
        done_in_time=count[Status.DONE_IN_TIME],
        done_late=count[Status.DONE_LATE],
        open_in_time=count[Status.OPEN_IN_TIME],
        open_late=count[Status.OPEN_LATE],
        most_late=max(late, default=0),
        mean_late=sum(late) / len(late) if late else 0.0,
    )


def week_before(day: date) -> tuple[date, date]:
    """Monday and Sunday of the week before that of `day`."""
    monday = day - timedelta(days=day.weekday() + 7)
    return monday, monday + timedelta(days=6)


def month_before(day: date) -> tuple[date, date]:
    """The first and the last day of the month before that of `day`."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last.replace(day=calendar.monthrange(last.year, last.month)[1])


def scheduled(
    connection: Connection, workplace: Workplace, *, last_day: date | None, today: date, now: datetime
) -> list[Scheduled]:
    """The weekly and the monthly report, with the first digest after the week or month has ended."""
    if last_day is None:
        return []
    wanted = []
    if last_day < today - timedelta(days=today.weekday()):
        wanted.append(("tuần", week_before(today)))
    if last_day < today.replace(day=1):
        wanted.append((f"tháng {month_before(today)[0]:%m/%Y}", month_before(today)))
    made = []
    for name, (first, last) in wanted:
        found = report(connection, workplace, first, last)
        if found.lines:
            words = f"Báo cáo {name} (từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y})"
            made.append(Scheduled(words=words, files=files_of(workplace, found, now=now)))
    return made


def files_of(workplace: Workplace, found: Report, *, now: datetime) -> tuple[Attachment, ...]:
    """The report as a document to be signed and as a workbook."""
    from flows.steps.reporting_docx import report_docx
    from flows.steps.reporting_xlsx import report_xlsx

    stem = f"bao-cao-{found.first:%Y%m%d}-{found.last:%Y%m%d}"
    office: Any = workplace.settings.office
    return (
        Attachment(name=f"{stem}.docx", mime=DOCX, content=report_docx(found, office, now=now)),
        Attachment(name=f"{stem}.xlsx", mime=XLSX, content=report_xlsx(found, now=now)),
    )
