"""The agencies' pages: looking does nothing, answering does it once, and nobody sees another's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import icalendar
import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from flows.steps.linking import token_for
from flows.steps.workplace import Workplace
from store.schema import answers, assignments, dues
from tests.desk_samples import (
    BASE,
    DAY,
    Clock,
    add_user,
    browser,
    lead_due,
    links_in,
    morning,
    opened,
    with_samples,
)
from tests.smtp_sink import Sink

AGENCY = "phu-chau.so-khoa-hoc-va-cong-nghe"
OTHER = "phu-chau.so-tu-phap"


@pytest.fixture
def clock(place: Workplace) -> Clock:
    return with_samples(place)


@pytest.fixture
def client(place: Workplace, clock: Clock) -> Iterator[TestClient]:
    with browser(place, clock) as made:
        yield made


def kept(place: Workplace) -> int:
    with place.database.read() as connection:
        return connection.execute(select(func.count()).select_from(answers)).scalar_one()


def test_a_thousand_looks_acknowledge_nothing_and_two_clicks_acknowledge_once(
    place: Workplace, client: TestClient
) -> None:
    _, due = lead_due(place, AGENCY)
    page = f"/a/{token_for(place, AGENCY)}/due/{due}"
    for _ in range(450):
        assert client.get(page).status_code == 200
        assert client.head(page).status_code == 200
    for action in ("acknowledge", "done", "extend", "progress"):
        for _ in range(25):
            assert client.get(f"{page}/{action}").status_code == 405
    assert kept(place) == 0
    for _ in range(2):
        assert client.post(f"{page}/acknowledge").status_code == 303
    assert kept(place) == 1


def test_forged_links_open_nothing(place: Workplace, client: TestClient) -> None:
    good = token_for(place, AGENCY)
    for position in range(len(good)):
        letter = "A" if good[position] != "A" else "B"
        forged = good[:position] + letter + good[position + 1 :]
        # The last letter of a part may hold bits that are not used: then it is the same link.
        answer = client.get(f"/a/{forged}")
        assert answer.status_code == 404 or position in {len(good) - 1}, forged
    for forged in ("", "x", good + "x", good[:-3], good.rpartition(".")[0], "..".join(good.split("."))):
        assert client.get(f"/a/{forged}").status_code == 404


def test_links_run_out(place: Workplace, clock: Clock, client: TestClient) -> None:
    token = token_for(place, AGENCY)
    assert client.get(f"/a/{token}").status_code == 200
    import time_machine

    from flows.steps.clock import here

    now = here(place.settings.schedule.zone)()
    with time_machine.travel(now + timedelta(days=place.settings.desk.link_days - 1)):
        assert client.get(f"/a/{token}").status_code == 200
    with time_machine.travel(now + timedelta(days=place.settings.desk.link_days + 1)):
        assert client.get(f"/a/{token}").status_code == 404


def test_an_agency_sees_its_own_tasks_and_no_others(place: Workplace, client: TestClient) -> None:
    token = token_for(place, OTHER)
    with place.database.read() as connection:
        every = set(connection.execute(select(dues.c.id)).scalars())
        own = set(
            connection.execute(
                select(dues.c.id)
                .join(assignments, assignments.c.task_id == dues.c.task_id)
                .where(assignments.c.agency == OTHER)
            ).scalars()
        )
    assert own
    assert every - own
    for due in every:
        expected = 200 if due in own else 404
        assert client.get(f"/a/{token}/due/{due}").status_code == expected
        if due not in own:
            for action in ("acknowledge", "done", "progress", "extend"):
                form = {"text": "x", "document": "1/BC", "on": DAY.isoformat()}
                assert (
                    client.post(f"/a/{token}/due/{due}/{action}", data=form).status_code == 404 or kept(place) == 0
                )
    assert kept(place) == 0
    listed = {int(found) for found in re.findall(r"/due/(\d+)", client.get(f"/a/{token}").text)}
    assert listed <= own


def test_reporting_and_asking_for_more_time(place: Workplace, client: TestClient) -> None:
    _, due = lead_due(place, AGENCY)
    page = f"/a/{token_for(place, AGENCY)}/due/{due}"
    wrong = client.post(f"{page}/done", data={"document": "", "on": DAY.isoformat()})
    assert wrong.status_code == 422
    assert "số, ký hiệu" in wrong.text
    assert client.post(f"{page}/done", data={"document": "1/BC", "on": "31/02/2026"}).status_code == 422
    assert client.post(f"{page}/extend", data={"text": "Chờ vốn", "on": "2029-01-05"}).status_code == 303
    assert client.post(f"{page}/progress", data={"text": "<b>50%</b>"}).status_code == 303
    assert client.post(f"{page}/done", data={"document": "9/BC", "on": "01/06/2026"}).status_code == 303
    shown = client.get(page).text
    assert "&lt;b&gt;50%&lt;/b&gt;" in shown
    assert "<b>50%" not in shown
    assert "Chờ xác nhận" in shown


def test_the_calendar_is_read_by_another_library_and_can_be_revoked(place: Workplace, client: TestClient) -> None:
    home = f"/a/{token_for(place, AGENCY)}"
    shown = client.post(f"{home}/calendar").text
    address = re.search(rf"{re.escape(BASE)}(/calendar/[\w-]+\.ics)", shown)
    assert address is not None
    assert address[1] not in client.get(home).text, "shown once only"
    feed = client.get(address[1])
    assert feed.headers["content-type"].startswith("text/calendar")
    events = icalendar.Calendar.from_ical(feed.text).walk("VEVENT")
    assert len(events) > 2
    assert len({event["UID"] for event in events}) == len(events)
    number = re.search(r"/calendar/(\d+)/revoke", client.get(home).text)
    assert number is not None
    stranger = f"/a/{token_for(place, OTHER)}"
    client.post(f"{stranger}/calendar/{number[1]}/revoke")
    assert client.get(address[1]).status_code == 200
    client.post(f"{home}/calendar/{number[1]}/revoke")
    assert client.get(address[1]).status_code == 404


def test_mails_carry_links_that_open_the_right_page(environment: dict[str, str]) -> None:
    with Sink() as sink:
        place = opened(environment, DONDOC_SMTP_URL=sink.url)
        clock = with_samples(place)
        add_user(place, clock, "a", "admin")
        morning(place, clock)
        messages = list(sink.mailbox.messages)
    client = browser(place, clock)
    assert messages
    linked = 0
    for address, message in messages:
        for link in links_in(message):
            linked += 1
            answer = client.get(link)
            assert answer.status_code == 200, (address, link)
    assert linked > len(messages)
