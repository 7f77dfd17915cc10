"""Rules for rhythms ("hằng quý", "2 lần/năm") and lengths of time ("30 ngày làm việc")."""

from __future__ import annotations

from deadlines.grammar.lexer import number
from deadlines.grammar.pattern import define
from deadlines.grammar.rule import AtomRule
from deadlines.grammar.values import (
    DAILY,
    HALF_YEARLY,
    MONTHLY,
    QUARTERLY,
    WEEKLY,
    YEARLY,
    Rhythm,
    Span,
    of_months,
)
from deadlines.text import bare
from deadlines.types import Unit

_TEENS = "( một | hai | ba | bốn | lăm | sáu | bảy | tám | chín )"
define("TENS", "( hai | ba | bốn | năm | sáu | bảy | tám | chín )")
define("ONES", "( mốt | một | hai | ba | tư | bốn | lăm | sáu | bảy | tám | chín )")
define("NWORD", f"( TENS mươi ONES? | mười {_TEENS}? | ( một | hai | ba | bốn | sáu | bảy | tám | chín ) )")
define("NN", "( <oabcn> ( LP NWORD RP )? | NWORD )")
define("EACH", "( hằng | mỗi | từng | mọi | theo từng )")
define("ONE", "( <o> | một )")
define("TIMES", "( lần | kỳ | đợt | cuộc | hội nghị )")
define("ONCE", "( ONE TIMES )")
define("ATLEAST", "( ít nhất | tối thiểu | không dưới | khoảng )")
define("PERIODIC", "( định kỳ | theo định kỳ | theo kỳ )")
define("PER", "( / | / ONE? | trong | trong ONE | mỗi | một | hằng | ONE )")

_BY_TIMES = {1: YEARLY, 2: HALF_YEARLY, 3: of_months(4, 8, 12), 4: QUARTERLY, 6: of_months(2, 4, 6, 8, 10, 12),
             12: MONTHLY}  # fmt: skip
_BY_MONTHS = {1: MONTHLY, 2: _BY_TIMES[6], 3: QUARTERLY, 4: _BY_TIMES[3], 6: HALF_YEARLY, 12: YEARLY}
_BY_WORD = {"nam": YEARLY, "quy": QUARTERLY, "thang": MONTHLY, "tuan": WEEKLY, "ngay": DAILY}


def _times_a_year(n: int) -> Rhythm | None:
    return _BY_TIMES.get(n)


def every_months(n: int) -> Rhythm | None:
    return _BY_MONTHS.get(n)


def _every_years(n: int) -> Rhythm | None:
    return of_months(12, interval=n) if 1 <= n <= 10 else None


def _unit(name: str, word: str) -> list[AtomRule]:
    """ "hằng quý", "mỗi quý 01 lần", "ít nhất 01 lần/quý" """
    every = _BY_WORD[bare(word)]
    return [
        AtomRule(f"once-every-{name}", "E", f"PERIODIC? ATLEAST? EACH {word} ATLEAST? ONCE", lambda: every),
        AtomRule(f"one-time-per-{name}", "E", f"PERIODIC? ATLEAST? ONCE PER {word}", lambda: every),
        AtomRule(f"{name}-one-time", "E", f"PERIODIC? ATLEAST? ONE? {word} / ONE? lần", lambda: every),
        AtomRule(f"one-{name}-one-time", "E", f"PERIODIC? ATLEAST? ONE? {word} ATLEAST? ONCE", lambda: every),
        AtomRule(f"every-{name}", "E", f"PERIODIC? EACH {word}", lambda: every),
        AtomRule(f"by-the-{name}", "E", f"theo {word} !<oabcnY>", lambda: every),
    ]


def units_of(units: list[str]) -> Rhythm | None:
    """The joint rhythm of "quý, 6 tháng, 9 tháng và năm"."""
    months: set[int] = set()
    amount = 0
    half = False
    for word in map(bare, units):
        if word.isdigit() or word in ("sau", "ba", "chin"):
            amount = number([word])
        elif word == "nua":
            half = True
        elif word == "thang" and amount:
            months |= {6, 12} if amount == 6 and "nam" not in map(bare, units) else {amount}
            amount = 0
        elif word in _BY_WORD:
            if word in ("thang", "tuan", "ngay"):
                return _BY_WORD[word]
            months |= set(HALF_YEARLY.months if half else _BY_WORD[word].months)
            half = False
    return of_months(*sorted(months)) if months and max(months) <= 12 else None


