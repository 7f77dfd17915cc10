"""The promises of DESIGN hold after every step, whatever happens in whatever order."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import and_, select

from flows.steps import answering, completing, daily, events, granting
from flows.steps.answering import Said
from flows.steps.clock import standing_at
from flows.steps.importing import import_file
from flows.steps.listing import all_tasks, why
from flows.steps.previewing import preview
from flows.steps.sending import deliver
from flows.steps.workplace import Workplace, open_workplace
from notifiers.errors import NotSent, Refused, Scope, Unavailable, Unconfirmed
from store import strays
from store.balance import balance
from store.events import EventRecord
from store.outbox import CHANGED
from store.plans import count_rows
from store.schema import answers, assignments, deadlines, dues, messages, reminders, tasks
from store.tasks import Standing
from tests.conftest import ROOT, SAMPLES
from tests.fake_channel import Office

FIRST = date(2026, 4, 6)
PLANS = sorted(SAMPLES.glob("*.txt"))
FAILURES: dict[str, Callable[[], NotSent]] = {
    "nobody of that name": lambda: Refused("550", code="550 5.1.1", scope=Scope.RECIPIENT),
    "not this text": lambda: Refused("554", code="554", scope=Scope.MESSAGE),
    "come back later": lambda: Unavailable("451", code="451", scope=Scope.MESSAGE, retry_after=600),
    "server down": lambda: Unavailable("421", code="421", scope=Scope.CHANNEL),
    "answer lost": lambda: Unconfirmed("mất trả lời", scope=Scope.CHANNEL),
    "answer of one lost": lambda: Unconfirmed("mất trả lời", scope=Scope.MESSAGE),
}


COUNTED = """
  { after_reminders = 2, repeat_every = 14, to = "leadership" },
  { after_reminders = 3, repeat_every = 28, to = "superior" },
