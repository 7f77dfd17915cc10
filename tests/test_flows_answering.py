"""What agencies answer, and what confirming and returning it does to tasks and reminders."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from flows.steps.answering import Said, receive
from flows.steps.completing import NoSuch
from flows.steps.granting import confirm, return_answer
from flows.steps.linking import agency_link, bearer, revoke, task_link, token_for
from flows.steps.workplace import Workplace
from store import answers as stored
from store.schema import answers, assignments, dues, reminders, tasks
from tests.desk_samples import DAY, Clock, lead_due, morning, opened, with_samples

AGENCY = "phu-chau.so-khoa-hoc-va-cong-nghe"
OTHER = "phu-chau.so-tu-phap"


@pytest.fixture
def place(environment: dict[str, str], database_url: str) -> Workplace:
    return opened(environment, DONDOC_DATABASE_URL=database_url)


@pytest.fixture
def clock(place: Workplace) -> Clock:
    return with_samples(place)


def say(place: Workplace, clock: Clock, due: int, agency: str = AGENCY, **said: object):
    return receive(place, agency, due, Said(**said), now=clock(), today=clock().date())  # type: ignore[arg-type]


def rows(place: Workplace, query):
    with place.database.read() as connection:
        return connection.execute(query).all()


def last_answer(place: Workplace) -> int:
    return rows(place, select(func.max(answers.c.id)))[0][0]


def decide(place: Workplace, clock: Clock, how, **values: object):
    return how(place, last_answer(place), now=clock(), today=clock().date(), actor="user:x", **values)


def test_a_second_acknowledgement_says_nothing_new(place: Workplace, clock: Clock) -> None:
    _, due = lead_due(place, AGENCY)
    assert say(place, clock, due, kind="acknowledged").kept is True
    assert say(place, clock, due, kind="acknowledged").kept is False
    assert rows(place, select(func.count()).select_from(answers))[0][0] == 1


def test_an_acknowledged_stage_is_not_repeated_and_later_stages_still_come(place: Workplace, clock: Clock) -> None:
    """The first late stage repeats every week; once confirmed it does not, but the leaders' stage comes."""
    with place.database.read() as connection:
        late = connection.execute(
            select(dues.c.id, dues.c.late_from, assignments.c.agency)
            .join(assignments, assignments.c.task_id == dues.c.task_id)
            .where(dues.c.track == "due", dues.c.late_from > DAY, assignments.c.role == "lead", ~dues.c.tentative)
            .order_by(dues.c.late_from)
            .limit(1)
        ).one()
    first = Clock(place, place.calendar.on_or_after(late.late_from))
    morning(place, first)

    def told() -> list[str]:
        query = select(reminders.c.stage).where(
            reminders.c.due_id == late.id, reminders.c.agency == late.agency, reminders.c.state != "withdrawn"
        )
        return [row.stage for row in rows(place, query)]

    assert "late+1" in {stage.partition("#")[0] for stage in told()}
    say(place, first, late.id, late.agency, kind="acknowledged")
    before = len([stage for stage in told() if stage.startswith("late+1")])
    day = late.late_from
    while day < late.late_from + timedelta(days=21):
        day += timedelta(days=1)
        morning(place, Clock(place, day))
    after = told()
    assert len([one for one in after if one.partition("#")[0] == "late+1"]) == min(before, 1)
    assert any(one.startswith("late+15") for one in after)


def test_a_confirmed_report_completes_the_task_with_its_own_day(place: Workplace, clock: Clock) -> None:
    task, due = lead_due(place, AGENCY)
    on = DAY - timedelta(days=1)
    assert say(place, clock, due, kind="done", document="77/BC-SKHCN", on=on).kept
    assert (
        rows(place, select(assignments.c.state).where(assignments.c.task_id == task, assignments.c.role == "lead"))[
            0
        ].state
        == "reported"
    )
    assert decide(place, clock, confirm, document="", on=None) is None
    done = rows(place, select(tasks).where(tasks.c.id == task))[0]
    assert (done.state, done.done_on) == ("done", on)
    assert isinstance(decide(place, clock, confirm, document="", on=None), NoSuch)


def test_a_returned_report_is_reminded_again(place: Workplace, clock: Clock) -> None:
    task, due = lead_due(place, AGENCY)
    say(place, clock, due, kind="done", document="77/BC-SKHCN", on=DAY)
    morning(place, clock)
    assert rows(place, select(dues.c.next_on).where(dues.c.id == due))[0].next_on is None
    assert isinstance(decide(place, clock, return_answer, reason=" "), NoSuch)
    assert decide(place, clock, return_answer, reason="Thiếu phụ lục số liệu") is None
    assert rows(place, select(dues.c.next_on).where(dues.c.id == due))[0].next_on == DAY
    assert (
        rows(place, select(assignments.c.state).where(assignments.c.task_id == task, assignments.c.role == "lead"))[
            0
        ].state
        == "open"
    )
    assert say(place, clock, due, kind="done", document="78/BC-SKHCN", on=DAY).kept


