"""From words to clauses: which rules read which stretch, with the fewest clauses that cover the text.

Everything here depends on the shape of a text (its signs) and not on its numbers or names, so shapes that
come again are looked up. All work is bounded: texts of more than `LONGEST` words are not tried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from deadlines.grammar import atoms, rhythms, rules_conditions, rules_dates, rules_rhythms
from deadlines.grammar.first import ANY
from deadlines.grammar.pattern import define, expression
from deadlines.grammar.rule import AtomRule, ClauseRule

LONGEST = 110
MOST_CLAUSES = 12
MOST_STARTS = 24
MOST_PATHS = 16

ATOMS: list[AtomRule] = [
    AtomRule("document", "D", "<D> ( , )? ( ( ra | ký | ban hành ) )? ngày <oabc> ( DSEP | tháng "
    "| / tháng ) <oab> ( DSEP | năm | / năm ) <Y>", lambda: None),
    *rhythms.DATED,
    *[rule for rule in atoms.RANGES if rule.sign.isupper()],
    *[rule for rule in atoms.YEARS if rule.name in ("day-or-months", "months-or-day", "date")],
    *[rule for rule in atoms.PARTS if rule.sign == "P"],
    *[rule for rule in atoms.YEARS if rule.name not in ("day-or-months", "months-or-day", "date", "year")],
    *rhythms.EVERY,
    *[rule for rule in atoms.RANGES if rule.sign.islower()],
    *atoms.OF_SOME_YEAR,
    *[rule for rule in atoms.PARTS if rule.sign == "p"],
    *rhythms.SPANS,
    *[rule for rule in atoms.YEARS if rule.name == "year"],
]  # fmt: skip
CLAUSES: list[ClauseRule] = [*rules_dates.RULES, *rules_rhythms.RULES, *rules_conditions.RULES]

define(
    "LEAD",
    """( thời gian | thời hạn | thời điểm | tiến độ | mốc | lộ trình | áp dụng | vận hành | thi hành
    | hoàn thành | hoàn thiện | hoàn tất
    | xong | thực hiện | triển khai | tổ chức
    | phấn đấu | tiếp tục | ban hành | trình | báo cáo | gửi | nộp | dự kiến | khoảng | cơ bản | bắt đầu
    | phải | ( thời gian )? yêu cầu | cụ thể | và | toàn bộ
    | kéo dài | DOC : | việc | : | - | + | " | ( <oabcnx> % ) | đạt <oabcnx> % )""",
)
define(
    "BACK",
    """( LEAD | ACTC | VERB WC* | , | LP | RP | AIM | nếu có | theo quy định ( WC* )?
    | theo kế hoạch ( đề ra | được duyệt | được giao )?
    | đã đề ra | là ( chậm nhất | muộn nhất ) | " | thường xuyên cập nhật )""",
)
_NOTE = re.compile(f"(?:{expression('( VERB W* | ORG W*? VERB W* | trong đó | riêng | cụ thể | LEAD )')})")


@dataclass(frozen=True, slots=True)
class Atom:
    rule: AtomRule
    first: int
    last: int
    numbers: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Reduced:
    """A text with its atoms put together: `at[i]` is the first word of sign i, `atoms` by sign."""

    signs: str
    at: tuple[int, ...]
    atoms: dict[int, Atom]


@dataclass(frozen=True, slots=True)
class Span:
    """One clause as some rule reads it; groups and ends count signs of the reduced text."""

    rule: ClauseRule | None
    first: int
    last: int
    groups: dict[str, tuple[int, int]]
    flags: frozenset[str] = frozenset()
    """"tentative" and "carrying-out", where the words around the date say so."""


_RIVALS = [rule for rule in ATOMS if rule.rival]
for _atom in ATOMS:
    _ = _atom.source  # teaches the lexer the rule's words


@lru_cache(maxsize=1024)
def _atoms_from(sign: str) -> tuple[re.Pattern[str], tuple[AtomRule, ...]] | None:
    """The atoms that can begin with a sign, as one expression."""
    rules = tuple(rule for rule in ATOMS if sign in rule.first)
    return (re.compile("|".join(f"({rule.source})" for rule in rules)), rules) if rules else None


