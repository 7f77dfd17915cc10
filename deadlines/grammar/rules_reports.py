"""Rules for the days of periodic reports: "6 tháng (trước 15/6)", "hằng quý, ngày 20 tháng cuối quý"."""

from __future__ import annotations

from dataclasses import replace

from deadlines.grammar.clause import Clause
from deadlines.grammar.pattern import define
from deadlines.grammar.rule import ClauseRule
from deadlines.grammar.rules_rhythms import before_every, due, due_before, every, part_every
from deadlines.grammar.values import HALF_YEARLY, MONTHLY, QUARTERLY, YEARLY, Rhythm, Span, months
from deadlines.text import bare
from deadlines.types import Term, Unit

define("LPQ", "( LP | : | là | vào | , )*")
define(
    "DAYOFLAST",
    "( {before:BEF} | BY ) ( ngày )? {d:DN} ( của )? tháng cuối ( cùng )? ( của )? kỳ ( báo cáo )?",
)
define("NEXTYEAR", "( ( của )? năm ( sau | kế tiếp | tiếp theo | liền kề ) )")
define(
    "REPORTYEAR",
    "( ( của )? ( năm ( sau | kế tiếp | tiếp theo | liền kề | liền sau | liền trước | trước | liền kề trước "
    "| trước liền kề ) ( của )? )? ( năm | kỳ ) báo cáo )",
)
define("OFREPORT", "( LP | đối với | cho | là )+ ( báo cáo | PERIODIC | sơ kết | tổng kết )+")
define("TWODAYS", "( {before:BEF} | BY ) ( các )? ngày? {d:DN} ( AND | , và )+ ( BEF )? ngày? {f:DN}")
define("TWODAYSTILL", "( {before:BEF} | BY ) ( các )? ngày? {d:DN} ( AND | , và )+ ( BEF )?")
define("UNITWORD", "( tháng | quý | cả? năm )")
define("REPORT", "( ( báo cáo | PERIODIC | EACH | sơ kết | tổng kết | đối với )+ W*? )")


def _half_with_day(clause: Clause) -> Term | None:
    """ "6 tháng đầu năm (trước ngày 15/6)" """
    return part_every(clause) if clause["h"] in (months(1, 6), months(7, 12)) else None


def _unit_with_rhythm(clause: Clause) -> Term | None:
    return before_every(clause) if clause.has("before") else every(clause)


def _same_unit(clause: Clause) -> Term | None:
    """ "hằng quý (trước ngày 20 tháng cuối quý)": the second rhythm gives the day of the first."""
    exact: Rhythm = clause["e"]
    if not exact.dated or (exact.unit, len(exact.months)) != (clause["f"].unit, len(clause["f"].months)):
        return None
    return due_before(exact, clause) if clause.has("before") else due(exact, clause)


def _month_day(clause: Clause) -> Term | None:
    """ "hằng tháng (trước ngày 20)" """
    day = int(clause.text("d"))
    if clause["e"] != MONTHLY or day > 28:
        return None
    rhythm = Rhythm("month", (), day, dated=True)
    return due_before(rhythm, clause) if clause.has("before") else due(rhythm, clause)


def _day_of_last_month(clause: Clause) -> Term | None:
    """ "hằng quý (trước ngày 20 tháng cuối kỳ báo cáo)" """
    rhythm: Rhythm = clause["e"]
    day = int(clause.text("d"))
    if rhythm.unit not in ("month", "year") or rhythm.interval > 1 or rhythm.dated or day > 28:
        return None
    exact = Rhythm(rhythm.unit, rhythm.months, day, dated=True)
    return due_before(exact, clause) if clause.has("before") else due(exact, clause)


def _two_days_monthly(clause: Clause) -> tuple[Term, ...] | None:
    """ "các ngày 05 và 20 hằng tháng": two duties, so that each keeps its own occurrence in a month."""
    if clause["e"] != MONTHLY:
        return None
    return _on_days((int(clause.text("d")), int(clause.text("f"))), MONTHLY, clause)


def _two_days(clause: Clause) -> tuple[Term, ...] | None:
    """ "ngày 05 và ngày 20 hằng tháng", where the second day and the rhythm are one value."""
    rhythm: Rhythm = clause["e"]
    if not rhythm.dated or rhythm.unit not in ("month", "year"):
        return None
    return _on_days((int(clause.text("d")), rhythm.day), rhythm, clause)


def _on_days(days: tuple[int, int], rhythm: Rhythm, clause: Clause) -> tuple[Term, ...] | None:
    if not 1 <= days[0] < days[1] <= 28:
        return None
    made = [replace(rhythm, day=day, dated=True) for day in days]
    terms = [due_before(one, clause) if clause.has("before") else due(one, clause) for one in made]
    return tuple(one for one in terms if one)


