"""The ledger of issued documents and extensions: one document is one event, and nothing is erased."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from store import events as ledger
from store.audit import verify
from store.database import Database
from store.events import EventRecord
from store.schema import audit, events, releases
from tests import store_samples as samples
from tests.store_samples import DUE, NOW, PROVINCE

DECREE = EventRecord(
    issuer="Chính phủ",
    instrument="Nghị định",
    number="11/2026/NĐ-CP",
    on_date=date(2026, 5, 20),
    subject="Về dữ liệu",
)
BY = {"now": NOW, "actor": "an"}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = samples.opened(database_url)
    with made.write() as connection:
        samples.add_tasks(connection, 3)
    yield made
    made.close()


def added(database: Database, event: EventRecord = DECREE, province: str = PROVINCE) -> int:
    with database.write() as connection:
        return ledger.add_event(connection, province, event, **BY)


def actions(database: Database) -> list[str]:
    with database.read() as connection:
        assert isinstance(verify(connection, PROVINCE), int)
        wanted = select(audit.c.action).where(audit.c.province == PROVINCE).order_by(audit.c.id)
        return list(connection.execute(wanted).scalars())


def test_the_same_document_twice_is_one_event_and_one_entry(database: Database) -> None:
    event = added(database)
    assert added(database) == event
    assert actions(database) == ["event.add"]
    others = (
        replace(DECREE, number="12/2026/NĐ-CP"),
        replace(DECREE, number=None),
        replace(DECREE, on_date=date(2026, 5, 21)),
        replace(DECREE, subject="Về đất đai"),
        replace(DECREE, issuer="Thủ tướng Chính phủ"),
    )
    assert len({event, *(added(database, other) for other in others)}) == 6
    assert added(database, replace(DECREE, number="")) == added(database, replace(DECREE, number=None))
    assert added(database, province="minh-son") != event, "each province keeps its own"


def test_what_an_event_released_is_met_on_its_day_and_moves_with_it(database: Database) -> None:
    event = added(database)
    with database.write() as connection:
        ledger.release(connection, PROVINCE, event, [(1, 0), (2, 1)], on=DECREE.on_date, **BY)
        assert ledger.met_terms(connection, [1, 2, 3]) == {1: {0: DECREE.on_date}, 2: {1: DECREE.on_date}}
        assert set(ledger.released_tasks(connection, event)) == {1, 2}
        later = DECREE.on_date + timedelta(days=3)
        assert set(ledger.correct_event(connection, PROVINCE, event, later, **BY)) == {1, 2}
        assert ledger.met_terms(connection, [1]) == {1: {0: later}}
        found = ledger.find_event(connection, PROVINCE, event)
        assert found is not None
        assert found.on_date == later
        assert [(row.id, row.released) for row in ledger.all_events(connection, PROVINCE)] == [(event, 2)]
    assert actions(database) == ["event.add", "event.release", "event.correct"]


def test_another_document_takes_the_place_of_the_first_for_a_term(database: Database) -> None:
    first, second = added(database), added(database, replace(DECREE, number="12/2026/NĐ-CP"))
    with database.write() as connection:
        ledger.release(connection, PROVINCE, first, [(1, 0)], on=date(2026, 5, 20), **BY)
        ledger.release(connection, PROVINCE, second, [(1, 0)], on=date(2026, 6, 20), **BY)
        assert ledger.met_terms(connection, [1]) == {1: {0: date(2026, 6, 20)}}
        assert ledger.released_tasks(connection, first) == ()
        assert connection.execute(select(func.count()).select_from(releases)).scalar_one() == 1


def test_taken_back_it_releases_nothing_and_stays_in_the_ledger(database: Database) -> None:
    event = added(database)
    with database.write() as connection:
        ledger.release(connection, PROVINCE, event, [(1, 0)], on=DECREE.on_date, **BY)
        assert ledger.withdraw_event(connection, PROVINCE, event, **BY) == (1,)
        assert ledger.met_terms(connection, [1]) == {}
        assert ledger.find_event(connection, PROVINCE, event) is None
        assert list(ledger.all_events(connection, PROVINCE)) == []
        assert connection.execute(select(func.count()).select_from(events)).scalar_one() == 1
        assert ledger.withdraw_event(connection, PROVINCE, event, **BY) == ()
        assert ledger.correct_event(connection, PROVINCE, event, DUE, **BY) == ()
    assert added(database) != event, "recorded again it is a new event"
    assert actions(database) == ["event.add", "event.release", "event.withdraw", "event.add"]


def test_nobody_touches_the_event_of_another_province(database: Database) -> None:
    event = added(database, province="minh-son")
    with database.write() as connection:
        assert ledger.find_event(connection, PROVINCE, event) is None
        assert ledger.correct_event(connection, PROVINCE, event, DUE, **BY) == ()
        assert ledger.withdraw_event(connection, PROVINCE, event, **BY) == ()
    assert actions(database) == []


def test_of_several_extensions_the_last_recorded_counts(database: Database) -> None:
    with database.write() as connection:
        for new in (date(2026, 8, 31), date(2026, 7, 31)):
            ledger.extend(connection, PROVINCE, 1, "t0:once", old_on=DUE, new_on=new, document="2/UBND", **BY)
        ledger.extend(
            connection, PROVINCE, 2, "t0:2027", old_on=DUE, new_on=date(2027, 1, 2), document="3/UBND", **BY
        )
        assert ledger.extended(connection, [1, 2, 3]) == {
            1: {"t0:once": date(2026, 7, 31)},
            2: {"t0:2027": date(2027, 1, 2)},
        }
    assert actions(database) == ["task.extend"] * 3