def test_a_group_task_is_done_when_all_are(place: Workplace, clock: Clock) -> None:
    with place.database.read() as connection:
        task = connection.execute(
            select(assignments.c.task_id)
            .join(dues, dues.c.task_id == assignments.c.task_id)
            .where(assignments.c.role == "lead", assignments.c.as_group, dues.c.key == "t0:once")
            .limit(1)
        ).scalar_one()
        agencies = connection.execute(
            select(assignments.c.agency).where(assignments.c.task_id == task, assignments.c.role == "lead")
        ).scalars()
        agencies = list(agencies)
        due = connection.execute(
            select(dues.c.id).where(dues.c.task_id == task, dues.c.track == "due")
        ).scalar_one()
    assert len(agencies) > 5
    for count, agency in enumerate(agencies, start=1):
        on = DAY - timedelta(days=count)
        assert say(place, clock, due, agency, kind="done", document=f"{count}/BC", on=on).kept
        assert rows(place, select(tasks.c.state).where(tasks.c.id == task))[0].state == "open"
        with place.database.read() as connection:
            assert stored.progress(connection, task, due) == (count - 1, 1, len(agencies))
        assert decide(place, clock, confirm, document="", on=None) is None
    done = rows(place, select(tasks.c.state, tasks.c.done_on).where(tasks.c.id == task))[0]
    assert done == ("done", DAY - timedelta(days=1))


def test_one_occurrence_of_a_recurring_task_ends_only_itself(place: Workplace, clock: Clock) -> None:
    task, due = lead_due(place, "phu-chau.van-phong-ubnd", single=False)
    say(place, clock, due, "phu-chau.van-phong-ubnd", kind="done", document="5/TB", on=DAY)
    assert decide(place, clock, confirm, document="", on=None) is None
    assert rows(place, select(dues.c.state).where(dues.c.id == due))[0].state == "done"
    assert rows(place, select(tasks.c.state).where(tasks.c.id == task))[0].state == "open"
    assert rows(place, select(func.count()).where(dues.c.task_id == task, dues.c.state == "open"))[0][0] > 1


def test_a_granted_extension_moves_the_date_and_needs_a_document(place: Workplace, clock: Clock) -> None:
    _, due = lead_due(place, AGENCY)
    on = rows(place, select(dues.c.on_date).where(dues.c.id == due))[0].on_date
    later = on + timedelta(days=45)
    say(place, clock, due, kind="extension", text="Chờ kinh phí", on=later)
    assert isinstance(decide(place, clock, confirm, document="", on=None), NoSuch)
    assert rows(place, select(dues.c.on_date).where(dues.c.id == due))[0].on_date == on
    assert decide(place, clock, confirm, document="15/UBND-TH", on=None) is None
    assert rows(place, select(dues.c.on_date).where(dues.c.id == due))[0].on_date == later


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "done", "on": DAY},
        {"kind": "done", "document": "1/BC"},
        {"kind": "done", "document": "1/BC", "on": DAY + timedelta(days=1)},
        {"kind": "progress", "text": "  "},
        {"kind": "extension", "text": "x"},
        {"kind": "extension", "text": "", "on": date(2031, 1, 1)},
        {"kind": "extension", "text": "x", "on": date(2020, 1, 1)},
        {"kind": "confirmed"},
        {"kind": ""},
    ],
)
def test_what_makes_no_sense_is_refused(place: Workplace, clock: Clock, said: dict[str, object]) -> None:
    _, due = lead_due(place, AGENCY)
    assert isinstance(say(place, clock, due, **said), NoSuch)
    assert rows(place, select(func.count()).select_from(answers))[0][0] == 0


def test_another_agency_has_nothing_to_say(place: Workplace, clock: Clock) -> None:
    _, due = lead_due(place, AGENCY)
    stranger = next(
        one.code
        for one in place.directory.agencies
        if one.province == place.province
        and not rows(
            place,
            select(assignments.c.id)
            .join(dues, dues.c.task_id == assignments.c.task_id)
            .where(dues.c.id == due, assignments.c.agency == one.code),
        )
    )
    for said in ({"kind": "acknowledged"}, {"kind": "done", "document": "1", "on": DAY}):
        assert isinstance(say(place, clock, due, stranger, **said), NoSuch)
    assert rows(place, select(func.count()).select_from(answers))[0][0] == 0


def test_links_hold_for_one_agency_until_they_are_revoked(environment: dict[str, str]) -> None:
    place = opened(environment)
    clock = with_samples(place)
    link = task_link(place, AGENCY, 7)
    assert link is not None
    assert link.endswith("/due/7")
    token = token_for(place, AGENCY)
    other = token_for(place, OTHER)
    assert bearer(place, token).agency == AGENCY
    assert bearer(place, other).agency == OTHER
    with place.database.write() as connection:
        revoke(connection, place, AGENCY, now=clock(), actor="user:x")
    assert bearer(place, token) is None
    assert bearer(place, other) is not None
    assert bearer(place, token_for(place, AGENCY)) is not None
    assert agency_link(place, "khong-co") is None


def test_no_address_no_links(environment: dict[str, str]) -> None:
    place = opened(environment, DONDOC_BASE_URL="")
    assert agency_link(place, AGENCY) is None
