"""Rules for clauses that come again, go on all the time, or name no date at all."""

from __future__ import annotations

from dataclasses import replace

from deadlines.grammar.clause import Clause, Piece
from deadlines.grammar.pattern import define
from deadlines.grammar.rule import ClauseRule
from deadlines.grammar.values import HALF_YEARLY, MONTHLY, YEARLY, Part, Rhythm, months
from deadlines.text import bare
from deadlines.types import Ongoing, Recurring, Term, Unspecified

define(
    "ONGOING",
    """( thường xuyên | liên tục | duy trì | lâu dài | quanh năm | suốt năm | xuyên suốt | thường kỳ
    | hằng giờ
    | thường nhật | không thời hạn | trong suốt quá trình | theo tiến độ thường xuyên )""",
)
define(
    "URGENT",
    """( ngay ( lập tức )? | làm ngay | khẩn trương | kịp thời | sớm ( nhất )? | càng sớm càng tốt
    | cấp bách | gấp
    | nhanh chóng
    | ngay ( và ) luôn | sớm hoàn thành | đúng tiến độ | đúng thời gian | đúng hạn | đúng lộ trình
    | bảo đảm tiến độ | đảm bảo tiến độ )""",
)
define(
    "OPEN",
    """( ( chưa | không ) ( xác định | có | ấn định ) ( thời gian | thời hạn | cụ thể )?
    | theo lộ trình ( cụ thể | đề ra | chung )?
    | theo quy định ( hiện hành | của pháp luật | chung | của luật )? | theo ( đúng )? tiến độ ( đề ra
    | chung | được duyệt | được giao | của ( dự án | đề án ) | dự án | thực tế )?
    | theo ( đúng )? kế hoạch ( đề ra | chung | riêng | năm | hằng năm | được duyệt | được giao | cụ thể
    | chi tiết )? | theo ( đúng )? thời gian quy định
    | theo thời hạn quy định | theo yêu cầu ( nhiệm vụ | thực tế | công việc | thực tiễn )
    | theo thực tế | theo tình hình thực tế | theo đợt | từng đợt
    | theo từng đợt | theo chương trình ( công tác )?
    | theo nhiệm vụ ( được giao )? | theo chức năng ( , )? nhiệm vụ ( được giao )? | trong ( cả
    | suốt )? ( giai đoạn | nhiệm kỳ | thời kỳ ) | cả ( giai đoạn | nhiệm kỳ )
    | thời gian tới | trong thời gian tới | thời gian tiếp theo | giai đoạn tiếp theo | các năm tiếp theo
    | những năm tiếp theo | khi có điều kiện | theo thời điểm
    | theo từng thời điểm | theo từng nội dung | theo từng nhiệm vụ | theo từng năm
    | tùy ( theo )? ( tình hình | điều kiện ) ( thực tế )? )""",
)
define(
    "PHASES",
    "( theo | qua | trong | và | cho | ở )* từng ( giai đoạn | thời kỳ | nhiệm kỳ ) ( của tỉnh "
    "| của địa phương | cụ thể | ORG W* | của ORG W* )?",
)
define("BEF", "( ATMOST | BYWORD | xong )* trước ( ngày )?")
define("AIM", "( để | nhằm | phục vụ | cho ) WC+")


def _term(rhythm: Rhythm, clause: Clause, **more: object) -> Recurring:
    return Recurring(rule=rhythm.rule, tentative="tentative" in clause.flags, **more)  # type: ignore[arg-type]


def _every(clause: Clause) -> Term:
    return _term(clause["e"], clause)


def _before(rhythm: Rhythm, clause: Clause) -> Term | None:
    day_before = rhythm.day_before
    return _term(day_before, clause, named_rule=rhythm.rule) if day_before else None


def _before_every(clause: Clause) -> Term | None:
    return _before(clause["e"], clause) if clause["e"].dated else None


def _part_every(clause: Clause) -> Term | None:
    rhythm: Rhythm = clause["e"] if clause.has("e") else YEARLY
    part: Part = clause["p"]
    if not _takes_day(rhythm, part):
        return None
    return _term(rhythm.on(part), clause)


