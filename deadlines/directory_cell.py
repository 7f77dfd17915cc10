"""A clause of a cell split into names and the words around them.

Of all ways to cover the clause, the one that leaves the fewest words unread wins; then the one with the
fewest pieces, so that "Sở Văn hóa, Thể thao và Du lịch" stays one. A name counts only from the start of an
item to its end: "Chi cục Dân số thuộc Sở Y tế" is not Sở Y tế.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deadlines.directory_index import Entry, Index
from deadlines.directory_layout import Clause
from deadlines.directory_pieces import Part, Piece
from deadlines.directory_text import WITHIN, Break, Token, phrase_keys
from deadlines.directory_words import CONNECTORS, GROUP_QUALIFIERS, HEADS, ORGANISATIONS, QUALIFIERS, TITLES

_TITLES = phrase_keys(TITLES)
_CONNECTORS = phrase_keys(CONNECTORS)
_QUALIFIERS = phrase_keys(QUALIFIERS)
_ORGANISATIONS = phrase_keys(ORGANISATIONS)
_GROUP_QUALIFIERS = _QUALIFIERS | phrase_keys(GROUP_QUALIFIERS)
_STRONG = phrase_keys(head for head in HEADS if head == "sở")
_LONGEST_PHRASE = max(map(len, _TITLES | _CONNECTORS | _GROUP_QUALIFIERS))


@dataclass(frozen=True, slots=True)
class _State:
    heads: tuple[str, ...]
    plural: bool = False
    fresh: bool = False
    """"các" was read and no name yet."""
    tight: bool = False
    """The last name has no comma behind it: only another agency may follow."""
    dashed: bool = False
    """A dash was read: what follows is a name, or no part of the words before it is one."""
    named: bool = False
    """An agency's name has just ended."""
    unread: bool = False
    """The item before was not read, and only "và" parts this one from it: it may be the rest of a name."""


@dataclass(frozen=True, slots=True)
class _Path:
    """One way to read the clause up to a token."""

    unread: int = 0
    guesses: int = 0
    pieces: int = 0
    last: Piece | None = None
    before: _Path | None = None

    @property
    def cost(self) -> tuple[int, int, int]:
        return self.unread, self.guesses, self.pieces

    def then(self, piece: Piece, *, unread: int = 0, guesses: int = 0) -> _Path:
        weight = 0 if piece.part in (Part.TITLE, Part.CONNECTOR, Part.REMARK) else 1
        return _Path(self.unread + unread, self.guesses + guesses, self.pieces + weight, piece, self)

    def read(self) -> tuple[Piece, ...]:
        found: list[Piece] = []
        path: _Path | None = self
        while path is not None and path.last is not None:
            found.append(path.last)
            path = path.before
        return tuple(reversed(found))


_Step = tuple[int, _State, _Path]


def read_clause(
    clause: Clause, index: Index, province: str | None, heads: tuple[str, ...] = ()
) -> tuple[Piece, ...]:
    """The pieces of a clause in printed order. `heads` are what the clause before lets a name leave out."""
    reader = _Reader(clause, index, province)
    ways: dict[int, dict[_State, _Path]] = {clause.start: {_State(heads): _Path()}}
    for at in range(clause.start, clause.end):
        for state, path in ways.pop(at, {}).items():
            for end, after, longer in reader.steps(at, state, path):
                known = ways.setdefault(end, {})
                if after not in known or longer.cost < known[after].cost:
                    known[after] = longer
    final = [path for state, path in ways.get(clause.end, {}).items() if not state.tight]
    return min(final, key=lambda path: path.cost).read() if final else ()


