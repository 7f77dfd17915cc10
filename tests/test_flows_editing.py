"""Editing at the desk: what is kept holds everywhere, reads back, and can be undone."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from config import agencies, calendars, policies
from config.errors import ConfigError
from config.policies import Policies, Use
from config.policy_writing import to_toml
from deadlines.calendar import YearCalendar
from deadlines.policy import Policy, Stage, standard
from flows.steps import directing, editing
from flows.steps.completing import NoSuch
from flows.steps.refreshing import refresh
from flows.steps.workplace import AGENCIES, POLICIES, Workplace, open_workplace
from store.schema import audit, editions
from tests.conftest import Cli
from tests.desk_samples import DAY, Clock, morning, opened, with_samples
from tests.smtp_sink import Sink


@pytest.fixture
def clock(place: Workplace) -> Clock:
    return Clock(place)


def again(place: Workplace) -> Workplace:
    """As another process opens it."""
    return open_workplace(place.environment)


def kept(
    place: Workplace, clock: Clock, part: str, content: str | None, expected: int | None = None
) -> int | NoSuch:
    return editing.keep(place, part, content, expected=expected, reason="thử", now=clock(), actor="user:lan")


STAGES = st.builds(
    Stage,
    days=st.integers(-400, 400),
    working=st.booleans(),
    repeat_every=st.none(),
    to=st.sampled_from(["agency", "leadership", "superior", "operator"]),
    channels=st.none() | st.lists(st.sampled_from(["email", "zalo"]), min_size=1, max_size=2).map(tuple),
)


@st.composite
def some_policies(draw: st.DrawFn) -> Policies:
    names = ["default", *draw(st.lists(st.sampled_from(["khan", "xa-phuong", "mật"]), unique=True))]
    found = {}
    for name in names:
        extra = draw(st.lists(STAGES, max_size=4, unique_by=lambda one: (one.to, one.days, one.working)))
        taken = {(one.to, one.days, one.working) for one in standard().lead["due"]}
        used = {one.name for one in standard().lead["due"]}
        due = [one for one in extra if (one.to, one.days, one.working) not in taken and one.name not in used]
        lead = {course: tuple(stages) for course, stages in standard().lead.items()}
        lead = {str(course): (*stages, *(due if course == "due" else ())) for course, stages in lead.items()}
        counted = Stage(days=1, after_reminders=draw(st.integers(1, 365)), to="leadership")
        lead["due"] = (*lead["due"], *draw(st.sampled_from([(), (counted,)])))
        found[name] = Policy(name=name, lead=lead, coordinating={"due": tuple(draw(st.lists(STAGES, max_size=1)))})
    uses = [
        Use(policy=draw(st.sampled_from(names)), plan=plan, agency=agency, task=draw(st.none() | st.integers(1, 9)))
        for plan, agency in draw(
            st.lists(
                st.tuples(st.none() | st.text("12/KH-\"'\\ậ", max_size=6), st.none() | st.just("phu-chau.so-y-te")),
                max_size=3,
            )
        )
    ]
    return Policies(by_name=found, uses=tuple(uses))


def plain(found: Policies) -> object:
    return (
        {name: (one.lead, {c: s for c, s in one.coordinating.items() if s}) for name, one in found.by_name.items()},
        found.uses,
    )


@given(some_policies())
def test_policies_read_back_as_they_were_written(given_policies: Policies) -> None:
    assert plain(policies.loads(to_toml(given_policies))) == plain(given_policies)


def test_the_packaged_policies_read_back(place: Workplace) -> None:
    assert plain(policies.loads(to_toml(place.policies))) == plain(place.policies)


@given(
    st.integers(2025, 2030),
    st.dictionaries(st.integers(0, 364), st.text(min_size=1).filter(str.strip).map(str.strip), max_size=8),
    st.dictionaries(st.integers(0, 51), st.text(min_size=1).filter(str.strip).map(str.strip), max_size=3),
)
def test_a_year_reads_back_as_it_was_written(year: int, days: dict[int, str], weekends: dict[int, str]) -> None:
    first = date(year, 1, 1)
    saturday = first + timedelta(days=(5 - first.weekday()) % 7)
    working = {saturday + timedelta(weeks=week): why for week, why in weekends.items()}
    working = {day: why for day, why in working.items() if day.year == year}
    off = {first + timedelta(days=day): why for day, why in days.items()}
    made = YearCalendar(
        year=year, off={day: why for day, why in off.items() if day not in working}, working=working, official=False
    )
    assert calendars.reads(calendars.to_toml(made), f"{year}.toml") == made


def test_the_whole_directory_reads_back(place: Workplace) -> None:
    assert agencies.loads(agencies.to_toml(place.directory), "thử") == place.directory


def test_an_edit_holds_for_every_process_and_the_file_again_after_it(place: Workplace, clock: Clock) -> None:
    file = place.policies
    content = to_toml(file).replace("days = -30", "days = -45").replace("before-30", "before-45")
    assert kept(place, clock, POLICIES, content, 0) == 1
    assert next(one.days for one in again(place).policies.by_name["default"].lead["due"]) == -45
    assert refresh(again(place), now=clock(), today=DAY) == ("agencies", "calendar", "policies")
    assert kept(again(place), clock, POLICIES, None) == 2
    assert plain(again(place).policies) == plain(file)
    assert refresh(again(place), now=clock(), today=DAY) == ("policies",)
    with place.database.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.subject == "config:policies")).all()
    assert [(row.before["version"], row.after["version"]) for row in rows] == [(0, 1), (1, 2)]
    assert "days = -45" in rows[0].after["text"]
    assert "days = -30" in rows[0].before["text"]


def test_the_later_of_two_who_edit_the_same_is_told_so(place: Workplace, clock: Clock) -> None:
    content = to_toml(place.policies)
    assert kept(place, clock, POLICIES, content, 0) == 1
    late = kept(place, clock, POLICIES, content, 0)
    assert isinstance(late, NoSuch)
    assert late.message == editing.STALE
    assert len(editing.history(place, POLICIES)) == 1


@pytest.mark.parametrize(
    ("part", "content"),
    [
        (POLICIES, "[default.lead]\ndue = []\n"),
        (POLICIES, "không phải TOML"),
        (AGENCIES, "format = 1\n"),
        ("calendar:2027", "year = 2027\nofficial = true\n"),
        ("calendar:2027", "year = 2026\n"),
        ("template:wording.j2", "{% macro subject(v) %}{{ v.sai }}{% endmacro %}"),
        ("template:wording.j2", "{% if %}"),
        ("template:zalo_text.j2", "{{ ''.__class__.__mro__ }}"),
        ("template:zalo_text.j2", "{{ khong_co }}"),
        ("template:digest_words.j2", "{% macro %}"),
    ],
)
def test_what_could_not_be_used_is_not_kept(place: Workplace, clock: Clock, part: str, content: str) -> None:
    with pytest.raises(ConfigError):
        kept(place, clock, part, content)
    with place.database.read() as connection:
        assert connection.execute(select(editions)).all() == []


def test_versions_hold_no_address_in_clear(place: Workplace, clock: Clock) -> None:
    email = next(c.email for a in place.directory.agencies for c in a.contacts if c.email)
    kept(place, clock, AGENCIES, agencies.to_toml(place.directory))
    with place.database.read() as connection:
        sealed = connection.execute(select(editions.c.content_sealed)).scalar_one()
    assert email.encode() not in bytes(sealed)


def test_earlier_versions_come_back(place: Workplace, clock: Clock) -> None:
    first = to_toml(place.policies)
    second = first.replace("before-7", "bay-ngay")
    kept(place, clock, POLICIES, first)
    kept(again(place), clock, POLICIES, second)
    assert editing.restore(again(place), POLICIES, 1, now=clock(), actor="user:lan") == 3
    assert again(place).edits[POLICIES] == first
    assert isinstance(editing.restore(place, POLICIES, 77, now=clock(), actor="user:lan"), NoSuch)
    assert isinstance(editing.restore(place, "mat-khau", 0, now=clock(), actor="user:lan"), NoSuch)
    assert [one.version for one in editing.history(place, POLICIES)] == [3, 2, 1]


def test_the_command_line_follows_what_the_desk_edited(place: Workplace, clock: Clock, tmp_path: Path) -> None:
    kept(place, clock, AGENCIES, agencies.to_toml(place.directory))
    place = again(place)
    found = directing.splitting(
        place, "so-y-te", [("so-y-te", None), ("so-dan-so", "Sở Dân số")], on=DAY + timedelta(days=30)
    )
    assert not isinstance(found, NoSuch)
    assert directing.put_in_place(place, found, now=clock(), actor="cli") == "phiên bản 1 tại bàn làm việc"
    assert again(place).directory.agency("phu-chau.so-dan-so") is not None


def test_a_person_is_forgotten_in_every_version(
    place: Workplace, clock: Clock, environment: dict[str, str], tmp_path: Path
) -> None:
    email = next(c.email for a in place.directory.agencies for c in a.contacts if c.email)
    content = agencies.to_toml(place.directory)
    kept(place, clock, AGENCIES, content)
    kept(place, clock, AGENCIES, content)
    made = Cli(environment, tmp_path)("people", "erase", email)
    assert made.returncode == 0, made.stderr
    versions = editing.history(place, AGENCIES)
    assert len(versions) == 3
    assert all(email not in (one.content or "") for one in versions)


def test_the_edited_wording_is_what_is_sent(environment: dict[str, str]) -> None:
    with Sink() as sink:
        place = opened(environment, DONDOC_SMTP_URL=sink.url)
        clock = with_samples(place)
        own = editing.seed(place, "template:wording.j2")
        assert own is not None
        kept(place, clock, "template:wording.j2", own.replace("Trân trọng.", "Trân trọng cảm ơn quý cơ quan."))
        morning(again(place), clock)
        bodies = [message.get_body(("plain",)).get_content() for _, message in sink.mailbox.messages]
    assert bodies
    assert any("Trân trọng cảm ơn quý cơ quan." in body for body in bodies)