def _before_part_every(clause: Clause) -> Term | None:
    rhythm: Rhythm = clause["e"] if clause.has("e") else YEARLY
    part: Part = clause["p"]
    if not _takes_day(rhythm, part):
        return None
    if part.day:
        return _before(rhythm.on(part), clause)
    month, day = part.day_before
    return _term(rhythm.on(Part((month, day), (month, day))), clause)


def _takes_day(rhythm: Rhythm, part: Part | None = None) -> bool:
    """A date of the year goes with a yearly rhythm; one in June or December also with "định kỳ 6 tháng"."""
    halves = part is not None and part.last[0] in HALF_YEARLY.months and rhythm == HALF_YEARLY
    return halves or (rhythm.unit == "year" and rhythm.months == (12,))


def _several(parts: tuple[Part, ...], clause: Clause, before: bool) -> tuple[Term, ...] | None:
    """Days of every year, one rule for those that are the same day of their months."""
    days = dict.fromkeys(part.last[1] for part in parts)
    made = [_same_day(parts, day, clause, before) for day in days]
    return tuple(term for term in made if term) if all(made) else None


def _same_day(parts: tuple[Part, ...], day: int, clause: Clause, before: bool) -> Term | None:
    months_of_day = tuple(sorted(part.last[0] for part in parts if part.last[1] == day))
    rhythm = Rhythm("year", months_of_day, day, dated=True)
    return _before(rhythm, clause) if before else _term(rhythm, clause)


def _list_every(clause: Clause) -> tuple[Term, ...] | None:
    if clause.has("e") and not _takes_day(clause["e"]):
        return None
    if not clause.has("e") and not all(part.day for part in clause["p"]):
        return None
    return _several(clause["p"], clause, clause.has("before"))


def _two_every(clause: Clause) -> tuple[Term, ...] | None:
    if not clause.has("e") and not (clause["p"].day and clause["o"].day):
        return None
    return _several((clause["p"], clause["o"]), clause, clause.has("before"))


def _until(clause: Clause) -> Term:
    return _term(clause["e"], clause, until=clause["a"].end)


def _since(clause: Clause) -> Term:
    return _term(clause["e"], clause, start=clause["a"].start)


def _since_until(clause: Clause) -> Term | None:
    if clause["a"].start > clause["b"].end:
        return None
    return _term(clause["e"], clause, start=clause["a"].start, until=clause["b"].end)


def _each_year_of(clause: Clause) -> Term | None:
    """ "tháng 6 các năm 2026 - 2030": the part of every year from the first to the last."""
    first, last = clause["a"], clause["b"]
    whole = all((years.start.month, years.end.month) == (1, 12) for years in (first, last))
    if not whole or first.start >= last.start:
        return None
    return _term(YEARLY.on(clause["p"]), clause, start=first.start, until=last.end)


def _unit_with_day(clause: Clause) -> Term | None:
    """ "6 tháng (trước ngày 15/6)", "năm (trước 15/12)": the printed day is the report's."""
    return _before_part_every(clause) if clause.has("before") else _part_every(clause)


def _half_with_day(clause: Clause) -> Term | None:
    """ "6 tháng đầu năm (trước ngày 15/6)" """
    return _unit_with_day(clause) if clause["h"] in (months(1, 6), months(7, 12)) else None


def _unit_with_rhythm(clause: Clause) -> Term | None:
    return _before_every(clause) if clause.has("before") else _every(clause)


def _same_unit(clause: Clause) -> Term | None:
    """ "hằng quý (trước ngày 20 tháng cuối quý)": the second rhythm gives the day of the first."""
    exact: Rhythm = clause["e"]
    if not exact.dated or (exact.unit, len(exact.months)) != (clause["f"].unit, len(clause["f"].months)):
        return None
    return _before(exact, clause) if clause.has("before") else _term(exact, clause)


def _month_day(clause: Clause) -> Term | None:
    """ "hằng tháng (trước ngày 20)" """
    day = int(clause.text("d"))
    if clause["e"] != MONTHLY or day > 28:
        return None
    rhythm = Rhythm("month", (), day, dated=True)
    return _before(rhythm, clause) if clause.has("before") else _term(rhythm, clause)


