"""From terms to dates: each kind by example, and the laws that hold for all of them."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.calendar import YearCalendar, national
from deadlines.counting import Counting, count
from deadlines.resolve import resolve
from deadlines.types import (
    Condition,
    Conditional,
    Counted,
    Deadline,
    Fixed,
    MonthDay,
    Ongoing,
    OpenStart,
    Range,
    Recurring,
    Resolution,
    Term,
    Track,
    Unit,
    Unspecified,
)

CALENDAR = national(range(2015, 2041)).overruled_by(
    YearCalendar(year=2026, off={date(2026, 9, 2): "Quốc khánh"}, working={date(2026, 1, 17): "Làm bù"})
)
DECREE = Condition(actors=("Chính phủ",), act="ban hành", instrument="Nghị định")
ROADMAP = Condition(actors=("Chính phủ",), act="theo", instrument="lộ trình")
YEARLY = "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"


def dates(
    *terms: Term,
    issued: date | None = date(2018, 3, 26),
    met: Mapping[int, date] | None = None,
    extensions: Mapping[str, date] | None = None,
    counting: Counting | None = None,
    since: date = date(2018, 1, 1),
    until: date = date(2020, 12, 31),
) -> Resolution:
    return resolve(
        Deadline(text="", terms=terms, evidence=()),
        issued=issued,
        met=met or {},
        extensions=extensions or {},
        calendar=CALENDAR,
        counting=counting or Counting(),
        since=since,
        until=until,
    )


def found(resolution: Resolution, track: Track | None = None) -> list[tuple[str, date]]:
    return [(one.key, one.on) for one in resolution.occurrences if track in (None, one.track)]


def test_a_fixed_date_is_due_and_late_the_day_after() -> None:
    got = dates(Fixed(due=date(2018, 6, 29)))
    (one,) = got.occurrences
    assert (one.key, one.track, one.on, one.aim) == ("t0:once", Track.DUE, date(2018, 6, 29), date(2018, 6, 29))
    assert one.late_from == date(2018, 6, 30)
    assert (got.needs_date, got.complete_until, got.waiting, got.blocked) == (False, None, (), ())


def test_a_day_off_is_reminded_before_and_late_from_the_printed_date() -> None:
    (before,) = dates(Fixed(due=date(2018, 6, 30))).occurrences
    assert (before.on, before.aim, before.late_from) == (date(2018, 6, 30), date(2018, 6, 29), date(2018, 7, 1))
    (after,) = dates(Fixed(due=date(2018, 6, 30)), counting=Counting(day_off="after")).occurrences
    assert (after.on, after.aim, after.late_from) == (date(2018, 6, 30), date(2018, 7, 2), date(2018, 7, 3))


def test_an_office_may_count_the_named_day() -> None:
    term = Fixed(due=date(2026, 1, 17), named=date(2026, 1, 18))
    got = dates(term)
    assert found(got) == [("t0:once", date(2026, 1, 17))]
    assert got.occurrences[0].aim == date(2026, 1, 17), "a make-up Saturday is a working day"
    assert "liền trước, 17/01/2026" in got.steps[0]
    counted = dates(term, counting=Counting(before_means_day_before=False))
    assert found(counted) == [("t0:once", date(2026, 1, 18))]
    assert "tính cả ngày 18/01/2026" in counted.steps[0]


def test_a_day_without_a_year_needs_the_plans_issue() -> None:
    term = Fixed(due=MonthDay(month=6, day=14), named=MonthDay(month=6, day=15))
    assert found(dates(term)) == [("t0:once", date(2018, 6, 14))]
    assert found(dates(term, issued=date(2018, 6, 15))) == [("t0:once", date(2019, 6, 14))]
    unknown = dates(term, issued=None)
    assert (unknown.occurrences, unknown.needs_date) == ((), True)
    assert any("không ghi năm" in step for step in unknown.steps)
    by_hand = dates(term, issued=None, extensions={"t0:once": date(2018, 8, 1)})
    assert (found(by_hand), by_hand.needs_date) == ([("t0:once", date(2018, 8, 1))], False)


def test_counted_from_a_printed_day() -> None:
    got = dates(Fixed(due=Counted(start=date(2018, 5, 31), amount=1, unit=Unit.MONTHS)))
    assert found(got) == [("t0:once", date(2018, 6, 30))]
    assert "1 tháng từ ngày 31/05/2018" in got.steps[0]


def test_a_period_of_carrying_out_opens_once_it_is_ahead() -> None:
    assert [one.track for one in dates(Fixed(due=date(2019, 12, 31), start=date(2019, 1, 1))).occurrences] == [
        Track.OPENING,
        Track.DUE,
    ]
    assert [one.track for one in dates(Fixed(due=date(2018, 12, 31), start=date(2018, 1, 1))).occurrences] == [
        Track.DUE
    ]


def test_a_range_opens_is_checked_each_year_and_is_due() -> None:
    got = dates(Range(start=date(2018, 4, 1), due=date(2020, 12, 31)))
    assert [(one.key, one.track, one.on) for one in got.occurrences] == [
        ("t0:start", Track.OPENING, date(2018, 4, 1)),
        ("t0:check-2018", Track.CHECK, date(2018, 12, 14)),
        ("t0:check-2019", Track.CHECK, date(2019, 12, 14)),
        ("t0:once", Track.DUE, date(2020, 12, 31)),
    ]
    assert [one.late_from for one in got.occurrences] == [None, None, None, date(2021, 1, 1)]
    assert got.occurrences[0].aim == date(2018, 4, 2), "an opening is told on its first working day"
    assert got.complete_until is None


def test_a_long_range_is_listed_up_to_the_window() -> None:
    got = dates(Range(start=date(2018, 1, 1), due=date(2030, 12, 31)))
    assert found(got, Track.OPENING) == []
    assert [on.year for _, on in found(got, Track.CHECK)] == [2018, 2019, 2020]
    assert found(got, Track.DUE) == [("t0:once", date(2030, 12, 31))]
    assert got.complete_until == date(2020, 12, 31)


def test_a_range_without_a_year() -> None:
    term = Range(start=MonthDay(month=4, day=1), due=MonthDay(month=6, day=-1))
    assert found(dates(term)) == [("t0:start", date(2018, 4, 1)), ("t0:once", date(2018, 6, 30))]
    assert found(dates(term, issued=date(2018, 5, 2))) == [("t0:once", date(2018, 6, 30))]
    assert dates(term, issued=None).needs_date
    over_new_year = Range(start=MonthDay(month=11, day=1), due=MonthDay(month=2, day=-1))
    assert found(dates(over_new_year), Track.DUE) == [("t0:once", date(2019, 2, 28))]
    assert found(dates(over_new_year), Track.OPENING) == [("t0:start", date(2018, 11, 1))]


def test_open_starts_and_ongoing_work_are_reported_once_per_period() -> None:
    got = dates(OpenStart(start=date(2018, 7, 1)), Ongoing(), until=date(2019, 3, 31))
    assert found(got) == [
        ("t0:start", date(2018, 7, 1)),
        ("t0:2018-Q3", date(2018, 9, 14)),
        ("t0:2018-Q4", date(2018, 12, 14)),
        ("t0:2019-Q1", date(2019, 3, 14)),
    ]
    assert {one.late_from for one in got.occurrences} == {None}
    assert got.complete_until == date(2019, 3, 31)


def test_ongoing_work_beside_a_range_is_reported_until_its_end() -> None:
    got = dates(Range(start=date(2018, 1, 1), due=date(2018, 12, 31)), Ongoing())
    assert found(got, Track.REPORT)[-1] == ("t1:2018-Q4", date(2018, 12, 14))
    assert got.complete_until is None


def test_an_open_start_without_a_year_needs_the_plans_issue() -> None:
    term = OpenStart(start=MonthDay(month=7, day=1))
    assert found(dates(term, until=date(2018, 9, 30))) == [
        ("t0:start", date(2018, 7, 1)),
        ("t0:2018-Q3", date(2018, 9, 14)),
    ]
    unknown = dates(term, issued=None)
    assert (unknown.occurrences, unknown.needs_date) == ((), True)


def test_what_recurs_is_never_due_before_the_plan() -> None:
    got = dates(Recurring(rule="FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31"))
    assert found(got) == [("t0:2019-01", date(2019, 1, 31)), ("t0:2020-01", date(2020, 1, 31))]
    assert {one.track for one in got.occurrences} == {Track.DUE}
    assert got.complete_until == date(2020, 12, 31)


def test_what_recurs_within_a_span_ends_with_it() -> None:
    term = Recurring(rule=YEARLY, start=date(2019, 1, 1), until=date(2020, 12, 31))
    got = dates(term, until=date(2030, 1, 1))
    assert [on.year for _, on in found(got)] == [2019, 2020]
    assert got.complete_until is None
    assert dates(Recurring(rule=YEARLY + ";UNTIL=20301231")).complete_until == date(2020, 12, 31)
    assert dates(Recurring(rule=YEARLY + ";UNTIL=20201231")).complete_until is None


def test_the_name_of_a_period_does_not_follow_the_setting() -> None:
    term = Recurring(rule="FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=30", named_rule="FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=1")
    assert found(dates(term))[0] == ("t0:2018-07", date(2018, 6, 30))
    named = dates(term, counting=Counting(before_means_day_before=False))
    assert found(named)[0] == ("t0:2018-07", date(2018, 7, 1))


def test_too_many_days_are_cut_off_and_it_is_said_where() -> None:
    got = dates(Recurring(rule="FREQ=DAILY"), until=date(2030, 12, 31))
    assert got.complete_until == got.occurrences[-1].on < date(2030, 12, 31)


def test_a_condition_waits_and_then_starts_and_is_due() -> None:
    term = Conditional(condition=DECREE, offset=15, unit=Unit.WORKING_DAYS)
    waiting = dates(term)
    assert (waiting.occurrences, waiting.needs_date, waiting.complete_until) == ((), False, None)
    assert [(one.term, one.condition, one.gate) for one in waiting.waiting] == [(0, DECREE, False)]
    got = dates(term, met={0: date(2018, 5, 3)})
    assert [(one.key, one.track, one.on) for one in got.occurrences] == [
        ("t0:start", Track.OPENING, date(2018, 5, 3)),
        ("t0:once", Track.DUE, date(2018, 5, 24)),
    ]
    assert got.waiting == ()


def test_the_policys_offset_holds_where_none_is_printed() -> None:
    got = dates(Conditional(condition=DECREE), met={0: date(2018, 5, 3)}, counting=Counting(default_offset=10))
    assert found(got, Track.DUE) == [("t0:once", date(2018, 5, 13))]
    assert any("theo cấu hình, tính 10 ngày" in step for step in got.steps)


def test_the_plans_own_issue_has_happened() -> None:
    term = Conditional(condition=Condition(this_plan=True), offset=30)
    got = dates(term)
    assert found(got) == [("t0:once", date(2018, 4, 25))]
    unknown = dates(term, issued=None)
    assert (unknown.occurrences, unknown.waiting, unknown.needs_date) == ((), (), True)


def test_a_shut_gate_blocks_and_an_open_one_lets_the_printed_date_stand() -> None:
    terms = Fixed(due=date(2018, 12, 28)), Conditional(condition=DECREE, gate=True)
    shut = dates(*terms)
    assert shut.occurrences == ()
    assert [(one.key, one.on, one.late_from) for one in shut.blocked] == [("t0:once", date(2018, 12, 28), None)]
    assert [(one.term, one.gate) for one in shut.waiting] == [(1, True)]
    opened = dates(*terms, met={1: date(2018, 12, 28)})
    assert found(opened) == [("t0:once", date(2018, 12, 28)), ("t1:start", date(2018, 12, 28))]
    assert opened.occurrences[0].late_from == date(2018, 12, 29)
    assert (opened.blocked, opened.waiting) == ((), ())


def test_a_gate_that_opens_after_the_printed_date_moves_it() -> None:
    terms = Fixed(due=date(2018, 12, 31)), Conditional(condition=DECREE, gate=True)
    got = dates(*terms, met={1: date(2019, 2, 1)})
    assert found(got, Track.DUE) == [("t0:once", date(2019, 3, 3))]
    assert any("ngày in 31/12/2018 đã qua" in step for step in got.steps)
    printed = Fixed(due=date(2018, 12, 31)), Conditional(condition=DECREE, gate=True, offset=5)
    assert found(dates(*printed, met={1: date(2019, 2, 1)}), Track.DUE) == [("t0:once", date(2019, 2, 6))]


def test_all_gates_must_open() -> None:
    other = Condition(actors=("Bộ Y tế",), instrument="Thông tư")
    terms = (
        Fixed(due=date(2018, 12, 31)),
        Conditional(condition=DECREE, gate=True),
        Conditional(condition=other, gate=True),
    )
    half = dates(*terms, met={1: date(2018, 5, 2)})
    assert [one.key for one in half.blocked] == ["t0:once"]
    assert [one.term for one in half.waiting] == [2]
    both = dates(*terms, met={1: date(2018, 5, 2), 2: date(2018, 6, 4)})
    assert found(both, Track.OPENING) == [("t2:start", date(2018, 6, 4))]


def test_a_gate_holds_back_what_recurs_and_what_is_reported() -> None:
    terms = Recurring(rule=YEARLY), Ongoing(), Conditional(condition=DECREE, gate=True)
    shut = dates(*terms)
    assert shut.occurrences == ()
    assert {one.track for one in shut.blocked} == {Track.DUE, Track.REPORT}
    assert {one.late_from for one in shut.blocked} == {None}
    opened = dates(*terms, met={2: date(2019, 6, 14)})
    assert found(opened, Track.DUE) == [("t0:2019-12", date(2019, 12, 31)), ("t0:2020-12", date(2020, 12, 31))]
    assert found(opened, Track.REPORT)[0] == ("t1:2019-Q3", date(2019, 9, 14))


def test_a_gate_of_nothing_is_an_ordinary_condition() -> None:
    terms = Unspecified(), Conditional(condition=DECREE, gate=True)
    assert [(one.term, one.gate) for one in dates(*terms).waiting] == [(1, False)]
    assert not dates(*terms).needs_date
    assert found(dates(*terms, met={1: date(2018, 5, 3)}), Track.DUE) == [("t1:once", date(2018, 6, 2))]


def test_a_roadmap_reminds_and_asks_but_makes_nobody_late_until_confirmed() -> None:
    terms = Fixed(due=date(2018, 12, 28), tentative=True), Conditional(condition=ROADMAP, gate=True)
    got = dates(*terms)
    (one,) = got.occurrences
    assert (one.on, one.late_from, one.tentative) == (date(2018, 12, 28), None, True)
    assert [(waited.term, waited.gate) for waited in got.waiting] == [(1, True)]
    (firm,) = dates(*terms, met={1: date(2019, 3, 1)}).occurrences
    assert (firm.on, firm.late_from, firm.tentative) == (date(2018, 12, 28), date(2018, 12, 29), False)
    (moved,) = dates(*terms, extensions={"t0:once": date(2019, 3, 1)}).occurrences
    assert (moved.on, moved.late_from, moved.tentative) == (date(2019, 3, 1), date(2019, 3, 2), False)


@pytest.mark.parametrize("source", ["hướng dẫn", "quy định", "chỉ đạo", "kế hoạch", "văn bản phân công"])
@pytest.mark.parametrize("gate", [False, True])
@pytest.mark.parametrize("met", [{}, {1: date(2018, 5, 4)}])
def test_a_date_beside_guidance_is_firm_and_nothing_is_waited_for(
    source: str, gate: bool, met: dict[int, date]
) -> None:
    guidance = Condition(actors=("Bộ Nội vụ",), act="theo", instrument=source)
    got = dates(Fixed(due=date(2018, 6, 29)), Conditional(condition=guidance, gate=gate), met=met)
    (due,) = got.occurrences
    assert (due.on, due.tentative, due.late_from) == (date(2018, 6, 29), False, date(2018, 6, 30))
    assert (got.waiting, got.blocked, got.needs_date) == ((), (), False)
    assert f"Thực hiện theo {source} của Bộ Nội vụ: hạn đã in vẫn tính như thường." in got.steps


def test_guidance_alone_is_waited_for() -> None:
    guidance = Conditional(condition=Condition(actors=("Bộ Nội vụ",), act="theo", instrument="hướng dẫn"))
    got = dates(guidance)
    assert [one.gate for one in got.waiting] == [False]
    assert not got.occurrences
    told = dates(guidance, met={0: date(2018, 5, 4)})
    assert found(told, Track.OPENING) == [("t0:start", date(2018, 5, 4))]


def test_a_tentative_date_without_a_roadmap_is_firm_once_a_person_says_so() -> None:
    term = Fixed(due=date(2018, 12, 28), tentative=True)
    assert [(one.late_from, one.tentative) for one in dates(term).occurrences] == [(None, True)]
    assert dates(term).steps[-1].startswith("Ngày in là dự kiến: vẫn nhắc")
    (firm,) = dates(term, extensions={"t0:once": date(2018, 12, 28)}).occurrences
    assert (firm.late_from, firm.tentative) == (date(2018, 12, 29), False)


def test_only_words_without_a_date_need_one() -> None:
    assert dates(Unspecified()).needs_date
    assert dates().needs_date
    assert not dates(Unspecified(), Fixed(due=date(2018, 6, 29))).needs_date
    assert not dates(Unspecified(), Ongoing(), until=date(2018, 3, 27)).needs_date, "its reports come later"
    by_hand = dates(Unspecified(), extensions={"t0:once": date(2018, 6, 29)})
    assert (found(by_hand), by_hand.needs_date) == ([("t0:once", date(2018, 6, 29))], False)


def test_a_date_set_by_hand_ends_the_waiting() -> None:
    got = dates(Conditional(condition=DECREE), extensions={"t0:once": date(2018, 6, 29)})
    assert (found(got), got.waiting) == ([("t0:once", date(2018, 6, 29))], ())


def test_an_extension_keeps_the_key_and_is_not_lost_to_the_window() -> None:
    term = Recurring(rule=YEARLY)
    moved = {"t0:2018-12": date(2019, 2, 15), "t0:2021-12": date(2020, 12, 1)}
    got = dates(term, extensions=moved, since=date(2019, 1, 1))
    assert found(got) == [
        ("t0:2018-12", date(2019, 2, 15)),
        ("t0:2019-12", date(2019, 12, 31)),
        ("t0:2021-12", date(2020, 12, 1)),
        ("t0:2020-12", date(2020, 12, 31)),
    ]


def test_a_provisional_year_is_said_to_be_one() -> None:
    assert "chưa có văn bản chính thức" in dates(Fixed(due=date(2027, 3, 31))).steps[-1]
    assert "chưa có văn bản chính thức" not in dates(Fixed(due=date(2026, 3, 31))).steps[-1]


def test_steps_say_which_day_off_and_where_it_leads() -> None:
    (step,) = dates(Fixed(due=date(2026, 9, 2))).steps
    assert step == (
        "Hạn 02/09/2026 (Thứ Tư) rơi vào ngày nghỉ (Quốc khánh):"
        " nhắc hướng tới ngày làm việc liền trước, 01/09/2026; quá hạn tính từ 03/09/2026."
    )


def test_a_gate_does_not_move_every_other_year() -> None:
    terms = (
        Recurring(rule="FREQ=YEARLY;INTERVAL=2;BYMONTH=12;BYMONTHDAY=31"),
        Conditional(condition=DECREE, gate=True),
    )
    got = dates(*terms, met={1: date(2019, 5, 2)}, until=date(2023, 1, 1))
    assert [on.year for _, on in found(got, Track.DUE)] == [2020, 2022]


def test_a_gate_leaves_alone_what_waits_for_something_else() -> None:
    other = Conditional(condition=Condition(after_task="3.1"), offset=3)
    terms = Fixed(due=date(2020, 12, 31)), Conditional(condition=DECREE, gate=True), other
    got = dates(*terms, met={1: date(2020, 6, 1), 2: date(2018, 5, 7)})
    assert ("t2:once", date(2018, 5, 10)) in found(got)
    shut = dates(*terms, met={2: date(2018, 5, 7)})
    assert [one.key for one in shut.occurrences] == ["t2:start", "t2:once"]


def test_a_gate_hides_an_opening_that_it_has_overtaken() -> None:
    terms = Range(start=date(2019, 1, 1), due=date(2020, 12, 31)), Conditional(condition=DECREE, gate=True)
    after = dates(*terms, met={1: date(2019, 1, 1)})
    assert found(after, Track.OPENING) == [("t1:start", date(2019, 1, 1))]
    before = dates(*terms, met={1: date(2018, 12, 31)})
    assert found(before, Track.OPENING) == [("t1:start", date(2018, 12, 31)), ("t0:start", date(2019, 1, 1))]
    late = dates(*terms, met={1: date(2019, 12, 20)})
    assert found(late, Track.CHECK) == []


def test_a_roadmap_without_a_gate_mark_is_still_one() -> None:
    (one,) = dates(Fixed(due=date(2018, 12, 28)), Conditional(condition=ROADMAP)).occurrences
    assert (one.tentative, one.late_from) == (True, None)
    plan = Condition(actors=("Chính phủ",), act="ban hành", instrument="lộ trình")
    assert dates(Fixed(due=date(2018, 12, 28)), Conditional(condition=plan, gate=True)).occurrences == ()


def test_an_undated_plan_keeps_its_openings() -> None:
    got = dates(Fixed(due=date(2019, 12, 31), start=date(2017, 1, 1)), issued=None)
    assert found(got, Track.OPENING) == [("t0:start", date(2017, 1, 1))]
    same_day = dates(Fixed(due=date(2019, 12, 31), start=date(2018, 3, 26)))
    assert found(same_day, Track.OPENING) == []


def test_a_report_is_not_due_on_the_day_the_work_begins() -> None:
    assert found(dates(Ongoing(), issued=date(2018, 6, 14)))[0] == ("t0:2018-Q3", date(2018, 9, 14))
    assert found(dates(Ongoing(), issued=date(2018, 6, 13)))[0] == ("t0:2018-Q2", date(2018, 6, 14))
    assert found(dates(Ongoing(start=date(2019, 1, 1))))[0] == ("t0:2019-Q1", date(2019, 3, 14))


def test_a_report_series_ends_where_its_range_does() -> None:
    terms = Range(start=date(2018, 1, 1), due=date(2020, 12, 31)), Ongoing()
    assert dates(*terms, until=date(2020, 12, 31)).complete_until is None
    assert dates(*terms, until=date(2020, 12, 30)).complete_until == date(2020, 12, 30)


def test_the_steps_tell_of_rhythm_reports_openings_and_changes() -> None:
    yearly = dates(Recurring(rule=YEARLY), since=date(2019, 12, 31))
    assert yearly.steps[0] == "Lặp lại theo kỳ; hạn đầu tiên kể từ ngày 26/03/2018 là 31/12/2019."
    reports = dates(Ongoing(), since=date(2019, 3, 14))
    assert reports.steps[0].endswith("kỳ báo cáo tới là ngày 14/03/2019.")
    assert dates(OpenStart(start=date(2018, 7, 1))).steps[0] == "Bắt đầu thực hiện từ ngày 01/07/2018."
    moved = dates(Fixed(due=date(2018, 6, 29)), extensions={"t0:once": date(2018, 8, 1)})
    assert moved.steps[0] == "Hạn 29/06/2018 được điều chỉnh thành 01/08/2018."
    kept = dates(Fixed(due=date(2018, 6, 29)), extensions={"t0:once": date(2018, 6, 29)})
    assert kept.steps[0] == "Hạn được ấn định là 29/06/2018."
    gated = Fixed(due=date(2018, 12, 28)), Conditional(condition=DECREE, gate=True)
    assert dates(*gated).steps[-1].startswith("Đang chờ Nghị định của Chính phủ: ngày in")
    assert "Điều kiện đã xảy ra ngày 02/05/2018" in " ".join(dates(*gated, met={1: date(2018, 5, 2)}).steps)
    roadmap = Fixed(due=date(2018, 12, 28)), Conditional(condition=ROADMAP, gate=True)
    assert "dự kiến theo lộ trình của Chính phủ" in dates(*roadmap).steps[-1]
    assert "đi theo đã được xác nhận" in " ".join(dates(*roadmap, met={1: date(2018, 5, 2)}).steps)
    assert dates(Unspecified()).steps == ("Không có ngày nào trong thời hạn: cần người dùng đặt ngày.",)
    waiting = dates(Conditional(condition=Condition(after_task="3.1")))
    assert waiting.steps == ("Đang chờ nhiệm vụ 3.1 hoàn thành: chưa có hạn.",)
    number = Condition(instrument="Nghị định", number="15/2026/NĐ-CP")
    assert dates(Conditional(condition=number)).steps == ("Đang chờ Nghị định số 15/2026/NĐ-CP: chưa có hạn.",)


def test_only_the_first_of_many_is_told_in_the_steps() -> None:
    got = dates(Recurring(rule="FREQ=MONTHLY;BYMONTHDAY=20"))
    assert sum(step.startswith("Hạn ") for step in got.steps) == 1


def test_an_extension_brings_in_nothing_else() -> None:
    moved = {"t0:2018-06": date(2020, 2, 3), "t1:2022-01": date(2020, 2, 4)}
    got = dates(Recurring(rule="FREQ=MONTHLY;BYMONTHDAY=20"), extensions=moved, since=date(2020, 2, 1))
    assert [key for key, _ in found(got)] == ["t0:2018-06", *(f"t0:2020-{month:02}" for month in range(2, 13))]


def test_an_extension_finds_a_period_named_after_the_next_year() -> None:
    rule, named = "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1"
    term = Recurring(rule=rule, named_rule=named)
    got = dates(term, extensions={"t0:2019-01": date(2020, 5, 4)}, since=date(2020, 1, 1), until=date(2020, 6, 30))
    assert found(got) == [("t0:2019-01", date(2020, 5, 4))]


def test_an_extension_of_a_check_or_a_report_moves_it() -> None:
    got = dates(
        Range(start=date(2018, 4, 1), due=date(2020, 12, 31)),
        extensions={"t0:check-2018": date(2019, 2, 15)},
        since=date(2019, 1, 1),
    )
    assert found(got, Track.CHECK) == [("t0:check-2018", date(2019, 2, 15)), ("t0:check-2019", date(2019, 12, 14))]


def test_a_date_set_by_hand_never_doubles_a_rhythm() -> None:
    got = dates(Recurring(rule=YEARLY), extensions={"t0:once": date(2018, 6, 29)})
    assert [key for key, _ in found(got)] == ["t0:2018-12", "t0:2019-12", "t0:2020-12"]
    ongoing = dates(Ongoing(), extensions={"t0:once": date(2018, 6, 29)}, until=date(2018, 6, 30))
    assert found(ongoing) == [("t0:2018-Q2", date(2018, 6, 14)), ("t0:once", date(2018, 6, 29))]
    assert found(ongoing, Track.DUE) == [("t0:once", date(2018, 6, 29))]


def test_only_what_is_printed_as_tentative_is() -> None:
    terms = Range(start=date(2018, 4, 1), due=date(2020, 12, 31)), Ongoing(), Conditional(condition=DECREE)
    assert {one.tentative for one in dates(*terms, met={2: date(2018, 5, 2)}).occurrences} == {False}
    opened = dates(
        Fixed(due=date(2018, 4, 30)), Conditional(condition=DECREE, gate=True), met={1: date(2018, 6, 1)}
    )
    assert {one.tentative for one in opened.occurrences} == {False}


def test_an_undated_plan_is_asked_about_even_beside_a_date() -> None:
    got = dates(Fixed(due=date(2018, 6, 29)), Conditional(condition=Condition(this_plan=True)), issued=None)
    assert got.needs_date
    assert any("tính từ ngày ban hành kế hoạch" in step for step in got.steps)
    assert not any("không ghi năm" in step for step in got.steps)
    once = Fixed(due=MonthDay(month=6, day=15)), Fixed(due=MonthDay(month=12, day=15))
    half = dates(*once, issued=None, extensions={"t0:once": date(2018, 6, 15)})
    assert (found(half), half.needs_date) == ([("t0:once", date(2018, 6, 15))], True)


def test_a_long_range_is_complete_once_its_last_check_is_listed() -> None:
    term = Range(start=date(2018, 1, 1), due=date(2030, 12, 31))
    assert dates(term, until=date(2029, 12, 31)).complete_until == date(2029, 12, 31)
    assert dates(term, until=date(2030, 1, 1)).complete_until is None
    within_a_year = Range(start=date(2030, 1, 1), due=date(2030, 12, 31))
    assert dates(within_a_year).complete_until is None


def test_a_period_is_named_by_the_very_next_day() -> None:
    rule, named = "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=29", "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=30"
    assert found(dates(Recurring(rule=rule, named_rule=named)))[0] == ("t0:2018-06", date(2018, 6, 29))


def test_an_extended_report_brings_in_no_other_report() -> None:
    moved = {"t0:2018-Q2": date(2020, 2, 3)}
    got = dates(Ongoing(), extensions=moved, since=date(2020, 1, 1), until=date(2020, 4, 1))
    assert found(got) == [("t0:2018-Q2", date(2020, 2, 3)), ("t0:2020-Q1", date(2020, 3, 14))]


DAYS = st.dates(date(2016, 1, 1), date(2030, 12, 31))
MONTH_DAYS = st.builds(MonthDay, month=st.integers(1, 12), day=st.sampled_from([-1, 1, 15, 29, 31]))
SPANS = st.tuples(DAYS, DAYS).map(lambda pair: Range(start=min(pair), due=max(pair)))
RULES = st.sampled_from(
    [YEARLY, "FREQ=MONTHLY;BYMONTHDAY=20", "FREQ=WEEKLY;BYDAY=FR", "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=14"]
)
CONDITIONS = st.sampled_from(
    [
        DECREE,
        ROADMAP,
        Condition(act="có", instrument="yêu cầu"),
        Condition(after_task="3.1"),
        Condition(this_plan=True),
    ]
)
TERMS: st.SearchStrategy[Term] = st.one_of(
    st.builds(Fixed, due=DAYS | MONTH_DAYS, start=st.none() | DAYS, tentative=st.booleans()),
    st.builds(Fixed, due=st.builds(Counted, start=DAYS, amount=st.integers(0, 90), unit=st.sampled_from(Unit))),
    SPANS,
    st.builds(Range, start=MONTH_DAYS, due=MONTH_DAYS),
    st.builds(OpenStart, start=DAYS | MONTH_DAYS),
    st.builds(Recurring, rule=RULES, start=st.none() | DAYS, until=st.none() | DAYS, tentative=st.booleans()),
    st.builds(
        Conditional,
        condition=CONDITIONS,
        offset=st.none() | st.integers(1, 60),
        unit=st.sampled_from(Unit),
        gate=st.booleans(),
    ),
    st.builds(Ongoing, start=st.none() | DAYS),
    st.just(Unspecified()),
)
DEADLINES = st.lists(TERMS, max_size=4).map(tuple)
ISSUES = st.none() | DAYS
EVENTS = st.dictionaries(st.integers(0, 3), DAYS, max_size=2)
EXTENSIONS = st.dictionaries(
    st.sampled_from(["t0:once", "t1:once", "t0:start", "t0:2024-12", "t1:2025-Q2", "t9:once", "t0:nonsense"]),
    DAYS,
    max_size=2,
)


@given(DEADLINES, ISSUES, EVENTS, EXTENSIONS, DAYS, st.integers(0, 1500))
def test_nothing_is_both_silent_and_unlisted(
    terms: tuple[Term, ...],
    issued: date | None,
    met: dict[int, date],
    extensions: dict[str, date],
    since: date,
    length: int,
) -> None:
    until = since + timedelta(days=length)
    got = dates(*terms, issued=issued, met=met, extensions=extensions, since=since, until=until)
    bounded = any(isinstance(term, Recurring | Ongoing | OpenStart) for term in terms)
    assert got.occurrences or got.blocked or got.waiting or got.needs_date or got.complete_until or bounded
    assert got.needs_date or got.occurrences or got.blocked or got.waiting or bounded
    keys = [one.key for one in (*got.occurrences, *got.blocked)]
    assert len(keys) == len(set(keys))
    assert all(one.late_from is None for one in got.blocked)
    assert all(one.late_from is None or one.late_from > one.on >= one.aim for one in got.occurrences)
    assert all(one.late_from is None for one in got.occurrences if one.tentative or one.track is not Track.DUE)
    assert all(CALENDAR.is_working(one.aim) for one in got.occurrences)
    assert list(got.occurrences) == sorted(got.occurrences, key=lambda one: (one.on, one.key))


@given(DEADLINES, ISSUES, EVENTS, EXTENSIONS, DAYS, st.integers(0, 700), st.integers(0, 700))
def test_resolving_is_monotonic_in_the_window(
    terms: tuple[Term, ...],
    issued: date | None,
    met: dict[int, date],
    extensions: dict[str, date],
    since: date,
    length: int,
    more: int,
) -> None:
    until = since + timedelta(days=length)
    narrow = dates(*terms, issued=issued, met=met, extensions=extensions, since=since, until=until)
    wide = dates(
        *terms, issued=issued, met=met, extensions=extensions, since=since, until=until + timedelta(days=more)
    )
    assert set(narrow.occurrences) <= set(wide.occurrences)
    assert set(narrow.blocked) <= set(wide.blocked)
    assert (narrow.waiting, narrow.needs_date) == (wide.waiting, wide.needs_date)
    if narrow.complete_until is None:
        assert set(narrow.occurrences) == set(wide.occurrences)
    new = set(wide.occurrences) - set(narrow.occurrences)
    assert all(one.on > (narrow.complete_until or date.min) for one in new)


@given(DEADLINES, DAYS, EVENTS, DAYS, DAYS)
def test_a_corrected_event_leaves_nothing_of_its_old_date(
    terms: tuple[Term, ...], issued: date, met: dict[int, date], first: date, second: date
) -> None:
    """Whatever was recorded before, what follows is what the corrected date alone would have given."""
    before = dates(*terms, issued=issued, met={**met, 0: first})
    after = dates(*terms, issued=issued, met={**met, 0: second})
    dates(*terms, issued=issued, met={**met, 0: first})
    assert dates(*terms, issued=issued, met={**met, 0: second}) == after
    if isinstance(terms[0] if terms else None, Conditional):
        moved = {one.key: one.on for one in before.occurrences if one.term == 0}
        now = {one.key: one.on for one in after.occurrences if one.term == 0}
        keys = {"t0:start", "t0:once"}
        assert {key: now[key] for key in now if key == "t0:start"} in ({}, {"t0:start": second})
        assert set(now) <= keys
        assert set(moved) <= keys


@given(DAYS, DAYS, st.none() | st.integers(1, 400), st.sampled_from(Unit))
def test_an_event_moves_start_and_due_together(first: date, second: date, offset: int | None, unit: Unit) -> None:
    term = Conditional(condition=DECREE, offset=offset, unit=unit)
    for event in (first, second):
        due = count(event, offset or 30, unit if offset else Unit.DAYS, CALENDAR)
        assert dict(found(dates(term, met={0: event}))) == {"t0:start": event, "t0:once": due}


@given(DAYS, DAYS, DAYS)
def test_after_a_gate_the_due_date_is_never_before_the_event(due: date, event: date, issued: date) -> None:
    got = dates(Fixed(due=due), Conditional(condition=DECREE, gate=True), met={1: event}, issued=issued)
    ((_, on),) = found(got, Track.DUE)
    assert on == (due if due >= event else event + timedelta(days=30))


@pytest.mark.parametrize("year", range(2018, 2024))
def test_keys_do_not_hang_on_the_window(year: int) -> None:
    term = Recurring(rule="FREQ=YEARLY;INTERVAL=2;BYMONTH=11;BYMONTHDAY=20")
    got = dates(term, since=date(year, 1, 1), until=date(2030, 12, 31))
    assert {key for key, _ in found(got)} <= {f"t0:{even}-11" for even in range(2018, 2031, 2)}


ASKED = Condition(act="có", instrument="yêu cầu")
NEEDED = Condition(act="cần thiết")
ORDERED = Condition(actors=("Bộ Nội vụ",), act="theo", instrument="yêu cầu")


@pytest.mark.parametrize("need", [ASKED, NEEDED, ORDERED])
@pytest.mark.parametrize("gate", [False, True])
@pytest.mark.parametrize("offset", [None, 5])
def test_mere_need_holds_nothing_back(need: Condition, gate: bool, offset: int | None) -> None:
    """Also for readings stored with a gate by an earlier version."""
    terms = Fixed(due=date(2018, 12, 28)), Conditional(condition=need, gate=gate, offset=offset)
    got = dates(*terms)
    (one,) = got.occurrences
    assert (one.key, one.on, one.late_from, one.tentative) == (
        "t0:once",
        date(2018, 12, 28),
        date(2018, 12, 29),
        False,
    )
    assert (got.blocked, got.waiting, got.needs_date) == ((), (), False)
    assert any("không phải chờ" in step for step in got.steps)
    recurring = dates(Recurring(rule=YEARLY), Conditional(condition=need, gate=gate), until=date(2018, 12, 31))
    assert found(recurring) == [("t0:2018-12", date(2018, 12, 31))]
    assert recurring.waiting == ()
    ongoing = dates(Ongoing(), Conditional(condition=need, gate=gate))
    assert found(ongoing, Track.REPORT)
    assert ongoing.waiting == ()


@pytest.mark.parametrize("need", [ASKED, NEEDED, ORDERED])
def test_mere_need_alone_is_waited_for(need: Condition) -> None:
    got = dates(Conditional(condition=need))
    assert [(one.term, one.gate) for one in got.waiting] == [(0, False)]
    assert got.occurrences == ()
    assert found(dates(Conditional(condition=need), met={0: date(2018, 5, 3)}), Track.DUE) == [
        ("t0:once", date(2018, 6, 2))
    ]


def test_a_real_gate_beside_mere_need_still_blocks() -> None:
    terms = (
        Fixed(due=date(2018, 12, 28)),
        Conditional(condition=ASKED),
        Conditional(condition=DECREE, gate=True),
    )
    assert [one.key for one in dates(*terms).blocked] == ["t0:once"]
    assert [one.term for one in dates(*terms).waiting] == [2]


def test_need_that_a_person_recorded_all_the_same_gives_its_own_dates() -> None:
    terms = Fixed(due=date(2018, 12, 28)), Conditional(condition=ASKED, offset=5)
    assert found(dates(*terms, met={1: date(2018, 5, 3)}), Track.DUE) == [
        ("t1:once", date(2018, 5, 8)),
        ("t0:once", date(2018, 12, 28)),
    ]


def test_an_approval_without_a_name_is_a_gate_and_no_occasion() -> None:
    approved = Conditional(condition=Condition(act="phê duyệt"), gate=True)
    assert [one.key for one in dates(Fixed(due=date(2018, 12, 28)), approved).blocked] == ["t0:once"]
    if_any = Conditional(condition=Condition(act="có"), gate=True)
    assert dates(Fixed(due=date(2018, 12, 28)), if_any).blocked == ()
