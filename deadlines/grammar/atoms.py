"""Rules for the named days and periods inside a deadline: the dates, months, quarters, halves, years.

Half-days, lunar dates and school years ("năm học 2026-2027", whose ends the ministry sets) have no rule.
"""

from __future__ import annotations

from collections.abc import Callable

from deadlines.grammar.pattern import define
from deadlines.grammar.rule import AtomRule
from deadlines.grammar.values import Part, Period, day_of, month_day, months, point, quarters, years

define("QN", "( ( iv | iii | ii | i ) | <oa> | thứ? ( một | nhất | hai | nhì | ba | tư | bốn ) | đầu tiên )")
define("QGLUED", "( qi | qii | qiii | qiv )")
define("MWORD", "( mười ( một | hai )? | ( một | hai | ba | tư | bốn | sáu | bảy | tám | chín ) )")
define("MN", "( <oab> | MWORD )")
define("DN", "<oabc>")
define("YN", "<Y>")
define("YY", "<cn>")
define("DSEP", "( / | - | . )")
define("YL", "( năm | / | - | , | . | ( , | / | - | của | trong ) năm )")
define("AND", "( , | ; | và | & | hoặc | / | + )")
define("TO", "( - | đến | tới | đến hết | đến cuối )")
define("OF", "( của | trong )")


def _part(
    name: str, pattern: str, build: Callable[..., Part | None], *, bare: bool = True, unless: str = ""
) -> list[AtomRule]:
    """The rule for a part of the year with the year printed, and without."""

    def with_year(y: int, **numbers: int) -> Period | None:
        part = build(**numbers)
        return part.of(y) if part else None

    rules = [
        AtomRule(name, "P", f"{pattern} YL? {{y:YN}}", with_year),
        AtomRule(name, "P", f"{pattern} LP năm? {{y:YN}} RP", with_year),
    ]
    return [*rules, AtomRule(f"{name}-without-year", "p", f"{pattern} {unless}", build)] if bare else rules


def _range(name: str, pattern: str, build: Callable[..., Part | None]) -> list[AtomRule]:
    def with_year(y: int, **numbers: int) -> Period | None:
        part = build(**numbers)
        return part.of(y) if part else _across_years(y, build, numbers)

    return [
        AtomRule(name, "R", f"{pattern} YL? {{y:YN}}", with_year),
        AtomRule(f"{name}-without-year", "r", pattern, build),
    ]


def _across_years(y: int, build: Callable[..., Part | None], numbers: dict[str, int]) -> Period | None:
    """ "tháng 10 - tháng 3/2027" begins the year before."""
    if set(numbers) != {"a", "b"} or numbers["a"] <= numbers["b"]:
        return None
    first, last = (build(a=numbers[name], b=numbers[name]) for name in ("a", "b"))
    start, end = first and first.of(y - 1), last and last.of(y)
    return Period(start.start, end.end) if start and end else None


def _list(name: str, pattern: str, each: Callable[[int], Part | None]) -> list[AtomRule]:
    """Several parts of one year, "Quý III, IV/2026": a tuple of periods or of parts."""

    def parts(listed: tuple[int, ...]) -> tuple[Part, ...] | None:
        made = [each(number) for number in listed]
        if any(part is None for part in made) or list(listed) != sorted(set(listed)):
            return None
        return tuple(part for part in made if part)

    def with_year(listed: tuple[int, ...], y: int) -> tuple[Period, ...] | None:
        made = [part.of(y) for part in parts(listed) or ()]
        return tuple(period for period in made if period) or None

    return [
        AtomRule(name, "Q", f"{pattern} YL? {{y:YN}}", with_year),
        AtomRule(f"{name}-without-year", "q", pattern, parts),
    ]


def _days_of_year(pairs: list[str]) -> tuple[Part, ...] | None:
    """ "15/3, 15/6 và 15/12" """
    numbers = [int(word) for word in pairs if word.isdecimal()]
    made = [month_day(month, day) for day, month in zip(numbers[::2], numbers[1::2], strict=True)]
    return tuple(part for part in made if part) if all(made) else None


def _days_of(pairs: list[str], y: int) -> tuple[Period, ...] | None:
    """ "15/3, 15/6 và 15/12/2026" """
    made = tuple(period for part in _days_of_year(pairs) or () if (period := part.of(y)))
    starts = [period.start for period in made]
    return made if made and starts == sorted(set(starts)) else None


def _two_digit(d: int, m: int, yy: int) -> Period | None:
    return day_of(2000 + yy, m, d)


