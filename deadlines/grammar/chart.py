"""From words to clauses: the covers of a text with the fewest clauses.

Everything here depends on the shape of a text (its signs) and not on its numbers or names, so shapes that
come again are looked up. All work is bounded: texts of more than `LONGEST` words are not tried.
"""

from __future__ import annotations

import re
from functools import lru_cache

from deadlines.grammar.clauses import Span, clauses
from deadlines.grammar.pattern import expression
from deadlines.grammar.reduction import Reduced, reduce

LONGEST = 80
MOST_CLAUSES = 12
MOST_STARTS = 16
MOST_PATHS = 8


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


_HANGING = re.compile(expression("( từ | đến | tới | trong | vào )"))
"""A word that asks for more: nothing ends after it ("đến | khi có quy định mới")."""


def _starts(signs: str) -> tuple[list[int], dict[int, list[int]]]:
    """Where clauses may begin, and for each beginning the places where the one before may have ended."""
    ends: dict[int, list[int]] = {}
    leading = _SEPARATOR.match(signs)
    first = leading.end() if leading else 0
    for separator in _SEPARATOR.finditer(signs, first):
        ends.setdefault(separator.end(), []).append(separator.start())
    for starter in _STARTER.finditer(signs, first + 1):
        if not _HANGING.fullmatch(signs, starter.start() - 1, starter.start()):
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
