"""Pieces of a cell become agencies of a day: qualifiers find their names, groups their members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from deadlines.directory_cell import read_clause
from deadlines.directory_index import Entry, Index
from deadlines.directory_layout import clauses, printed, remarks
from deadlines.directory_pieces import Part, Piece, whole
from deadlines.directory_text import Break, Token, name_key, tokens
from deadlines.directory_types import Candidate, CellReading, Doubtful, Match, Unmatched, Via
from deadlines.directory_words import COORDINATION, EXCEPTION, LEADING, RELATED

FUZZY_CUTOFF = 80.0
"""Words less like a name than this are unknown; words more like it are shown with it, never taken for it."""
_SHOWN = 5
_DEPTH = 3
_MARKS = {phrase: name_key(phrase) for phrase in (COORDINATION, LEADING, EXCEPTION, RELATED)}


class Agencies(Protocol):
    """What a reading asks of the directory."""

    @property
    def index(self) -> Index: ...
    def name(self, code: str) -> str: ...
    def resolve(self, code: str, on: date) -> tuple[str, ...]: ...
    def expand(self, group: str, on: date, issued: date | None = None) -> tuple[str, ...]: ...
    def exists(self, code: str, on: date) -> bool: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Whose agencies on which day; `issued` is the plan's day, for names that changed hands."""

    on: date
    issued: date
    province: str | None = None
    heads: tuple[str, ...] = ()
    depth: int = 0


@dataclass(slots=True)
class _Answer:
    matches: list[Match] = field(default_factory=list)
    ambiguous: list[Doubtful] = field(default_factory=list)
    unknown: list[Unmatched] = field(default_factory=list)
    enumeration: int = 0
    """Where, in `matches`, the enumeration began that a closing "liên quan" is said of."""
    coordinating: bool = False


def read(text: str, directory: Agencies, question: Question) -> CellReading:
    """Never raises, whatever the text holds."""
    found = tokens(text)
    ends = remarks(found)
    answer = _Answer()
    heads, header = question.heads, False
    for clause, colon in clauses(found, ends):
        pieces = read_clause(clause, directory.index, question.province, heads)
        before = len(answer.matches)
        _Clause(text, found, pieces, directory, question, answer).read()
        if header and before and len(answer.matches) > before and not answer.matches[-1].group:
            del answer.matches[before - 1]
        header = colon and bool(answer.matches) and answer.matches[-1].group is not None
        heads = _heads(pieces) or heads
    if found and not (answer.matches or answer.ambiguous or answer.unknown):
        _say_unread(text, found, answer)
    return CellReading(
        text=text,
        on=question.on,
        matches=tuple(answer.matches),
        ambiguous=tuple(answer.ambiguous),
        unknown=tuple(answer.unknown),
    )


def _heads(pieces: Sequence[Piece]) -> tuple[str, ...]:
    named = [piece for piece in pieces if piece.part is Part.NAME]
    return named[-1].entries[0].heads if named else ()


def _say_unread(text: str, found: Sequence[Token], answer: _Answer) -> None:
    words = [token for token in found if token.key]
    if words:
        span = (words[0].start, words[-1].end)
        answer.unknown.append(Unmatched(words=printed(text, span), span=span))