def reduce(signs: str) -> list[Reduced]:
    """The atoms of a text, longest first; several ways only where words mean two things."""
    ways: list[list[tuple[int, int, AtomRule]]] = [[]]
    position = 0
    while position < len(signs):
        known = _atoms_from(signs[position])
        match = known[0].match(signs, position) if known else None
        if known is None or match is None:
            position += 1
            continue
        rule = known[1][(match.lastindex or 1) - 1]
        choices = [other for other in _RIVALS if other.regex.fullmatch(match.group())] if rule.rival else [rule]
        ways = [[*way, (position, match.end(), choice)] for way in ways for choice in choices][:4]
        position = match.end()
    return [_put_together(signs, way) for way in ways]


def _put_together(signs: str, found: list[tuple[int, int, AtomRule]]) -> Reduced:
    out: list[str] = []
    at: list[int] = []
    atoms_by_sign: dict[int, Atom] = {}
    position = 0
    for start, end, rule in found:
        out.append(signs[position:start])
        at.extend(range(position, start))
        match = rule.regex.match(signs, start)
        groups = tuple((name, *match.span(name)) for name in rule.regex.groupindex) if match else ()
        atoms_by_sign[len(at)] = Atom(rule, start, end, groups)
        at.append(start)
        out.append(rule.sign)
        position = end
    out.append(signs[position:])
    at.extend(range(position, len(signs) + 1))
    return Reduced("".join(out), tuple(at), atoms_by_sign)


@lru_cache(maxsize=8192)
def shape(signs: str) -> tuple[Reduced, ...]:
    """The signs with their atoms put together; more than one where words mean two things."""
    return tuple(reduce(signs)) if len(signs) <= LONGEST else ()


Cover = tuple[Span, ...]


@lru_cache(maxsize=8192)
def as_one_clause(signs: str) -> tuple[Cover, ...]:
    starts, ends = _starts(signs)
    size = len(signs)
    stops = sorted({*ends.get(size, ()), size})
    return tuple((span,) for span in _between(signs, starts[0], stops))


_SEPARATOR = re.compile(
    expression(
        '( , | ; | . | : | LP | RP | / | + | & | - | " | và | hoặc | đồng thời | sau đó | cũng như '
        "| riêng | trong đó | kết hợp )+"
    )
)
_STARTER = re.compile(
    expression(
        "( sau khi | ngay sau | khi có | theo | thường xuyên | liên tục | định kỳ | đột xuất | trước "
        "| từ <P> | ( đến | chậm nhất ) <P> | và | bắt đầu | dự kiến | trong vòng <U> "
        "| trong? giai đoạn | ( trong | đến | từ | hết | vào )+ <PpRQ> | <U> ( kể | sau ) )"
    )
    + "|(?<=[PpQE])[PpQER]|(?<=[PpQR])(?:"
    + expression("( hoàn thành | báo cáo | trình | triển khai | thực hiện | tổ chức )")
    + ")|[E]"
)


def _starts(signs: str) -> tuple[list[int], dict[int, list[int]]]:
    """Where clauses may begin, and for each beginning the places where the one before may have ended."""
    ends: dict[int, list[int]] = {}
    leading = _SEPARATOR.match(signs)
    first = leading.end() if leading else 0
    for separator in _SEPARATOR.finditer(signs, first):
        ends.setdefault(separator.end(), []).append(separator.start())
    for starter in _STARTER.finditer(signs, first + 1):
        ends.setdefault(starter.start(), [starter.start()])
    return [first, *sorted(ends)], ends


Paths = list[Cover]


@lru_cache(maxsize=8192)
def as_clauses(signs: str) -> tuple[Cover, ...]:
    """The cheapest covers: a clause costs two, and one more where nothing separates it from the one before."""
    starts, ends = _starts(signs)
    size = len(signs)
    ends[size] = sorted({*ends.get(size, ()), size})
    starts = [start for start in starts if start < size]
    if len(starts) > MOST_STARTS or not starts:
        return ()
    best: dict[int, tuple[int, Paths]] = {starts[0]: (0, [()])}
    for position, start in enumerate(starts):
        if start not in best:
            continue
        cost, paths = best[start]
        cost += 3 if position and ends[start] == [start] else 2
        for stop in [*starts[position + 1 :], *([size] if position else [])]:
            if stop not in best or best[stop][0] >= cost:
                spans = [span for span in _between(signs, start, ends[stop]) if not (span.rule and span.rule.alone)]
                _extend(best, stop, cost, paths, spans)
    return tuple(best[size][1]) if size in best else ()


def _between(signs: str, start: int, ends: list[int]) -> list[Span]:
    """The clauses up to the first of these ends that any rule reads; closing signs belong to none if they can."""
    return next((spans for end in ends if end > start and (spans := clauses(signs, start, end))), [])


