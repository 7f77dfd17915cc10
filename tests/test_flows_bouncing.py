"""A mail that comes back flags the address that did not take it, and nothing else does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from flows.steps.bouncing import hear
from flows.steps.clock import standing_at
from flows.steps.composing import sender
from flows.steps.daily import run_daily
from flows.steps.importing import import_file
from flows.steps.reach import reachable
from flows.steps.workplace import Workplace, open_workplace
from notifiers.bounces import Report, read
from notifiers.email_message import message_id
from store.schema import messages
from tests.conftest import SAMPLES
from tests.test_notifiers_bounces import report as written

DAY = date(2026, 6, 1)


@pytest.fixture
def place(environment: dict[str, str], database_url: str):
    place = open_workplace(environment | {"DONDOC_DATABASE_URL": database_url})
    clock = standing_at(DAY, place.settings.schedule.work_from, place.settings.schedule.zone)
    place.ready()
    import_file(place, SAMPLES / "ke-hoach-12-chuyen-doi-so.txt", now=clock(), today=DAY, actor="test")
    run_daily(place, clock=clock, day=DAY)
    yield place, clock()
    place.database.close()


def one_sent(place: Workplace) -> tuple[str, str, str]:
    """The key, the agency and the address of a mail that was sent to an agency."""
    with place.database.read() as connection:
        row = connection.execute(
            select(messages)
            .where(messages.c.state == "sent", messages.c.purpose == "reminders")
            .order_by(messages.c.id)
        ).first()
    assert row is not None
    return row.key, row.agency, place.seal.open(row.recipient_sealed)


def bounce(place: Workplace, key: str, address: str, **more: str) -> Report:
    host = sender(place).host
    raw = written(original=message_id(key, host), **more).replace(b"vanthu@soyte.example", address.encode())
    (found,) = read(raw, domain=host)
    return found


def is_reachable(place: Workplace, agency: str) -> bool:
    with place.database.read() as connection:
        return agency in reachable(connection, place)


def test_a_returned_mail_flags_its_address_once(place) -> None:
    place, now = place
    key, agency, address = one_sent(place)
    assert is_reachable(place, agency)
    report = bounce(place, key, address)
    assert hear(place, report, now=now + timedelta(hours=1))
    with place.database.read() as connection:
        from store.directory import failing

        assert place.seal.lookup(address) in failing(connection, place.province)


def test_what_is_no_lasting_failure_of_ours_flags_nobody(place) -> None:
    place, now = place
    key, agency, address = one_sent(place)
    later = now + timedelta(hours=1)
    assert not hear(place, bounce(place, key, address, action="delayed", status="4.4.1"), now=later)
    assert not hear(place, bounce(place, key, address, action="delivered", status="2.0.0"), now=later)
    assert not hear(place, bounce(place, key, "nguoi-khac@donvi.example"), now=later), "not sent to that address"
    assert not hear(place, bounce(place, "mot-khoa-khac", address), now=later), "not a mail of ours"
    assert not hear(place, bounce(place, key, address), now=now + timedelta(days=90)), "much too old"
    assert is_reachable(place, agency)


def test_without_a_mailbox_the_daily_run_asks_nobody(place) -> None:
    place, now = place
    from flows.steps.bouncing import collect

    assert collect(place, now=now) == 0
