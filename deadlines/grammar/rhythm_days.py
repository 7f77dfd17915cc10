"""Rules for rhythms that print their days ("ngày 20 hằng tháng", "thứ Sáu hằng tuần")."""

from __future__ import annotations

from deadlines.grammar.lexer import number
from deadlines.grammar.pattern import define
from deadlines.grammar.rhythms import units_of
from deadlines.grammar.rule import AtomRule
from deadlines.grammar.values import DAILY, HALF_YEARLY, MONTHLY, QUARTERLY, YEARLY, Rhythm
from deadlines.text import bare

_WEEKDAYS = {2: "MO", 3: "TU", 4: "WE", 5: "TH", 6: "FR", 7: "SA"}


def _day_of_month(d: int) -> Rhythm:
    return Rhythm("month", (), d, dated=True) if d <= 28 else Rhythm("month")


def _day_of_months(d: int, listed: tuple[int, ...]) -> Rhythm | None:
    """ "ngày 15 các tháng 3, 6, 9, 12" """
    sound = list(listed) == sorted(set(listed)) and d <= 28
    return Rhythm("year", listed, d, dated=True) if sound else None


def _of_quarter_end(d: int) -> Rhythm:
    return Rhythm("year", QUARTERLY.months, d, dated=True)


def _of_quarter_start(d: int) -> Rhythm:
    return Rhythm("year", (1, 4, 7, 10), d, dated=True)


def _of_half_end(d: int, n: int) -> Rhythm | None:
    return Rhythm("year", HALF_YEARLY.months, d, dated=True) if n == 6 else None


def _weekday(k: list[str]) -> Rhythm | None:
    word = k[-1]
    day = (
        number([word])
        if word.isdigit()
        else {"hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7}.get(bare(word), 0)
    )
    return Rhythm("week", dated=True, weekday=_WEEKDAYS[day]) if day in _WEEKDAYS else None


define(
    "EVERYMONTH",
    "( hằng tháng | mỗi tháng | của tháng | của mỗi tháng | của hằng tháng | từng tháng | trong tháng )",
)
define("MOREOFLIST", "( ( AND | , và )? tháng? MN | YL? YN )")
define("OFQUARTER", "( của )? ( hằng | mỗi | từng | các )? quý")
define("DAYWORD", "( thứ ( <oab> | hai | ba | tư | năm | sáu | bảy ) )")

DATED = [
    AtomRule("day-of-quarter-end", "E", "ngày {d:DN} ( của )? tháng cuối ( cùng )? OFQUARTER", _of_quarter_end),
    AtomRule(
        "day-of-quarter-start",
        "E",
        "ngày {d:DN} ( của )? tháng đầu ( tiên )? OFQUARTER ( sau | tiếp theo | kế tiếp )?",
        _of_quarter_start,
    ),
    AtomRule(
        "day-after-quarter",
        "E",
        "ngày {d:DN} ( của )? ( tháng đầu ( tiên )? )? quý ( sau | tiếp theo )",
        _of_quarter_start,
    ),
    AtomRule(
        "day-of-half-end",
        "E",
        "ngày {d:DN} ( của )? tháng cuối ( cùng )? ( của )? EACH? {n:MN} tháng",
        _of_half_end,
    ),
    AtomRule(
        "day-of-every-month",
        "E",
        "ngày {d:DN} ( , )? EVERYMONTH ( sau | tiếp theo )? !<oabcnY> !cuối !đầu",
        _day_of_month,
    ),
    AtomRule(
        "day-of-listed-months",
        "E",
        "ngày {d:DN} ( của )? các? tháng {listed:MLIST} !MOREOFLIST ( hằng năm )?",
        _day_of_months,
    ),
    AtomRule(
        "month-then-day-of-next",
        "E",
        "( hằng | mỗi ) tháng ( , | LP | : | ATMOST | vào )* ngày {d:DN} ( của )? "
        "tháng ( sau | kế tiếp | tiếp theo )",
        _day_of_month,
    ),
    AtomRule(
        "month-then-day",
        "E",
        "( hằng tháng | mỗi tháng ) ( , )? ( vào )? ngày {d:DN} !/ !tháng",
        _day_of_month,
    ),
    AtomRule(
        "end-of-every-month",
        "E",
        "( cuối ( tháng )? ( mỗi | hằng ) tháng | ngày cuối ( cùng )? ( của )? ( mỗi | hằng )? tháng !<oab> )",
        lambda: MONTHLY,
    ),
    AtomRule(
        "last-week-of-month",
        "E",
        "( tuần cuối ( cùng )? | ngày làm việc cuối cùng ) EVERYMONTH !<oab>",
        lambda: MONTHLY,
    ),
    AtomRule(
        "first-week-of-month",
        "E",
        "tuần đầu ( tiên )? EVERYMONTH !<oab>",
        lambda: Rhythm("month", (), 7, dated=True),
    ),
    AtomRule(
        "end-of-every-quarter",
        "E",
        "( ( ngày ( làm việc )? )? cuối cùng? của? ( mỗi | hằng | từng )? quý !QN | tháng cuối OFQUARTER )",
        lambda: QUARTERLY,
    ),
    AtomRule("end-of-every-year", "E", "( cuối ( mỗi | hằng ) năm | cuối năm hằng năm )", lambda: YEARLY),
    AtomRule("middle-of-every-year", "E", "giữa ( mỗi | hằng ) năm", lambda: Rhythm("year", (6,), 30, dated=True)),
    AtomRule(
        "start-of-every-year",
        "E",
        "( đầu ( mỗi | hằng ) năm | đầu năm hằng năm )",
        lambda: Rhythm("year", (1,), 1, dated=True),
    ),
    AtomRule("weekday", "E", "( sáng | chiều )? {k:DAYWORD} ( hằng | mỗi | của | trong )+ tuần", _weekday),
    AtomRule(
        "week-weekday",
        "E",
        "( hằng tuần | mỗi tuần ) ( , )? ( vào )? ( sáng | chiều )? ( ngày )? {k:DAYWORD}",
        _weekday,
    ),
    AtomRule("list-of-units", "E", "( PERIODIC | EACH | theo )* {units:UNITS}", units_of),
    AtomRule("every-working-day", "E", "( hằng ngày | mỗi ngày )", lambda: DAILY),
]