def _moved(span: tuple[int, int], offset: int) -> tuple[int, int]:
    return span[0] + offset, span[1] + offset


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    tokens: Sequence[Token]
    pieces: Sequence[Piece]
    directory: Agencies
    question: Question
    answer: _Answer

    def read(self) -> None:
        self.answer.enumeration = len(self.answer.matches)
        pieces = tuple(whole(self.pieces))
        for position, piece in enumerate(pieces):
            match piece.part:
                case Part.NAME:
                    self._name(piece)
                case Part.UNREAD:
                    self._unread(piece)
                case Part.QUALIFIER:
                    self._qualifier(piece)
                case Part.REMARK:
                    self._remark(piece)
                case Part.CONNECTOR | Part.TITLE:
                    self._connector(piece, last=position == len(pieces) - 1)

    def _span(self, piece: Piece) -> tuple[int, int]:
        """A group's name is quoted with its "các"."""
        first = piece.start
        if piece.entries and piece.entries[0].group and first and self.tokens[first - 1].plural:
            first -= 1
        return self.tokens[first].start, self.tokens[piece.end - 1].end

    def _key(self, piece: Piece) -> str:
        return "".join(t.key for t in self.tokens[piece.start : piece.end] if not t.joiner)

    def _name(self, piece: Piece) -> None:
        span = self._span(piece)
        entry, codes = self._chosen(piece.entries)
        if piece.opened or not entry or not entry.group:
            self.answer.enumeration = len(self.answer.matches)
        if entry is None:
            self._doubt(span, [(code, 100.0) for code in codes])
            return
        self.answer.matches.append(
            Match(
                words=printed(self.text, span),
                span=span,
                via=self._via(entry, piece, codes),
                agencies=codes,
                code=None if entry.group else entry.target,
                group=entry.target if entry.group else None,
                coordinating=self.answer.coordinating,
            )
        )
        if self._key(piece).endswith(_MARKS[RELATED]):
            self._say(RELATED, self.answer.enumeration)

    def _via(self, entry: Entry, piece: Piece, codes: tuple[str, ...]) -> Via:
        if entry.group:
            return Via.GROUP
        if codes != (entry.target,):
            return Via.SUCCESSOR
        if piece.folded:
            return Via.FOLD
        written = self._key(piece) == entry.key
        return entry.via if written else Via.ALIAS

    def _chosen(self, entries: tuple[Entry, ...]) -> tuple[Entry | None, tuple[str, ...]]:
        """The one that is meant and its agencies of the day; or None and the codes of all that may be."""
        agencies = [entry for entry in entries if not entry.group]
        wanted = agencies or list(entries)
        if len(wanted) > 1 and agencies:
            for day in (self.question.issued, self.question.on):
                valid = [entry for entry in wanted if self.directory.exists(entry.target, day)]
                wanted = valid or wanted
                if len(wanted) == 1:
                    break
        comes_to = {entry.target: self._today(entry) for entry in wanted}
        if len(set(comes_to.values())) == 1:
            return wanted[0], comes_to[wanted[0].target]
        return None, tuple(comes_to)

    def _today(self, entry: Entry) -> tuple[str, ...]:
        if entry.group:
            return self.directory.expand(entry.target, self.question.on, self.question.issued)
        return self.directory.resolve(entry.target, self.question.on)

    def _doubt(self, span: tuple[int, int], ranked: Sequence[tuple[str, float]]) -> None:
        candidates = tuple(
            Candidate(code=code, name=self.directory.name(code), score=score) for code, score in ranked
        )
        self.answer.ambiguous.append(Doubtful(words=printed(self.text, span), span=span, candidates=candidates))

    def _unread(self, piece: Piece) -> None:
        span = self._span(piece)
        words = printed(self.text, span)
        near = self.directory.index.similar(words, self.question.province, FUZZY_CUTOFF, _SHOWN)
        if near:
            self._doubt(span, [(entry.target, round(score, 1)) for entry, score in near])
        else:
            self.answer.unknown.append(Unmatched(words=words, span=span))

    def _connector(self, piece: Piece, *, last: bool) -> None:
        key = self._key(piece)
        if _MARKS[COORDINATION] in key:
            self.answer.coordinating = True
        elif _MARKS[LEADING] in key:
            self.answer.coordinating = False
        elif last and piece.part is Part.TITLE:
            span = self._span(piece)
            self.answer.unknown.append(Unmatched(words=printed(self.text, span), span=span))

    def _qualifier(self, piece: Piece) -> None:
        words = printed(self.text, self._span(piece))
        related = _MARKS[RELATED] in self._key(piece)
        self._say(words, self.answer.enumeration if related else len(self.answer.matches) - 1)

    def _say(self, words: str, since: int) -> None:
        for at in range(max(since, 0), len(self.answer.matches)):
            match = self.answer.matches[at]
            if words not in (match.qualifier or ""):
                qualifier = f"{match.qualifier} {words}" if match.qualifier else words
                self.answer.matches[at] = replace(match, qualifier=qualifier)

    def _remark(self, piece: Piece) -> None:
        """Parentheses: kept as a qualifier; agencies that they except, or that a group is limited to, count."""
        inside = self.tokens[piece.start + 1].start if piece.end - piece.start > 1 else 0
        closed = self.tokens[piece.end - 1].broken is Break.CLOSE
        until = self.tokens[piece.end - 1].start if closed else self.tokens[piece.end - 1].end
        content = self.text[inside:until] if inside else ""
        last = self.answer.matches[-1] if self.answer.matches else None
        if last is None:
            self._read_inside(content, inside)
        elif content.strip():
            self._say(printed(self.text, self._span(piece)), len(self.answer.matches) - 1)
            if name_key(content).startswith(_MARKS[COORDINATION]):
                self.answer.matches[-1] = replace(self.answer.matches[-1], coordinating=True)
            self._limit(len(self.answer.matches) - 1, content, inside, piece)

    def _read_inside(self, content: str, offset: int) -> None:
        if self.question.depth >= _DEPTH:
            return
        inner = read(content, self.directory, replace(self.question, depth=self.question.depth + 1))
        self.answer.matches += (replace(match, span=_moved(match.span, offset)) for match in inner.matches)
        self.answer.ambiguous += (replace(d, span=_moved(d.span, offset)) for d in inner.ambiguous)
        self.answer.unknown += (replace(words, span=_moved(words.span, offset)) for words in inner.unknown)

    def _limit(self, at: int, content: str, offset: int, piece: Piece) -> None:
        match = self.answer.matches[at]
        if match.group is None or self.question.depth >= _DEPTH:
            return
        key = name_key(content)
        excepting = key.startswith(_MARKS[EXCEPTION])
        asked = content.split(None, 1)[1] if excepting and len(content.split()) > 1 else content
        inner = read(asked, self.directory, replace(self.question, depth=self.question.depth + 1))
        if excepting and inner.complete:
            left = tuple(code for code in match.agencies if code not in inner.agencies)
            self.answer.matches[at] = replace(match, agencies=left)
        elif excepting:
            self._doubt(self._span(piece), ())
        elif inner.complete and inner.agencies and all(m.group is None for m in inner.matches):
            self.answer.matches[at] = replace(match, agencies=inner.agencies)