define("UNIT", "( <oabc> tháng | ( sáu | ba | chín ) tháng | tháng | quý | ( cả | ONE )? năm | nửa năm | tuần )")
define("UNITS", "UNIT !<oabcnY> ( ( , | và | ; | , và ) PERIODIC? EACH? UNIT !<oabcnY> )+")
EVERY = [
    AtomRule(
        "every-five-years",
        "E",
        "PERIODIC? ATLEAST? EACH? năm năm ( ONCE | / ONE? lần )",
        lambda: of_months(12, interval=5),
    ),
    AtomRule("times-every-year", "E", "PERIODIC? ATLEAST? EACH năm ATLEAST? {n:NN} TIMES", _times_a_year),
    AtomRule(
        "times-a-year",
        "E",
        "PERIODIC? ATLEAST? {n:NN} TIMES ( / | trong | mỗi | một | / ONE ) năm",
        _times_a_year,
    ),
    AtomRule("one-year-times", "E", "ONE năm ATLEAST? {n:NN} TIMES", _times_a_year),
    AtomRule("year-times", "E", "PERIODIC? ATLEAST? ONE? năm / {n:NN} TIMES", _times_a_year),
    AtomRule(
        "every-so-many-months",
        "E",
        "PERIODIC? ATLEAST? EACH? {n:NN} tháng ( / ONE? lần | ONCE | / ONCE )",
        every_months,
    ),
    AtomRule("times-per-months", "E", "PERIODIC? ATLEAST? ONCE ( / | mỗi | trong ) {n:NN} tháng", every_months),
    AtomRule(
        "every-so-many-years",
        "E",
        "PERIODIC? ATLEAST? EACH? {n:NN} năm ( / ONE? lần | ONCE | / ONCE )",
        _every_years,
    ),
    AtomRule("times-per-years", "E", "ATLEAST? ONCE / {n:NN} năm", _every_years),
    AtomRule("each-six-months", "E", "PERIODIC? EACH {n:NN} tháng !đầu !cuối", every_months),
    AtomRule("each-years", "E", "( PERIODIC | PERIODIC? mỗi ) {n:NN} năm !<Y> !đầu !cuối", _every_years),
    AtomRule("half-year", "E", "PERIODIC? EACH? nửa năm ( ONCE | / ONE? lần )", lambda: HALF_YEARLY),
    AtomRule("each-half-year", "E", "PERIODIC? EACH nửa năm", lambda: HALF_YEARLY),
    *_unit("year", "năm"),
    *_unit("quarter", "quý"),
    *_unit("month", "tháng"),
    *_unit("week", "tuần"),
    *_unit("day", "ngày"),
    AtomRule("periodic-unit", "E", "PERIODIC ( báo cáo )? {units:UNIT} !<oabcnY> !LP", units_of),
    AtomRule("yearly", "E", "thường niên", lambda: YEARLY),
]

SPANS = [
    AtomRule("working-days", "U", "{n:NN} ngày làm việc", lambda n: Span(n, Unit.WORKING_DAYS)),
    AtomRule("days", "U", "{n:NN} ngày !<oabc>", lambda n: Span(n, Unit.DAYS)),
    AtomRule("weeks", "U", "{n:NN} tuần", lambda n: Span(n, Unit.WEEKS)),
    AtomRule("months-long", "U", "{n:NN} tháng !lần !cuối", lambda n: Span(n, Unit.MONTHS)),
    AtomRule("quarters-long", "U", "{n:NN} quý", lambda n: Span(3 * n, Unit.MONTHS)),
    AtomRule("years-long", "U", "{n:NN} năm !<Y>", lambda n: Span(n, Unit.YEARS)),
    AtomRule(
        "hours",
        "U",
        "{n:NN} ( giờ | tiếng ) !<oabcnxY> !ngày !, !thứ",
        lambda n: Span(-(-n // 24), Unit.DAYS),
    ),
]