def _day_of_last_month(clause: Clause) -> Term | None:
    """ "hằng quý (trước ngày 20 tháng cuối kỳ báo cáo)" """
    rhythm: Rhythm = clause["e"]
    day = int(clause.text("d"))
    if rhythm.unit not in ("month", "year") or rhythm.interval > 1 or rhythm.dated or day > 28:
        return None
    exact = Rhythm(rhythm.unit, rhythm.months, day, dated=True)
    return _before(exact, clause) if clause.has("before") else _term(exact, clause)


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
    terms = [_before(one, clause) if clause.has("before") else _term(one, clause) for one in made]
    return tuple(term for term in terms if term)


def _ongoing(_: Clause) -> Term:
    return Ongoing()


def _open(clause: Clause) -> Piece:
    return Piece(terms=(Unspecified(),), tentative="lo trinh" in bare(clause.text("open").lower()))


def _phases(clause: Clause) -> Piece:
    return Piece(phases=clause.text("phases"))


def _maybe(_: Clause) -> Piece:
    return Piece(tentative=True)


def _steady(_: Clause) -> Piece:
    return Piece(phases="")


define("LPQ", "( LP | : | là | vào | , )*")
define(
    "DAYOFLAST",
    "( {before:BEF} | BY ) ( ngày )? {d:DN} ( của )? tháng cuối ( cùng )? ( của )? kỳ ( báo cáo )?",
)
define("NEXTYEAR", "( ( của )? năm ( sau | kế tiếp | tiếp theo | liền kề ) )")
define("OFREPORT", "( LP | đối với | cho | là )+ ( báo cáo | PERIODIC | sơ kết | tổng kết )+")
define("TWODAYS", "( {before:BEF} | BY ) ( các )? ngày? {d:DN} ( AND | , và )+ ( BEF )? ngày? {f:DN}")
define("TWODAYSTILL", "( {before:BEF} | BY ) ( các )? ngày? {d:DN} ( AND | , và )+ ( BEF )?")
define("UNITWORD", "( tháng | quý | cả? năm )")
define("REPORT", "( ( báo cáo | PERIODIC | EACH | sơ kết | tổng kết | đối với )+ W*? )")


def _units(unit: str) -> list[ClauseRule]:
    """ "năm (trước ngày 15/12)", "quý: ngày 20 tháng cuối quý" """
    return [
        ClauseRule(
            "unit-with-date", f"REPORT? {unit} LPQ ( {{before:BEF}} | BY ) {{p:p}} NEXTYEAR? RP?", _unit_with_day
        ),
        ClauseRule(
            "unit-with-yearly-date",
            f"REPORT? {unit} LPQ ( {{before:BEF}} | BY ) {{p:p}} {{e:E}} RP?",
            _unit_with_day,
        ),
        ClauseRule(
            "unit-with-rhythm", f"REPORT? {unit} LPQ ( {{before:BEF}} | BY ) {{e:E}} RP?", _unit_with_rhythm
        ),
    ]