define("PERIODWORD", "( quý | tháng | năm ( ngân sách | tài chính | kế hoạch )? )")
define("ENDING", "( kể? ( sau | từ ) ( khi | ngày | thời điểm )? kết thúc )")
_AFTER_END = "( trong | vòng | thời hạn | ATMOST | sau )* {u:U} ( , )? ENDING"
_AFTER = {"thang": MONTHLY, "quy": Rhythm("year", (1, 4, 7, 10)), "nam": Rhythm("year", (1,))}


def _after_each(clause: Clause) -> Term | None:
    """ "chậm nhất 15 ngày sau khi kết thúc quý": on that day of the month after it."""
    return _days_into(_AFTER[bare(clause.text("period").lower().split()[0])], clause)


def _after_each_rhythm(clause: Clause) -> Term | None:
    """ "… sau khi kết thúc mỗi quý" """
    rhythm: Rhythm = clause["e"]
    after = {MONTHLY: _AFTER["thang"], QUARTERLY: _AFTER["quy"], YEARLY: _AFTER["nam"]}.get(rhythm)
    return _days_into(after, clause) if after else None


def _days_into(period: Rhythm, clause: Clause) -> Term | None:
    span: Span = clause["u"]
    most = 31 if period.months == (1,) else 28
    if span.unit is not Unit.DAYS or not 1 <= span.amount <= most:
        return None
    return due(replace(period, day=span.amount, dated=True), clause)


def _half_and_whole(clause: Clause) -> Term | None:
    """ "sơ kết 6 tháng, tổng kết năm" """
    return due(HALF_YEARLY, clause) if clause["u"] == Span(6, Unit.MONTHS) else None


def _units(unit: str) -> list[ClauseRule]:
    """ "năm (trước ngày 15/12)", "quý: ngày 20 tháng cuối quý" """
    return [
        ClauseRule(
            "unit-with-date", f"REPORT? {unit} LPQ ( {{before:BEF}} | BY ) {{p:p}} NEXTYEAR? RP?", part_every
        ),
        ClauseRule(
            "unit-with-yearly-date",
            f"REPORT? {unit} LPQ ( {{before:BEF}} | BY ) {{p:p}} {{e:E}} RP?",
            part_every,
        ),
        ClauseRule(
            "unit-with-rhythm", f"REPORT? {unit} LPQ ( {{before:BEF}} | BY ) {{e:E}} RP?", _unit_with_rhythm
        ),
    ]


RULES = [
    *_units("UNITWORD"),
    *_units("{u:U}"),
    ClauseRule("date-of-unit", "( {before:BEF} | BY ) {p:p} NEXTYEAR? OFREPORT UNITWORD RP?", part_every),
    ClauseRule("date-of-unit", "( {before:BEF} | BY ) {p:p} OFREPORT {u:U} RP?", part_every),
    ClauseRule("date-of-reported-year", "( {before:BEF} | BY ) {p:p} LP? REPORTYEAR RP?", part_every),
    ClauseRule(
        "days-after-each-period",
        f"{_AFTER_END} {{period:PERIODWORD}} ( báo cáo )?",
        _after_each,
        family="event",
    ),
    ClauseRule("days-after-each-period", f"{_AFTER_END} {{e:E}}", _after_each_rhythm, family="event"),
    ClauseRule(
        "half-and-whole-year",
        "( sơ kết | báo cáo | đánh giá | PERIODIC | hội nghị )+ {u:U} ( , | và | ; )+ "
        "( sơ kết | tổng kết | báo cáo | đánh giá )+ ( hằng | cả | cuối )? năm",
        _half_and_whole,
    ),
    ClauseRule("two-days-of-every-month", "TWODAYS ( , )? {e:E}", _two_days_monthly),
    ClauseRule("two-days-of-every-month", "BY {e:E} LPQ TWODAYS RP?", _two_days_monthly),
    ClauseRule("two-days-of-every-month", "TWODAYSTILL {e:E}", _two_days),
    ClauseRule("half-year-with-date", "REPORT? {h:p} LPQ ( {before:BEF} | BY ) {p:p} RP?", _half_with_day),
    ClauseRule("every-on-day", "BY {f:E} LPQ BY {e:E} RP?", _same_unit),
    ClauseRule("every-before-day", "BY {f:E} LPQ {before:BEF} {e:E} RP?", _same_unit),
    ClauseRule("month-day", "BY {e:E} LPQ ( {before:BEF} | BY ) ( ngày )? {d:DN} RP?", _month_day),
    ClauseRule("every-on-day-of-last-month", "BY REPORT? {e:E} LPQ DAYOFLAST RP?", _day_of_last_month),
    ClauseRule("every-on-day-of-last-month", "BY DAYOFLAST LPQ REPORT? {e:E} RP?", _day_of_last_month),
]