"""
LADDER = ("late+15-leadership", "late+30-superior"), ("after-2-leadership", "after-3-superior")
"""Whom the policies have told one after the other, lower and higher."""


@cache
def template() -> Path:
    """A folder with the configuration and an empty database, made once."""
    folder = Path(tempfile.mkdtemp(prefix="dondoc-laws-"))
    shutil.copytree(ROOT / "config", folder / "config", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    channels = folder / "config" / "channels.toml"
    chat = '\n[zalo]\nurl = "ntfys://chat.example/topic"\nattempts = 3\n'
    channels.write_text(channels.read_text(encoding="utf-8") + chat, encoding="utf-8")
    place = at(folder)
    place.ready()
    place.database.close()
    return folder


def at(folder: Path) -> Workplace:
    return open_workplace({"DONDOC_VAR": str(folder / "var"), "DONDOC_CONFIG": str(folder / "config")})


class Promises(RuleBasedStateMachine):
    """One office, from the sixth of April 2026 on."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="dondoc-law-"))
        shutil.copytree(template(), self.folder, dirs_exist_ok=True)
        self.place = at(self.folder)
        self.office = Office()
        self.today = FIRST
        self.arrived: list[tuple[date, str, str]] = []
        self.amended = 0
        self.begun: dict[tuple[int, date, str], date] = {}
        """When a step about a date was first decided."""

    def teardown(self) -> None:
        self.place.database.close()
        shutil.rmtree(self.folder)

    @property
    def now(self) -> datetime:
        schedule = self.place.settings.schedule
        return standing_at(self.today, schedule.work_from, schedule.zone)()

    @initialize(number=st.integers(0, len(PLANS) - 1), counted=st.booleans())
    def begin(self, number: int, counted: bool) -> None:
        if counted:
            file = self.folder / "config" / "policies.toml"
            lines = file.read_text(encoding="utf-8").splitlines()
            kept = [line for line in lines if 'to = "leadership" }' not in line and 'to = "superior" }' not in line]
            assert len(kept) == len(lines) - 2
            first = next(at for at, line in enumerate(kept) if line.startswith("due = ["))
            kept.insert(first + 1, COUNTED)
            file.write_text("\n".join(kept), encoding="utf-8")
            self._reopened()
        import_file(self.place, PLANS[number], now=self.now, today=self.today, actor="test")
        self._day()

    # What happens

    def _day(self) -> None:
        """The daily run, without Prefect and with the channels of the test."""
        report = daily.Report(day=self.today)
        run = daily.begin(self.place, self.today, self.now)
        daily.prepare(self.place, report, now=self.now)
        daily.resolve(self.place, report, now=self.now)
        daily.choose(self.place, report, now=self.now)
        assert not report.decided.faults
        before = len(self.office.taken)
        deliver(self.place, clock=lambda: self.now, opens=self.office.opens)
        daily.end(self.place, run, report, now=self.now)
        self.arrived += [(self.today, message.key, message.to) for message in self.office.taken[before:]]
        self._climbed()

    def _climbed(self) -> None:
        """Nobody's superior hears before its leadership, or on the same day."""
        with self.place.database.read() as connection:
            rows = connection.execute(
                select(reminders.c.due_id, reminders.c.on_date, reminders.c.stage).where(
                    reminders.c.audience != "operator", reminders.c.decided_on == self.today
                )
            ).all()
        for due, on, stage in rows:
            self.begun.setdefault((due, on, stage.partition("#")[0]), self.today)
        for (due, on, stage), day in self.begun.items():
            for low, high in LADDER:
                if stage == high:
                    assert self.begun.get((due, on, low), date.max) < day, (due, on, self.begun)

    @rule(days=st.integers(1, 12))
    def days_pass(self, days: int) -> None:
        """The schedule was off; the last day catches up."""
        self.today += timedelta(days=days)
        self._day()

    @rule()
    @precondition(lambda self: not self.office.failures)
    def the_day_runs_again(self) -> None:
        """The run after the one that followed what happened changes nothing."""
        self._day()
        before, arrived = self._rows(), len(self.arrived)
        self._day()
        assert self._rows() == before
        assert len(self.arrived) == arrived

    def _rows(self) -> list[tuple[object, ...]]:
        with self.place.database.read() as connection:
            wanted = select(reminders.c.key, reminders.c.state, reminders.c.message_id).order_by(reminders.c.id)
            return [tuple(row) for row in connection.execute(wanted)]

    @rule(days=st.integers(1, 8))
    @precondition(lambda self: not self.office.failures)
    def what_is_foreseen_then_happens(self, days: int) -> None:
        last = self.today + timedelta(days=days)
        self._settled()
        foreseen = {(one.day, one.planned.key) for one in preview(self.place, self.today + timedelta(days=1), last)}
        happened: set[tuple[date, str]] = set()
        with self.place.database.read() as connection:
            known = set(connection.execute(select(reminders.c.key, reminders.c.state)).all())
        while self.today < last:
            self.today += timedelta(days=1)
            self._day()
            with self.place.database.read() as connection:
                rows = connection.execute(
                    select(reminders.c.key, reminders.c.state, reminders.c.decided_on).where(
                        reminders.c.decided_on == self.today, ~reminders.c.stage.startswith(CHANGED)
                    )
                ).all()
            happened |= {(row.decided_on, row.key) for row in rows if (row.key, row.state) not in known}
        assert happened == foreseen

    def _settled(self) -> None:
        """Everything that changed today has been decided about."""
        self._day()

    @rule(names=st.lists(st.sampled_from(sorted(FAILURES)), min_size=1, max_size=3), arrives=st.booleans())
    def the_next_messages_fail(self, names: list[str], arrives: bool) -> None:
        self.office.lost_answers_arrive = arrives
        self.office.failures.extend((lambda _message, made=FAILURES[name]: made()) for name in names)

    @rule()
    def the_other_side_is_well_again(self) -> None:
        self.office.failures.clear()

    @rule(number=st.integers(0, 1000))
    def a_task_is_completed(self, number: int) -> None:
        if task := self._some_task(number):
            completing.complete(
                self.place,
                task,
                on=self.today,
                document="1/BC",
                due_key=None,
                now=self.now,
                today=self.today,
                actor="test",
            )

    @rule(number=st.integers(0, 1000), days=st.integers(-40, 60))
    def a_date_is_moved(self, number: int, days: int) -> None:
        if task := self._some_task(number):
            completing.extend(
                self.place,
                task,
                to=self.today + timedelta(days=days),
                document="2/UBND",
                due_key=None,
                now=self.now,
                today=self.today,
                actor="test",
            )

    @rule(number=st.integers(0, 1000), ago=st.integers(0, 60))
    def an_awaited_document_is_issued(self, number: int, ago: int) -> None:
        with self.place.database.read() as connection:
            held = events.waiting_terms(connection, self.place.province)
        if not held:
            return
        one = held[number % len(held)]
        on = self.today - timedelta(days=ago)
        issued = EventRecord(
            issuer="Chính phủ", instrument="Nghị định", number=f"{number}/NĐ", on_date=on, subject=f"Số {number}"
        )
        event = events.record_event(self.place, issued, now=self.now, actor="test")
        events.confirm(
            self.place, event, [(one.task_id, one.term)], on=on, now=self.now, today=self.today, actor="test"
        )

    @rule(event=st.integers(1, 4), days=st.integers(-30, 30))
    def an_event_is_corrected(self, event: int, days: int) -> None:
        on = self.today + timedelta(days=days)
        events.correct(self.place, event, on, now=self.now, today=self.today, actor="test")

    @rule(event=st.integers(1, 4))
    def an_event_is_taken_back(self, event: int) -> None:
        events.withdraw(self.place, event, now=self.now, today=self.today, actor="test")

    @rule(number=st.integers(0, 1000), kind=st.sampled_from(["acknowledged", "progress", "done", "extension"]))
    def an_agency_answers(self, number: int, kind: str) -> None:
        with self.place.database.read() as connection:
            rows = connection.execute(
                select(dues.c.id, assignments.c.agency)
                .join(assignments, assignments.c.task_id == dues.c.task_id)
                .where(dues.c.state == "open", assignments.c.state == "open")
                .order_by(dues.c.id, assignments.c.id)
            ).all()
        if rows:
            row = rows[number % len(rows)]
            on = self.today if kind == "done" else self.today + timedelta(days=400)
            said = Said(kind=kind, text="Đang làm", document="3/BC", on=on)
            answering.receive(self.place, row.agency, row.id, said, now=self.now, today=self.today)

    @rule(number=st.integers(0, 1000), granted=st.booleans())
    def the_operator_decides_on_an_answer(self, number: int, granted: bool) -> None:
        with self.place.database.read() as connection:
            open_ones = (
                connection.execute(
                    select(answers.c.id).where(
                        answers.c.state == "received", answers.c.kind.in_(("done", "extension"))
                    )
                )
                .scalars()
                .all()
            )
        if not open_ones:
            return
        answer, given = open_ones[number % len(open_ones)], {"now": self.now, "today": self.today, "actor": "test"}
        if granted:
            granting.confirm(self.place, answer, document="4/UBND", on=None, **given)
        else:
            granting.return_answer(self.place, answer, reason="Chưa đủ", **given)

    @rule(number=st.integers(0, 1000), kept=st.booleans())
    def a_contact_comes_or_goes(self, number: int, kept: bool) -> None:
        """The mail addresses of an agency are taken out of the file, or put back."""
        file = self.folder / "config" / "agencies" / "phu-chau.toml"
        lines = file.read_text(encoding="utf-8").splitlines()
        places = [at for at, line in enumerate(lines) if line.lstrip("# ").startswith("email =")]
        chosen = places[number % len(places)]
        bare = lines[chosen].lstrip("# ")
        lines[chosen] = bare if kept else f"# {bare}"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._reopened()

    def _reopened(self) -> None:
        self.place.database.close()
        self.place = at(self.folder)

    @rule(number=st.integers(0, len(PLANS) - 1), line=st.integers(0, 1000))
    def a_plan_is_amended(self, number: int, line: int) -> None:
        """The same plan comes again with a row or a line less."""
        text = PLANS[number].read_text(encoding="utf-8").splitlines()
        body = [at for at, words in enumerate(text) if words.startswith(("|", "- "))]
        del text[body[line % len(body)]]
        self.amended += 1
        file = self.folder / f"amended-{self.amended}.txt"
        file.write_text("\n".join(text), encoding="utf-8")
        import_file(self.place, file, now=self.now, today=self.today, actor="test")

    def _some_task(self, number: int) -> int | None:
        with self.place.database.read() as connection:
            found = connection.execute(select(tasks.c.id).where(tasks.c.state == "open").order_by(tasks.c.id))
            open_ones = found.scalars().all()
        return open_ones[number % len(open_ones)] if open_ones else None

    # What is promised

    @invariant()
    def every_task_is_reminded_or_explained(self) -> None:
        with self.place.database.read() as connection:
            listed = all_tasks(connection, self.place)
            stored = count_rows(connection, self.place.province)["tasks"]
        standings = Counter(task.standing for task in listed)
        assert sum(standings.values()) == stored
        for task in listed:
            match task.standing:
                case Standing.WAITING:
                    assert task.waiting_for
                case Standing.ATTENTION:
                    assert why(task)
                case Standing.SCHEDULED:
                    assert task.leads

    @invariant()
    def every_reminder_is_accounted_for_and_has_its_own_key(self) -> None:
        with self.place.database.read() as connection:
            assert balance(connection, self.place.province).holds
            keys = connection.execute(select(reminders.c.key)).scalars().all()
        assert len(keys) == len(set(keys))

    @invariant()
    def nothing_is_to_be_said_about_an_old_date(self) -> None:
        """But what may be on its way, and the change of the date itself; at the latest after the day's run."""
        with self.place.database.read() as connection:
            stale = (
                connection.execute(
                    select(reminders.c.key)
                    .join(dues, dues.c.id == reminders.c.due_id)
                    .join(messages, messages.c.id == reminders.c.message_id)
                    .where(
                        reminders.c.state == "planned",
                        ~strays.in_flight(),
                        ~reminders.c.stage.startswith(CHANGED),
                        (dues.c.on_date != reminders.c.on_date) | (dues.c.state == "withdrawn") | dues.c.blocked,
                        messages.c.state != "refused",
                    )
                )
                .scalars()
                .all()
            )
        assert not stale

    @invariant()
    def nobody_gets_two_messages_a_day(self) -> None:
        by_mailbox: dict[tuple[date, tuple[str, ...]], set[str]] = {}
        for day, key, _ in self.arrived:
            _, _purpose, *mailbox, _ = key.split("|")
            by_mailbox.setdefault((day, tuple(mailbox)), set()).add(key)
        assert all(len(keys) == 1 for keys in by_mailbox.values())

    @invariant()
    def a_message_that_arrived_twice_is_a_mail_whose_answer_was_lost(self) -> None:
        texts: dict[str, set[tuple[str, str]]] = {}
        for message in self.office.taken:
            texts.setdefault(message.key, set()).add((message.to, message.text))
        assert all(len(kinds) == 1 for kinds in texts.values())

    @invariant()
    def nothing_that_waits_for_its_document_is_late(self) -> None:
        with self.place.database.read() as connection:
            rows = connection.execute(
                select(dues.c.id).where(dues.c.blocked, and_(dues.c.state == "done", dues.c.done_late))
            ).all()
        assert not rows

    @invariant()
    def no_open_date_is_left_without_a_next_day(self) -> None:
        """An open date that can be late is looked at again, unless it waits or everybody has reported."""
        with self.place.database.read() as connection:
            forgotten = connection.execute(
                select(dues.c.id, dues.c.on_date)
                .join(tasks, tasks.c.id == dues.c.task_id)
                .join(deadlines, deadlines.c.task_id == tasks.c.id)
                .where(
                    tasks.c.state == "open",
                    dues.c.state == "open",
                    dues.c.track == "due",
                    ~dues.c.blocked,
                    dues.c.late_from.is_not(None),
                    dues.c.next_on.is_(None),
                    select(assignments.c.id)
                    .where(
                        assignments.c.task_id == tasks.c.id,
                        assignments.c.state == "open",
                        assignments.c.role == "lead",
                        ~select(answers.c.id)
                        .where(
                            answers.c.due_id == dues.c.id,
                            answers.c.agency == assignments.c.agency,
                            answers.c.kind == "done",
                            answers.c.state != "returned",
                        )
                        .exists(),
                    )
                    .exists(),
                )
            ).all()
        assert not forgotten


Promises.TestCase.settings = settings(
    max_examples=int(os.environ.get("DONDOC_LAW_EXAMPLES", "6")),
    stateful_step_count=int(os.environ.get("DONDOC_LAW_STEPS", "12")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
class TestPromises(Promises.TestCase):
    """Run by hypothesis."""
