"""Which rules read one stretch of words as a clause."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from deadlines.grammar import (
    rules_conditions,
    rules_dates,
    rules_inside,
    rules_ongoing,
    rules_reports,
    rules_rhythms,
    rules_years,
)
from deadlines.grammar.first import ANY
from deadlines.grammar.pattern import define, expression
from deadlines.grammar.reduction import ATOMS
from deadlines.grammar.rule import ClauseRule

CLAUSES: list[ClauseRule] = [
    *rules_dates.RULES,
    *rules_inside.RULES,
    *rules_years.RULES,
    *rules_rhythms.RULES,
    *rules_reports.RULES,
    *rules_ongoing.RULES,
    *rules_conditions.RULES,
]

define(
    "TURN",
    "( ( đợt | lần | bước | vòng | giai đoạn ) ( thứ )? ( <oab> | ( iv | iii | ii | i ) | một | hai | ba ) )",
)
define(
    "LEAD",
    """( thời gian | thời hạn | thời điểm | tiến độ | mốc | lộ trình | áp dụng | vận hành | thi hành
    | hoàn thành | hoàn thiện | hoàn tất
    | xong | thực hiện | triển khai | tổ chức
    | phấn đấu | tiếp tục | ban hành | trình | báo cáo | gửi | nộp | dự kiến | khoảng | cơ bản
    | phải | ( thời gian )? yêu cầu | cụ thể | và | toàn bộ
    | kéo dài | hạn ( nộp | báo cáo | gửi | trình | hoàn thành ) | bảo đảm | đảm bảo | quyết tâm
    | cố gắng | tại | kỳ họp ( thường lệ | chuyên đề )? ( hđnd tỉnh | hội đồng nhân dân tỉnh )? !<p> | DOC :
    | ( a | b | c | d | đ | e ) RP
    | ( riêng )? WHOM ( : )? | riêng WC+ | việc | : | - | + | "
    | ( <oabcnx> % ) | đạt <oabcnx> % | TURN | WEEKDAY , )""",
)
define("WEEKDAY", "( ( ngày )? thứ ( hai | ba | tư | năm | sáu | bảy ) | chủ nhật )")
define(
    "WHOM",
    """( đối với ( các | những | toàn bộ )* ( cấp ( tỉnh | xã | cơ sở ) | sở | ban | ngành | xã | phường | đặc khu
    | địa phương | cơ quan | đơn vị | tỉnh | ủy ban nhân dân | ubnd | đặc biệt khó khăn | miền núi | còn lại
    | , | và )+ )""",
)
define(
    "REMARK",
    "( LP ( qua | bằng | bản | kèm | bao gồm | theo mẫu | đối với | dành cho ) WC+ RP? | WHOM )",
)
define(
    "BACK",
    """( LEAD | TURN | LP WEEKDAY | REMARK | ACTC | VERB WC* | , | LP | RP | AIM | nếu có | theo quy định ( WC* )?
    | theo kế hoạch ( đề ra | được duyệt | được giao )?
    | đã đề ra | là ( chậm nhất | muộn nhất ) | " | thường xuyên cập nhật )""",
)
_NOTE = re.compile(f"(?:{expression('( VERB W* | ORG W*? VERB W* | trong đó | riêng | cụ thể | LEAD )')})")


@dataclass(frozen=True, slots=True)
class Span:
    """One clause as some rule reads it; groups and ends count signs of the reduced text."""

    rule: ClauseRule | None
    first: int
    last: int
    groups: dict[str, tuple[int, int]]
    flags: frozenset[str] = frozenset()
    """"tentative" and "carrying-out", where the words around the date say so."""


_NOT_ATOMS = re.compile(f"[^{''.join({rule.sign for rule in ATOMS} - {'D'})}]+")
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
