"""Who is above an agency hears after the agency was really reminded, and one step at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from flows.steps.previewing import preview
from flows.steps.refreshing import refresh
from flows.steps.workplace import open_workplace
from notifiers.errors import Refused, Scope
from store.schema import assignments, dues, reminders, tasks
from tests import store_samples as samples
from tests.test_flows_sending import FINANCE, HOME, MONDAY, Bench

COUNTED = """
[default.lead]
due = [
  { days = 0 },
  { days = 1, repeat_every = 7 },
  { after_reminders = 2, repeat_every = 28, to = "leadership" },
  { after_reminders = 4, repeat_every = 28, to = "superior" },
]
opening = [{ days = 0 }]
check   = [{ days = 0 }]
report  = [{ days = 0 }]
waiting = [{ name = "ask", days = 14, repeat_every = 14, to = "operator" }]
"""


class Late(Bench):
    """Three agencies, of which the first two lead one task together; all of it is due on the Monday."""

    def __init__(self, folder: Path, url: str, policies: str = "") -> None:
        super().__init__(folder, url)
        if policies:
            (folder / "config" / "policies.toml").write_text(policies, encoding="utf-8")
        self.reopen()
        with self.place.database.write() as connection:
            (self.shared,) = samples.add_tasks(connection, 1, agency=self.agencies[1], on=MONDAY)
            task = connection.execute(select(dues.c.task_id).where(dues.c.id == self.shared)).scalar_one()
            # As a plan prints it: the task is named anew whenever the file of agencies changes.
            connection.execute(tasks.update().values(lead_text="Sở Tài chính; Sở Nội vụ").where(tasks.c.id == task))
            other = {"agency": self.agencies[2], "role": "lead", "words": "", "as_group": False, "state": "open"}
            connection.execute(insert(assignments).values(other | {"province": "phu-chau", "task_id": task}))

    def reopen(self) -> None:
        self.place.database.close()
        self.place = open_workplace(self.environment)
        refresh(self.place, now=self.clock(), today=self.today)

    def reach(self, agency: str, *, reached: bool) -> None:
        """Put the mail addresses of an agency into its file, or take them out."""
        file = self.folder / "config" / "agencies" / "phu-chau.toml"
        lines = file.read_text(encoding="utf-8").splitlines()
        for at, line in enumerate(lines):
            if f"@{agency}.phu-chau" in line:
                bare = line.lstrip("# ")
                lines[at] = bare if reached else f"# {bare}"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.reopen()

    def days(self, count: int) -> None:
        for _ in range(count):
            self.decide()
            self.deliver()
            self.clock.on(days=1)

    def said(self, stage: str) -> dict[str, date]:
        """On which day each agency's step about the shared task was first decided."""
        with self.place.database.read() as connection:
            rows = connection.execute(
                select(reminders.c.agency, reminders.c.decided_on)
                .where(
                    reminders.c.due_id == self.shared,
                    reminders.c.stage == stage,
                    reminders.c.state != "withdrawn",
                )
                .order_by(reminders.c.decided_on.desc())
            ).all()
        return {row.agency: row.decided_on for row in rows}


@pytest.fixture
def late(tmp_path: Path, database_url: str) -> Iterator[Late]:
    made = Late(tmp_path, database_url, COUNTED)
    yield made
    made.place.database.close()


def test_the_leaders_of_whom_no_reminder_reached_are_not_told_that_it_was_reminded(late: Late) -> None:
    _, finance, home = late.agencies
    late.reach(FINANCE, reached=False)
    late.days(29)
    assert late.said("after-2-leadership") == {home: MONDAY + timedelta(days=15)}
    assert late.said("day-0") == {finance: MONDAY, home: MONDAY}
    late.reach(FINANCE, reached=True)
    foreseen = {
        (one.planned.agency, one.day)
        for one in preview(late.place, late.today, late.today + timedelta(days=40))
        if one.planned.stage == "after-2-leadership"
    }
    late.days(41)
    told = late.said("after-2-leadership")
    assert told[home] == MONDAY + timedelta(days=15), "one agency's leaders do not wait for another's clerk"
    assert {(agency, day) for agency, day in told.items() if agency == finance} == foreseen
    # What had nobody to go to left with the fifth reminder, in one mail; the next one is the second, and then.
    assert told[finance] == MONDAY + timedelta(days=43)


def test_a_mail_that_was_refused_does_not_count(late: Late) -> None:
    _, finance, home = late.agencies
    late.days(2)

    def refused(message: object) -> Refused | None:
        if f"@{HOME}." in str(getattr(message, "to", "")):
            return Refused("554", code="554", scope=Scope.MESSAGE)
        return None

    late.days(6)
    late.office.failures.extend([refused] * 9)
    late.days(1)
    late.office.failures.clear()
    late.days(21)
    told = late.said("after-2-leadership")
    assert told[finance] == MONDAY + timedelta(days=15)
    assert told[home] == MONDAY + timedelta(days=22)


def test_after_a_first_import_nobody_s_superior_hears_before_its_leadership(tmp_path: Path) -> None:
    bench = Late(tmp_path, f"sqlite:///{tmp_path / 'test.db'}")
    bench.clock.on(days=21)
    with bench.place.database.write() as connection:
        connection.execute(dues.update().values(first_seen=bench.today))
    bench.days(45)
    with bench.place.database.read() as connection:
        rows = connection.execute(
            select(reminders.c.stage, reminders.c.decided_on).where(reminders.c.due_id == bench.shared)
        ).all()
    first: dict[str, date] = {}
    for stage, day in sorted(rows, key=lambda row: row.decided_on):
        first.setdefault(stage.partition("#")[0], day)
    begun = MONDAY + timedelta(days=21)
    assert {stage: (day - begun).days for stage, day in first.items() if stage != "late+1"} == {
        "first-summary": 0,
        "late+15-leadership": 14,
        "late+30-superior": 29,
        "late+30-operator": 29,
    }
    bench.place.database.close()
