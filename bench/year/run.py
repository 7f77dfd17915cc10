"""A year of mornings on the real plans, day by day: who was told what, and whether anything was forgotten.

    .venv/bin/python -m bench.year.run [--from 2026-01-01] [--days 365] [--out FILE.tsv] [--keep FOLDER]

Needs the real plans (DONDOC_SHARED, default ../shared). Writes to a folder of its own and sends nothing outside:
messages become .eml files, which stay in FOLDER where one is given. On 01/04 a decree is recorded, on 01/07 a task
is completed late, on 01/09 one extended.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from flows.steps import completing, events
from flows.steps.clock import standing_at
from flows.steps.daily import run_daily
from flows.steps.importing import import_file
from flows.steps.listing import all_tasks
from flows.steps.reach import reachable
from flows.steps.workplace import Workplace, open_workplace
from store.events import EventRecord
from store.schema import assignments, dues, messages, reminders, tasks
from store.tasks import Standing


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--from", dest="first", default="2026-01-01")
    asked.add_argument("--days", type=int, default=365)
    asked.add_argument("--out", default="")
    asked.add_argument("--keep", default="")
    given = asked.parse_args()
    plans = Path(os.environ.get("DONDOC_SHARED", "../shared")) / "plans"
    with tempfile.TemporaryDirectory() as folder:
        place = open_workplace({"DONDOC_VAR": given.keep or folder})
        year = Year(place, date.fromisoformat(given.first))
        year.start(sorted(plans.glob("*.txt")))
        for _ in range(given.days):
            year.morning()
        return year.report(Path(given.out) if given.out else None)


class Year:
    def __init__(self, place: Workplace, first: date) -> None:
        self.place = place
        self.day = first
        self.first = first
        self.seconds = 0.0
        self.broken: list[str] = []

    def clock(self):  # type: ignore[no-untyped-def]
        schedule = self.place.settings.schedule
        return standing_at(self.day, schedule.work_from, schedule.zone)

    def start(self, files: list[Path]) -> None:
        self.place.ready()
        for file in files:
            import_file(self.place, file, now=self.clock()(), today=self.day, actor="bench")

    def morning(self) -> None:
        self.happen()
        began = time.monotonic()
        run_daily(self.place, clock=self.clock(), day=self.day)
        self.seconds += time.monotonic() - began
        with self.place.database.read() as connection:
            listed = all_tasks(connection, self.place)
        for task in listed:
            if task.standing is Standing.SCHEDULED and task.next_on is None:
                self.broken.append(f"{self.day}: task {task.id} is scheduled for nothing")
            if task.standing is Standing.WAITING and not task.waiting_for:
                self.broken.append(f"{self.day}: task {task.id} waits for nothing")
        if self.place.calendar.is_working(self.day):
            self.broken += [f"{self.day}: nobody was told of task {task} for three weeks" for task in self.silent()]
        self.day += timedelta(days=1)

    def silent(self) -> list[int]:
        """The tasks that are three weeks late, whose lead can be reached, and of which it heard nothing since."""
        since = self.day - timedelta(days=21)
        heard = (
            select(reminders.c.id)
            .join(messages, messages.c.id == reminders.c.message_id)
            .where(
                reminders.c.due_id == dues.c.id,
                reminders.c.state == "told",
                reminders.c.decided_on >= since,
                reminders.c.audience != "operator",
            )
        )
        with self.place.database.read() as connection:
            led = select(assignments.c.id).where(
                assignments.c.task_id == dues.c.task_id,
                assignments.c.role == "lead",
                assignments.c.state == "open",
                assignments.c.agency.in_(reachable(connection, self.place)),
            )
            rows = connection.execute(
                select(dues.c.task_id)
                .join(tasks, tasks.c.id == dues.c.task_id)
                .where(
                    tasks.c.state == "open",
                    dues.c.state == "open",
                    ~dues.c.blocked,
                    dues.c.late_from <= since,
                    dues.c.first_seen <= since,
                    led.exists(),
                    ~heard.exists(),
                )
            )
            return sorted({row.task_id for row in rows})

    def happen(self) -> None:
        now, today = self.clock()(), self.day
        if (today.month, today.day) == (4, 1):
            event = EventRecord(
                issuer="Chính phủ",
                instrument="Nghị định",
                number="99/2026/NĐ-CP",
                on_date=today,
                subject="hướng dẫn",
            )
            with self.place.database.read() as connection:
                found = events.propose(connection, self.place.province, event)
            number = events.record_event(self.place, event, now=now, actor="bench")
            pairs = [(one.held.task_id, one.held.term) for one in found[:1]]
            events.confirm(self.place, number, pairs, on=today, now=now, today=today, actor="bench")
        if (today.month, today.day) in {(7, 1), (9, 1)}:
            with self.place.database.read() as connection:
                late = [
                    t
                    for t in all_tasks(connection, self.place)
                    if t.late_from and t.late_from <= today and t.state == "open" and t.kinds == ("fixed",)
                ]
            if late and today.month == 7:
                completing.complete(
                    self.place,
                    late[0].id,
                    on=today,
                    document="1/BC",
                    due_key=None,
                    now=now,
                    today=today,
                    actor="bench",
                )
            elif late:
                completing.extend(
                    self.place,
                    late[0].id,
                    to=date(today.year, 12, 31),
                    document="2/UBND",
                    due_key=None,
                    now=now,
                    today=today,
                    actor="bench",
                )

    def report(self, out: Path | None) -> int:
        with self.place.database.read() as connection:
            listed = all_tasks(connection, self.place)
            told = connection.execute(
                select(
                    reminders.c.decided_on,
                    reminders.c.agency,
                    reminders.c.audience,
                    reminders.c.channel,
                    reminders.c.urgency,
                    reminders.c.state,
                ).join(messages, messages.c.id == reminders.c.message_id)
            ).all()
            sent = connection.execute(
                select(
                    messages.c.day, messages.c.agency, messages.c.audience, messages.c.channel, messages.c.ended_at
                ).where(messages.c.state == "sent", messages.c.purpose == "reminders")
            ).all()
        each = Counter((row.ended_at.date(), row.agency, row.audience, row.channel) for row in sent)
        twice = [key for key, count in each.items() if count > 1]
        self.broken += [f"two messages: {key}" for key in twice]
        standings = Counter(task.standing.value for task in listed)
        months: dict[str, Counter[str]] = defaultdict(Counter)
        for row in told:
            months[f"{row.decided_on:%Y-%m}"][row.urgency] += 1
        columns = ["opening", "soon", "today", "overdue", "escalated", "report", "changed"]
        print("month    " + "".join(f"{c:>11}" for c in columns) + "   messages")
        per_month = Counter(f"{row.day:%Y-%m}" for row in sent)
        for month in sorted(months):
            print(f"{month:9}" + "".join(f"{months[month][c]:>11}" for c in columns) + f"{per_month[month]:>11}")
        busiest = Counter(row.agency for row in sent).most_common(5)
        print(
            f"{len(listed)} tasks {dict(standings)}; {len(told)} reminders in {len(sent)} messages; "
            f"{self.seconds:.0f} s of daily runs"
        )
        weeks = Counter((row.agency, row.channel, row.ended_at.date().isocalendar()[:2]) for row in sent)
        by_week = Counter(weeks.values())
        print("messages that an agency got in a week: " + ", ".join(f"{n}: {by_week[n]}" for n in sorted(by_week)))
        print("most messages: " + ", ".join(f"{code} {n}" for code, n in busiest))
        if out:
            lines = ["day\tagency\taudience\tchannel\turgency\tstate"]
            lines += ["\t".join(str(value) for value in row) for row in told]
            out.write_text("\n".join(lines) + "\n", encoding="utf-8")
        for line in self.broken[:20]:
            print("BROKEN", line)
        return 1 if self.broken else 0


if __name__ == "__main__":
    sys.exit(main())
