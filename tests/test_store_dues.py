"""Dates that move, tasks and agencies that go: what was not sent is taken back, what may have been is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from store import due_now, heard, taking_back
from store.database import Database
from store.schema import dues, reminders
from tests import store_samples as samples
from tests.store_samples import DAY, claimed, frozen, planned, reminder


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = samples.opened(database_url)
    with made.write() as connection:
        (due,) = samples.add_tasks(connection, 1)
        planned(connection, reminder(due))
    yield made
    made.close()


def test_what_was_not_sent_is_taken_back(database: Database) -> None:
    with database.write() as connection:
        assert not taking_back.withdraw_reminders(connection, 1)
        assert samples.the_reminders(connection)[0].state == "withdrawn"
        assert not heard.last_heard(connection, 1)


def test_what_is_on_its_way_can_not_be_taken_back_and_counts_as_told(database: Database) -> None:
    (message,) = claimed(database)
    frozen(database, message)
    with database.write() as connection:
        assert taking_back.withdraw_reminders(connection, 1)
        assert samples.the_reminders(connection)[0].state == "planned"
        assert [one.on for one in heard.last_heard(connection, 1)] == [samples.DUE]


def test_the_last_word_is_remembered_with_the_number_of_changes(database: Database) -> None:
    with database.write() as connection:
        planned(connection, reminder(1, stage="changed:none"))
        for row in samples.the_reminders(connection):
            samples.change(connection, reminders, row.id, state="told")
        (last,) = heard.last_heard(connection, 1)
        assert (last.agency, last.on, last.changes) == ("so-y-te", None, 1)


def test_an_agency_that_has_a_task_no_more_leaves_its_reminder_to_its_successor(database: Database) -> None:
    with database.write() as connection:
        samples.change(connection, dues, 1, told={"default/lead": ["d-30"]}, next_on=samples.DUE)
        taking_back.forget_agency(connection, 1, "so-y-te")
        assert samples.the_reminders(connection)[0].state == "withdrawn"
        row = connection.execute(dues.select()).one()
        assert (row.told, row.next_on) == ({}, DAY)


def test_batches_bring_every_due_once_in_the_order_of_the_index(database: Database) -> None:
    with database.write() as connection:
        samples.add_tasks(connection, 11, agency="so-noi-vu")
        found: list[int] = []
        after = None
        while batch := due_now.due_batch(
            connection, samples.PROVINCE, DAY, after=after, limit=3, groups_coordinate=False
        ):
            found.extend(one.id for one in batch)
            after = batch[-1].cursor
        assert sorted(found) == found == list(range(1, 13))
