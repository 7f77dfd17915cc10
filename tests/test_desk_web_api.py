"""The interface for programs, by schemathesis and by hand; files that hold no formula."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from typing import Any

import icalendar
import openpyxl
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import update
from starlette.testclient import TestClient

from desk.web.api import PER_MINUTE, application
from desk.web.exports import safe
from desk.web.users import SCOPES
from desk.web.visit import Desk
from flows.steps.workplace import Workplace
from store import people
from store.schema import tasks
from tests.desk_samples import DAY, Clock, browser, lead_due, logged_in, with_samples


@pytest.fixture
def clock(place: Workplace) -> Clock:
    return with_samples(place)


@pytest.fixture
def client(place: Workplace, clock: Clock) -> Iterator[TestClient]:
    with browser(place, clock) as made:
        made.headers.pop("origin")
        yield made


EXAMPLES = int(os.environ.get("DONDOC_API_EXAMPLES", "15"))


def token(place: Workplace, clock: Clock, *scopes: str) -> dict[str, str]:
    with place.database.write() as connection:
        secret = people.make_token(
            connection, place.province, kind="api", name="thu", scopes=scopes, now=clock(), actor="test"
        )
    return {"authorization": f"Bearer {secret}"}


CALLS = (
    ("GET", "/tasks", "tasks:read"), ("GET", "/tasks/1/dues", "tasks:read"), ("GET", "/events", "events:read"),
    ("GET", "/deliveries", "deliveries:read"), ("POST", "/events", "events:write"),
    ("POST", "/tasks/999999/done", "tasks:write"),
)  # fmt: skip
BODIES = {
    "/events": {"issuer": "Chính phủ", "instrument": "Nghị định", "on": "2026-05-20", "subject": "x"},
    "/tasks/999999/done": {"on": "2026-05-20", "document": "1/BC"},
}


@pytest.mark.parametrize(("method", "path", "scope"), CALLS)
def test_a_token_opens_what_its_scopes_say(
    place: Workplace, clock: Clock, client: TestClient, method: str, path: str, scope: str
) -> None:
    body = BODIES.get(path) if method == "POST" else None
    call = lambda headers: client.request(method, f"/api/v1{path}", json=body, headers=headers).status_code  # noqa: E731
    assert call({}) == 401
    assert call({"authorization": "Bearer nobody"}) == 401
    assert call(token(place, clock, *(set(SCOPES) - {scope}))) == 403
    assert call(token(place, clock, scope)) in {200, 201, 409}


def test_a_calendars_token_is_no_key_here(place: Workplace, clock: Clock, client: TestClient) -> None:
    with place.database.write() as connection:
        secret = people.make_token(
            connection, place.province, kind="calendar", name="x", agency="a", now=clock(), actor="test"
        )
    assert client.get("/api/v1/tasks", headers={"authorization": f"Bearer {secret}"}).status_code == 401


def test_reading_and_writing(place: Workplace, clock: Clock, client: TestClient) -> None:
    headers = token(place, clock, *SCOPES)
    task, due = lead_due(place, "phu-chau.so-khoa-hoc-va-cong-nghe")
    listed = client.get("/api/v1/tasks", params={"q": "ky so"}, headers=headers).json()
    assert listed["total"] == len(listed["tasks"]) >= 1
    assert due in {one["id"] for one in client.get(f"/api/v1/tasks/{task}/dues", headers=headers).json()}
    done = client.post(
        f"/api/v1/tasks/{task}/done", json={"on": DAY.isoformat(), "document": "1/BC"}, headers=headers
    )
    assert done.json() == {"task": task, "late": True}
    again = {"on": DAY.isoformat(), "document": "1/BC"}
    assert client.post(f"/api/v1/tasks/{task}/done", json=again, headers=headers).status_code == 409
    future = BODIES["/events"] | {"on": "2030-01-01"}
    assert client.post("/api/v1/events", json=future, headers=headers).status_code == 409


def test_too_many_requests(place: Workplace, clock: Clock, client: TestClient) -> None:
    headers = token(place, clock, "events:read")
    codes = [client.get("/api/v1/events", headers=headers).status_code for _ in range(int(PER_MINUTE) + 3)]
    assert codes == [200] * int(PER_MINUTE) + [429] * 3
    clock.move(minutes=1)
    assert client.get("/api/v1/events", headers=headers).status_code == 200


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_schemathesis_finds_nothing(place: Workplace, clock: Clock, mode: str) -> None:
    """Every check that schemathesis has. DONDOC_API_EXAMPLES sets how many requests an operation gets."""
    import schemathesis
    from schemathesis.checks import CHECKS, load_all_checks

    load_all_checks()
    schema = schemathesis.openapi.from_asgi("/openapi.json", application(Desk(place, clock)))
    secret = token(place, clock, *SCOPES)["authorization"]

    @schema.auth()
    class Bearer:
        def get(self, _case: Any, _context: Any) -> str:
            return secret

        def set(self, case: Any, data: str, _context: Any) -> None:
            case.headers["Authorization"] = data

    checks = [CHECKS.get_one(name) for name in CHECKS.get_all_names()]
    assert len(checks) > 12
    seen = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        def probe(case: Any) -> None:
            nonlocal seen
            seen += 1
            clock.move(seconds=2)
            case.call_and_validate(checks=checks)

        _given(operation, schemathesis.GenerationMode(mode))(probe)()
    assert seen > 60


def _given(operation: Any, mode: Any) -> Any:
    from hypothesis import given

    def made(probe: Any) -> Any:
        limits = settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        return limits(given(case=operation.as_strategy(generation_mode=mode))(probe))

    return made


@pytest.mark.parametrize("title", ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", " =1", "|calc", "bình thường, “kép”"])
def test_files_hold_words_only(place: Workplace, clock: Clock, title: str) -> None:
    with place.database.write() as connection:
        connection.execute(update(tasks).values(title=title))
    client = logged_in(place, clock, "viewer")
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/export/tasks.xlsx").content)).active
    assert sheet is not None
    cells = [row[2] for row in sheet.iter_rows(min_row=2)]
    assert len(cells) > 30
    assert {cell.data_type for cell in cells} == {"s"}
    assert {str(cell.value).strip() for cell in cells} == {title.strip()}
    rows = list(csv.reader(io.StringIO(client.get("/export/tasks.csv").content.decode("utf-8-sig"))))
    assert len(rows) == len(cells) + 1
    assert {row[2] for row in rows[1:]} == {safe(title)}
    assert safe(title)[0] not in "=+-@\t|"
    events = icalendar.Calendar.from_ical(client.get("/export/tasks.ics").content).walk("VEVENT")
    assert len(events) > 10
