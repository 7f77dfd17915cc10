"""Plans: kept once a content; a newer version takes over what was done about the tasks of the older."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from deadlines.grammar import read_task
from store import dues, plans
from store.audit import verify
from store.database import Database
from store.plan_records import AssignmentRecord, Follows, PlanRecord, Saved, TaskRecord
from store.schema import assignments, deadlines, tasks
from store.schema import dues as due_rows
from store.schema import plans as plan_rows
from tests import store_samples as samples
from tests.store_samples import DAY, NOW, PROVINCE


def task(
    key: str, *, title: str = "", words: str = "Quý II/2026", leads: tuple[str, ...] = ("so-y-te",)
) -> TaskRecord:
    return TaskRecord(
        key=key,
        table_kind="tasks",
        number=key,
        title=title or f"Nhiệm vụ {key}",
        folded=f"nhiem vu {key}",
        section=None,
        parent=None,
        lead_text="Sở Y tế",
        coordinating_text=None,
        product=None,
        deadline_text=words,
        conditions=(),
        place={},
        confidence=1.0,
        doubts=(),
        reading=read_task(words, ()),
        assignments=tuple(AssignmentRecord(agency=one, role="lead", words="Sở Y tế") for one in leads),
        unknown_lead=None,
    )


def plan(*records: TaskRecord, digest: str = "a", identity: str = "77/KH-UBND", **given: Any) -> PlanRecord:
    return PlanRecord(
        identity=identity,
        digest=digest,
        file="a.txt",
        format="txt",
        kind="Kế hoạch",
        number=identity,
        issued_on=date(2026, 1, 5),
        issued_text=None,
        issuer="UBND tỉnh",
        signer=None,
        title="Kế hoạch thử",
        basis=(),
        warnings=(),
        tasks=records,
        **given,
    )


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = samples.opened(database_url)
    yield made
    with made.read() as connection:
        assert isinstance(verify(connection, PROVINCE), int)
    made.close()


def saved(database: Database, record: PlanRecord, *, today: date = DAY, province: str = PROVINCE) -> Saved:
    with database.write() as connection:
        return plans.save_plan(connection, province, record, now=NOW, today=today, actor="an")


def rows(database: Database, table: Any) -> dict[int, Any]:
    with database.read() as connection:
        return {row.id: row for row in connection.execute(select(table).order_by(table.c.id))}


def test_the_same_content_twice_changes_nothing(database: Database) -> None:
    first = saved(database, plan(task("1"), task("2")))
    assert (len(first.added), first.known, first.revision) == (2, False, 1)
    again = saved(database, plan(task("1"), task("2")))
    assert (again.known, again.plan_id, again.added) == (True, first.plan_id, ())
    with database.read() as connection:
        counts = plans.count_rows(connection, PROVINCE)
        assert counts == {"plans": 1, "tasks": 2, "deadlines": 2, "dues": 0, "assignments": 2}
        assert plans.count_rows(connection, "minh-son") == dict.fromkeys(counts, 0)
    assert not saved(database, plan(task("1"), task("2")), province="minh-son").known


def test_a_newer_version_goes_on_with_the_tasks_of_the_older(database: Database) -> None:
    first = saved(database, plan(task("1"), task("2"), task("3")))
    one, two, three = first.added
    with database.write() as connection:
        connection.execute(update(tasks).where(tasks.c.id == one).values(state="done", done_on=DAY))
    newer = plan(task("1"), task("2", words="Quý III/2026"), task("4"), digest="b")
    second = saved(database, newer, today=DAY + timedelta(days=9))
    assert (second.kept, second.changed, second.withdrawn, second.revision) == ((one,), (two,), (three,), 2)
    found = rows(database, tasks)
    assert [found[number].state for number in (one, two, three)] == ["done", "open", "withdrawn"]
    assert {found[number].plan_id for number in (one, two, *second.added)} == {second.plan_id}
    assert found[second.added[0]].first_seen == DAY + timedelta(days=9)
    assert found[two].first_seen == DAY
    assert rows(database, plan_rows)[first.plan_id].state == "replaced"
    with database.read() as connection:
        assert plans.open_tasks(connection, PROVINCE) == [two, second.added[0]]
        assert plans.open_tasks(connection, PROVINCE, after=two, limit=1) == [second.added[0]]


def test_what_a_person_set_right_outlives_a_version_with_the_same_words(database: Database) -> None:
    (number,) = saved(database, plan(task("1"))).added
    with database.write() as connection:
        connection.execute(update(deadlines).values(state="corrected"))
        connection.execute(update(tasks).values(assigned_by_hand=True))
        connection.execute(update(assignments).values(agency="so-noi-vu"))
    same = saved(database, plan(task("1", leads=("so-tai-chinh",)), digest="b"))
    assert same.kept == (number,)
    assert [row.agency for row in rows(database, assignments).values()] == ["so-noi-vu"]
    assert [row.state for row in rows(database, deadlines).values()] == ["corrected"]
    other = saved(database, plan(task("1", words="Quý IV/2026"), digest="c"))
    assert other.changed == (number,), "for other words the correction was not meant"
    assert [row.state for row in rows(database, deadlines).values()] == ["read"]


def test_a_plan_may_go_on_with_tasks_of_others_as_it_says_itself(database: Database) -> None:
    first = saved(database, plan(task("1"), task("2")))
    one, two = first.added
    follows = Follows(taken={"9": one}, withdrawn=(two,), replaced=(first.plan_id,))
    second = saved(database, plan(task("9"), digest="b", identity="88/KH-UBND", follows=follows))
    assert (second.kept, second.changed, second.withdrawn) == ((), (one,), (two,))
    assert rows(database, tasks)[one].key == "9"


def test_of_withdrawn_tasks_nothing_is_due_and_what_was_done_stays(database: Database) -> None:
    number, done = saved(database, plan(task("1"), task("2"))).added
    with database.write() as connection:
        for of, state in ((number, "open"), (done, "done")):
            values = {"task_id": of, "key": "t0:once", "term": 0, "track": "due", "on_date": DAY, "aim": DAY}
            values |= {"tentative": False, "blocked": False, "first_seen": DAY, "told": {}, "next_on": DAY}
            connection.execute(due_rows.insert().values(values | {"province": PROVINCE, "state": state}))
        plans.withdraw_tasks(connection, [number, done], DAY)
        plans.withdraw_tasks(connection, [], DAY)
        assert [(moved.old_on, moved.new_on, moved.was_told) for moved in dues.dropped(connection, [number])] == [
            (DAY, None, False)
        ]
    assert [(row.state, row.next_on) for row in rows(database, due_rows).values()] == [
        ("withdrawn", None),
        ("done", DAY),
    ]


def test_what_nobody_can_read_is_kept_as_that(database: Database) -> None:
    saved(
        database, plan(task("1", words="khi nào xong thì thôi"), task("2"), replace(task("3"), deadline_text=None))
    )
    first, second, third = rows(database, deadlines).values()
    assert (first.state, first.kinds, first.text, first.confidence) == (
        "unread",
        "unread",
        "khi nào xong thì thôi",
        0,
    )
    assert (second.state, second.kinds) == ("read", "fixed")
    assert third.text == ""
