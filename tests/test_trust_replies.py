"""What mail servers say in real conversations, and what the outbox makes of it: tried again, or shown at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.steps.sending import Delivered, deliver
from flows.steps.workplace import open_workplace
from store import breaker
from store.schema import deliveries, messages
from tests.smtp_faults import FaultyServer, Script
from tests.smtp_sink import Sink
from tests.test_flows_sending import Bench

SLOT = timedelta(minutes=10)
"""The schedule delivers every ten minutes of working hours."""


class Talking(Bench):
    """The bench with a real conversation instead of a channel of its own."""

    def speak(self, url: str) -> None:
        self.place.database.close()
        self.environment["DONDOC_SMTP_URL"] = url
        self.place = open_workplace(self.environment)

    def round(self) -> Delivered:
        return deliver(self.place, clock=self.clock)

    def attempts(self) -> Counter[tuple[int, str]]:
        with self.place.database.read() as connection:
            rows = connection.execute(select(deliveries.c.message_id, deliveries.c.outcome)).all()
        return Counter((row.message_id, row.outcome) for row in rows)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Talking]:
    made = Talking(tmp_path, f"sqlite:///{tmp_path / 'test.db'}")
    made.decide()
    yield made
    made.place.database.close()


@contextmanager
def server_saying(script: Script, *extensions: str) -> Iterator[FaultyServer]:
    """Every connection hears the same, until `scripts` is cleared."""
    with FaultyServer(scripts=[dict(script) for _ in range(500)]) as server:
        server.extensions += extensions
        yield server


@pytest.mark.parametrize(
    "script",
    [
        {"rcpt": "451 4.7.1 Greylisted, try again later"},
        {"rcpt": "450 4.2.0 try again later"},
        {"dot": "451 4.3.0 queue file write error"},
        {"connect": "421 4.3.2 shutting down"},
        {"mail": "452 4.3.1 out of space"},
        {"dot": "DROP", "mail": "DROP"},
    ],
    ids=lambda script: "-".join(f"{stage} {reply[:3]}" for stage, reply in script.items()),
)
def test_half_an_hour_of_not_now_ends_within_the_next_rounds(bench: Talking, script: Script) -> None:
    with server_saying(script) as server:
        bench.speak(f"smtp://127.0.0.1:{server.port}")
        lifted = bench.clock() + timedelta(minutes=30)
        while bench.clock() < lifted:
            bench.round()
            bench.clock.on(seconds=SLOT.total_seconds())
        assert not server.accepted
        assert bench.states() == {"ready": 3}
        server.scripts.clear()
        # A message waits for its own retry or its channel's, never more than 15 minutes here, then for a round.
        late = bench.clock() + timedelta(minutes=15) + SLOT
        while bench.told() < 6:
            assert bench.clock() <= late
            bench.round()
            bench.clock.on(seconds=SLOT.total_seconds())
        assert len(server.accepted) == 3
        bench.clock.on(days=1)
        assert bench.round().outcomes == {}
    assert bench.told() == 6


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ({"mail": "552 5.3.4 Message size exceeds fixed limit"}, "552 5.3.4"),
        ({"dot": "552 5.3.4 Message too big"}, "552 5.3.4"),
        ({"dot": "554 5.7.1 Rejected as spam"}, "554 5.7.1"),
        ({"dot": "550 5.6.0 bad content"}, "550 5.6.0"),
    ],
)
def test_a_final_no_to_the_message_is_tried_once_and_is_with_a_person_at_once(
    bench: Talking, script: Script, code: str
) -> None:
    with server_saying(script) as server:
        bench.speak(f"smtp://127.0.0.1:{server.port}")
        assert bench.round().outcomes == {"refused": 3}
        assert [(letter.code, letter.attempts, letter.waiting) for letter in bench.letters()] == [(code, 1, 2)] * 3
        for _ in range(3):
            bench.clock.on(hours=1)
            assert bench.round().outcomes == {}
        assert not server.accepted
    assert set(bench.attempts().values()) == {1}


@pytest.mark.parametrize(
    ("reply", "outcome"), [("550 5.1.1 no such user", "refused"), ("552 5.2.2 full", "refused")]
)
def test_of_several_recipients_those_that_were_taken_are_never_written_to_again(
    bench: Talking, reply: str, outcome: str
) -> None:
    with Sink() as sink:
        bench.speak(sink.url)
        agency = bench.place.directory.agency(bench.agencies[0])
        assert agency is not None
        for contact in agency.contacts:
            sink.mailbox.refuse[contact.email] = reply
        for _ in range(4):
            bench.round()
            bench.clock.on(days=1)
            bench.decide()
        taken = Counter(to for to, _ in sink.mailbox.messages)
        identities = Counter(mail["Message-ID"] for _, mail in sink.mailbox.messages)
    assert not set(taken) & {contact.email for contact in agency.contacts}
    assert sorted(taken.values()) == [1, 1]
    assert set(identities.values()) == {1}
    # Each address of the agency is tried once, none of them twice.
    with bench.place.database.read() as connection:
        tried = connection.execute(select(messages.c.recipient_lookup).where(messages.c.state == "refused")).all()
    assert all(count == 1 for count in Counter(row[0] for row in tried if row[0]).values())
    assert outcome in bench.states()


def test_a_recipient_who_may_not_be_written_to_now_waits_alone(bench: Talking) -> None:
    with Sink() as sink:
        bench.speak(sink.url)
        agency = bench.place.directory.agency(bench.agencies[0])
        assert agency is not None
        for contact in agency.contacts:
            sink.mailbox.refuse[contact.email] = "451 4.7.1 greylisted"
        assert bench.round().outcomes == {"sent": 2, "unavailable": 1}
        sink.mailbox.refuse.clear()
        bench.clock.on(seconds=SLOT.total_seconds())
        assert bench.round().outcomes == {"sent": 1}
        assert sorted(Counter(to for to, _ in sink.mailbox.messages).values()) == [1, 1, 1]


@pytest.mark.parametrize("reply", ["535 5.7.8 bad credentials", "454 4.7.0 try again", "534 5.7.9 too weak"])
def test_a_login_that_fails_holds_the_channel_and_gives_no_message_up(bench: Talking, reply: str) -> None:
    with server_saying({"auth": reply}, "AUTH PLAIN") as server:
        bench.speak(f"smtp://nhacviec:sai@127.0.0.1:{server.port}")
        tried = sum(bench.round().outcomes["unavailable"] for _ in range(5))
        assert tried == 1, "one message finds out, the others are not tried"
        with bench.place.database.read() as connection:
            trip = breaker.tripped(connection, bench.place.province)["email"]
        assert trip.reason
        assert bench.states() == {"ready": 3}
        for _ in range(6):
            bench.clock.on(seconds=SLOT.total_seconds())
            bench.round()
        server.scripts = [{"auth": "235 2.7.0 ok"} for _ in range(9)]
        bench.speak(f"smtp://nhacviec:dung@127.0.0.1:{server.port}")
        bench.clock.on(minutes=15)
        assert bench.round().outcomes == {"sent": 3}
        assert len(server.accepted) == 3
    assert not bench.letters()