@dataclass(frozen=True, slots=True)
class _Reader:
    clause: Clause
    index: Index
    province: str | None

    def steps(self, at: int, state: _State, path: _Path) -> Iterator[_Step]:
        token = self.clause.tokens[at]
        if token.broken is Break.OPEN:
            end = self.clause.remarks[at]
            yield end, state, path.then(Piece(Part.REMARK, at, end))
        elif token.broken is not Break.NONE or token.joiner:
            if not state.tight:
                yield at + 1, _past(token, state, self._whole(at, state)), path
        elif state.tight:
            yield from self._names(at, state, path)
        else:
            yield from self._phrases(at, state, path)
            yield from self._names(at, state, path)
            yield from self._elliptic(at, state, path)
            if not state.dashed:
                yield self._unread(at, state, path)

    def _whole(self, at: int, state: _State) -> bool:
        """Whether what stands on both sides of this break or "và" is one name, unless both sides are names."""
        token = self.clause.tokens[at]
        if token.broken is Break.DASH:
            return not self.clause.bulleted
        if not state.named or not token.joiner or token.plural or at + 1 >= self.clause.end:
            return False
        following = self.clause.tokens[at + 1]
        return bool(following.key) and not following.plural and following.key not in _ORGANISATIONS

    def _phrases(self, at: int, state: _State, path: _Path) -> Iterator[_Step]:
        for end, key, _ in self._windows(at, _LONGEST_PHRASE):
            if key in _TITLES:
                yield end, state, path.then(Piece(Part.TITLE, at, end))
            if key in _CONNECTORS:
                yield end, state, path.then(Piece(Part.CONNECTOR, at, end))
            if key in _QUALIFIERS and self._ends(end):
                yield end, state, path.then(Piece(Part.QUALIFIER, at, end))

    def _names(self, at: int, state: _State, path: _Path) -> Iterator[_Step]:
        for end, key, plural in self._windows(at, self.index.longest):
            entries, folded = self.index.find(key, self.province), False
            if not entries:
                entries, folded = self.index.find_without_marks(key, self.province), True
            entries = tuple(entry for entry in entries if _fits(entry, state, plural))
            if entries:
                piece = Piece(Part.NAME, at, end, entries, folded, state.fresh or plural is not None)
                yield from self._after(piece, path.then(piece, guesses=int(folded)))

    def _elliptic(self, at: int, state: _State, path: _Path) -> Iterator[_Step]:
        for head in state.heads:
            for end, key, plural in self._windows(at, self.index.longest):
                entries = tuple(e for e in self.index.find(head + key, self.province) if not e.group)
                if entries and not plural:
                    piece = Piece(Part.NAME, at, end, entries)
                    longer = path.then(piece, guesses=1)
                    yield from ((e, s, p) for e, s, p in self._after(piece, longer, state.heads) if not s.tight)

    def _after(self, piece: Piece, path: _Path, heads: tuple[str, ...] = ()) -> Iterator[_Step]:
        entry = piece.entries[0]
        state = _State(heads or entry.heads, plural=entry.group, named=not entry.group)
        for end, longer in self._qualified(piece.end, path, _GROUP_QUALIFIERS if entry.group else _QUALIFIERS):
            if self._ends(end):
                yield end, state, longer
            elif entry.closed and end == piece.end and not self.clause.tokens[end].joiner:
                yield end, _State(state.heads, tight=True), longer

    def _qualified(self, at: int, path: _Path, known: frozenset[str]) -> Iterator[tuple[int, _Path]]:
        """The ends of the name with more and more remarks and qualifiers behind it."""
        yield at, path
        if at >= self.clause.end:
            return
        if self.clause.tokens[at].broken is Break.OPEN:
            end = self.clause.remarks[at]
            yield from self._qualified(end, path.then(Piece(Part.REMARK, at, end)), known)
        elif self.clause.tokens[at].key and not self.clause.tokens[at].joiner:
            for end, key, _ in self._windows(at, _LONGEST_PHRASE):
                if key in known:
                    yield from self._qualified(end, path.then(Piece(Part.QUALIFIER, at, end)), known)

    def _ends(self, at: int) -> bool:
        if at >= self.clause.end:
            return True
        token = self.clause.tokens[at]
        if token.broken is not Break.NONE:
            return token.broken is not Break.OPEN
        if token.joiner:
            return not token.plural
        return any(key in _CONNECTORS for _, key, _ in self._windows(at, _LONGEST_PHRASE))

    def _unread(self, at: int, state: _State, path: _Path) -> _Step:
        """Everything up to the next comma or "và"; what stands in parentheses belongs to it."""
        end, words = at, 0
        while end < self.clause.end:
            token = self.clause.tokens[end]
            if token.broken is Break.OPEN:
                end = self.clause.remarks[end]
                continue
            if end > at and self._parts(token):
                break
            words, end = words + 1, end + 1
        return end, _State(state.heads, unread=True), path.then(Piece(Part.UNREAD, at, end), unread=words)

    def _parts(self, token: Token) -> bool:
        """Whether it ends an item that no name covers."""
        if token.broken is Break.DASH:
            return self.clause.bulleted
        return token.broken is not Break.NONE or (token.joiner and not token.plural)

    def _windows(self, at: int, longest: int) -> Iterator[tuple[int, str, int | None]]:
        """The words from here on, one more each time: where they end, their letters, and how many of those
        stand before the last "các" (None: there is no "các")."""
        key = ""
        plural = 0 if at > self.clause.start and self.clause.tokens[at - 1].plural else None
        for end in range(at, self.clause.end):
            token = self.clause.tokens[end]
            if token.broken not in WITHIN:
                return
            if token.plural:
                plural = len(key)
            if token.key and not token.joiner:
                key += token.key
                if len(key) > longest:
                    return
                yield end + 1, key, plural


def _fits(entry: Entry, state: _State, plural: int | None) -> bool:
    """Groups of one noun want their "các"; an agency has one only where its name does, or in its head.

    "UBND các xã A, B" lists communes, "Sở Y tế các tỉnh" is not our Sở Y tế, "Văn phòng Đoàn đại biểu và
    HĐND tỉnh" is not HĐND tỉnh.
    """
    if state.unread and plural is None and not state.plural and not _STRONG & set(entry.heads):
        return False
    if entry.group:
        return not state.tight and (not entry.plural or state.plural or plural is not None)
    return not plural or entry.plural or (bool(entry.heads) and plural < len(entry.heads[0]))


def _past(token: Token, state: _State, dashed: bool) -> _State:
    plural, fresh = token.plural or state.plural, token.plural or state.fresh
    dashed = dashed or (token.joiner and state.dashed)
    return _State(state.heads, plural=plural, fresh=fresh, dashed=dashed, unread=token.joiner and state.unread)
