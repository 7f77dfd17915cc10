"""Duties in prose: sentences outside the tables that give somebody a deadline."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from deadlines.grammar import find_conditions
from plans.document import Document, Paragraph
from plans.labelled import Labelled, join_labelled, read_labelled
from plans.prose_agencies import agency_heading, marker_and_text, partners_of, subject_of
from plans.prose_spans import Span, deadline_spans
from plans.spelling import fold, is_upper
from plans.table_rows import Marker, bare, marker_of
from plans.types import TableKind, Task

_SENTENCE_END = re.compile(r"(?<=[^.\d\s][.!?])\s+(?=[A-ZÀ-ỸĐ“\"])|(?<=\d\.)\s+(?=[A-ZÀ-ỸĐ])")
_CLAUSE_END = re.compile(r";\s*")
_END = re.compile(r"^\W*(?:Nơi nhận|NƠI NHẬN|PHỤ LỤC|Phụ lục)\b")
_SKIPPED = re.compile(r"^\W*(?:Trên đây là|Căn cứ\s|\(?(?:Ban hành )?[Kk]èm theo)")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_AFTER = re.compile(r"\b(?:sau khi|ngay khi)\s", re.IGNORECASE)
_EACH = re.compile(r"^\W*(?P<each>[Hh](?:ằng|àng)\s+(?:năm|quý|tháng|tuần))\s*,")
_SAYS_EACH = re.compile(rf"(?:hằng|hàng|mỗi|định kỳ|thường xuyên)\b|{_YEAR.pattern}", re.IGNORECASE)
_LEVELS = {Marker.ROMAN: 1, Marker.LETTER: 1, Marker.ARABIC: 2, Marker.SMALL: 6, Marker.DASH: 7}
_PROSE = 9
_LONGEST = 20_000
"""Longer paragraphs are no prose; they are looked through in pieces of so many characters."""
_SENTENCE = 3000
"""In longer sentences each deadline keeps only the words from the deadline before it."""


@dataclass(slots=True)
class _Context:
    """Headings and agencies above a paragraph, by level; a smaller level stands higher."""

    headings: dict[int, str] = field(default_factory=dict)
    agencies: dict[int, str] = field(default_factory=dict)

    def enter(self, level: int) -> None:
        for names in (self.headings, self.agencies):
            for deeper in [at for at in names if at >= level]:
                del names[deeper]

    @property
    def heading(self) -> str | None:
        return self.headings[max(self.headings)] if self.headings else None

    @property
    def agency(self) -> str | None:
        return self.agencies[max(self.agencies)] if self.agencies else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Duties:
    tasks: tuple[Task, ...] = ()
    repeated: int = 0
    """How many duties were printed more than once and are kept once."""


def read_duties(document: Document, *, title: str | None = None, since: int | None = None) -> Duties:
    """The duties of all paragraphs. `title` is no duty; years before `since` are history."""
    context = _Context()
    found: dict[tuple[str, str], Task] = {}
    repeated = 0
    for paragraph in _prose(document, title):
        for task in _duties(paragraph, context, since):
            key = (fold(task.title), fold(task.deadline_text or ""))
            repeated += key in found
            if key not in found or (task.section and not found[key].section):
                found[key] = task
    return Duties(tasks=tuple(found.values()), repeated=repeated)


def _prose(document: Document, title: str | None) -> Iterator[Paragraph]:
    titled = fold(title or "")
    for at, block in enumerate(join_labelled(document.blocks)):
        if not isinstance(block, Paragraph) or _SKIPPED.match(block.text):
            continue
        if _END.match(block.text):
            if len(block.text) < 60:
                return_after = [b for b in document.blocks[at:] if isinstance(b, Paragraph) and _opens_part(b)]
                if not return_after:
                    return
            continue
        opening = at < 25 and block.text.endswith(":") and not marker_and_text(block.text)[0]
        if (titled and fold(block.text) in titled) or opening:
            continue
        for start in range(0, len(block.text), _LONGEST):
            yield replace(block, text=block.text[start : start + _LONGEST])


def _opens_part(paragraph: Paragraph) -> bool:
    marker, rest = marker_and_text(paragraph.text)
    return marker_of(marker) is Marker.ROMAN and is_upper(rest)


def _duties(paragraph: Paragraph, context: _Context, since: int | None) -> Iterator[Task]:
    marker, text = marker_and_text(paragraph.text)
    level = _level(marker, paragraph)
    if level < _PROSE:
        context.enter(level)
    if labelled := read_labelled(text):
        yield _labelled_duty(paragraph, marker, labelled, context)
        return
    named = agency_heading(paragraph.text)
    spans = [span for span in deadline_spans(text) if not _is_history(text[span.start : span.end], since)]
    spans = spans or _conditional(text)
    if _is_heading(paragraph, marker, text, spans):
        context.headings[level] = paragraph.text
        if named:
            context.agencies[level] = named
        return
    subject = subject_of(text) or (None if spans and text.endswith((".", ";", ")")) else named)
    if subject and level < _PROSE:
        context.agencies[level] = subject
    for sentence, inside in _sentences(text, spans):
        subject = subject_of(sentence) or subject
        for title, span in _clauses(sentence, inside):
            yield _duty(paragraph, marker, title, span, sentence, subject, context)


def _conditional(text: str) -> list[Span]:
    """Where nothing but a condition says when ("… sau khi có hướng dẫn của Bộ Tài chính")."""
    if len(text) > _SENTENCE or not _AFTER.search(text):
        return []
    found = []
    for words in find_conditions(text):
        at = text.find(words)
        if at >= 0 and not words.startswith("("):
            found.append(Span(start=at, end=at + len(words)))
    return found


def _labelled_duty(paragraph: Paragraph, marker: str, labelled: Labelled, context: _Context) -> Task:
    lead = labelled.lead or context.agency
    return Task(
        table=TableKind.DUTIES,
        number=bare(marker) if marker_of(marker) not in (Marker.DASH, Marker.NONE) else "",
        title=labelled.title,
        place=paragraph.place,
        section=context.heading,
        lead_text=lead,
        coordinating_text=labelled.coordinating,
        product=labelled.product,
        deadline_text=labelled.deadline,
        conditions=find_conditions(labelled.title),
        confidence=0.9 if lead else 0.6,
        doubts=() if lead else ("Không rõ cơ quan phải thực hiện.",),
    )


def _level(marker: str, paragraph: Paragraph) -> int:
    kind = marker_of(marker)
    if kind is Marker.ARABIC:
        return 2 + bare(marker).count(".")
    if kind in _LEVELS:
        return _LEVELS[kind]
    return 1 if paragraph.heading or is_upper(paragraph.text) else _PROSE


def _is_heading(paragraph: Paragraph, marker: str, text: str, spans: Sequence[Span]) -> bool:
    if paragraph.heading or is_upper(text):
        return True
    kind = marker_of(marker)
    if kind in (Marker.DASH, Marker.NONE):
        return not spans and len(text) < 120 and agency_heading(paragraph.text) == text.rstrip(" :.")
    return len(text) < 160 and not text.endswith((".", ";")) and not any(span.hard for span in spans)


def _is_history(words: str, since: int | None) -> bool:
    years = [int(year) for year in _YEAR.findall(words)]
    return since is not None and bool(years) and max(years) < since


def _sentences(text: str, spans: Sequence[Span]) -> Iterator[tuple[str, list[Span]]]:
    """The sentences that hold deadlines, each with its spans counted from its own beginning."""
    starts = [span.start for span in spans]
    cuts = [0, *_cuts(_SENTENCE_END, text, spans), len(text)]
    for start, end in pairwise(cuts):
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        if first < last:
            yield text[start:end].strip(), [_moved(span, start) for span in spans[first:last]]


def _cuts(ends: re.Pattern[str], text: str, spans: Sequence[Span]) -> list[int]:
    """Where the text may be cut without cutting the words of a deadline; the spans come in order, apart."""
    starts = [span.start for span in spans]
    found = []
    for end in ends.finditer(text):
        at = bisect_left(starts, end.start()) - 1
        if at < 0 or end.start() >= spans[at].end:
            found.append(end.end())
    return found


def _moved(span: Span, by: int) -> Span:
    return Span(start=span.start - by, end=span.end - by, bracketed=span.bracketed, hard=span.hard)


def _clauses(sentence: str, spans: Sequence[Span]) -> Iterator[tuple[str, Span]]:
    """Each deadline with the words that it belongs to: the sentence, or its own part of it."""
    if len(spans) == 1:
        yield sentence, spans[0]
        return
    cuts = {0, len(sentence), *_cuts(_CLAUSE_END, sentence, spans)}
    for span in spans[1:]:
        if not span.bracketed and sentence[max(0, span.start - 9) : span.start].rstrip().endswith(","):
            cuts.add(span.start)
    if len(sentence) > _SENTENCE:
        cuts |= {span.end for span in spans}
    bounds = sorted(cuts)
    for span in spans:
        start = bounds[bisect_right(bounds, span.start) - 1]
        end = bounds[bisect_left(bounds, span.end)]
        yield sentence[start:end].strip(" ,;"), span


def _words(sentence: str, span: Span) -> str:
    """The words of a deadline, with the rhythm that opens its sentence ("Hằng năm, các sở … trước ngày 20/11")."""
    words = sentence[span.start : span.end]
    each = _EACH.match(sentence[: span.start])
    return f"{each['each']}, {words}" if each and not _SAYS_EACH.search(words) else words


def _duty(
    paragraph: Paragraph, marker: str, title: str, span: Span, sentence: str, subject: str | None, context: _Context
) -> Task:
    lead = subject or context.agency
    doubts = []
    if lead is None:
        doubts.append("Không rõ cơ quan phải thực hiện.")
    if not span.hard:
        doubts.append("Mốc thời gian nằm trong câu văn xuôi, có thể chỉ là mục tiêu chung.")
    number = bare(marker) if marker_of(marker) not in (Marker.DASH, Marker.NONE) else ""
    return Task(
        table=TableKind.DUTIES,
        number=number,
        title=title,
        place=paragraph.place,
        section=context.heading,
        lead_text=lead,
        coordinating_text=partners_of(title),
        deadline_text=_words(sentence, span),
        conditions=tuple(
            found
            for found in find_conditions(title)
            if f"đột xuất {found}" not in title and found != sentence[span.start : span.end]
        ),
        confidence=0.9 if not doubts else 0.7 if lead else 0.6,
        doubts=tuple(doubts),
    )
