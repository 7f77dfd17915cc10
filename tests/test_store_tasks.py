"""Every task has one standing, with a reason where nobody would be reminded of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from store.database import Database
from store.schema import assignments, deadlines, dues, tasks
from store.tasks import Listed, Reason, Standing, answered, listed
from tests import store_samples as samples
from tests.store_samples import DAY, DUE, PROVINCE

AGENCY = "so-y-te"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = samples.opened(database_url)
    with made.write() as connection:
        samples.add_tasks(connection, 2)
    yield made
    made.close()


def change(database: Database, table: Any, **values: Any) -> None:
    """Of the first task."""
    own = table.c.id if table is tasks else table.c.task_id
    with database.write() as connection:
        connection.execute(update(table).where(own == 1).values(values))


def first(database: Database, *, reachable: tuple[str, ...] = (AGENCY,)) -> Listed:
    with database.read() as connection:
        every = listed(connection, PROVINCE, reachable=reachable)
        (alone,) = listed(connection, PROVINCE, reachable=reachable, task_ids=[1])
    assert len(every) == 2
    assert every[0] == alone, "asked for alone it is the same"
    return every[0]


def test_what_is_due_is_scheduled(database: Database) -> None:
    task = first(database)
    assert (task.standing, task.reason, task.leads) == (Standing.SCHEDULED, None, (AGENCY,))
    assert (task.next_due, task.next_on) == (DUE, DAY)
    with database.read() as connection:
        assert listed(connection, "minh-son", reachable=[AGENCY]) == []
        assert listed(connection, PROVINCE, reachable=[], plan_id=99) == []
        assert listed(connection, PROVINCE, reachable=[], task_ids=[]) == []


@pytest.mark.parametrize("state", ["done", "withdrawn"])
def test_what_is_over_is_over_whatever_else_holds(database: Database, state: str) -> None:
    change(database, tasks, state=state)
    assert (first(database, reachable=()).standing, first(database).reason) == (Standing(state), None)


@pytest.mark.parametrize(
    ("where", "values", "reason"),
    [
        (deadlines, {"state": "unread"}, Reason.UNREAD),
        (deadlines, {"state": "ambiguous"}, Reason.AMBIGUOUS),
        (assignments, {"state": "withdrawn"}, Reason.NO_LEAD),
        (assignments, {"role": "coordinating"}, Reason.NO_LEAD),
    ],
)
def test_why_nobody_would_be_reminded(
    database: Database, where: Any, values: dict[str, Any], reason: Reason
) -> None:
    change(database, where, **values)
    task = first(database)
    assert (task.standing, task.reason) == (Standing.ATTENTION, reason)


def test_an_agency_that_nothing_reaches_comes_before_words_that_nobody_reads(database: Database) -> None:
    change(database, deadlines, state="unread")
    assert first(database, reachable=("so-noi-vu",)).reason is Reason.NO_CONTACT


def test_who_leads_and_is_not_known_is_named_and_a_goal_of_all_stands_apart(database: Database) -> None:
    with database.write() as connection:
        connection.execute(delete(assignments))
    change(database, tasks, unknown_lead="Sở Lạ")
    task = first(database)
    assert (task.reason, task.unknown_lead) == (Reason.UNKNOWN_LEAD, "Sở Lạ")
    goal = {"unknown_lead": None, "table_kind": "goals", "section": "I. Mục tiêu", "lead_text": None}
    change(database, tasks, **goal)
    assert first(database).reason is Reason.GENERAL_GOAL
    change(database, tasks, lead_text="Sở Lạ")
    assert first(database).reason is Reason.NO_LEAD


def test_without_a_day_to_look_at_it_waits_or_needs_a_date_or_has_nothing_left(database: Database) -> None:
    change(database, dues, next_on=None)
    assert first(database).reason is Reason.NOTHING_LEFT
    change(database, deadlines, complete_until=date(2027, 6, 30))
    assert (first(database).standing, first(database).reason) == (Standing.SCHEDULED, None)
    change(database, deadlines, needs_date=True)
    assert first(database).reason is Reason.NEEDS_DATE
    change(database, deadlines, waiting_for="Nghị định")
    assert (first(database).standing, first(database).waiting_for) == (Standing.WAITING, "Nghị định")


def test_of_its_dates_the_nearest_that_can_be_late_is_shown(database: Database) -> None:
    with database.write() as connection:
        row = dict(connection.execute(select(dues).where(dues.c.task_id == 1)).mappings().one())
        row.pop("id")
        opening = {"key": "t0:open", "track": "opening", "on_date": date(2026, 5, 1), "late_from": None}
        connection.execute(insert(dues).values(row | opening))
        connection.execute(
            insert(dues).values(row | {"key": "t0:old", "on_date": date(2026, 4, 1), "state": "done"})
        )
    assert first(database).next_due == DUE
    change(database, dues, late_from=None)
    assert first(database).next_due == date(2026, 5, 1)


def test_of_several_leads_it_is_told_how_many_have_answered(database: Database) -> None:
    with database.write() as connection:
        row = dict(connection.execute(select(assignments).where(assignments.c.task_id == 1)).mappings().one())
        row.pop("id")
        for agency, state in (("so-noi-vu", "reported"), ("so-tu-phap", "done"), ("so-xay-dung", "withdrawn")):
            connection.execute(insert(assignments).values(row | {"agency": agency, "state": state}))
        assert answered(connection, PROVINCE) == {1: (2, 3)}
        assert answered(connection, "minh-son") == {}