RULES = [
    ClauseRule("every", "( PERIODIC ( , | ACTC )? )? BY QUOTED {e:E}", _every),
    ClauseRule("hour-of-every", "( BY | trước )* HOUR ( ngày )? {e:E}", _every),
    ClauseRule("before-every", "PERIODIC? BEF {e:E}", _before_every),
    ClauseRule("date-every-year", "( FROM | BY | PERIODIC )* {p:p} ( , | LP )? {e:E} RP?", _part_every),
    ClauseRule("before-date-every-year", "BEF {p:p} ( , | LP )? {e:E} RP?", _before_part_every),
    ClauseRule(
        "every-year-by-date",
        "BY {e:E} ( , | : | LP | / )* ( ACTOR? ACTC )? ( , )? BY {p:p} NEXTYEAR? ( AIM )?",
        _part_every,
    ),
    ClauseRule(
        "every-year-before-date",
        "BY {e:E} ( , | : | LP )* ( ACTOR? ACTC )? ( , )? BEF {p:p} NEXTYEAR? ( AIM )?",
        _before_part_every,
    ),
    ClauseRule("date-to-date-every-year", "( FROM | BY )* {o:p} TILL {p:p} ( , )? {e:E}", _part_every),
    ClauseRule("range-every-year", "( FROM | BY )* {p:r} ( , )? {e:E}", _part_every),
    ClauseRule(
        "part-of-each-year", "BY {p:p} ( PHASE | BY | , | LP )* {a:P} TILL {b:P} RP?", _each_year_of, final=True
    ),
    ClauseRule("days-every-year", "( {before:BEF} ( các ngày? )? | BY ) {p:q} ( , )? {e:E}", _list_every),
    ClauseRule("days-a-year", "( {before:BEF} ( các ngày? )? | BY ) {p:q}", _list_every, family="days"),
    ClauseRule(
        "days-every-year", "BY {e:E} ( , | : | LP )* ( {before:BEF} ( các ngày? )? | BY ) {p:q}", _list_every
    ),
    ClauseRule(
        "two-days-every-year",
        "PERIODIC? ( {before:BEF} | BY ) {p:p} ( AND | TO | BEF | , và )+ {o:p} ( , )? {e:E}",
        _two_every,
    ),
    ClauseRule(
        "two-days-every-year",
        "BY {e:E} ( , | : | LP | ACTC )* ( {before:BEF} | BY ) {p:p} ( AND | BEF | , và )+ {o:p}",
        _two_every,
    ),
    ClauseRule(
        "two-days-a-year", "PERIODIC? ( {before:BEF} | BY ) {p:p} ( và | AND và )+ ( BEF )? {o:p}", _two_every
    ),
    ClauseRule("every-until", "BY {e:E} ( , )? ( TILL | BY ) {a:P}", _until),
    ClauseRule("every-since", "BY {e:E} ( , | LP )* FROM {a:P} ( ONWARD )?", _since),
    ClauseRule("every-from-to", "BY {e:E} ( , | LP )* FROM {a:P} TILL {b:P}", _since_until),
    *_units("UNITWORD"),
    *_units("{u:U}"),
    ClauseRule("date-of-unit", "( {before:BEF} | BY ) {p:p} OFREPORT UNITWORD RP?", _unit_with_day),
    ClauseRule("date-of-unit", "( {before:BEF} | BY ) {p:p} OFREPORT {u:U} RP?", _unit_with_day),
    ClauseRule("two-days-of-every-month", "TWODAYS ( , )? {e:E}", _two_days_monthly),
    ClauseRule("two-days-of-every-month", "BY {e:E} LPQ TWODAYS RP?", _two_days_monthly),
    ClauseRule("two-days-of-every-month", "TWODAYSTILL {e:E}", _two_days),
    ClauseRule("half-year-with-date", "REPORT? {h:p} LPQ ( {before:BEF} | BY ) {p:p} RP?", _half_with_day),
    ClauseRule("every-on-day", "BY {f:E} LPQ BY {e:E} RP?", _same_unit),
    ClauseRule("every-before-day", "BY {f:E} LPQ {before:BEF} {e:E} RP?", _same_unit),
    ClauseRule("month-day", "BY {e:E} LPQ ( {before:BEF} | BY ) ( ngày )? {d:DN} RP?", _month_day),
    ClauseRule("every-on-day-of-last-month", "BY REPORT? {e:E} LPQ DAYOFLAST RP?", _day_of_last_month),
    ClauseRule("every-on-day-of-last-month", "BY DAYOFLAST LPQ REPORT? {e:E} RP?", _day_of_last_month),
    ClauseRule("steadily", "( liên tục | và duy trì | duy trì )", _steady, family="steady"),
    ClauseRule(
        "ongoing",
        "( trong | và | theo | nhiệm vụ | công việc | hoạt động )* ONGOING+ ( ACTC "
        "| W+ )? ( trong ( cả | suốt )? năm )?",
        _ongoing,
        family="steady",
    ),
    ClauseRule("periodic", "( theo )? định kỳ ( và thường xuyên | , thường xuyên )?", _ongoing),
    ClauseRule("periodic-act", "{phases:định kỳ ( ACTC | W+ )}", _phases),
    ClauseRule("urgent", "( URGENT | thực hiện )* URGENT ( ACTC )?", lambda clause: Unspecified()),
    ClauseRule("no-date", "{open:OPEN}", _open),
    ClauseRule("phases", "{phases:PHASES}", _phases),
    ClauseRule("tentative", "( dự kiến | tạm thời | ước | khoảng )", _maybe),
]