def _day_or_months(a: int, b: int, y: int) -> Period | None:
    """ "3-4/2026" with nothing before it: 3 April, or March to April."""
    return day_of(y, b, a)


def _months_of(a: int, b: int, y: int) -> Period | None:
    part = months(a, b)
    return part.of(y) if part else None


def _bare_day(d: int, m: int) -> Part | None:
    """ "24/7" without "ngày" says "all the time"."""
    return None if (d, m) == (24, 7) else month_day(m, d)


def _first_months(n: int) -> Part | None:
    return months(1, n) if n < 12 else None


def _so_many_months(n: int, y: int) -> Period | None:
    return _months_of(1, n, y) if n in (3, 6, 9) else None


def _last_months(n: int) -> Part | None:
    return months(13 - n, 12) if n < 12 else None


def _week(n: int, m: int) -> Part | None:
    return Part((m, 7 * n - 6), (m, 7 * n)) if 1 <= n <= 4 else None


def _first_weeks(n: int, m: int) -> Part | None:
    return Part((m, 1), (m, 7 * n)) if 1 <= n <= 3 else None


def _first_days(n: int, m: int) -> Part | None:
    return Part((m, 1), (m, n)) if n <= 28 else None


def _days(a: int, b: int, m: int) -> Part | None:
    return Part((m, a), (m, b)) if a < b and month_day(m, b) else None


_N = "{n:MN} tháng"
_MONTH = "( tháng | th | t | t . | th . ) {m:MN}"
_QUARTER = "( quý | quý . ) {q:QN}"

RANGES = [
    *_range("days-of-month", "ngày? {a:DN} TO ngày? {b:DN} ( / | tháng | / tháng ) {m:MN}", _days),
    *_range("quarters-of-year", "( quý | quý . ) {a:QN} TO ( quý )? {b:QN}", lambda a, b: quarters(a, b)),
    *_range("months-of-year", "( tháng | t ) {a:MN} TO ( tháng | t )? {b:MN}", lambda a, b: months(a, b)),
    *_range("months-to-month", "từ {a:MN} TO tháng {b:MN}", lambda a, b: months(a, b)),
    AtomRule("list-of-days", "Q", "ngày? {pairs:DAYS} ( DSEP | / năm | năm ) {y:YN}", _days_of),
    AtomRule("list-of-days-without-year", "q", "ngày? {pairs:DLIST} !/", _days_of_year),
    *_list("list-of-quarters", "quý {listed:QLIST}", lambda q: quarters(q, q)),
    *_list("list-of-months", "( tháng | t ) {listed:MLIST}", lambda m: months(m, m)),
]
define("QLIST", "QN ( ( AND | , và | ; và ) quý? QN )+")
define("DM", "DN / MN")
define("DAYS", "DM ( ( AND | , và | ; và ) ngày? DM )+")
define("DLIST", "DM ( ( AND | , và | ; và ) ngày? DM ) ( ( AND | , và | ; và ) ngày? DM )+")
define("MLIST", "MN ( ( AND | , và | ; và ) ( tháng | t )? MN !/ )+")

