"""Sending: whose message it is, what a dead worker leaves behind, and what becomes of what did not leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from store import attempts, breaker, leases, sent_before, strays
from store.balance import balance
from store.database import Database
from store.schema import dues, messages
from store.sent_before import Before, Day
from tests import store_samples as samples
from tests.store_samples import DAY, LEASE, NOW, PROVINCE, claimed, frozen, planned, reminder

LATER = NOW + LEASE + timedelta(seconds=1)
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = samples.opened(database_url)
    with made.write() as connection:
        (due,) = samples.add_tasks(connection, 1)
        planned(connection, reminder(due))
    yield made
    made.close()


def reclaimed(database: Database, *, resendable: tuple[str, ...] = ("email",)) -> tuple[int, int]:
    with database.write(alone=False) as connection:
        return leases.reclaim(connection, province=PROVINCE, now=LATER, resendable=resendable)


def states(database: Database) -> tuple[list[str], list[str], list[str]]:
    with database.read() as connection:
        assert balance(connection, PROVINCE).holds
        return (
            [row.state for row in samples.the_messages(connection)],
            [row.state for row in samples.the_reminders(connection)],
            [row.outcome for row in samples.the_deliveries(connection)],
        )


def test_a_sent_message_has_told_its_reminders(database: Database) -> None:
    (message,) = claimed(database)
    frozen(database, message)
    with database.write(alone=False) as connection:
        assert attempts.sent(connection, message, now=NOW, answer="250", reference="ref")
    assert states(database) == (["sent"], ["told"], ["sent"])


def test_a_worker_that_died_before_it_began_leaves_a_message_that_goes_again(database: Database) -> None:
    claimed(database)
    assert reclaimed(database) == (1, 0)
    assert states(database) == (["ready"], ["planned"], [])
    (again,) = claimed(database, "b", now=LATER)
    assert again.attempts == 2


def test_a_mail_that_may_have_left_goes_again_as_it_was(database: Database) -> None:
    (message,) = claimed(database)
    frozen(database, message)
    assert reclaimed(database) == (1, 0)
    assert states(database) == (["ready"], ["planned"], ["abandoned"])
    (again,) = claimed(database, "b", now=LATER)
    assert again.frozen == {"reminders": [1]}
    assert again.recipient_sealed == b"sealed"


def test_a_message_that_may_have_left_and_must_not_go_twice_waits_for_a_person(database: Database) -> None:
    (message,) = claimed(database)
    frozen(database, message)
    assert reclaimed(database, resendable=()) == (0, 1)
    assert states(database) == (["unconfirmed"], ["planned"], ["abandoned"])
    assert not claimed(database, "b", now=LATER)


def test_what_went_by_a_channel_that_cannot_be_opened_is_left_as_it_is(database: Database) -> None:
    (message,) = claimed(database)
    frozen(database, message)
    with database.write(alone=False) as connection:
        done = leases.reclaim(connection, province=PROVINCE, now=LATER, resendable=(), undecided=("email",))
    assert done == (0, 0)
    assert states(database)[0] == ["sending"]


def test_a_running_lease_and_another_province_are_left_alone(database: Database) -> None:
    claimed(database)
    with database.write(alone=False) as connection:
        assert leases.reclaim(connection, province=PROVINCE, now=NOW, resendable=("email",)) == (0, 0)
        assert leases.reclaim(connection, province="another", now=LATER, resendable=("email",)) == (0, 0)


def test_a_worker_whose_lease_ran_out_touches_nothing(database: Database) -> None:
    (message,) = claimed(database)
    reclaimed(database)
    (hers,) = claimed(database, "b", now=LATER)
    with database.write(alone=False) as connection:
        assert not attempts.renew(connection, message, now=LATER, lease=LEASE)
        assert not attempts.finish(connection, message, state="refused", outcome="refused", now=LATER)
        attempts.put_back(connection, message)
        attempts.withdraw(connection, message, LATER)
        assert attempts.renew(connection, hers, now=LATER, lease=LEASE)
    assert states(database)[0] == ["sending"]


def test_one_that_was_put_back_meanwhile_and_was_sent_after_all_does_not_go_again(database: Database) -> None:
    (message,) = claimed(database)
    frozen(database, message)
    reclaimed(database)
    with database.write(alone=False) as connection:
        assert attempts.sent(connection, message, now=LATER, answer="250", reference=None)
    assert states(database) == (["sent"], ["told"], ["sent"])
    assert not claimed(database, "b", now=LATER)


def test_while_another_sends_it_a_late_answer_tells_the_reminders_only(database: Database) -> None:
    (message,) = claimed(database)
    frozen(database, message)
    reclaimed(database)
    (hers,) = claimed(database, "b", now=LATER)
    with database.write(alone=False) as connection:
        assert not attempts.sent(connection, message, now=LATER, answer="250", reference=None)
        assert attempts.sent(connection, hers, now=LATER, answer="250", reference=None)
    assert states(database)[:2] == (["sent"], ["told"])


def test_a_message_made_anew_has_nothing_frozen(database: Database) -> None:
    (message,) = claimed(database)
    frozen(database, message)
    with database.write(alone=False) as connection:
        attempts.finish(
            connection, message, state="ready", outcome="unavailable", now=NOW, not_before=NOW, thaw=True
        )
        assert connection.exec_driver_sql("SELECT count(*) FROM messages WHERE frozen IS NULL").scalar() == 1


def test_what_the_other_side_says_is_kept_whatever_it_says(database: Database) -> None:
    (message,) = claimed(database)
    frozen(database, message)
    with database.write(alone=False) as connection:
        attempts.finish(
            connection,
            message,
            state="refused",
            outcome="refused",
            now=NOW,
            code="5" * 200,
            answer="a\0b" + "ế" * 5000,
        )
        (row,) = samples.the_messages(connection)
    assert row.code == "5" * 40
    assert row.reason.startswith("abế")


def test_a_message_that_was_not_tried_has_lost_no_attempt(database: Database) -> None:
    (message,) = claimed(database)
    later = NOW + timedelta(hours=1)
    with database.write(alone=False) as connection:
        attempts.put_back(connection, message, not_before=later)
    assert not claimed(database)
    assert claimed(database, now=later)[0].attempts == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_a_person_says_what_became_of_an_unconfirmed_message(database: Database, arrived: bool) -> None:
    (message,) = claimed(database)
    frozen(database, message)
    with database.write() as connection:
        assert not leases.settle(connection, PROVINCE, message.id, arrived=arrived, now=NOW)
    reclaimed(database, resendable=())
    with database.write() as connection:
        assert not leases.settle(connection, "another", message.id, arrived=arrived, now=NOW)
        assert leases.settle(connection, PROVINCE, message.id, arrived=arrived, now=NOW)
    assert states(database)[:2] == ((["sent"], ["told"]) if arrived else (["ready"], ["planned"]))


def test_a_refused_message_goes_again_when_a_person_says_so(database: Database) -> None:
    (message,) = claimed(database)
    with database.write() as connection:
        assert not leases.try_again(connection, PROVINCE, message.id, now=NOW)
        attempts.finish(connection, message, state="refused", outcome="refused", now=NOW, code="554")
        assert leases.try_again(connection, PROVINCE, message.id, now=NOW)
    assert states(database)[0] == ["ready"]


def test_a_second_message_of_the_day_waits(database: Database) -> None:
    (message,) = claimed(database)
    frozen(database, message)
    with database.write() as connection:
        attempts.sent(connection, message, now=NOW, answer="250", reference=None)
        (due,) = samples.add_tasks(connection, 1, on=samples.DUE + timedelta(days=9))
        planned(connection, reminder(due, on=samples.DUE + timedelta(days=9)), on=TOMORROW)
    (second,) = claimed(database, now=NOW + timedelta(days=1))
    start = NOW - timedelta(hours=1)
    same = Day(start=start, end=start + timedelta(days=1))
    for day, before in [(same, Before.HANDED_OVER), (later(same, 1), Before.NONE), (later(same, -1), Before.NONE)]:
        with database.write() as connection:
            assert sent_before.follows_another(connection, second, day) is before
            assert sent_before.fills(connection, second, "lookup", day, 1) is before
            assert sent_before.fills(connection, second, "lookup", day, 2) is Before.NONE


def later(day: Day, days: int) -> Day:
    return Day(start=day.start + timedelta(days=days), end=day.end + timedelta(days=days))


@pytest.mark.parametrize(
    ("outcome", "before"),
    [
        ("unconfirmed", Before.HANDED_OVER),
        ("unavailable", Before.NONE),
        (None, Before.ON_ITS_WAY),
    ],
)
def test_what_may_have_arrived_or_is_on_its_way_counts_as_the_day_s(
    database: Database, outcome: str | None, before: Before
) -> None:
    (message,) = claimed(database)
    frozen(database, message)
    with database.write() as connection:
        if outcome is not None:
            attempts.finish(connection, message, state="ready", outcome=outcome, now=NOW, not_before=NOW + LEASE)
        (due,) = samples.add_tasks(connection, 1, on=samples.DUE + timedelta(days=9))
        planned(connection, reminder(due, on=samples.DUE + timedelta(days=9)), on=TOMORROW)
        connection.execute(messages.update().where(messages.c.day == TOMORROW).values(not_before=NOW))
    (second,) = claimed(database)
    assert second.id != message.id
    day = Day(start=NOW - timedelta(hours=1), end=NOW + timedelta(hours=23))
    with database.write() as connection:
        assert sent_before.follows_another(connection, second, day) is before
        assert sent_before.fills(connection, second, "lookup", day, 1) is before


def test_failures_of_a_whole_channel_are_not_the_message_s_own(database: Database) -> None:
    for scope in ("channel", "message"):
        (message,) = claimed(database)
        frozen(database, message)
        with database.write(alone=False) as connection:
            attempts.finish(
                connection, message, state="ready", outcome="unavailable", now=NOW, scope=scope, not_before=NOW
            )
    with database.read() as connection:
        assert sent_before.own_failures(connection, message) == 1
        assert not sent_before.unsure_before(connection, message)


def gathered(database: Database, *, reachable: tuple[str, ...] = ()) -> int:
    with database.write() as connection:
        return strays.gather(
            connection, PROVINCE, samples.envelopes(connection, TOMORROW), today=TOMORROW, reachable=reachable
        )


@pytest.mark.parametrize(
    ("values", "moved"),
    [
        ({"state": "ready"}, 1),
        ({"state": "sent"}, 1),
        ({"state": "withdrawn"}, 1),
        ({"state": "lapsed", "frozen": {"reminders": [1]}}, 1),
        ({"state": "sending", "worker": "w"}, 0),
        ({"state": "ready", "frozen": {"reminders": [1]}}, 0),
        ({"state": "unconfirmed", "frozen": {"reminders": [1]}}, 0),
        ({"state": "refused", "code": "554"}, 0),
        ({"state": "refused", "code": attempts.NO_CONTACT}, 0),
    ],
)
def test_what_was_left_behind_goes_into_today_s_message(
    database: Database, values: dict[str, object], moved: int
) -> None:
    with database.write() as connection:
        samples.change(connection, messages, 1, **values)
    assert gathered(database) == moved
    with database.read() as connection:
        (row,) = samples.the_reminders(connection)
        days = {letter.id: letter.day for letter in samples.the_messages(connection)}
        assert days[row.message_id] == (TOMORROW if moved else DAY)
        assert balance(connection, PROVINCE).holds


def test_a_contact_that_appears_gets_what_waited_for_it(database: Database) -> None:
    with database.write() as connection:
        samples.change(connection, messages, 1, state="refused", code=attempts.NO_CONTACT)
    assert gathered(database, reachable=("another",)) == 0
    assert gathered(database, reachable=("so-y-te",)) == 1


def test_of_several_reminders_about_one_date_only_the_newest_is_carried_along(database: Database) -> None:
    with database.write() as connection:
        planned(connection, reminder(1, stage="d-7"), reminder(1, stage="changed:2026-06-30"))
    assert gathered(database) == 2
    with database.read() as connection:
        found = {row.stage: row.state for row in samples.the_reminders(connection)}
    assert found == {"d-30": "lapsed", "d-7": "planned", "changed:2026-06-30": "planned"}


def test_what_holds_no_more_is_withdrawn_unless_it_is_on_its_way(database: Database) -> None:
    with database.write() as connection:
        samples.change(connection, dues, 1, on_date=DAY)
        samples.change(connection, messages, 1, state="sending", frozen={"reminders": [1]})
        assert strays.withdraw_stale(connection, PROVINCE) == 0
        samples.change(connection, messages, 1, state="sending", frozen=None)
        assert strays.withdraw_stale(connection, PROVINCE) == 1


def test_a_frozen_mail_that_is_too_old_is_made_anew(database: Database) -> None:
    (message,) = claimed(database)
    frozen(database, message)
    reclaimed(database)
    with database.write() as connection:
        assert strays.lapse(connection, PROVINCE, before=DAY, now=LATER) == 0
        assert strays.lapse(connection, PROVINCE, before=TOMORROW, now=LATER) == 1
    assert gathered(database) == 1
    assert states(database)[0] == ["lapsed", "ready"]


def test_a_refused_message_is_said_by_another_channel_and_the_old_one_lapses(database: Database) -> None:
    (message,) = claimed(database)
    with database.write() as connection:
        attempts.finish(connection, message, state="refused", outcome="refused", now=NOW)
        assert strays.redirect(connection, message, "zalo", samples.envelopes(connection)) == 1
        assert strays.redirect(connection, message, "zalo", samples.envelopes(connection)) == 0
        found = [(row.channel, row.state) for row in samples.the_reminders(connection)]
    assert found == [("email", "lapsed"), ("zalo", "planned")]


def test_another_address_on_the_same_channel_is_used_the_next_day(database: Database) -> None:
    (message,) = claimed(database)
    with database.write() as connection:
        attempts.finish(connection, message, state="refused", outcome="refused", now=NOW)
        assert strays.redirect(connection, message, "email", samples.envelopes(connection)) == 1
    assert states(database)[:2] == (["refused", "ready"], ["planned"])


def test_a_channel_that_is_down_is_left_alone_for_longer_each_time(database: Database) -> None:
    waits = []
    now = NOW
    with database.write() as connection:
        for _ in range(8):
            until = breaker.trip(connection, PROVINCE, "email", reason="hỏng", now=now, first_wait=60, asked=None)
            again = breaker.trip(connection, PROVINCE, "email", reason="x", now=now, first_wait=60, asked=None)
            assert again == until
            waits.append((until - now).total_seconds())
            now = until
        assert waits == [60, 120, 240, 480, 900, 900, 900, 900]
        assert breaker.tripped(connection, PROVINCE)["email"].reason == "hỏng"
        assert not breaker.tripped(connection, "another")
        breaker.restore(connection, PROVINCE, "email")
        assert not breaker.tripped(connection, PROVINCE)


def test_a_channel_that_names_its_time_is_left_alone_until_then(database: Database) -> None:
    with database.write() as connection:
        until = breaker.trip(connection, PROVINCE, "zalo", reason="", now=NOW, first_wait=60, asked=7200)
        assert until == NOW + timedelta(hours=2)
        until = breaker.trip(connection, PROVINCE, "x", reason="", now=NOW, first_wait=60, asked=1e12)
        assert until == NOW + breaker.LONGEST_ASKED
        until = breaker.trip(connection, PROVINCE, "y", reason="", now=NOW, first_wait=60, asked=-5)
        assert until > NOW