def _extend(best: dict[int, tuple[int, Paths]], stop: int, cost: int, paths: Paths, spans: list[Span]) -> None:
    longer = [(*path, span) for path in paths if len(path) < MOST_CLAUSES for span in spans]
    if not longer:
        return
    if stop in best and best[stop][0] == cost:
        longer = [*best[stop][1], *longer]
    best[stop] = (cost, longer[:MOST_PATHS])


_NOT_ATOMS = re.compile("[^PpQqRrEU]+")
_BY_NEEDS: dict[str, list[ClauseRule]] = {}
for _rule in CLAUSES:
    _BY_NEEDS.setdefault(_rule.needs, []).append(_rule)
    expression(_rule.pattern)  # the lexer has to know the words of every rule before the first text
_LEAD = re.compile(expression("LEAD"))
_DOING = re.compile(f"(?P<actor>{expression('ACTOR')})??(?P<doing>{expression('VERB W*')})")
_TAIL = re.compile(expression("BACK*"))
_BACK_OFF = 6
"""So many words at the end of a free passage may belong to what follows ("… chậm nhất là")."""
Front = tuple[int, dict[str, tuple[int, int]]]


def _fronts(signs: str, first: int, last: int) -> list[Front]:
    """Where a clause's own words may begin, after the words that say what is done and by whom."""
    fronts: list[Front] = [(first, {})]
    position = first
    while (lead := _LEAD.match(signs, position, last)) and lead.end() > position:
        position = lead.end()
        fronts.append((position, {}))
    doing = _DOING.match(signs, first, last)
    if doing:
        groups = {name: doing.span(name) for name in ("actor", "doing") if doing[name]}
        start = doing.start("doing")
        ends = range(doing.end(), max(start + 1, doing.end() - _BACK_OFF), -1)
        fronts.extend((end, {**groups, "doing": (start, end)}) for end in ends)
    return fronts


@lru_cache(maxsize=4096)
def _rules(needs: str, sign: str) -> tuple[ClauseRule, ...]:
    """The rules for these atoms that can begin with a sign."""
    return tuple(rule for rule in _BY_NEEDS.get(needs, ()) if sign in rule.first or ANY in rule.first)


def clauses(signs: str, first: int, last: int) -> list[Span]:
    """The rules that read exactly these signs, each with the least that has to stand before its own words."""
    needs = _NOT_ATOMS.sub("", signs[first:last])
    found: dict[str, Span] = {}
    families: set[str] = set()
    for start, before in _fronts(signs, first, last) if needs in _BY_NEEDS else ():
        if start == last:
            continue
        here: set[str] = set()
        for rule in _rules(needs, signs[start]):
            if rule.name in found or rule.family in families | here:
                continue
            span = _clause(rule, signs, first, last, start, before)
            if span:
                found[rule.name] = span
                if rule.family:
                    here.add(rule.family)
        families |= here
    if not found and not needs and _NOTE.fullmatch(signs, first, last):
        return [Span(None, first, last, {})]
    return list(found.values())


def _clause(
    rule: ClauseRule, signs: str, first: int, last: int, start: int, before: dict[str, tuple[int, int]]
) -> Span | None:
    match = rule.regex.fullmatch(signs, start, last)
    groups = dict(before)
    if not match:
        match = rule.regex.match(signs, start, last)
        if not match or match.end() == start or not _TAIL.fullmatch(signs, match.end(), last):
            return None
        groups["tail"] = (match.end(), last)
    groups.update({name: match.span(name) for name, text in match.groupdict().items() if text is not None})
    return Span(rule, first, last, groups, _flags(signs, first, start, last))


_DOUBT = re.compile(expression("( dự kiến | khoảng | lộ trình | kỳ họp )"))
_CARRYING_OUT = re.compile(expression("( thực hiện | triển khai )") + "$")
_A_TIME = re.compile(expression("thời gian"))


def _flags(signs: str, first: int, start: int, last: int) -> frozenset[str]:
    lead = signs[first:start]
    flags = set()
    if _DOUBT.search(signs, first, last):
        flags.add("tentative")
    if _CARRYING_OUT.search(lead) and not _A_TIME.search(lead):
        flags.add("carrying-out")
    return frozenset(flags)


__all__ = [
    "ATOMS",
    "CLAUSES",
    "Atom",
    "Reduced",
    "Span",
    "as_clauses",
    "as_one_clause",
    "clauses",
    "reduce",
    "shape",
]
