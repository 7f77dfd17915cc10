"""Deadlines inside running text, where most dates are those of cited documents and most numbers are quantities.

A phrase is looked for only where one can begin ("trước ngày", "quý", "đến năm", "hằng", "sau khi" …) and is
taken as long as it reads. Left out are the dates of documents, the years in titles of schemes ("Chiến lược …
đến năm 2030"), years that compare ("so với năm 2025") and bare numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deadlines.grammar.lexer import Lexed, lex
from deadlines.grammar.pattern import expression
from deadlines.grammar.reader import read
from deadlines.grammar.reduction import Reduced, reduce
from deadlines.grammar.values import HALF_YEARLY, MONTHLY, QUARTERLY, YEARLY
from deadlines.text import Printed, normalise
from deadlines.types import Deadline, Fixed, OpenStart, Range, Recurring, Unspecified

LONGEST_PHRASE = 48
"""In words."""
MOST_TRIES = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A deadline phrase; `span` counts characters of the printed text, end exclusive."""

    span: tuple[int, int]
    text: str
    deadline: Deadline


_SENTENCE = re.compile(r"[.;!?…](?=\s|$|\")|\n(?=\s*(?:[-+•*#|]|\d+[.)]|[a-zđ]\)))|[“”|*\t]|\.\s*\n")
_LEADING = """( phấn đấu | tầm nhìn | thời gian | chậm nhất | muộn nhất | không muộn hơn | không quá
    | hạn cuối | ít nhất | tối thiểu
    | hoàn thành | hoàn thành trong | xong | kết thúc | dự kiến | định kỳ | thực hiện | trong | đến | tới
    | hết | vào | từ | kể từ | giai đoạn
    | trước | trước ngày | sau | cuối | là | ngày | bắt đầu )*"""
_OPENINGS = re.compile(
    expression(
        f"""( {_LEADING} ( <PpQqRrE> ) | thường xuyên kiểm tra | thực hiện thường xuyên
    | triển khai thường xuyên
        | ( định kỳ | báo cáo )* <U> LP? ( trước | chậm nhất | ngày ) | ( ngay )? sau khi | khi có
    | đột xuất | theo lộ trình của | <U> ( kể | sau ) | ( trong
    | trong vòng | trong thời hạn )+ <U> ( kể | sau ) )"""
    )
)
_BARE = re.compile("[PpRrQq]")
_TITLE = re.compile(
    expression(
        """( chiến lược | chương trình | đề án | quy hoạch | kế hoạch | dự án | phong trào | khung
    | nghị quyết | quyết định | luật
        | mục tiêu quốc gia | chỉ thị | kết luận | báo cáo | danh mục )"""
    )
)
_NOT_TITLE = re.compile(expression("( ; | : | hoàn thành | phấn đấu | chậm nhất | trước | xong | LP )"))
_AFTER_PAUSE = re.compile(expression("( , | ; | : | LP | - )$"))
_BINDING = re.compile(
    expression(
        "( trong | trước | chậm nhất | muộn nhất | hoàn thành | xong | phấn đấu | thực hiện "
        "| hết | kết thúc | không quá | hạn )"
    )
)
_COMPARES = re.compile(
    expression("( so với | cùng kỳ | so | như | của | là | kể cả | bằng | tại | hơn | qua | gần | dịp | D | số )$")
)
_CITED = re.compile(expression("( <D> ( , )? | số <oabcnx> ( , )? )$"))
_QUANTITY = re.compile(
    expression("( tuổi | người | hộ | % | tỷ | triệu | đồng | bác | giường | xã | km | ha | ngày tuổi )")
)


def find(text: str) -> tuple[Found, ...]:
    """Every deadline phrase of a text, in printed order; never overlapping."""
    printed = normalise(text)
    found: list[Found] = []
    start = 0
    for stop in [*_SENTENCE.finditer(printed.folded), None]:
        end = stop.start() if stop else len(printed.folded)
        if end > start:
            found.extend(_in_sentence(printed, start, end))
        start = stop.end() if stop else end
    return tuple(found)


def _in_sentence(printed: Printed, start: int, end: int) -> Iterator[Found]:
    lexed = lex(Printed(text="", folded=printed.folded[start:end]))
    reduced = reduce(lexed.signs)[0] if lexed.signs else None
    if reduced is None:
        return
    position = 0
    for opening in _OPENINGS.finditer(reduced.signs):
        first = opening.start()
        if first < position or not _may_open(reduced.signs, opening):
            continue
        title = _in_title(reduced.signs, opening)
        for last in _ends(reduced.signs, opening):
            words = (reduced.at[first], reduced.at[last])
            hit = _read(printed, lexed, start, words)
            if hit and not (title and _only_periods(hit.deadline)):
                last, hit = _shortest(printed, lexed, start, reduced, opening, last, hit)
                yield hit
                position = last
                break


