"""Rules for clauses that give a date, a period, or a start."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from deadlines.grammar.clause import Clause
from deadlines.grammar.pattern import define
from deadlines.grammar.rule import ClauseRule
from deadlines.grammar.values import Part, Period, Span
from deadlines.types import Counted, Fixed, MonthDay, Ongoing, OpenStart, Range, Term

define(
    "ATMOST",
    """( ( chậm | muộn | trễ ) nhất ( là )? | ( không | chưa ) ( được )? ( muộn | chậm | trễ ) ( hơn | quá )
    | không quá | không vượt quá | tối đa | hạn cuối cùng? | hạn chót | hạn | thời hạn cuối cùng?
    | thời hạn chậm nhất )""",
)
define("VISION", "( tầm nhìn | định hướng | hướng tới | hướng đến )")
define(
    "BYWORD",
    """( ATMOST | VISION | trong | vào | tại | đến | tới | cho đến | hết | là | kết thúc
    | ngay | cuối cùng
    | trong vòng | trong khoảng | thời gian | thời điểm | mốc | khoảng | dự kiến | trong thời gian | đúng
    | nội | cả | suốt | xuyên suốt | toàn | dịp | : | - )""",
)
define("BY", "BYWORD*")
define("BEFORE", "( trước ( ngày | thời điểm )? | xong trước )")
define(
    "ONWARD",
    "( trở đi | trở về sau | về sau | đến nay | và ( các | những ) ( năm | tháng | quý ) ( tiếp theo "
    "| sau | kế tiếp | tiếp sau ))",
)
define(
    "NEXTYEARS",
    "( ( và | đến | , | ; )? ( các | những | cho )+ | và | đến ) "
    "năm ( tiếp theo | sau | kế tiếp | tiếp sau | về sau )",
)
define(
    "BEGIN", "( bắt đầu ( thực hiện | triển khai | tổ chức | vận hành | thi hành | áp dụng | đi vào hoạt động )? )"
)
define("FROM", "BEGIN? ( kể )? từ HOUR? ( ngày | đầu )?")
define("TILL", "( - | đến | tới | sang | cho đến | đến hết )+ ( hết | cuối | khoảng | ngày )*")
define(
    "PHASE",
    "( trong | cả | suốt | toàn | cho | theo | của | thuộc | , )* ( giai đoạn | thời kỳ | nhiệm kỳ "
    "| kỳ? ( kế hoạch )? ( đầu tư công )? trung hạn "
    "| giai đoạn ( <oa> | ( i | ii | iii | iv ) ) ( : | LP ) )",
)
define("QUOTED", '( LP | RP | " )*')


def fixed(period: Period | Part, clause: Clause) -> Fixed:
    tentative = "tentative" in clause.flags
    if isinstance(period, Part):
        return Fixed(due=period.due, tentative=tentative)
    start = period.start if "carrying-out" in clause.flags and not period.day else None
    return Fixed(due=period.end, start=start, tentative=tentative)


def told(period: Period | Part, clause: Clause) -> Fixed:
    """The period's end, or the day before it where the clause says *trước*."""
    return _before_period(period, clause) if clause.has("before") else fixed(period, clause)


def by(clause: Clause) -> Term:
    return told(clause["a"], clause)


def _from_now(clause: Clause) -> Term:
    """ "triển khai từ nay đến năm 2027": begun already, not with the year 2027."""
    return replace(told(clause["a"], clause), start=None)


def _then_steady(clause: Clause) -> tuple[Term, ...]:
    """ "hoàn thành năm 2026, các năm tiếp theo thực hiện thường xuyên": the first year is a due date."""
    return (fixed(clause["a"], clause), Ongoing())


def _each(clause: Clause) -> tuple[Term, ...]:
    return tuple(fixed(period, clause) for period in clause["a"])


def _before_each(clause: Clause) -> tuple[Term, ...]:
    return tuple(_before_period(period, clause) for period in clause["a"])


def _each_part(clause: Clause) -> tuple[Term, ...] | None:
    """Lists of single days without a year are those of every year (`rules_rhythms`)."""
    return None if all(part.day for part in clause["a"]) else _each(clause)


def before(clause: Clause) -> Term:
    return _before_period(clause["a"], clause)


def _before_period(period: Period | Part, clause: Clause) -> Fixed:
    tentative = "tentative" in clause.flags
    if isinstance(period, Part):
        month, day = period.day_before
        return Fixed(
            due=MonthDay(month=month, day=day),
            named=period.opening if period.day else None,
            tentative=tentative,
        )
    return Fixed(due=period.day_before, named=period.start if period.day else None, tentative=tentative)


def _from(clause: Clause) -> Term:
    period = clause["a"]
    start = period.opening if isinstance(period, Part) else period.start
    return OpenStart(start=start, tentative="tentative" in clause.flags)


def _after(clause: Clause) -> Term:
    return OpenStart(start=clause["a"].end + timedelta(days=1), tentative="tentative" in clause.flags)


def between(clause: Clause) -> Term | None:
    first, last = clause["a"], clause["b"]
    if isinstance(first, Part) and isinstance(last, Part):
        return Range(start=first.opening, due=last.due) if first.first <= last.last else None
    if isinstance(last, Part):
        last = last.of(first.end.year) if last.first >= (first.end.month, 1) else None
    elif isinstance(first, Part):
        year = last.end.year
        first = first.of(year if first.first <= (last.end.month, last.end.day) else year - 1)
    if first is None or last is None or first.start > last.end:
        return None
    return Range(start=first.start, due=last.end, tentative="tentative" in clause.flags)


