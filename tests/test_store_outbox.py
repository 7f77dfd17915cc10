"""Deciding: the same thing once, one message an agency, channel and day, and a balance that holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from store import attempts, outbox
from store.balance import Balance, balance, dead_letters
from store.database import Database
from store.errors import StoreError
from store.schema import dues, messages, reminders, tasks
from tests import store_samples as samples
from tests.store_samples import DAY, DUE, NOW, PROVINCE, planned, reminder


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = samples.opened(database_url)
    yield made
    made.close()


def test_deciding_twice_adds_nothing(database: Database) -> None:
    with database.write() as connection:
        first, second = samples.add_tasks(connection, 2)
        assert planned(connection, reminder(first), reminder(second)) == 2
    with database.write() as connection:
        assert planned(connection, reminder(first), reminder(second)) == 0
        assert len(samples.the_reminders(connection)) == 2
        assert len(samples.the_messages(connection)) == 1


def test_what_was_said_by_one_channel_is_not_said_again_by_another(database: Database) -> None:
    """As where a due is decided about anew for one agency while the address of another has changed."""
    with database.write() as connection:
        first, second = samples.add_tasks(connection, 2)
        planned(connection, reminder(first))
        by_phone = [reminder(due, channel="zalo") for due in (first, second)]
        assert planned(connection, *by_phone) == 1
        found = samples.the_reminders(connection)
        assert [(row.due_id, row.channel) for row in found] == [(first, "email"), (second, "zalo")]
        samples.change(connection, reminders, found[0].id, state="withdrawn")
        assert planned(connection, *by_phone) == 1, "nobody has been told what was withdrawn"


def test_planning_nothing_makes_no_message(database: Database) -> None:
    with database.write() as connection:
        (due,) = samples.add_tasks(connection, 1)
        planned(connection, reminder(due))
        samples.change(connection, reminders, samples.the_reminders(connection)[0].id, state="told")
        assert planned(connection, reminder(due), on=DAY + timedelta(days=7)) == 0
        assert len(samples.the_messages(connection)) == 1


def test_four_planners_at_once_plan_each_reminder_once(database: Database) -> None:
    with database.write() as connection:
        found = samples.add_tasks(connection, 40)
    wanted = [reminder(due, agency=f"a{due % 7}") for due in found]

    def decide(turn: int) -> int:
        with database.write() as connection:
            return planned(connection, *(wanted if turn % 2 else reversed(wanted)))

    with ThreadPoolExecutor(4) as pool:
        new = list(pool.map(decide, range(4)))
    assert sum(new) == 40
    with database.read() as connection:
        keys = [row.key for row in samples.the_reminders(connection)]
        assert len(keys) == len(set(keys)) == 40
        assert len(samples.the_messages(connection)) == 7


def test_the_database_itself_refuses_a_second_reminder_with_the_same_key(database: Database) -> None:
    with database.write() as connection:
        (due,) = samples.add_tasks(connection, 1)
        planned(connection, reminder(due))
        row = dict(samples.the_reminders(connection)[0]._mapping)
    row.pop("id")
    with pytest.raises(StoreError) as refused, database.write() as connection:
        connection.execute(reminders.insert().values(row))
    assert isinstance(refused.value.__cause__, IntegrityError)


def test_what_was_withdrawn_unsent_is_planned_again_when_its_date_comes_back(database: Database) -> None:
    with database.write() as connection:
        (due,) = samples.add_tasks(connection, 1)
        planned(connection, reminder(due))
        samples.change(
            connection, reminders, samples.the_reminders(connection)[0].id, state="withdrawn", message_id=None
        )
        assert planned(connection, reminder(due, note="lại")) == 1
        (row,) = samples.the_reminders(connection)
        assert (row.state, row.note) == ("planned", "lại")
        assert row.message_id is not None


@pytest.mark.parametrize("state", ["told", "lapsed"])
def test_what_was_said_or_let_go_is_not_planned_again(database: Database, state: str) -> None:
    with database.write() as connection:
        (due,) = samples.add_tasks(connection, 1)
        planned(connection, reminder(due))
        samples.change(connection, reminders, samples.the_reminders(connection)[0].id, state=state)
        assert planned(connection, reminder(due)) == 0


@pytest.mark.parametrize("state", ["sending", "sent", "refused", "unconfirmed", "withdrawn", "lapsed"])
def test_a_message_that_has_left_takes_nothing_more(database: Database, state: str) -> None:
    with database.write() as connection:
        first, second = samples.add_tasks(connection, 2)
        planned(connection, reminder(first))
        samples.change(connection, messages, samples.the_messages(connection)[0].id, state=state)
        planned(connection, reminder(second))
        assert [row.day for row in samples.the_messages(connection)] == [DAY, DAY + timedelta(days=1)]
        assert samples.the_reminders(connection)[1].message_id == samples.the_messages(connection)[1].id


def test_a_mail_that_waits_to_be_sent_once_more_takes_nothing_more(database: Database) -> None:
    with database.write() as connection:
        first, second = samples.add_tasks(connection, 2)
        planned(connection, reminder(first))
        samples.change(connection, messages, samples.the_messages(connection)[0].id, frozen={"reminders": [1]})
        planned(connection, reminder(second))
        assert len(samples.the_messages(connection)) == 2


def test_several_days_may_be_taken_already(database: Database) -> None:
    with database.write() as connection:
        found = samples.add_tasks(connection, 4)
        for due in found:
            planned(connection, reminder(due))
            samples.change(connection, messages, samples.the_messages(connection)[-1].id, state="sent")
        assert [row.day for row in samples.the_messages(connection)] == [
            DAY + timedelta(days=step) for step in range(4)
        ]


def said(connection: object, message_id: int) -> list[str]:
    return [row.stage for row in outbox.planned_in(connection, message_id)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("table", "values", "kept"),
    [
        (tasks, {"state": "done"}, []),
        (tasks, {"state": "withdrawn"}, ["changed:none"]),
        (dues, {"state": "done"}, ["changed:none"]),
        (dues, {"state": "withdrawn"}, ["changed:none"]),
        (dues, {"blocked": True}, ["changed:none"]),
        (dues, {"on_date": DUE + timedelta(days=1)}, ["changed:none"]),
        (dues, {"aim": DUE - timedelta(days=1)}, ["d-30", "changed:none"]),
    ],
)
def test_a_message_says_only_what_still_holds(
    database: Database, table: object, values: dict[str, object], kept: list[str]
) -> None:
    with database.write() as connection:
        (due,) = samples.add_tasks(connection, 1)
        planned(connection, reminder(due), reminder(due, stage="changed:none"))
        (message,) = samples.the_messages(connection)
        assert said(connection, message.id) == ["d-30", "changed:none"]
        samples.change(connection, table, 1, **values)
        assert said(connection, message.id) == kept


stages = st.sampled_from(["d-30", "d-7", "late", "late#1", "changed:2026-07-01"])
agencies = st.sampled_from(["so-y-te", "so-y-te-2", "xa-hoa-an"])
some = st.builds(
    reminder,
    st.integers(1, 3),
    stage=stages,
    agency=agencies,
    audience=st.sampled_from(["agency", "leadership"]),
    channel=st.sampled_from(["email", "zalo"]),
    on=st.dates(date(2026, 6, 1), date(2026, 6, 3)),
)


@given(some, some)
def test_different_reminders_have_different_keys(one: outbox.Planned, other: outbox.Planned) -> None:
    assert (one.key == other.key) == (one == other)


@given(some)
def test_wording_is_no_part_of_the_key(one: outbox.Planned) -> None:
    assert replace(one, note="khác", urgency="overdue", role="coordinating").key == one.key


def test_the_balance_names_where_every_reminder_is(database: Database) -> None:
    with database.write() as connection:
        found = samples.add_tasks(connection, 7)
        for number, due in enumerate(found):
            planned(connection, reminder(due, agency=f"a{number}"))
        rows, letters = samples.the_reminders(connection), samples.the_messages(connection)
        for row, letter, state, message in zip(
            rows,
            letters,
            ("told", "planned", "lapsed", "withdrawn", "planned", "planned", "planned"),
            ("sent", "refused", "sent", "ready", "unconfirmed", "ready", "sending"),
            strict=True,
        ):
            samples.change(connection, reminders, row.id, state=state)
            samples.change(connection, messages, letter.id, state=message)
    with database.read() as connection:
        account = balance(connection, PROVINCE)
        assert account == Balance(
            planned=7, sent=1, failed=1, lapsed=1, superseded=1, uncertain=1, pending=2, unexplained=0
        )
        assert account.holds
        assert [row.state for row in dead_letters(connection, PROVINCE)] == ["unconfirmed", "refused"]
        assert balance(connection, "another") == Balance()


def test_the_balance_fails_where_something_is_told_that_never_left(database: Database) -> None:
    with database.write() as connection:
        (due,) = samples.add_tasks(connection, 1)
        planned(connection, reminder(due))
        samples.change(connection, reminders, 1, state="told")
        account = balance(connection, PROVINCE)
    assert account.unexplained == 1
    assert not account.holds


def test_earlier_messages_about_the_same_dues_are_found_oldest_first(database: Database) -> None:
    with database.write() as connection:
        (due,) = samples.add_tasks(connection, 1)
        for step in range(3):
            planned(connection, reminder(due, stage=f"s{step}"), on=DAY + timedelta(days=step))
            letter = samples.the_messages(connection)[-1]
            samples.change(connection, messages, letter.id, state="sent")
            samples.change(connection, reminders, samples.the_reminders(connection)[-1].id, state="told")
        letters = samples.the_messages(connection)
        assert outbox.earlier_keys(connection, letters[2], [due]) == [letters[0].key, letters[1].key]
        assert outbox.earlier_keys(connection, letters[2], [due], limit=1) == [letters[1].key]


def test_no_two_workers_claim_the_same_message(database: Database) -> None:
    with database.write() as connection:
        for number, due in enumerate(samples.add_tasks(connection, 60)):
            planned(connection, reminder(due, agency=f"a{number}"))

    def work(name: str) -> list[int]:
        mine: list[int] = []
        while taken := samples.claimed(database, name, limit=7):
            assert len(taken) <= 7
            mine.extend(row.id for row in taken)
        return mine

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(work, "abcd"))
    counted = Counter(one for share in shares for one in share)
    assert len(counted) == 60
    assert set(counted.values()) == {1}
    with database.read() as connection:
        rows = connection.execute(select(messages.c.state, messages.c.attempts)).all()
        assert set(rows) == {("sending", 1)}


def test_claiming_leaves_what_may_not_go_now(database: Database) -> None:
    with database.write() as connection:
        found = samples.add_tasks(connection, 3)
        planned(connection, reminder(found[0], agency="a"))
        planned(connection, reminder(found[1], agency="b"), on=DAY + timedelta(days=1))
        planned(connection, reminder(found[2], agency="c", channel="zalo"))
    with database.write(alone=False) as connection:
        taken = attempts.claim(
            connection,
            worker="w",
            now=NOW,
            lease=samples.LEASE,
            limit=10,
            province=PROVINCE,
            held_channels={"zalo"},
        )
        assert [row.agency for row in taken] == ["a"]
        assert not attempts.claim(
            connection, worker="w", now=NOW, lease=samples.LEASE, limit=10, province="another"
        )
