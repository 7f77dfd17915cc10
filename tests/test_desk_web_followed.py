"""A list that is kept and amended shows what it would show if all of it were found anew."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from desk.web import followed
from desk.web.followed import Followed
from flows.steps import completing, correcting, events, granting
from flows.steps.answering import Said, receive
from flows.steps.reach import reachable
from flows.steps.workplace import Workplace
from store import overview, task_lists
from store.audit_pages import newest
from store.changed import tasks_changed
from store.events import EventRecord
from store.places import Look, Place, Places
from store.schema import answers, assignments, audit, dues, tasks
from store.searching import STATUSES, Wanted
from tests.desk_samples import Clock, lead_due, opened, with_samples

AGENCY = "phu-chau.so-khoa-hoc-va-cong-nghe"


@pytest.fixture
def desk(
    environment: dict[str, str], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> tuple[Workplace, Clock, Followed]:
    """The samples on a day when some are late; every list is dear enough to be kept."""
    monkeypatch.setattr(followed, "DEAR", 0.0)
    place = opened(environment, DONDOC_DATABASE_URL=database_url)
    clock = with_samples(place)
    clock.move(days=60)
    return place, clock, Followed(place.database, place.province)


def wanted_lists(clock: Clock) -> list[Wanted]:
    today = clock().date()
    lists = [Wanted(status=status) for status in STATUSES]
    lists += [Wanted(agency=AGENCY), Wanted(agency=AGENCY, status="open"), Wanted(kind="recurring")]
    lists += [Wanted(attention=True), Wanted(words=("bao", "cao")), Wanted(due_from=today)]
    return [*lists, Wanted(status="open", due_from=today, due_to=today + timedelta(days=90))]


def shown(place: Workplace, clock: Clock, lists: Followed | None) -> list[object]:
    """Every list and count of the desk: followed, or found anew where there is nothing to follow."""
    today = clock().date()
    with place.database.read() as connection:
        near = reachable(connection, place)

        def follow(asked: object, look: Look, most: int | None) -> Places:
            if lists is None:
                return Places.of(look(connection, None), most=most)
            return lists.get(connection, asked, (today, near), newest(connection, place.province), look, most)  # type: ignore[arg-type]

        found: list[object] = [
            task_lists.find(
                connection, place.province, wanted, reachable=near, today=today, limit=200,
                follow=follow if lists is not None else None,
            )
            for wanted in wanted_lists(clock)
        ]  # fmt: skip
        return [*found, overview.today(connection, place.province, today, follow)]


def changes(place: Workplace, clock: Clock) -> list[Callable[[random.Random], object]]:
    """What people do to tasks, each to one that is drawn."""
    common = {"now": clock(), "today": clock().date(), "actor": "user:thu"}
    today = clock().date()

    def drawn(chance: random.Random) -> int:
        with place.database.read() as connection:
            return chance.choice(connection.execute(select(tasks.c.id).order_by(tasks.c.id)).scalars().all())

    def report(chance: random.Random) -> object:
        with place.database.read() as connection:
            due = chance.choice(
                connection.execute(
                    select(dues.c.id, assignments.c.agency)
                    .join(assignments, assignments.c.task_id == dues.c.task_id)
                    .where(assignments.c.role == "lead", assignments.c.state == "open", dues.c.state == "open")
                    .order_by(dues.c.id)
                ).all()
            )
        said = Said(kind="done", document="12/BC", on=today)
        return receive(place, due.agency, due.id, said, now=clock(), today=today)

    def accept(_chance: random.Random) -> object:
        with place.database.read() as connection:
            waiting = connection.execute(select(answers.c.id).where(answers.c.state == "received")).scalar()
        return waiting and granting.confirm(place, waiting, document="", on=None, **common)  # type: ignore[arg-type]

    def release(chance: random.Random) -> object:
        event = EventRecord(
            issuer="Chính phủ", instrument="Nghị định", number=f"{chance.randint(1, 999)}/2026/NĐ-CP",
            on_date=today, subject="quy định thử",
        )  # fmt: skip
        number = events.record_event(place, event, now=clock(), actor="user:thu")
        with place.database.read() as connection:
            held = events.waiting_terms(connection, place.province)
        if held:
            one = chance.choice(held)
            events.confirm(place, number, [(one.task_id, one.term)], on=today, **common)  # type: ignore[arg-type]
        return chance.random() < 0.5 and events.withdraw(place, number, **common)  # type: ignore[arg-type]

    return [
        lambda chance: completing.complete(place, drawn(chance), on=today, document="1/BC", due_key=None, **common),  # type: ignore[arg-type]
        lambda chance: completing.extend(place, drawn(chance), to=today + timedelta(days=chance.randint(1, 99)),
                                         document="2/UBND", due_key=None, **common),  # type: ignore[arg-type]
        lambda chance: correcting.set_date(place, drawn(chance), today + timedelta(days=chance.randint(-50, 99)),
                                           **common),  # type: ignore[arg-type]
        lambda chance: correcting.assign_lead(place, drawn(chance), AGENCY, **common),  # type: ignore[arg-type]
        lambda chance: correcting.read_again(place, drawn(chance), **common),  # type: ignore[arg-type]
        report, accept, release,
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
def test_whatever_people_do_a_followed_list_is_the_list(desk: tuple[Workplace, Clock, Followed], seed: int) -> None:
    place, clock, lists = desk
    chance = random.Random(seed)
    every = changes(place, clock)
    assert shown(place, clock, lists) == shown(place, clock, None)
    for turn in range(8):
        for _ in range(chance.randint(1, 4)):
            every[chance.randrange(len(every))](chance)
        assert shown(place, clock, lists) == shown(place, clock, None), turn


def test_after_a_change_only_the_changed_tasks_are_looked_at(desk: tuple[Workplace, Clock, Followed]) -> None:
    place, clock, lists = desk
    looks: list[object] = []
    task, _ = lead_due(place, AGENCY)

    def look(connection: Connection, among: object) -> list[Place]:
        looks.append(among)
        return [(1, 1, task)]

    def looked() -> object:
        with place.database.read() as connection:
            lists.get(connection, "a list", "basis", newest(connection, place.province), look, None)
        return looks[-1]

    common = {"now": clock(), "today": clock().date(), "actor": "user:thu"}
    assert looked() is None
    correcting.set_date(place, task, clock().date(), **common)  # type: ignore[arg-type]
    assert looked() == {task}
    assert (looked(), len(looks)) == ({task}, 2)
    issued = EventRecord(issuer="A", instrument="B", number="1", on_date=clock().date(), subject="")
    events.record_event(place, issued, now=clock(), actor="user:thu")
    assert (looked(), len(looks)) == (None, 3)


def test_what_an_old_list_lacks_stands_there_at_the_next_look(
    desk: tuple[Workplace, Clock, Followed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not everything that moves a task is written in the audit log: the daily run makes the next dates."""
    place, _, lists = desk
    found = [(1, 1, 7)]

    def looked() -> tuple[int, ...]:
        with place.database.read() as connection:
            entry = newest(connection, place.province)
            return lists.get(connection, "a list", "basis", entry, lambda _connection, _among: found, None).page(
                0, 9
            )

    assert looked() == (7,)
    found = [(1, 2, 8)]
    assert looked() == (7,)
    monkeypatch.setattr(followed, "FRESH", 0.0)
    assert looked() == (7,)
    until = time.monotonic() + 60
    while looked() != (8,):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_entries_of_other_things_move_no_task(desk: tuple[Workplace, Clock, Followed]) -> None:
    place, clock, _ = desk
    with place.database.write() as connection:
        last = connection.execute(select(audit.c.id).order_by(audit.c.id.desc()).limit(1)).scalar_one()
        own = {"province": place.province, "at": clock(), "actor": "a", "previous": "", "digest": ""}
        for action, subject in (("login", "user:a"), ("denied", "GET /tasks/1"), ("task.done", "task:7")):
            connection.execute(audit.insert().values(own | {"action": action, "subject": subject}))
    with place.database.read() as connection:
        assert tasks_changed(connection, place.province, last, last + 3) == {7}
        assert tasks_changed(connection, place.province, last, last + 2) == frozenset()
        assert tasks_changed(connection, place.province, 0, last) is None


def test_the_known_beginning_of_a_long_list_stays_its_beginning() -> None:
    every = [(1, position, position) for position in range(0, 100, 2)]
    known = Places.of(every[:20], most=20)
    assert not known.whole
    kept = known.amended({2, 13, 90, 31}, [(1, 13, 13), (1, 31, 31), (1, 91, 90)])
    assert kept.page(0, 30) == tuple(sorted({one for _, _, one in every[:20]} - {2} | {13, 31}))
    assert len(known) == 20
    assert known.page(18, 5) == (36, 38)
