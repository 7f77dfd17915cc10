"""Nobody waits for ever: under the cap of a message a day, in a shared mailbox, and after whatever went wrong."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from flows.steps.deciding import decide
from flows.steps.digesting import decide_digest
from flows.steps.sending import deliver
from flows.steps.workplace import open_workplace
from notifiers.errors import NotSent, Scope, Unconfirmed
from store.schema import messages, reminders
from tests import store_samples as samples
from tests.test_flows_sending import MONDAY, Bench, bench, down, each, later

__all__ = ["bench", "each"]

DAYS = 15
OVER = 10
"""Working days after the last fault by which everything has been told."""


def lost() -> NotSent:
    return Unconfirmed("mất trả lời", scope=Scope.MESSAGE)


def news_every_day(place: Bench, days: int = DAYS) -> None:
    """Each agency has a new date to hear of on each day."""
    with place.place.database.write() as connection:
        for code in place.agencies:
            for ahead in range(1, days):
                samples.add_tasks(connection, 1, agency=code, on=MONDAY + timedelta(days=29 + ahead))


def shares_a_mailbox(place: Bench, most: int) -> None:
    file = place.folder / "config" / "dondoc.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines = [f"most_a_day = {most}" if line.startswith("most_a_day") else line for line in lines]
    file.write_text("\n".join(lines), encoding="utf-8")
    agencies = place.folder / "config" / "agencies" / "phu-chau.toml"
    same = [
        'email = "chung@phuchau.example"' if line.startswith("email") else line
        for line in agencies.read_text(encoding="utf-8").splitlines()
    ]
    agencies.write_text("\n".join(same), encoding="utf-8")
    place.place.database.close()
    place.place = open_workplace(place.environment)


def arrivals(place: Bench, since: int) -> list[str]:
    """The agencies whose messages arrived, in order."""
    return [message.key.split("|")[2] for message in place.office.taken[since:]]


def a_day(place: Bench, rounds: int = 2) -> list[str]:
    before = len(place.office.taken)
    place.decide()
    for _ in range(rounds):
        place.deliver()
        place.clock.on(minutes=20)
    place.clock.on(days=1, minutes=-20 * rounds)
    return arrivals(place, before)


def test_in_a_shared_mailbox_everybody_has_a_turn(each: Bench) -> None:
    shares_a_mailbox(each, 1)
    news_every_day(each, 12)
    seen = [a_day(each) for _ in range(10)]
    workdays = [day for day in seen if day]
    assert all(len(day) == 1 for day in workdays)
    for at in range(len(workdays) - 2):
        assert {day[0] for day in workdays[at : at + 3]} == set(each.agencies), workdays


@pytest.mark.parametrize("seed", range(2))
def test_what_the_cap_puts_off_is_told_however_sending_fails(bench: Bench, seed: int) -> None:
    """New words come every day while old ones still wait; nobody gets two messages a day, and nothing stays."""
    chance = random.Random(seed)
    news_every_day(bench)
    faults: list[Callable[[], NotSent]] = [down, later, lost]
    days: list[tuple[date, list[str]]] = []
    for number in range(DAYS + OVER):
        if number < DAYS:
            bench.office.lost_answers_arrive = chance.random() < 0.5
            for _ in range(chance.randrange(5)):
                bench.fails(chance.choice(faults))
        else:
            bench.office.failures.clear()
        day = bench.today
        before = len(bench.office.taken)
        a_day(bench, rounds=chance.randrange(1, 6))
        days.append((day, [message.key for message in bench.office.taken[before:]]))
    for day, keys in days:
        people = Counter(key.split("|")[2] for key in set(keys))
        assert set(people.values()) <= {1}, day
    with bench.place.database.read() as connection:
        rows = connection.execute(
            select(reminders.c.agency, reminders.c.stage, reminders.c.state, messages.c.state.label("how"))
            .join(messages, messages.c.id == reminders.c.message_id)
            .where(reminders.c.decided_on < days[-4][0])
        ).all()
        waiting = connection.execute(
            select(messages.c.key).where(messages.c.state.in_(("ready", "sending")), messages.c.day < bench.today)
        ).all()
    assert {row.state for row in rows} <= {"told", "lapsed"}, [tuple(row) for row in rows if row.state == "planned"]
    assert not waiting


def test_what_a_clock_that_ran_ahead_sent_silences_nobody_until_then(bench: Bench) -> None:
    news_every_day(bench)
    bench.decide()
    bench.clock.on(days=175)
    assert bench.deliver().sent == 3
    bench.clock.on(days=-174)
    assert sorted(a_day(bench)) == sorted(bench.agencies)


def test_what_is_put_off_joins_the_next_day_s_message(bench: Bench) -> None:
    news_every_day(bench)
    bench.decide()
    assert bench.deliver().sent == 3
    with bench.place.database.write() as connection:
        due = samples.add_tasks(connection, 1, agency=bench.agencies[0], on=MONDAY + timedelta(days=28))
    bench.decide()
    assert a_day(bench) == []
    assert sorted(a_day(bench)) == sorted(bench.agencies)
    with bench.place.database.read() as connection:
        late = select(reminders.c.state, messages.c.day, messages.c.state.label("how")).join(messages)
        (told,) = connection.execute(late.where(reminders.c.due_id == due[0])).all()
        left = connection.execute(select(messages.c.day).where(messages.c.state == "ready")).all()
    assert (told.state, told.how, told.day) == ("told", "sent", MONDAY + timedelta(days=1))
    assert not left


def test_looking_again_after_the_day_s_messages_have_left_opens_no_others(each: Bench) -> None:
    def again() -> list[tuple[object, ...]]:
        decide(each.place, now=each.clock(), today=each.today)
        decide_digest(each.place, now=each.clock(), today=each.today)
        deliver(each.place, clock=each.clock, opens=each.office.opens)
        with each.place.database.read() as connection:
            rows = connection.execute(select(messages.c.key, messages.c.state).order_by(messages.c.key))
            return [tuple(row) for row in rows]

    with each.place.database.write() as connection:
        samples.add_tasks(connection, 1, agency=each.agencies[0], on=MONDAY + timedelta(days=2))
    first = again()
    assert {state for _, state in first} == {"sent"}
    assert any("|digest|" in str(key) for key, _ in first)
    for _ in range(3):
        each.clock.on(minutes=30)
        assert again() == first
