"""What agencies propose: contacts, a task that is not theirs; nothing changes before the operator agrees."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from sqlalchemy import select
from starlette.testclient import TestClient

from config.agencies import to_toml
from flows.steps import editing
from flows.steps.clock import here
from flows.steps.directing import copy_packaged
from flows.steps.linking import token_for
from flows.steps.workplace import AGENCIES, Workplace, open_workplace
from store.schema import assignments, audit, proposals
from tests.conftest import Cli
from tests.desk_samples import (
    DAY,
    PASSWORD,
    Clock,
    add_user,
    browser,
    lead_due,
    logged_in,
    morning,
    opened,
    with_samples,
)
from tests.test_desk_web_directory import form_of

AGENCY, OTHER = "phu-chau.so-khoa-hoc-va-cong-nghe", "phu-chau.so-noi-vu"


@pytest.fixture
def clock(place: Workplace) -> Clock:
    clock = with_samples(place)
    morning(place, clock)
    return clock


@pytest.fixture
def operator(place: Workplace, clock: Clock) -> TestClient:
    return logged_in(place, clock, "operator")


@pytest.fixture
def agency(place: Workplace, clock: Clock, operator: TestClient) -> TestClient:
    return browser(place, clock)


def contacts(place: Workplace, code: str) -> list[str | None]:
    found = open_workplace(place.environment).directory.agency(code)
    assert found is not None
    return [one.email for one in found.contacts]


def test_contacts_are_proposed_seen_masked_and_taken_over(
    place: Workplace, agency: TestClient, operator: TestClient
) -> None:
    before = contacts(place, AGENCY)
    path = f"/a/{token_for(place, AGENCY)}/contacts"
    form = form_of(agency.get(path).text, path)
    assert form["contact_email"][0] == before[0]
    assert "unchanged" in agency.post(path, data=form).headers["location"]
    form["contact_email"][0] = "khong phai thu"
    wrong = agency.post(path, data=form)
    assert wrong.status_code == 422
    assert "một địa chỉ thư điện tử" in html.unescape(wrong.text)
    form["contact_email"][0] = "dungroi@soyte.example"
    assert agency.post(path, data=form).status_code == 303
    assert agency.post(path, data=form).status_code == 303, "again: still one"
    assert contacts(place, AGENCY) == before, "nothing before the operator agrees"
    page = operator.get("/proposals").text
    assert page.count("/accept") == 1
    assert "du…@soyte.example" in page
    assert "dungroi@soyte.example" not in page
    number = re.search(r"/proposals/(\d+)/accept", page)
    assert number is not None
    assert operator.post(f"/proposals/{number[1]}/accept").status_code == 303
    assert contacts(place, AGENCY)[0] == "dungroi@soyte.example"
    assert operator.post(f"/proposals/{number[1]}/accept").status_code == 404, "decided once"
    with place.database.read() as connection:
        told = str(connection.execute(select(audit.c.before, audit.c.after)).all())
        kept = connection.execute(select(proposals.c.content_sealed)).scalars().all()
    assert "dungroi@soyte.example" not in told
    assert [place.seal.open(one) for one in kept] == ["[]"], "forgotten once decided"


def test_a_task_that_is_not_theirs_is_given_to_another(
    place: Workplace, agency: TestClient, operator: TestClient
) -> None:
    task, due = lead_due(place, AGENCY)
    path = f"/a/{token_for(place, AGENCY)}/due/{due}"
    assert "Không thuộc trách nhiệm của cơ quan" in agency.get(path).text
    assert agency.post(f"{path}/not-ours", data={"text": ""}).status_code == 422
    assert agency.post(f"{path}/not-ours", data={"text": "Việc này của Sở Nội vụ"}).status_code == 303
    page = operator.get("/proposals").text
    assert "Việc này của Sở Nội vụ" in page
    number = re.search(r"/proposals/(\d+)/accept", page)
    assert number is not None
    assert operator.post(f"/proposals/{number[1]}/accept", data={"agency": AGENCY}).status_code == 409
    assert operator.post(f"/proposals/{number[1]}/accept", data={"agency": "khong-co"}).status_code == 409
    assert operator.post(f"/proposals/{number[1]}/accept", data={"agency": OTHER}).status_code == 303
    with place.database.read() as connection:
        leads = connection.execute(
            select(assignments.c.agency).where(
                assignments.c.task_id == task, assignments.c.role == "lead", assignments.c.state != "withdrawn"
            )
        ).scalars()
        assert list(leads) == [OTHER]


def test_a_proposal_is_sent_back_with_a_reason(place: Workplace, agency: TestClient, operator: TestClient) -> None:
    path = f"/a/{token_for(place, AGENCY)}/contacts"
    form = form_of(agency.get(path).text, path)
    form["contact_email"][0] = "moi@soyte.example"
    agency.post(path, data=form)
    number = re.search(r"/proposals/(\d+)/decline", operator.get("/proposals").text)
    assert number is not None
    assert operator.post(f"/proposals/{number[1]}/decline", data={"reason": ""}).status_code == 422
    assert operator.post(f"/proposals/{number[1]}/decline", data={"reason": "Cần văn bản"}).status_code == 303
    assert "Cần văn bản" in agency.get(path).text


def test_what_was_decided_can_be_undone_or_says_why_not(
    place: Workplace, agency: TestClient, operator: TestClient
) -> None:
    _, due = lead_due(place, AGENCY)
    agency.post(f"/a/{token_for(place, AGENCY)}/due/{due}/not-ours", data={"text": "Việc của Sở Nội vụ"})
    path = f"/a/{token_for(place, AGENCY)}/contacts"
    form = form_of(agency.get(path).text, path)
    form["contact_email"][0] = "moi@soyte.example"
    agency.post(path, data=form)
    numbers = re.findall(r"/proposals/(\d+)/decline", operator.get("/proposals").text)
    assert len(numbers) == 2
    for number in numbers:
        assert operator.post(f"/proposals/{number}/reopen").status_code == 409, "not decided yet"
        assert operator.post(f"/proposals/{number}/decline", data={"reason": "Cần văn bản"}).status_code == 303
    page = operator.get("/proposals").text
    assert page.count('<button class="quiet">Hoàn tác</button>') == 1
    assert "Nội dung đã xóa khi trả lại" in page
    done = [operator.post(f"/proposals/{number}/reopen").status_code for number in numbers]
    assert done == [303, 409], "contacts are forgotten once decided"
    assert "Việc của Sở Nội vụ" in operator.get("/proposals").text
    with place.database.read() as connection:
        entry = connection.execute(select(audit).where(audit.c.action == "proposal.reopened")).one()
    assert (entry.before["state"], entry.after["state"]) == ("returned", "received")
    assert operator.post(f"/proposals/{numbers[0]}/accept", data={"agency": OTHER}).status_code == 303
    page = operator.get("/proposals").text
    assert "Giao lại ở trang nhiệm vụ" in page


def test_an_agency_proposes_nothing_for_another(place: Workplace, agency: TestClient) -> None:
    _, due = lead_due(place, AGENCY)
    task, _ = lead_due(place, AGENCY)
    with place.database.read() as connection:
        involved = set(
            connection.execute(select(assignments.c.agency).where(assignments.c.task_id == task)).scalars()
        )
    own = place.directory.in_province(place.province, DAY)
    code = next(one.code for one in own if one.code not in involved and one.contacts)
    stranger = token_for(place, code)
    answer = agency.post(f"/a/{stranger}/due/{due}/not-ours", data={"text": "x"})
    assert answer.status_code == 404
    page = agency.get(f"/a/{stranger}/contacts").text
    assert not set(contacts(place, AGENCY)) & set(re.findall(r"[\w.]+@[\w.]+", page))
    for path in ("contacts", "tasks.docx"):
        assert agency.get(f"/a/x{stranger}/{path}").status_code == 404
    with place.database.read() as connection:
        assert connection.execute(select(proposals)).all() == []


def test_the_list_is_a_word_document(place: Workplace, agency: TestClient, tmp_path: Path) -> None:
    import io

    import docx

    answer = agency.get(f"/a/{token_for(place, AGENCY)}/tasks.docx")
    assert answer.status_code == 200
    texts = [cell.text for table in docx.Document(io.BytesIO(answer.content)).tables for cell in table._cells]
    assert any(texts)


def test_erasing_a_person_takes_back_what_was_proposed(
    place: Workplace, agency: TestClient, environment: dict[str, str], tmp_path: Path, clock: Clock
) -> None:
    editing.keep(place, AGENCIES, to_toml(place.directory), expected=0, reason="thử", now=clock(), actor="test")
    path = f"/a/{token_for(place, AGENCY)}/contacts"
    form = form_of(agency.get(path).text, path)
    form["contact_email"][0] = "quen@soyte.example"
    agency.post(path, data=form)
    made = Cli(environment, tmp_path)("people", "erase", "quen@soyte.example")
    assert made.returncode == 0, made.stderr
    with place.database.read() as connection:
        row = connection.execute(select(proposals)).one()
    assert (row.state, place.seal.open(row.content_sealed)) == ("returned", "[]")


def test_old_links_open_for_a_time_after_the_key_is_changed(place: Workplace, clock: Clock) -> None:
    admin, anybody = logged_in(place, clock, "admin"), browser(place, clock)
    moment = here(place.settings.schedule.zone)()
    first = token_for(place, AGENCY)
    clock.now = moment
    add_user(place, clock, "quantri", "admin")
    assert admin.post("/login", data={"name": "quantri", "password": PASSWORD}).status_code == 303
    assert admin.post("/keys/links").status_code == 303
    second = token_for(place, AGENCY)
    assert first.rpartition(".")[2] != second.rpartition(".")[2]
    assert anybody.get(f"/a/{first}").status_code == anybody.get(f"/a/{second}").status_code == 200
    grace = timedelta(days=place.settings.desk.key_grace_days)
    with time_machine.travel(moment + grace + timedelta(minutes=1)):
        assert anybody.get(f"/a/{first}").status_code == 404
        assert anybody.get(f"/a/{second}").status_code == 200
    clock.now = moment + timedelta(minutes=5)
    assert admin.post("/keys/links").status_code == 303
    assert anybody.get(f"/a/{first}").status_code == 404, "two keys ago"
    assert anybody.get(f"/a/{second}").status_code == 200


@pytest.mark.parametrize("setting", ['need_totp = "admins"', "admins_need_totp = true"])
def test_admins_need_the_second_step_where_the_settings_say_so(
    environment: dict[str, str], tmp_path: Path, setting: str
) -> None:
    place = wanting(environment, tmp_path / "cau-hinh", setting)
    clock = Clock(place)
    admin, operator = logged_in(place, clock, "admin"), logged_in(place, clock, "operator")
    assert operator.get("/").status_code == 200
    for path in ("/", "/users", "/agencies/new"):
        assert admin.get(path).headers["location"] == "/account"
    assert "Cần bật xác thực hai bước" in admin.get("/account").text
    assert admin.post("/users", data={"name": "x", "role": "admin"}).headers["location"] == "/account"
    turn_on(admin, clock)
    assert admin.get("/users").status_code == 200
    assert admin.post("/account/totp", data={"password": PASSWORD}).status_code == 422, "not to be turned off"
    assert admin.get("/users").status_code == 200
    turn_on(operator, clock)
    assert operator.post("/account/totp", data={"password": PASSWORD}).status_code == 303, "as they like"


@pytest.mark.parametrize("role", ["viewer", "operator", "admin"])
def test_everybody_needs_it_where_the_settings_say_so(
    environment: dict[str, str], tmp_path: Path, role: str
) -> None:
    place = wanting(environment, tmp_path / "cau-hinh", 'need_totp = "everybody"')
    clock = Clock(place)
    client = logged_in(place, clock, role)
    for method, path in (("GET", "/"), ("GET", "/tasks"), ("GET", "/export/tasks.csv"), ("POST", "/events")):
        assert client.request(method, path).headers["location"] == "/account", path
    turn_on(client, clock)
    assert client.get("/tasks").status_code == 200
    assert client.post("/account/totp", data={"password": PASSWORD}).status_code == 422, "not to be turned off"
    again = browser(place, clock)
    clock.move(minutes=2)
    given = {"name": f"{role}1", "password": PASSWORD}
    assert again.post("/login", data=given).status_code == 401, "the password alone opens nothing"


def wanting(environment: dict[str, str], folder: Path, setting: str) -> Workplace:
    """A desk whose settings say who needs the second step."""
    assert copy_packaged(folder) is None
    file = folder / "dondoc.toml"
    file.write_text(file.read_text().replace('need_totp = "nobody"', setting))
    return opened(environment, DONDOC_CONFIG=str(folder))


def turn_on(client: TestClient, clock: Clock) -> None:
    """The second step, on the only page that is open without it."""
    page = client.get("/account").text
    secret = re.search(r'name="secret" value="(\w+)"', page)
    assert secret is not None
    form = {"secret": secret[1], "code": pyotp.TOTP(secret[1]).at(clock()), "password": PASSWORD}
    assert client.post("/account/totp", data=form).status_code == 303
