"""Rules for clauses that come again."""

from __future__ import annotations

import re
from dataclasses import replace

from deadlines.grammar.clause import Clause
from deadlines.grammar.pattern import define
from deadlines.grammar.rule import ClauseRule
from deadlines.grammar.values import HALF_YEARLY, YEARLY, Part, Rhythm
from deadlines.types import Recurring, Term

define("BEF", "( ATMOST | BYWORD | xong )* trước ( ngày )?")
define("BETWEEN", "( AND | BEF | , và | TURN : ? )")
define(
    "NAMEDDAY",
    "( nhân | vào | trong | dịp | hưởng ứng | chào mừng | kỷ niệm | tổ chức )* "
    "( ngày | tháng | tuần lễ | tuần ) !ban !ký !làm !có ( W | , W )+",
)
define("AIM", "( để | nhằm | phục vụ | cho ) WC+")


def due(rhythm: Rhythm, clause: Clause, **more: object) -> Recurring:
    return Recurring(rule=rhythm.rule, tentative="tentative" in clause.flags, **more)  # type: ignore[arg-type]


def every(clause: Clause) -> Term:
    return due(clause["e"], clause)


def _every_at_hour(clause: Clause) -> Term | None:
    """ "hằng ngày, trước 16 giờ": the hour of the day, not a length of time."""
    return every(clause) if re.search(r"\b(?:giờ|h)\b", clause.text("u")) else None


def due_before(rhythm: Rhythm, clause: Clause) -> Term | None:
    day_before = rhythm.day_before
    return due(day_before, clause, named_rule=rhythm.rule) if day_before else None


def before_every(clause: Clause) -> Term | None:
    return due_before(clause["e"], clause) if clause["e"].dated else None


def part_every(clause: Clause) -> Term | None:
    rhythm: Rhythm = clause["e"] if clause.has("e") else YEARLY
    part: Part = clause["p"]
    if not _takes_day(rhythm, part):
        return None
    if clause.has("before"):
        return before_part_every(clause)
    return due(rhythm.on(part), clause)


def before_part_every(clause: Clause) -> Term | None:
    rhythm: Rhythm = clause["e"] if clause.has("e") else YEARLY
    part: Part = clause["p"]
    if not _takes_day(rhythm, part):
        return None
    if part.day:
        return due_before(rhythm.on(part), clause)
    month, day = part.day_before
    return due(rhythm.on(Part((month, day), (month, day))), clause)


def _part_every_since(clause: Clause) -> Term | None:
    """ "quý I hằng năm từ 2027" """
    made = part_every(clause)
    return replace(made, start=clause["a"].start) if isinstance(made, Recurring) else None


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
    return due_before(rhythm, clause) if before else due(rhythm, clause)


def _list_every(clause: Clause) -> tuple[Term, ...] | None:
    if clause.has("e") and not (_takes_day(clause["e"]) or _so_many(clause["e"], clause["p"])):
        return None
    if not clause.has("e") and not all(part.day for part in clause["p"]):
        return None
    return _several(clause["p"], clause, clause.has("before"))


def _so_many(rhythm: Rhythm, parts: tuple[Part, ...]) -> bool:
    """ "02 lần/năm (tháng 5 và tháng 11)": the list says when the times are."""
    return rhythm.unit == "year" and not rhythm.dated and len(rhythm.months) == len(parts)


def _two_every(clause: Clause) -> tuple[Term, ...] | None:
    if not clause.has("e") and not (clause["p"].day and clause["o"].day):
        return None
    if "trước" in clause.text("between").lower() and not clause.has("before"):
        return None
    return _several((clause["p"], clause["o"]), clause, clause.has("before"))


def _until(clause: Clause) -> Term:
    return due(clause["e"], clause, until=clause["a"].end)


def _since(clause: Clause) -> Term:
    return due(clause["e"], clause, start=clause["a"].start)


def _since_until(clause: Clause) -> Term | None:
    if clause["a"].start > clause["b"].end:
        return None
    return due(clause["e"], clause, start=clause["a"].start, until=clause["b"].end)


def _each_year_of(clause: Clause) -> Term | None:
    """ "tháng 6 các năm 2026 - 2030": the part of every year from the first to the last."""
    first, last = clause["a"], clause["b"]
    if not (first.whole_year and last.whole_year) or first.start >= last.start:
        return None
    return due(YEARLY.on(clause["p"]), clause, start=first.start, until=last.end)


RULES = [
    ClauseRule("every", "( PERIODIC ( , | ACTC )? )? BY QUOTED {e:E}", every),
    ClauseRule("hour-of-every", "( BY | trước )* HOUR ( ngày )? {e:E}", every),
    ClauseRule("every-at-hour", "BY {e:E} ( , | LP )? ( BY | trước )* {u:U} RP?", _every_at_hour),
    ClauseRule("before-every", "PERIODIC? BEF {e:E}", before_every),
    ClauseRule(
        "date-every-year",
        "( FROM | BY | PERIODIC )* ( trước? HOUR ngày? )? {p:p} ( , | LP )? {e:E} RP?",
        part_every,
    ),
    ClauseRule(
        "date-every-year-since",
        "( {before:BEF} | ( BY | PERIODIC )* ) {p:p} {e:E} FROM {a:P} ONWARD?",
        _part_every_since,
        final=True,
    ),
    ClauseRule("named-day-every-year", "NAMEDDAY ( LP | : | ngày )* {p:p} RP? ( , )? {e:E}", part_every),
    ClauseRule(
        "named-day-every-year",
        "NAMEDDAY ( LP | : | , | từ | ngày )* {o:p} TILL {p:p} RP? ( , )? {e:E}",
        part_every,
    ),
    ClauseRule("before-date-every-year", "BEF {p:p} ( , | LP )? {e:E} RP?", before_part_every),
    ClauseRule(
        "every-year-by-date",
        "BY {e:E} ( , | : | LP | / )* ( ACTOR? ACTC )? ( , )? BY ( trước? HOUR ngày? )? {p:p} NEXTYEAR? ( AIM )?",
        part_every,
    ),
    ClauseRule(
        "every-year-before-date",
        "BY {e:E} ( , | : | LP )* ( ACTOR? ACTC )? ( , )? BEF {p:p} NEXTYEAR? ( AIM )?",
        before_part_every,
    ),
    ClauseRule("date-to-date-every-year", "( FROM | BY )* {o:p} TILL {p:p} ( , )? {e:E}", part_every),
    ClauseRule("range-every-year", "( FROM | BY )* {p:r} ( , )? {e:E}", part_every),
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
        "PERIODIC? ( TURN : ? )? ( {before:BEF} | BY ) {p:p} {between:( TO | BETWEEN )+} {o:p} NEXTYEAR? ,? {e:E}",
        _two_every,
    ),
    ClauseRule(
        "two-days-every-year",
        "BY {e:E} ( , | : | LP | ACTC | TURN )* ( {before:BEF} | BY ) {p:p} {between:BETWEEN+} {o:p} NEXTYEAR?",
        _two_every,
    ),
    ClauseRule(
        "two-days-a-year",
        "PERIODIC? ( {before:BEF} | BY ) {p:p} ( và | AND và )+ ( BEF )? {o:p} NEXTYEAR?",
        _two_every,
    ),
    ClauseRule("every-until", "BY {e:E} ( , )? ( TILL | BY ) {a:P}", _until),
    ClauseRule("every-since", "BY {e:E} ( , | LP )* FROM {a:P} ( ONWARD )?", _since),
    ClauseRule("every-from-to", "BY {e:E} ( , | LP )* FROM {a:P} TILL {b:P}", _since_until),
]
