"""From words to clauses: which rules read which stretch, with the fewest clauses that cover the text.

Everything here depends on the shape of a text (its signs) and not on its numbers or names, so shapes that
come again are looked up. All work is bounded: texts of more than `LONGEST` words are not tried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from deadlines.grammar import atoms, rhythms, rules_conditions, rules_dates, rules_rhythms, words
from deadlines.grammar.pattern import define, expression
from deadlines.grammar.rule import AtomRule, ClauseRule

LONGEST = 110
MOST_CLAUSES = 12
MOST_STARTS = 24

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
    """( thời gian | thời hạn | thời điểm | tiến độ | mốc | lộ trình | hoàn thành | hoàn thiện | hoàn tất
    | xong | thực hiện | triển khai | tổ chức
    | phấn đấu | tiếp tục | ban hành | trình | báo cáo | gửi | nộp | dự kiến | khoảng | cơ bản | bắt đầu
    | phải | ( thời gian )? yêu cầu | cụ thể | và | toàn bộ
    | việc | : | - | + | " | ( <oabcnx> % ) | đạt <oabcnx> % )""",
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
    core: int
    groups: dict[str, tuple[int, int]]


_ATOM = re.compile("|".join(f"(?P<A{i}>{rule.source})" for i, rule in enumerate(ATOMS)))
_RIVALS = [rule for rule in ATOMS if rule.rival]


def reduce(signs: str) -> list[Reduced]:
    """The atoms of a text, longest first; several ways only where words mean two things."""
    ways: list[list[tuple[int, int, AtomRule]]] = [[]]
    for match in _ATOM.finditer(signs):
        rule = ATOMS[int((match.lastgroup or "A0")[1:])]
        choices = [other for other in _RIVALS if other.regex.fullmatch(match.group())] if rule.rival else [rule]
        ways = [[*way, (match.start(), match.end(), choice)] for way in ways for choice in choices][:4]
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
def shape(signs: str) -> tuple[tuple[Reduced, tuple[tuple[Span, ...], ...]], ...]:
    """Every way to cover the signs with the fewest clauses."""
    if len(signs) > LONGEST:
        return ()
    return tuple((reduced, _cover(reduced.signs)) for reduced in reduce(signs))


_SEPARATOR = re.compile(
    expression(
        '( , | ; | . | : | LP | RP | / | + | & | - | " | và | hoặc | đồng thời | sau đó | cũng như '
        "| riêng | trong đó | kết hợp )+"
    )
)
_STARTER = re.compile(
    expression(
        "( sau khi | ngay sau | khi có | theo | thường xuyên | liên tục | định kỳ | đột xuất | trước "
        "| từ <P> | ( đến | chậm nhất ) <P> | và | bắt đầu | dự kiến | trong vòng <U> | <U> ( kể | sau ) )"
    )
    + "|(?<=[PpQE])[PpQER]|(?<=[PpQR])(?:"
    + expression("( hoàn thành | báo cáo | trình | triển khai | thực hiện | tổ chức )")
    + ")|[E]"
)


def _starts(signs: str) -> tuple[list[int], dict[int, list[int]]]:
    """Where clauses may begin, and for each beginning the places where the one before may have ended."""
    ends: dict[int, list[int]] = {}
    first = 0
    leading = _SEPARATOR.match(signs)
    if leading:
        first = leading.end()
    for separator in _SEPARATOR.finditer(signs, first):
        ends.setdefault(separator.end(), []).append(separator.start())
    for starter in _STARTER.finditer(signs, first + 1):
        if starter.start() not in ends:
            ends.setdefault(starter.start(), []).append(starter.start())
    return [first, *sorted(ends)], ends


def _cover(signs: str) -> tuple[tuple[Span, ...], ...]:
    starts, ends = _starts(signs)
    size = len(signs)
    if starts[-1] == size:
        stops = ends[size]
        starts.pop()
    else:
        stops = []
    ends.setdefault(size, []).append(size)
    ends[size] = sorted({*ends[size], *stops})
    if len(starts) > MOST_STARTS or not starts:
        return ()
    best: dict[int, tuple[int, list[tuple[Span, ...]]]] = {starts[0]: (0, [()])}
    for position, start in enumerate(starts):
        if start not in best:
            continue
        count, paths = best[start]
        if count >= MOST_CLAUSES:
            continue
        for stop in [*starts[position + 1 :], size]:
            if stop in best and best[stop][0] < count + 1:
                continue
            spans = [span for end in ends[stop] if end > start for span in clauses(signs, start, end)]
            if spans:
                longer = [(*path, span) for path in paths for span in spans][:16]
                if stop in best and best[stop][0] == count + 1:
                    longer = [*best[stop][1], *longer][:16]
                best[stop] = (count + 1, longer)
    return tuple(best[size][1]) if size in best and best[size][0] else ()


_NOT_ATOMS = re.compile("[^PpQqRrEU]+")
_BY_NEEDS: dict[str, list[ClauseRule]] = {}
for _rule in CLAUSES:
    _BY_NEEDS.setdefault(_rule.needs, []).append(_rule)
    expression(_rule.pattern)  # the lexer has to know the words of every rule before the first text
_FRONT = f"(?:(?P<lead>{expression('LEAD*')})|(?P<actor>{expression('ACTOR')})??(?P<doing>{expression('ACT')}))"
_TAIL = f"(?P<tail>{expression('BACK*')})"


@lru_cache(maxsize=1024)
def _regex(rule: ClauseRule) -> re.Pattern[str]:
    return re.compile(f"{_FRONT}(?P<core>{expression(rule.pattern)}){_TAIL}")


def clauses(signs: str, first: int, last: int) -> list[Span]:
    """The rules that read exactly these signs."""
    needs = _NOT_ATOMS.sub("", signs[first:last])
    found: list[Span] = []
    families: set[str] = set()
    for rule in _BY_NEEDS.get(needs, ()):
        if rule.family in families:
            continue
        match = _regex(rule).fullmatch(signs, first, last)
        if match:
            groups = {name: match.span(name) for name, text in match.groupdict().items() if text is not None}
            found.append(Span(rule, first, last, match.start("core"), groups))
            if rule.family:
                families.add(rule.family)
    if not found and not needs and _NOTE.fullmatch(signs, first, last):
        found.append(Span(None, first, last, first, {}))
    return found


__all__ = ["ATOMS", "CLAUSES", "Atom", "Reduced", "Span", "clauses", "reduce", "shape", "words"]