PARTS = [
    *_part("day-of-month", "ngày {d:DN} ( DSEP | tháng | / tháng ) {m:MN}", lambda d, m: month_day(m, d)),
    *_part("day-month", "{d:DN} / {m:MN}", _bare_day, unless="!/"),
    *_part("day-tháng-month", "{d:DN} tháng {m:MN}", lambda d, m: month_day(m, d), unless="!lần !năm"),
    *_part("start-of-month", f"đầu {_MONTH}", lambda m: point(m, 1)),
    *_part("middle-of-month", f"giữa {_MONTH}", lambda m: point(m, 15)),
    *_part("end-of-month", f"( cuối | ngày cuối | ngày cuối cùng của ) {_MONTH}", lambda m: point(m, -1)),
    *_part("first-ten-days", f"thượng tuần {_MONTH}", lambda m: Part((m, 1), (m, 10))),
    *_part("second-ten-days", f"trung tuần {_MONTH}", lambda m: Part((m, 11), (m, 20))),
    *_part("last-ten-days", f"hạ tuần {_MONTH}", lambda m: Part((m, 21), (m, -1))),
    *_part("first-week", f"tuần đầu ( tiên )? ( của )? {_MONTH}", lambda m: _week(1, m)),
    *_part("week-of-month", f"tuần thứ? {{n:QN}} OF? {_MONTH}", _week),
    *_part("last-week", f"tuần cuối ( cùng )? ( của )? {_MONTH}", lambda m: Part((m, 21), (m, -1))),
    *_part("first-weeks", f"{{n:QN}} tuần đầu ( tiên )? OF? {_MONTH}", _first_weeks),
    *_part("first-days", f"{{n:DN}} ngày đầu ( tiên )? OF? {_MONTH}", _first_days),
    *_part("first-half-of-month", f"nửa đầu ( của )? {_MONTH}", lambda m: Part((m, 1), (m, 15))),
    *_part("second-half-of-month", f"( nửa cuối | nửa sau ) ( của )? {_MONTH}", lambda m: Part((m, 16), (m, -1))),
    *_part("turn-in-month", f"( đợt | lần ) <oab> {_MONTH}", lambda m: months(m, m)),
    *_part("month", _MONTH, lambda m: months(m, m)),
    *_part("start-of-quarter", f"đầu {_QUARTER}", lambda q: point(3 * q - 2, 1)),
    *_part("middle-of-quarter", f"giữa {_QUARTER}", lambda q: point(3 * q - 1, 15)),
    *_part("end-of-quarter", f"cuối {_QUARTER}", lambda q: point(3 * q, -1)),
    *_part("quarter", _QUARTER, lambda q: quarters(q, q)),
    *_part("glued-quarter", "{q:QGLUED}", lambda q: quarters(q, q)),
    *_part("first-quarter", "quý đầu ( tiên )? ( của )?", lambda: quarters(1, 1), bare=False),
    *_part("last-quarter", "quý cuối ( cùng )? ( của )?", lambda: quarters(4, 4), bare=False),
    *_part("rest-of-year", "( những | các ) tháng ( cuối | còn lại ) ( của )?", lambda: point(12, 31), bare=False),
    *_part("first-quarters", "{n:QN} quý đầu", lambda n: quarters(1, n) if n < 4 else None),
    *_part("first-months", f"{_N} đầu", _first_months),
    *_part("last-months", f"{_N} cuối", _last_months),
    *_part("first-half", "( nửa đầu | nửa năm đầu )", lambda: months(1, 6)),
    *_part("second-half", "( nửa cuối | nửa sau | nửa năm cuối )", lambda: months(7, 12)),
    *_part("start-of-year", "đầu", lambda: point(1, 1), bare=False),
    *_part("middle-of-year", "giữa", lambda: point(6, 30), bare=False),
    *_part("end-of-year", "cuối", lambda: point(12, 31), bare=False),
]

OF_SOME_YEAR = [
    AtomRule("first-months-without-year", "p", f"{_N} đầu năm", _first_months),
    AtomRule("last-months-without-year", "p", f"{_N} cuối năm", _last_months),
    AtomRule("first-half-without-year", "p", "nửa đầu năm", lambda: months(1, 6)),
    AtomRule("second-half-without-year", "p", "( nửa cuối năm | nửa sau năm )", lambda: months(7, 12)),
    AtomRule("start-of-year-without-year", "p", "đầu năm !học", lambda: point(1, 1)),
    AtomRule("middle-of-year-without-year", "p", "giữa năm !học", lambda: point(6, 30)),
    AtomRule("end-of-year-without-year", "p", "cuối năm !học", lambda: point(12, 31)),
]

YEARS = [
    AtomRule("day-months-two-digit-year", "P", "ngày? {d:DN} / {m:MN} / {yy:YY}", _two_digit, confidence=0.8),
    AtomRule("day-or-months", "P", "{a:MN} - {b:MN} / {y:YN}", _day_or_months, rival=True),
    AtomRule("months-or-day", "R", "{a:MN} - {b:MN} / {y:YN}", _months_of, rival=True),
    AtomRule("date", "P", "{d:DN} DSEP {m:MN} DSEP {y:YN}", lambda d, m, y: day_of(y, m, d)),
    AtomRule("iso-date", "P", "ngày? {y:YN} DSEP {m:MN} DSEP {d:DN}", lambda d, m, y: day_of(y, m, d)),
    AtomRule("month-year", "P", "{m:MN} DSEP {y:YN}", lambda m, y: _months_of(m, m, y)),
    AtomRule("so-many-months-of-year", "P", "{n:MN} tháng năm {y:YN}", _so_many_months),
    AtomRule(
        "year",
        "P",
        "( năm ( ngân sách | tài chính | kế hoạch )? | các năm | những năm )? {y:YN}",
        lambda y: years(y, y),
    ),
]
