"""Rules for dates beside years: several years of one part, and reports whose year is what they are about."""

from __future__ import annotations

from collections.abc import Sequence

from deadlines.grammar.clause import Clause
from deadlines.grammar.pattern import define
from deadlines.grammar.rule import ClauseRule
from deadlines.grammar.rules_dates import between, by, fixed
from deadlines.grammar.rules_rhythms import due
from deadlines.grammar.values import Part, Period, Span, of_months
from deadlines.types import Term, Unit

define("SUBJECT", "( báo cáo | tổng kết | sơ kết | đánh giá | kết quả | số liệu | quyết toán | dự toán ) W*")

define(
    "PLANNED",
    "lập? ( kế hoạch | chương trình | đề án | dự toán | danh mục | phương án | nghị quyết ) W* "
    "( trong | của | cho )? ( năm | giai đoạn | thời kỳ )?",
)


def _plan_for(clause: Clause) -> Term | None:
    """ "ban hành Kế hoạch giai đoạn 2026-2030 trong quý I/2026": the years are what the plan is for."""
    years: list[Period] = [clause[name] for name in ("b", "c") if clause.has(name)]
    if not all(year.whole_year for year in years) or clause["a"].start.year > years[-1].end.year:
        return None
    return by(clause)


def _report_on(clause: Clause) -> Term | None:
    """ "trước 15/12/2026 (báo cáo năm 2026)": the year is what the report is about."""
    subject: Period = clause["b"]
    if subject.day or subject.end.year > clause["a"].end.year:
        return None
    return by(clause)


def _of_report(unit: str) -> list[ClauseRule]:
    """ "trước ngày 25/6/2026 (đối với báo cáo 6 tháng)" """
    words = f"( {{before:BY BEFORE}} | BY ) {{a:P}} OFREPORT {unit} RP?"
    return [ClauseRule("date-of-report", words, by)]


def _so_many_years(clause: Clause) -> Term | None:
    """ "02 năm (2026-2027)": both have to say the same."""
    first, last = clause["a"], clause["b"]
    if clause.has("u"):
        span: Span = clause["u"]
        amount = span.amount if span.unit is Unit.YEARS else 0
    else:
        amount = int(clause.text("d"))
    return between(clause) if last.end.year - first.start.year + 1 == amount else None


def _part_or_range(clause: Clause) -> tuple[Term, ...] | None:
    """ "quý III/2026-2027": the quarter of both years; from the quarter to the end of 2027 is as likely."""
    first, last = clause["a"], clause["b"]
    if first.whole_year or first.day or not clause.text("b").isdecimal() or last.start.year != first.start.year + 1:
        return None
    again = Part((first.start.month, 1), (first.end.month, -1)).of(last.start.year)
    return (fixed(first, clause), fixed(again, clause)) if again else None


_MOST_YEARS = 5
_YEAR_NAMES = ("a", "b", "c", "f", "g")


def _in_each_year(clause: Clause) -> tuple[Term, ...] | None:
    """ "tháng 6 các năm 2026, 2027", "quý II và quý IV các năm 2026, 2027": the parts of each year."""
    parts: tuple[Part, ...] = clause["p"] if isinstance(clause["p"], tuple) else (clause["p"],)
    listed = [clause[name] for name in _YEAR_NAMES if clause.has(name)]
    return _of_years(parts, listed, clause)


def _of_years(parts: Sequence[Part], listed: Sequence[Period], clause: Clause) -> tuple[Term, ...] | None:
    if not all(year.whole_year for year in listed):
        return None
    periods = [part.of(year.start.year) for year in listed for part in parts]
    return tuple(fixed(period, clause) for period in periods if period) if all(periods) else None


def _again_next_year(clause: Clause) -> tuple[Term, ...] | None:
    """ "quý II và quý IV năm 2026, năm 2027": the same parts of the year that follows."""
    listed: tuple[Period, ...] = clause["a"]
    again: Period = clause["b"]
    if any(one.day or one.end.year + 1 != again.start.year for one in listed):
        return None
    parts = [Part((one.start.month, 1), (one.end.month, -1)) for one in listed]
    later = _of_years(parts, [again], clause)
    return (*(fixed(one, clause) for one in listed), *later) if later else None


def _parts_of_each_year(clause: Clause) -> Term | None:
    """ "quý II, quý IV các năm 2026 - 2030": the parts of every year from the first to the last."""
    first, last = clause["a"], clause["b"]
    parts: tuple[Part, ...] = clause["p"]
    if not (first.whole_year and last.whole_year) or first.start >= last.start or any(part.day for part in parts):
        return None
    rhythm = of_months(*sorted(part.last[0] for part in parts))
    return due(rhythm, clause, start=first.start, until=last.end) if rhythm else None


def _part_of_years() -> list[ClauseRule]:
    rules = []
    for count in range(2, _MOST_YEARS + 1):
        more = " ".join(f"( AND | , và )+ {{{name}:P}}" for name in _YEAR_NAMES[1:count])
        rules += [
            ClauseRule("part-of-years", f"BY {{p:{sign}}} ( các )? {{a:P}} {more}", _in_each_year, final=True)
            for sign in "pq"
        ]
    return rules


RULES = [
    ClauseRule("so-many-years", "BY {u:U} LP {a:P} TILL {b:P} RP?", _so_many_years),
    ClauseRule("so-many-years", "BY ( trong )? {d:<oabcn>} {a:P} TILL {b:P}", _so_many_years),
    *_part_of_years(),
    ClauseRule("part-of-years", "BY {a:Q} ( AND | , và )+ {b:P}", _again_next_year, final=True),
    ClauseRule(
        "part-of-each-year",
        "BY {p:q} ( PHASE | BY | , | LP | các )* {a:P} TILL {b:P} RP?",
        _parts_of_each_year,
        final=True,
    ),
    ClauseRule("part-of-two-years", "BY {a:P} - {b:P}", _part_or_range),
    *_of_report("{u:U}"),
    *_of_report("UNITWORD"),
    *(
        ClauseRule(
            "date-of-plan",
            f"PLANNED {years} ( , | : | LP | hoàn thành | xong )* "
            "( {before:BY BEFORE} | ACTC? BYWORD BY ) {a:P} RP?",
            _plan_for,
            final=True,
        )
        for years in ("{b:P}", "{b:P} TILL {c:P}")
    ),
    ClauseRule(
        "date-of-report",
        "SUBJECT {b:P} ( , | : | LP )* ( {before:BY BEFORE} | ACTC? BYWORD BY ) {a:P} RP?",
        _report_on,
    ),
    ClauseRule(
        "date-of-report", "( {before:BY BEFORE} | BY ) {a:P} ( LP | đối với )+ SUBJECT {b:P} RP?", _report_on
    ),
]
