"""A mail that comes back flags the address that did not take it, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from httpx import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from desk.web.app import build
from desk.web.bounce_hooks import signature
from flows.steps.bouncing import hear
from flows.steps.clock import standing_at
from flows.steps.composing import sender
from flows.steps.daily import run_daily
from flows.steps.importing import import_file
from flows.steps.reach import reachable
from flows.steps.sending import deliver
from flows.steps.workplace import Workplace, open_workplace
from notifiers.bounces import Report, read
from notifiers.email_message import message_id
from store.directory import failing
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


ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What does not depend on the database is tried on one."""
SECRET = "mot-bi-mat-du-dai-de-ky-thu-tra-lai"


def handed_over(desk: TestClient, body: bytes, at: datetime, secret: str = SECRET) -> Response:
    stamp = str(int(at.timestamp()))
    signed = f"sha256={signature(secret, stamp, body)}"
    headers = {"X-Dondoc-Timestamp": stamp, "X-Dondoc-Signature": signed}
    return desk.post("/api/bounces", content=body, headers=headers)


def mail_of(place: Workplace, key: str, address: str) -> bytes:
    original = message_id(key, sender(place).host)
    return written(original=original).replace(b"vanthu@soyte.example", address.encode())


@pytest.fixture
def desk(place):
    place, now = place
    place = replace(place, settings=place.settings.model_copy(update={"bounces_secret": SECRET}))
    clock = lambda: now + timedelta(hours=1)  # noqa: E731
    return place, clock(), TestClient(build(place, clock), base_url="http://127.0.0.1")


def test_a_mail_server_hands_a_returned_mail_over(desk) -> None:
    place, now, client = desk
    key, _agency, address = one_sent(place)
    mail = mail_of(place, key, address)
    answer = handed_over(client, mail, now)
    assert (answer.status_code, answer.json()) == (200, {"failed": 1})
    with place.database.read() as connection:
        row = connection.execute(select(messages).where(messages.c.key == key)).one()
        assert place.seal.lookup(address) in failing(connection, place.province)
    assert (row.state, row.code) == ("refused", "5.1.1")
    assert handed_over(client, mail, now).status_code == 200, "a repeat changes nothing"
    with place.database.read() as connection:
        assert connection.execute(select(messages).where(messages.c.key == key)).one() == row


def test_what_a_returned_mail_said_goes_to_the_next_contact(desk) -> None:
    place, now, client = desk
    key, agency, address = one_sent(place)
    known = place.directory.agency(agency)
    assert known is not None
    others = {one.email for one in known.contacts if one.email} - {address}
    handed_over(client, mail_of(place, key, address), now)
    clock = standing_at(DAY + timedelta(days=1), time(8), place.settings.schedule.zone)
    deliver(place, clock=clock)
    with place.database.read() as connection:
        rows = connection.execute(
            select(messages).where(messages.c.agency == agency, messages.c.state == "sent")
        ).all()
    reached = {place.seal.open(row.recipient_sealed) for row in rows}
    assert reached == others if others else not reached
    assert address not in reached


@ONE
@pytest.mark.parametrize("wrong", ["secret", "old", "body", "none"])
def test_what_is_not_signed_with_our_secret_now_is_refused(desk, wrong: str) -> None:
    place, now, client = desk
    key, agency, address = one_sent(place)
    mail = mail_of(place, key, address)
    match wrong:
        case "secret":
            answer = handed_over(client, mail, now, secret="x" * 30)
        case "old":
            answer = handed_over(client, mail, now - timedelta(minutes=6))
        case "body":
            stamp = str(int(now.timestamp()))
            headers = {"X-Dondoc-Timestamp": stamp, "X-Dondoc-Signature": signature(SECRET, stamp, mail)}
            answer = client.post("/api/bounces", content=mail + b" ", headers=headers)
        case _:
            answer = client.post("/api/bounces", content=mail)
    assert answer.status_code == 401
    assert is_reachable(place, agency)


@ONE
def test_an_out_of_office_answer_is_no_bounce(desk) -> None:
    place, now, client = desk
    key, agency, address = one_sent(place)
    original = message_id(key, sender(place).host)
    mail = f"""From: {address}
To: nhacviec@vp.example
Subject: =?utf-8?q?Tr=E1=BA=A3_l=E1=BB=9Di_t=E1=BB=B1_=C4=91=E1=BB=99ng?=
Auto-Submitted: auto-replied
In-Reply-To: {original}

Toi di vang.
""".encode()
    answer = handed_over(client, mail, now)
    assert (answer.status_code, answer.json()) == (200, {"away": 1})
    assert is_reachable(place, agency)
    with place.database.read() as connection:
        assert connection.execute(select(messages.c.state).where(messages.c.key == key)).scalar() == "sent"


@ONE
def test_without_a_secret_nobody_hands_anything_over(place) -> None:
    place, now = place
    client = TestClient(build(place, lambda: now), base_url="http://127.0.0.1")
    stamp = str(int(now.timestamp()))
    headers = {"X-Dondoc-Timestamp": stamp, "X-Dondoc-Signature": signature("", stamp, b"x")}
    assert client.post("/api/bounces", content=b"x", headers=headers).status_code == 401
