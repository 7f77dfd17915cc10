"""Who is told what on which day: by example, against a slow model, and by law."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadlines.calendar import YearCalendar, national
from deadlines.counting import Counting, target
from deadlines.policy import Course, Policy, Role, Stage, standard
from deadlines.reminders import (
    FIRST_SUMMARY,
    Decision,
    foresee,
    passed_over,
    questions_due,
    stages_due,
)
from deadlines.resolve import resolve
from deadlines.timeline import timeline
from deadlines.types import Deadline, Occurrence, Recurring, Track

CALENDAR = national(range(2024, 2031)).overruled_by(
    YearCalendar(
        year=2026,
        off={
            date(2026, 4, 30): "Nghỉ",
            date(2026, 5, 1): "Nghỉ",
            date(2026, 2, 17): "Tết",
            date(2026, 9, 2): "Nghỉ",
        },
        working={date(2026, 8, 22): "Làm bù"},
    )
)
STANDARD = standard()
LONG_AGO = date(2024, 1, 2)


def occurrence(on: date, track: Track = Track.DUE, *, tentative: bool = False) -> Occurrence:
    toward = target(on, CALENDAR, Counting())
    late = track is Track.DUE and not tentative
    return Occurrence(
        key="t0:once",
        term=0,
        track=track,
        on=on,
        aim=CALENDAR.on_or_after(on) if track is Track.OPENING else toward.aim,
        late_from=toward.late_from if late else None,
        tentative=tentative,
    )


def policy(*due: Stage, tentative: Sequence[Stage] | None = None, **other: Sequence[Stage]) -> Policy:
    """The given stages for due dates; the rest as small as a policy may be."""
    every = Stage(name="ever", days=2000, repeat_every=1000, to="superior")
    start = Stage(name="whenever", days=-3000, to="superior")
    ask = Stage(name="ask", days=1, repeat_every=30, to="operator")
    lead = {
        "due": (*due, every, start),
        "opening": (Stage(days=0),),
        "check": (Stage(days=0),),
        "report": (Stage(days=0),),
        "waiting": (ask,),
        **other,
    }
    if tentative is not None:
        lead["tentative"] = tuple(tentative)
    return Policy(lead=lead)


def decide(
    rules: Policy,
    one: Occurrence,
    today: date,
    *,
    role: Role = "lead",
    already: Sequence[str] = (),
    acknowledged: Sequence[str] = (),
    first_seen: date = LONG_AGO,
) -> Decision:
    return stages_due(
        rules,
        one,
        role=role,
        today=today,
        calendar=CALENDAR,
        already=already,
        acknowledged=acknowledged,
        first_seen=first_seen,
    )


def run(
    rules: Policy,
    one: Occurrence,
    days: Sequence[date],
    *,
    role: Role = "lead",
    first_seen: date = LONG_AGO,
    acknowledge: dict[date, str] | None = None,
) -> list[tuple[date, Decision]]:
    """What a daily run on the given days does, keeping what it told and let lapse."""
    known = ["whenever"]
    answered: list[str] = []
    done = []
    for today in days:
        if acknowledge and today in acknowledge:
            answered.append(acknowledge[today])
        got = decide(rules, one, today, role=role, already=known, acknowledged=answered, first_seen=first_seen)
        known.extend(got.kept)
        done.append((today, got))
    return done


def told(done: Sequence[tuple[date, Decision]]) -> list[tuple[str, date]]:
    return [(stage.id, today) for today, got in done for stage in got.tell]


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


D = date


def test_a_task_on_the_standard_policy_day_by_day() -> None:
    got = told(run(STANDARD, occurrence(D(2026, 6, 28)), span(D(2026, 1, 5), D(2026, 8, 3))))
    assert [one for one in got if "+" not in one[0]] == [
        ("before-30", D(2026, 5, 27)),
        ("before-7", D(2026, 6, 19)),
        ("before-1w", D(2026, 6, 25)),
        ("day-0", D(2026, 6, 26)),
    ]
    assert [one for one in got if one[0].startswith("late+1#") or one[0] == "late+1"] == [
        ("late+1", D(2026, 6, 29)),
        ("late+1#2", D(2026, 7, 6)),
        ("late+1#3", D(2026, 7, 13)),
        ("late+1#4", D(2026, 7, 20)),
        ("late+1#5", D(2026, 7, 27)),
        ("late+1#6", D(2026, 8, 3)),
    ]
    assert [one for one in got if "leadership" in one[0] or "superior" in one[0] or "operator" in one[0]] == [
        ("late+15-leadership", D(2026, 7, 13)),
        ("late+15-leadership#2", D(2026, 7, 28)),
        ("late+30-superior", D(2026, 7, 28)),
        ("late+30-operator", D(2026, 7, 28)),
    ]


def test_the_nth_day_of_being_late_is_counted_from_the_first() -> None:
    rules = policy(Stage(days=1), Stage(days=3), Stage(days=5, working=True))
    got = told(run(rules, occurrence(D(2026, 6, 30)), span(D(2026, 6, 30), D(2026, 7, 20))))
    assert got == [("late+1", D(2026, 7, 1)), ("late+3", D(2026, 7, 3)), ("late+5w", D(2026, 7, 7))]


def test_a_missed_week_is_caught_up_with_the_most_urgent_only() -> None:
    rules = policy(Stage(days=-10), Stage(days=-5), Stage(days=-3), Stage(days=0))
    got = decide(rules, occurrence(D(2026, 6, 30)), D(2026, 6, 29), already=["before-10", "whenever"])
    assert [stage.id for stage in got.tell] == ["before-3"]
    assert got.tell[0].day == D(2026, 6, 26)
    assert got.lapsed == ("before-5",)
    assert got.next_on == D(2026, 6, 30)


def test_each_recipient_has_a_catch_up_of_its_own() -> None:
    rules = policy(Stage(days=1), Stage(days=2), Stage(days=2, to="leadership"), Stage(days=9, to="operator"))
    got = decide(rules, occurrence(D(2026, 6, 30)), D(2026, 7, 6))
    assert {stage.to: stage.id for stage in got.tell} == {"agency": "late+2", "superior": "whenever"}
    assert set(got.lapsed) == {"late+1"}
    assert got.next_on == D(2026, 7, 7), "the agency's leadership hears a day later than it, as planned"
    done = run(rules, occurrence(D(2026, 6, 30)), span(D(2026, 7, 6), D(2026, 7, 31)))
    assert told(done)[1:] == [("late+2-leadership", D(2026, 7, 7)), ("late+9-operator", D(2026, 7, 14))]


def test_repeats_stop_at_the_next_stage_and_at_their_limit() -> None:
    rules = policy(
        Stage(days=1, repeat_every=2),
        Stage(days=8, repeat_every=5, repeat_limit=2),
    )
    got = told(run(rules, occurrence(D(2026, 6, 30)), span(D(2026, 6, 30), D(2026, 9, 1))))
    assert got == [
        ("late+1", D(2026, 7, 1)),
        ("late+1#2", D(2026, 7, 3)),
        ("late+1#3", D(2026, 7, 6)),
        ("late+1#4", D(2026, 7, 7)),
        ("late+8", D(2026, 7, 8)),
        ("late+8#2", D(2026, 7, 13)),
        ("late+8#3", D(2026, 7, 20)),
    ], "what falls on a Sunday is told on Monday"


def test_an_acknowledged_stage_repeats_no_more_until_the_next() -> None:
    rules = policy(Stage(days=1, repeat_every=2), Stage(days=15, repeat_every=5))
    got = told(
        run(
            rules,
            occurrence(D(2026, 6, 30)),
            span(D(2026, 6, 30), D(2026, 7, 20)),
            acknowledge={D(2026, 7, 4): "late+1#2"},
        )
    )
    assert got == [
        ("late+1", D(2026, 7, 1)),
        ("late+1#2", D(2026, 7, 3)),
        ("late+15", D(2026, 7, 15)),
        ("late+15#2", D(2026, 7, 20)),
    ]


def test_acknowledging_lets_no_repeat_lapse_and_waits_for_the_next_stage() -> None:
    rules = policy(Stage(days=1, repeat_every=2), Stage(days=15))
    one = occurrence(D(2026, 6, 30))
    quiet = decide(rules, one, D(2026, 7, 10), already=["whenever", "late+1"], acknowledged=["late+1"])
    assert (quiet.tell, quiet.lapsed, quiet.next_on) == ((), (), D(2026, 7, 15))
    after = decide(rules, one, D(2026, 7, 15), already=["whenever", "late+1"], acknowledged=["late+1"])
    assert [stage.id for stage in after.tell] == ["late+15"]
    assert after.lapsed == ()


def test_a_task_first_seen_late_gets_one_summary_and_then_the_ordinary_repeats() -> None:
    one = occurrence(D(2026, 3, 31))
    got = told(run(STANDARD, one, span(D(2026, 6, 13), D(2026, 6, 30)), first_seen=D(2026, 6, 13)))
    assert got[0] == (FIRST_SUMMARY, D(2026, 6, 15)), "13/06/2026 is a Saturday"
    assert [name for name, _ in got if name.startswith("late+1#")] == ["late+1#13"]
    assert [day for name, day in got if name.startswith("late+1#")] == [D(2026, 6, 24)]
    first = decide(STANDARD, one, D(2026, 6, 15), first_seen=D(2026, 6, 13))
    assert [stage.is_summary for stage in first.tell] == [True]
    assert first.tell[0].to == "agency"
    assert "late+1" in first.lapsed


def test_an_acknowledged_summary_stands_for_the_stage_it_replaced() -> None:
    one = occurrence(D(2026, 3, 31))
    got = decide(
        STANDARD,
        one,
        D(2026, 6, 25),
        already=[FIRST_SUMMARY],
        acknowledged=[FIRST_SUMMARY],
        first_seen=D(2026, 6, 15),
    )
    assert [stage.id for stage in got.tell if stage.to == "agency"] == []


def test_what_was_past_before_it_was_known_and_cannot_be_late() -> None:
    seen = D(2026, 6, 15)
    for track in (Track.REPORT, Track.CHECK):
        got = decide(STANDARD, occurrence(D(2026, 5, 14), track), seen, first_seen=seen)
        assert got == Decision()
    opening = decide(STANDARD, occurrence(D(2026, 1, 1), Track.OPENING), seen, first_seen=seen)
    assert [stage.id for stage in opening.tell] == [FIRST_SUMMARY]
    assert opening.next_on is None


def test_a_task_seen_on_its_last_day_is_not_late() -> None:
    got = decide(STANDARD, occurrence(D(2026, 6, 30)), D(2026, 6, 30), first_seen=D(2026, 6, 30))
    assert [stage.id for stage in got.tell] == ["day-0"]
    late = decide(STANDARD, occurrence(D(2026, 6, 30)), D(2026, 7, 1), first_seen=D(2026, 7, 1))
    assert [stage.id for stage in late.tell] == [FIRST_SUMMARY]


def test_after_a_tentative_date_only_the_operator_is_asked() -> None:
    one = occurrence(D(2026, 6, 30), tentative=True)
    done = run(STANDARD, one, span(D(2026, 5, 1), D(2026, 12, 31)))
    after = [stage for today, got in done if today > D(2026, 6, 30) for stage in got.tell]
    assert {stage.to for stage in after} == {"operator"}
    assert len(after) > 3
    seen = D(2026, 9, 1)
    first = decide(STANDARD, one, seen, first_seen=seen)
    assert [(stage.id, stage.to) for stage in first.tell] == [(FIRST_SUMMARY, "operator")]


def test_a_tentative_date_may_have_stages_of_its_own() -> None:
    rules = policy(Stage(days=-3), tentative=[Stage(name="really", days=2, repeat_every=9, to="operator")])
    one = occurrence(D(2026, 6, 30), tentative=True)
    assert told(run(rules, one, span(D(2026, 6, 1), D(2026, 7, 13)))) == [
        ("really", D(2026, 7, 2)),
        ("really#2", D(2026, 7, 13)),
    ]


def test_coordinating_agencies_have_their_own_stages_or_none() -> None:
    one = occurrence(D(2026, 6, 30))
    assert [
        name for name, _ in told(run(STANDARD, one, span(D(2026, 5, 1), D(2026, 8, 1)), role="coordinating"))
    ] == [
        "before-15",
        "day-0",
    ]
    assert decide(policy(), one, D(2026, 7, 1), role="coordinating", first_seen=D(2026, 7, 1)) == Decision()


def test_questions_about_an_awaited_document_never_end() -> None:
    since = D(2026, 1, 5)
    first = questions_due(STANDARD, since=since, today=D(2026, 2, 4), calendar=CALENDAR, already=[])
    assert [(stage.id, stage.to) for stage in first.tell] == [("ask", "operator")]
    later = questions_due(STANDARD, since=since, today=D(2028, 3, 1), calendar=CALENDAR, already=["ask"])
    assert [stage.nth for stage in later.tell] == [26]
    assert len(later.lapsed) == 24
    assert later.next_on is not None


def test_on_a_day_off_nothing_is_told_but_it_is_not_forgotten() -> None:
    got = decide(STANDARD, occurrence(D(2026, 6, 30)), D(2026, 6, 27), already=["before-30"])
    assert (got.tell, got.lapsed, got.next_on) == ((), (), D(2026, 6, 29))
    makeup = decide(STANDARD, occurrence(D(2026, 9, 30)), D(2026, 8, 22))
    assert makeup.next_on == D(2026, 8, 31)


def test_a_change_that_tells_the_date_passes_over_what_came_before() -> None:
    one = occurrence(D(2026, 7, 15))
    today = D(2026, 7, 9)
    over = passed_over(STANDARD, one, role="lead", today=today, calendar=CALENDAR)
    assert over == ("before-7",)
    assert decide(STANDARD, one, today, already=over).tell == ()
    assert passed_over(STANDARD, one, role="lead", today=D(2026, 1, 5), calendar=CALENDAR) == ()


STAGES = st.builds(
    Stage,
    days=st.integers(-40, 40),
    working=st.booleans(),
    repeat_every=st.none() | st.integers(1, 9),
    to=st.sampled_from(["agency", "leadership", "operator"]),
)
POLICIES = st.lists(STAGES, max_size=6, unique_by=lambda stage: stage.name).map(lambda stages: policy(*stages))
ONS = st.dates(D(2026, 1, 20), D(2026, 10, 1))
TRACKS = st.builds(
    occurrence, ONS, st.sampled_from([Track.DUE, Track.DUE, Track.OPENING, Track.REPORT]), tentative=st.booleans()
)
BEGIN = D(2026, 1, 1)
SEEN = st.just(LONG_AGO) | st.dates(BEGIN, D(2026, 12, 1))


def model(rules: Policy, one: Occurrence, until: date) -> dict[tuple[str, date], set[str]]:
    """Which stages each recipient could be told on each day, by walking over the days of each stage."""
    assert one.late_from is not None
    firings: dict[tuple[str, date], list[tuple[date, int, str]]] = {}
    firsts: dict[str, list[tuple[date, int, date, str]]] = {}
    nominals: dict[str, date] = {}
    for stage in rules.stages(Course.DUE, "lead"):
        start = one.late_from - timedelta(days=1) if stage.days > 0 else one.aim
        nominal = CALENDAR.add_working(start, stage.days) if stage.working else start + timedelta(days=stage.days)
        nominals[stage.name] = nominal
        day = CALENDAR.on_or_before(nominal) if stage.days <= 0 else CALENDAR.on_or_after(nominal)
        firsts.setdefault(stage.to, []).append((day, stage.days, nominal, stage.name))
    for stage in rules.stages(Course.DUE, "lead"):
        line = sorted(firsts[stage.to])
        mine = next(entry for entry in line if entry[3] == stage.name)
        end = next((entry[0] for entry in line[line.index(mine) + 1 :]), date.max)
        if stage.days <= 0:
            end = min(end, one.aim + timedelta(days=1))
        nominal, number, day = nominals[stage.name], 1, mine[0]
        while day < end and day <= until:
            name = stage.name if number == 1 else f"{stage.name}#{number}"
            firings.setdefault((stage.to, day), []).append((nominal, number, name))
            if stage.repeat_every is None:
                break
            nominal = (
                CALENDAR.add_working(nominal, stage.repeat_every)
                if stage.working
                else nominal + timedelta(days=stage.repeat_every)
            )
            number += 1
            day = CALENDAR.on_or_before(nominal) if stage.days <= 0 else CALENDAR.on_or_after(nominal)
    return {at: {max(names)[2]} for at, names in firings.items()}


@settings(max_examples=60, deadline=None)
@given(POLICIES, ONS)
def test_a_daily_run_tells_what_a_slow_model_tells(rules: Policy, on: date) -> None:
    one = occurrence(on)
    first, last = BEGIN - timedelta(days=60), on + timedelta(days=90)
    done = run(rules, one, span(first, last))
    got = {(stage.to, today): {stage.id} for today, decision in done for stage in decision.tell}
    assert got == {at: names for at, names in model(rules, one, last).items() if at[1] >= first}


@settings(max_examples=40, deadline=None)
@given(POLICIES, TRACKS, SEEN)
def test_the_preview_is_what_then_happens(rules: Policy, one: Occurrence, seen: date) -> None:
    days = span(BEGIN, D(2026, 7, 31))
    happened = [(today, got.tell) for today, got in run(rules, one, days, first_seen=seen) if got.tell]
    shown = [
        (today, got.tell)
        for today, got in foresee(
            rules,
            one,
            role="lead",
            calendar=CALENDAR,
            already=("whenever",),
            acknowledged=(),
            first_seen=seen,
            first=days[0],
            last=days[-1],
        )
    ]
    assert shown == happened


@settings(deadline=None)
@given(POLICIES, TRACKS, SEEN, st.sets(st.integers(0, 364), max_size=25))
def test_next_on_is_never_too_late(rules: Policy, one: Occurrence, seen: date, chosen: set[int]) -> None:
    """From any day on which the run happened, nothing is told before `next_on`."""
    days = sorted(BEGIN + timedelta(days=n) for n in chosen)
    known: list[str] = []
    for today in days:
        got = decide(rules, one, today, already=known, first_seen=seen)
        known.extend(got.kept)
        stop = min(got.next_on or date.max, today + timedelta(days=120))
        assert stop > today
        for between in span(today + timedelta(days=1), stop - timedelta(days=1)):
            assert decide(rules, one, between, already=known, first_seen=seen).tell == ()


@settings(deadline=None)
@given(POLICIES, TRACKS, SEEN, st.sets(st.integers(0, 364), max_size=40))
def test_nothing_is_told_twice_and_deciding_again_adds_nothing(
    rules: Policy, one: Occurrence, seen: date, chosen: set[int]
) -> None:
    known: list[str] = []
    for today in sorted(BEGIN + timedelta(days=n) for n in chosen):
        got = decide(rules, one, today, already=known, first_seen=seen)
        ids = got.kept
        assert not set(ids) & set(known)
        assert len(ids) == len(set(ids))
        assert len({stage.to for stage in got.tell}) == len(got.tell), "one stage for each recipient"
        assert not got.tell or CALENDAR.is_working(today)
        assert all(stage.day <= today for stage in got.tell)
        known.extend(ids)
        again = decide(rules, one, today, already=known, first_seen=seen)
        assert (again.tell, again.lapsed) == ((), ())
        assert again.next_on == got.next_on


@settings(max_examples=40, deadline=None)
@given(POLICIES, ONS, st.sets(st.integers(0, 250), min_size=1, max_size=20))
def test_an_outage_never_loses_the_most_urgent_stage(rules: Policy, on: date, chosen: set[int]) -> None:
    """However few days the run happens on, the last of them leaves the agency told what a daily run would have told
    it last; those above it are told as much later as those below them were, and not for ever."""
    one = occurrence(on)
    days = sorted(CALENDAR.on_or_after(BEGIN + timedelta(days=n)) for n in chosen)
    before = span(BEGIN - timedelta(days=60), days[-1])
    seldom, daily = run(rules, one, days), run(rules, one, before)
    last = [[s.id for _, got in done for s in got.tell if s.to == "agency"][-1:] for done in (seldom, daily)]
    assert last[0] == last[1]
    on_and_on = run(rules, one, [*days, *span(days[-1] + timedelta(days=1), D(2028, 12, 31))])
    assert {s.to for _, got in daily for s in got.tell} <= {s.to for _, got in on_and_on for s in got.tell}


@given(POLICIES, ONS, SEEN, st.sets(st.integers(0, 400), min_size=1, max_size=40))
def test_nobody_hears_before_whom_the_policy_has_act_first(
    rules: Policy, on: date, seen: date, chosen: set[int]
) -> None:
    """Of a first import, and of runs on whatever days: the ladder is climbed a step at a time.

    The office itself is no step that has to be taken first: it has every late task in its digest each morning.
    """
    one = occurrence(on)
    lanes = timeline(rules, Course.DUE, "lead", one.aim, on, CALENDAR).lanes
    heard: dict[str, date] = {}
    for day, got in run(rules, one, sorted(BEGIN + timedelta(days=n) for n in chosen), first_seen=seen):
        for stage in got.tell:
            if stage.is_summary or stage.stage.days > 0:
                heard.setdefault(stage.to, day)
    for low, high in combinations(lanes, 2):
        assert low.rung <= high.rung
        if high.to in heard and high.to != "agency" and low.to != "operator" and low.rung < high.rung:
            assert heard[low.to] < heard[high.to]


@pytest.mark.parametrize("late", [1, 2, 5, 14, 15, 16, 20, 29, 30, 31, 45, 60, 100, 400])
def test_after_a_first_import_the_ladder_begins_at_its_foot(late: int) -> None:
    """However late a task is when its plan comes in: the agency at once, its leadership two weeks later."""
    seen = CALENDAR.on_or_after(D(2026, 6, 1))
    done = run(
        STANDARD, occurrence(seen - timedelta(days=late)), span(seen, seen + timedelta(days=90)), first_seen=seen
    )
    first: dict[str, tuple[str, int]] = {}
    for day, got in done:
        for stage in got.tell:
            first.setdefault(stage.to, (stage.id, (day - seen).days))
    assert first["agency"] == (FIRST_SUMMARY, 0)
    assert [got.tell[0].id for _, got in done[:1]] == [FIRST_SUMMARY]
    # The days of the policy are counted from the summary; what falls on a day off is said after it.
    assert first["leadership"] == ("late+15-leadership", 14)
    assert first["superior"][0] == "late+30-superior"
    assert first["operator"][0] == "late+30-operator"
    assert 28 <= first["superior"][1] == first["operator"][1] <= 31


def test_after_an_outage_too_and_a_repeat_that_was_due_is_not_put_off() -> None:
    one, working = occurrence(D(2026, 6, 30)), span(D(2026, 6, 30), D(2026, 12, 31))
    away = [day for day in working if not D(2026, 7, 5) < day < D(2026, 8, 17)]
    leaders = [day for name, day in told(run(STANDARD, one, away)) if "leadership" in name]
    superiors = [day for name, day in told(run(STANDARD, one, away)) if "superior" in name]
    assert leaders[:2] == [D(2026, 8, 17), D(2026, 8, 31)]
    assert superiors[0] == D(2026, 9, 1)
    away = [day for day in working if not D(2026, 7, 16) < day < D(2026, 8, 17)]
    leaders = [day for name, day in told(run(STANDARD, one, away)) if "leadership" in name]
    superiors = [day for name, day in told(run(STANDARD, one, away)) if "superior" in name]
    assert leaders[:3] == [D(2026, 7, 15), D(2026, 8, 17), D(2026, 8, 31)]
    assert superiors[0] == D(2026, 8, 17), "the leadership had heard a month before"


@given(POLICIES, ONS, st.dates(BEGIN, D(2026, 12, 1)))
def test_a_first_import_never_floods(rules: Policy, on: date, seen: date) -> None:
    one = occurrence(on)
    first = decide(rules, one, CALENDAR.on_or_after(seen), first_seen=seen)
    by_agency = [stage.id for stage in first.tell if stage.to == "agency"]
    assert len(by_agency) <= 1
    if seen > on:
        others = {stage.to for stage in first.tell if stage.id != FIRST_SUMMARY}
        assert not others, "whom it would have been escalated to before it was known is not told at once"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"days": 4000}, "days"),
        ({"days": 1, "to": "boss"}, "to"),
        ({"days": 1, "repeat_every": 0}, "repeat_every"),
        ({"days": 1, "repeat_limit": 2}, "repeat_limit"),
        ({"days": 1, "repeat_every": 2, "repeat_limit": 0}, "repeat_limit"),
        ({"days": 1, "channels": ()}, "channels"),
        ({"days": 1, "name": "Trước hạn"}, "name"),
        ({"days": 1, "name": "a#2"}, "name"),
        ({"days": 1, "name": FIRST_SUMMARY}, "name"),
    ],
)
def test_a_stage_that_cannot_be_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Stage(**wrong)


def test_names_are_made_from_the_stage() -> None:
    assert Stage(days=-30).name == "before-30"
    assert Stage(days=-5, working=True).name == "before-5w"
    assert Stage(days=0, working=True).name == "day-0"
    assert Stage(days=7, to="leadership", channels=("email",)).name == "late+7-leadership"
    listed: Any = ["email"]
    assert Stage(days=7, channels=listed).channels == ("email",)


SMALLEST: dict[str, tuple[Stage, ...]] = {
    "due": (Stage(days=0), Stage(days=1, repeat_every=7)),
    "opening": (Stage(days=0),),
    "check": (Stage(days=0),),
    "report": (Stage(days=0),),
    "waiting": (Stage(days=30, repeat_every=30, to="operator"),),
}


@pytest.mark.parametrize(
    ("course", "stages", "said"),
    [
        ("due", (), "lead.due"),
        ("due", (Stage(days=1, repeat_every=7),), "trước hoặc đúng ngày"),
        ("due", (Stage(days=0), Stage(days=1)), "không giới hạn"),
        ("due", (Stage(days=0), Stage(days=1, repeat_every=7, repeat_limit=3)), "không giới hạn"),
        ("due", (Stage(days=0, repeat_every=7),), "không giới hạn"),
        ("opening", (), "lead.opening"),
        ("check", (), "lead.check"),
        ("report", (), "lead.report"),
        ("waiting", (Stage(days=30, repeat_every=30),), "operator"),
        ("waiting", (Stage(days=30, to="operator"),), "operator"),
        ("tentative", (Stage(days=0),), "lead.tentative"),
        ("overdue", (Stage(days=0),), "overdue"),
        ("report", (Stage(days=0), Stage(days=0, name="again")), "hai lần"),
        ("report", (Stage(days=0), Stage(days=-1, name="day-0")), "hai lần"),
    ],
)
def test_a_policy_that_would_fall_silent_is_refused(course: str, stages: tuple[Stage, ...], said: str) -> None:
    Policy(lead=SMALLEST)
    with pytest.raises(ValueError, match=said):
        Policy(lead={**SMALLEST, course: stages})


def test_an_unknown_role_is_refused() -> None:
    wrong: Any = "chủ trì"
    with pytest.raises(ValueError, match="chủ trì"):
        STANDARD.stages(Course.DUE, wrong)


def test_of_a_monthly_duty_nothing_is_told_before_its_own_month_begins() -> None:
    calendar = national(range(2026, 2028))
    found = resolve(
        Deadline(text="Hằng tháng", terms=(Recurring(rule="FREQ=MONTHLY;BYMONTHDAY=-1"),), evidence=()),
        issued=date(2026, 1, 5),
        met={},
        extensions={},
        calendar=calendar,
        counting=Counting(),
        since=date(2026, 4, 1),
        until=date(2026, 8, 31),
    )
    may, june = (one for one in found.occurrences if one.on.month in (5, 6))
    assert june.after == may.on
    told = [
        (day, stage.id)
        for day, decision in foresee(
            standard(),
            june,
            role="lead",
            calendar=calendar,
            already=(),
            acknowledged=(),
            first_seen=date(2026, 1, 5),
            first=date(2026, 4, 1),
            last=date(2026, 6, 30),
        )
        for stage in decision.tell
    ]
    assert told
    assert all(day > may.on for day, _ in told)
    assert "before-30" not in {stage for _, stage in told}


AFTER_TWO = policy(
    Stage(days=0),
    Stage(days=1, repeat_every=7),
    Stage(days=1, after_reminders=2, repeat_every=14, to="leadership"),
    Stage(days=1, after_reminders=4, to="operator"),
)


def escalations(done: Sequence[tuple[date, Decision]]) -> list[tuple[str, date]]:
    return [(name, day) for name, day in told(done) if name.startswith("after-")]


def test_an_escalation_follows_so_many_reminders_without_a_result() -> None:
    done = run(AFTER_TWO, occurrence(D(2026, 6, 30)), span(D(2026, 6, 29), D(2026, 8, 4)))
    assert [day for name, day in told(done) if name.startswith("late+1")][:3] == [
        D(2026, 7, 1),
        D(2026, 7, 8),
        D(2026, 7, 15),
    ]
    assert escalations(done) == [
        ("after-2-leadership", D(2026, 7, 15)),
        ("after-2-leadership#2", D(2026, 7, 29)),
        ("after-4-operator", D(2026, 7, 29)),
    ]


def test_after_a_first_summary_reminders_are_counted_anew() -> None:
    seen = D(2026, 9, 7)
    done = run(AFTER_TWO, occurrence(D(2026, 6, 30)), span(seen, D(2026, 10, 12)), first_seen=seen)
    reminded = [day for name, day in told(done) if name.startswith(("late+1", FIRST_SUMMARY))]
    found = dict(escalations(done))
    assert reminded[0] == seen
    assert found["after-2-leadership"] == reminded[2]
    assert found["after-4-operator"] == reminded[4]


def reminders_heard(
    rules: Policy, days: Sequence[date], *, came: Callable[[date], bool], seen: date = LONG_AGO
) -> list[tuple[str, date]]:
    """What a run tells where of what it tells the agency only that of some days reaches it."""
    known, heard, done = ["whenever"], list[str](), []
    for today in days:
        got = stages_due(
            rules,
            occurrence(D(2026, 6, 30)),
            role="lead",
            today=today,
            calendar=CALENDAR,
            already=known,
            acknowledged=(),
            first_seen=seen,
            heard=heard,
        )
        known.extend(got.kept)
        heard.extend(stage.id for stage in got.tell if came(today))
        done.append((today, got))
    return escalations(done)


def test_reminders_that_never_came_do_not_count() -> None:
    days = span(D(2026, 6, 29), D(2026, 10, 30))
    every = reminders_heard(AFTER_TWO, days, came=lambda _: True)
    assert every[:3] == [
        ("after-2-leadership", D(2026, 7, 15)),
        ("after-2-leadership#2", D(2026, 7, 29)),
        ("after-4-operator", D(2026, 7, 29)),
    ]
    assert reminders_heard(AFTER_TWO, days, came=lambda _: False) == []
    late = reminders_heard(AFTER_TWO, days, came=lambda day: day >= D(2026, 7, 13))
    assert late[0] == ("after-2-leadership", D(2026, 7, 29)), "the third that came would be on that day"
    assert ("after-4-operator", D(2026, 8, 12)) in late
    one_lost = reminders_heard(AFTER_TWO, days, came=lambda day: day != D(2026, 7, 8))
    assert one_lost[0] == ("after-2-leadership", D(2026, 7, 22))


def test_what_an_outage_kept_back_does_not_count_and_neither_does_a_summary_that_never_came() -> None:
    days = [day for day in span(D(2026, 6, 29), D(2026, 10, 30)) if not D(2026, 7, 2) < day < D(2026, 8, 3)]
    assert reminders_heard(AFTER_TWO, days, came=lambda _: True)[0] == ("after-2-leadership", D(2026, 8, 5))
    seen = D(2026, 9, 7)
    days = span(seen, D(2026, 12, 1))
    came = reminders_heard(AFTER_TWO, days, came=lambda _: True, seen=seen)
    lost = reminders_heard(AFTER_TWO, days, came=lambda day: day > seen, seen=seen)
    assert lost[0][1] - came[0][1] == timedelta(days=7)


def test_who_has_acknowledged_and_does_nothing_is_escalated_all_the_same() -> None:
    days = span(D(2026, 6, 29), D(2026, 7, 20))
    done = run(AFTER_TWO, occurrence(D(2026, 6, 30)), days, acknowledge={D(2026, 7, 2): "late+1"})
    assert [name for name, _ in told(done) if name.startswith("late+1")] == ["late+1"]
    assert escalations(done) == [("after-2-leadership", D(2026, 7, 15))]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Stage(days=1, after_reminders=0, to="operator"), "after_reminders: 0"),
        (lambda: Stage(days=5, after_reminders=2, to="operator"), "bỏ trống"),
        (lambda: Stage(days=1, after_reminders=2), "leadership, superior, operator"),
        (lambda: policy(Stage(days=1, after_reminders=2, to="operator")), "nhắc agency khi quá hạn"),
        (lambda: policy(check=(Stage(days=1, after_reminders=2, to="operator"),)), "chỉ dùng cho due"),
        (lambda: policy(waiting=(Stage(days=1, repeat_every=9, to="leadership"),)), "chỉ hỏi operator"),
        (
            lambda: Policy(lead=SMALLEST, coordinating={"waiting": (Stage(days=1, to="operator"),)}),
            "chỉ ghi ở lead.waiting",
        ),
    ],
)
def test_a_stage_that_could_not_do_what_it_says_is_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()


def test_a_tentative_date_is_not_escalated_by_reminders() -> None:
    tentative = run(AFTER_TWO, occurrence(D(2026, 6, 30), tentative=True), span(D(2026, 6, 29), D(2026, 9, 4)))
    assert not escalations(tentative)


def test_repeats_on_one_weekday_gather_what_became_late_on_different_days() -> None:
    weekly = policy(Stage(days=0), Stage(days=1, repeat_every=7, repeat_on="mon"))
    for day in (D(2026, 6, 29), D(2026, 6, 30), D(2026, 7, 1), D(2026, 7, 2)):
        done = run(weekly, occurrence(day), span(day, D(2026, 8, 4)))
        first, *repeats = [on for name, on in told(done) if name.startswith("late+1")]
        assert first == day + timedelta(days=1)
        assert repeats[0] - first >= timedelta(days=7)
        assert repeats == [D(2026, 7, 13) + timedelta(days=7 * n) for n in range(len(repeats))]
        assert len(repeats) == 4


def test_a_weekday_for_repeats_needs_a_week_between_them() -> None:
    with pytest.raises(ValueError, match="repeat_on: mon"):
        Stage(days=1, repeat_every=3, repeat_on="mon")


def test_an_escalation_keeps_its_distance_from_a_first_summary_too() -> None:
    rules = policy(
        Stage(days=0),
        Stage(days=1, repeat_every=7),
        Stage(days=15, repeat_every=14, to="leadership"),
        Stage(days=30, repeat_every=28, to="operator"),
    )
    on, seen = D(2026, 1, 30), D(2026, 9, 7)
    done = run(rules, occurrence(on), span(seen, D(2026, 11, 20)), first_seen=seen)
    first = {}
    for name, day in told(done):
        first.setdefault(name.partition("#")[0], day)
    assert first[FIRST_SUMMARY] == seen
    assert seen + timedelta(days=14) <= first["late+15-leadership"] < seen + timedelta(days=28)
    assert seen + timedelta(days=28) <= first["late+30-operator"] < seen + timedelta(days=57)