def _until_before(clause: Clause) -> Term | None:
    """ "từ ngày 01/3/2026 đến trước ngày 01/7/2026" """
    first, last = clause["a"], clause["b"]
    if isinstance(first, Part):
        first = first.of(last.day_before.year)
    if first is None or first.start > last.day_before:
        return None
    return Range(start=first.start, due=last.day_before, tentative="tentative" in clause.flags)


def _range(clause: Clause) -> Term:
    period = clause["a"]
    if isinstance(period, Part):
        return Range(start=period.opening, due=period.due)
    return Range(start=period.start, due=period.end, tentative="tentative" in clause.flags)


def _days_of_month(clause: Clause) -> Term | None:
    period = clause["b"]
    day = int(clause.text("d"))
    if isinstance(period, Part):
        if day >= period.last[1]:
            return None
        return Range(start=MonthDay(month=period.first[0], day=day), due=period.due)
    return Range(start=period.start.replace(day=day), due=period.end) if day < period.end.day else None


def _counted(clause: Clause) -> Term | None:
    span: Span = clause["u"]
    period: Period = clause["a"]
    return Fixed(due=Counted(start=period.start, amount=span.amount, unit=span.unit)) if period.day else None


def _all_year(clause: Clause) -> Term:
    return Fixed(due=MonthDay(month=12, day=31), tentative="tentative" in clause.flags)


def _rules(sign: str) -> list[ClauseRule]:
    """The same wordings for periods with their year (P) and without (p)."""
    return [
        ClauseRule("by-period", f"BY QUOTED {{a:{sign}}}", by),
        ClauseRule("before", f"BY BEFORE {{a:{sign}}}", before),
        ClauseRule("from", f"( BY FROM | BEGIN BY ) {{a:{sign}}} ( ONWARD | NEXTYEARS )*", _from),
        ClauseRule("from", f"bắt {{a:{sign}}}", _from),  # "đầu quý II" stands for one value
        ClauseRule("onward", f"BY {{a:{sign}}} ( ONWARD | NEXTYEARS )", _from),
        ClauseRule(
            "by-then-steady",
            f"BY {{a:{sign}}} ( , | ; | : | . | và | LP )+ ( từ | trong | cho | đến )? ( các | những )? "
            "năm ( tiếp theo | sau | kế tiếp | tiếp sau | về sau ) ( , | : )* ( ACTC? ONGOING+ ( ACTC )? )",
            _then_steady,
        ),
        ClauseRule(
            "by-then-steady",
            f"BY {{a:{sign}}} ( , | ; | : | . | và | LP )+ ( ACTC? ONGOING+ ( ACTC )? ) ( từ | trong | cho )? "
            "( các | những )? năm ( tiếp theo | sau | kế tiếp | tiếp sau | về sau )",
            _then_steady,
        ),
        ClauseRule(
            "from-now-to",
            f"( từ | kể từ ) ( nay | bây giờ | ngày ký | ( khi "
            f"| ngày ) ( ban hành | ký ) ( kế hoạch | văn bản )? ( này )? ) TILL {{a:{sign}}}",
            _from_now,
        ),
    ]


BETWEEN = "( FROM | PHASE ( LP )? | BY | <U> )* {a:%s} TILL PHASE? {b:%s}"


def _open_from(clause: Clause) -> Term:
    return OpenStart(start=clause["a"].start)


RULES = [
    *_rules("P"),
    ClauseRule("from-to-onward", BETWEEN % ("P", "P") + " NEXTYEARS", _open_from),
    *_rules("p"),
    ClauseRule("after", "( từ )? sau ( ngày )? {a:P} ( ONWARD )?", _after),
    ClauseRule("from-to-before", "( BY FROM )? {a:P} ( cho )? ( đến | tới ) trước ngày? {b:P}", _until_before),
    ClauseRule("from-to-before", "( BY FROM )? {a:p} ( cho )? ( đến | tới ) trước ngày? {b:P}", _until_before),
    ClauseRule("from-to", BETWEEN % ("P", "P"), between, final=True),
    ClauseRule("from-to", BETWEEN % ("p", "P"), between, final=True),
    ClauseRule("from-to", BETWEEN % ("P", "p"), between, final=True),
    ClauseRule("from-to-without-year", BETWEEN % ("p", "p"), between, final=True),
    ClauseRule("period-of-parts", "( FROM | BY | PHASE )* {a:R}", _range, final=True),
    ClauseRule("period-of-parts-without-year", "( FROM | BY | PHASE )* {a:r}", _range, final=True),
    ClauseRule(
        "years-of-plan",
        "( ( PHASE | kế hoạch )+ <oabcn> năm? | <oabcn> năm LP ) ( LP )? {a:P} TILL {b:P}",
        between,
    ),
    ClauseRule("list-of-periods", "BY {a:Q}", _each),
    ClauseRule("before-each", "BY BEFORE {a:Q}", _before_each),
    ClauseRule("list-of-periods-without-year", "BY {a:q}", _each_part),
    ClauseRule("days-to-date", "từ ( ngày )? {d:DN} TILL {b:P}", _days_of_month, final=True),
    ClauseRule("days-to-day", "từ ( ngày )? {d:DN} TILL {b:p}", _days_of_month, final=True),
    ClauseRule(
        "counted-from-day",
        "( trong | vòng | thời hạn | thời gian | ATMOST | sau )* {u:U} ( , )? ( kể | tính )? từ ( ngày )? {a:P}",
        _counted,
    ),
    ClauseRule(
        "counted-after-day", "( trong | vòng | thời hạn | ATMOST | sau )* {u:U} sau ( ngày )? {a:P}", _counted
    ),
    ClauseRule(
        "within-the-year",
        "( từ nay )? ( ( trong | cả | suốt | đến | hết | trong cả )+ năm ( nay )? )",
        _all_year,
    ),
]