def _shortest(
    printed: Printed, lexed: Lexed, start: int, reduced: Reduced, opening: re.Match[str], last: int, hit: Found
) -> tuple[int, Found]:
    """The same deadline in fewer words: "đến năm 2030", without what is to be reached by then."""
    for end in reversed(_ends(reduced.signs, opening)):
        if end >= last:
            break
        shorter = _read(printed, lexed, start, (reduced.at[opening.start()], reduced.at[end]))
        if (
            shorter
            and shorter.deadline.terms == hit.deadline.terms
            and shorter.text.count("(") <= shorter.text.count(")")
        ):
            return end, shorter
    return last, hit


def _may_open(signs: str, opening: re.Match[str]) -> bool:
    before, words = signs[: opening.start()], opening.group()
    if _CITED.search(before) or _QUANTITY.match(signs, opening.end()):
        return False
    return not (_BARE.fullmatch(words) and _COMPARES.search(before))


def _in_title(signs: str, opening: re.Match[str]) -> bool:
    """Whether the words just before are the name of a scheme that goes on into its years."""
    before = signs[: opening.start()]
    if _BINDING.search(opening.group()) or _AFTER_PAUSE.search(before):
        return False
    titles = list(_TITLE.finditer(before))
    return bool(titles) and not _NOT_TITLE.search(before, titles[-1].end())


def _ends(signs: str, opening: re.Match[str]) -> list[int]:
    """Where the phrase may end: at the atoms, commas and brackets after its opening, the farthest first."""
    limit = min(len(signs), opening.start() + LONGEST_PHRASE)
    stops = {opening.end()}
    stops |= {i + 1 for i in range(opening.end(), limit) if signs[i] in "PpQqRrEU"}
    stops |= {
        match.start()
        for match in re.finditer(expression("( , | LP | RP | để | và )"), signs[:limit])
        if match.start() > opening.end()
    }
    stops |= {match.end() for match in re.finditer(expression("RP"), signs[:limit]) if match.end() > opening.end()}
    stops.add(limit)
    ordered = sorted(stops, reverse=True)
    return ordered if len(ordered) <= MOST_TRIES else [*ordered[: MOST_TRIES - 4], *ordered[-4:]]


def _read(printed: Printed, lexed: Lexed, start: int, words: tuple[int, int]) -> Found | None:
    first, last = words
    if last <= first:
        return None
    begin, end = start + lexed.starts[first], start + lexed.end(last - 1)
    text = printed.words(begin, end)
    reading = read(text)
    if not isinstance(reading, Deadline) or reading.confidence < 1 or not _worth(reading):
        return None
    if _is_bare(reading, lexed.words[first:last]) and (
        _DAY.match(reading.evidence[-1].rule)
        or lexed.words[first] in ("th", "t", "q")
        or not _starts_clause(printed.folded, begin)
    ):
        return None
    return Found(span=printed.span(begin, end), text=text, deadline=reading)


_VAGUE = frozenset(
    {"periodic", "periodic-act", "urgent", "no-date", "note", "tentative", "reference", "within-the-year"}
)
_DAY = re.compile("date|day-")
"""Rules for single days: without a word such as "trước" they are days of documents and events."""
_BY_ITSELF = frozenset({"by-period", "by-period-without-year", "every", "from-to", "list-of-periods"})


def _worth(deadline: Deadline) -> bool:
    """Whether it says when; a cell of its own may say less."""
    if all(isinstance(term, Unspecified) for term in deadline.terms):
        return False
    return not any(evidence.rule in _VAGUE for evidence in deadline.evidence)


def _only_periods(deadline: Deadline) -> bool:
    return all(isinstance(term, Fixed | Range | OpenStart) for term in deadline.terms)


def _is_bare(deadline: Deadline, words: list[str]) -> bool:
    """Only names of a time ("năm 2026", "hằng năm"), with no word that makes a deadline of it."""
    if "lần" in words:
        return False
    if words[0] in ("hằng", "hàng", "mỗi"):
        rules = [term.rule for term in deadline.terms if isinstance(term, Recurring)]
        return rules[:1] in ([YEARLY.rule], [QUARTERLY.rule], [MONTHLY.rule], [HALF_YEARLY.rule])
    if deadline.evidence[0].rule not in _BY_ITSELF:
        return False
    if deadline.evidence[0].words == deadline.evidence[-1].words and _DAY.match(deadline.evidence[-1].rule):
        return True
    return words[0].isdigit() or words[0] in ("quý", "năm", "tháng", "cuối", "đầu", "giữa", "ngày", "th", "t", "q")


def _starts_clause(folded: str, begin: int) -> bool:
    before = folded[:begin].rstrip()
    return not before or before[-1] in ',;.:(-–+*|#"“' or before.endswith((" trong", " thực hiện"))
