"""Names to agencies and groups: built once, then looked up by the letters of the words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

from deadlines.directory_text import Break, bare, name_key, only_lost, spelling, tokens, words_among, words_of
from deadlines.directory_types import Agency, AgencyKind, Group, Province, Via
from deadlines.directory_words import HEADERS, HEADS

LOCAL = frozenset(
    {
        AgencyKind.DISTRICT,
        AgencyKind.COMMUNE,
        AgencyKind.WARD,
        AgencyKind.TOWNSHIP,
        AgencyKind.SPECIAL_ZONE,
    }
)
_HEADS = sorted(((name_key(head)) for head in HEADS), key=len, reverse=True)
_DEPARTMENT = name_key("sở")
_HEADERS = {kind: tuple(map(name_key, heads)) for kind, heads in HEADERS.items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of one agency or group."""

    key: str
    target: str
    province: str
    via: Via
    group: bool = False
    plural: bool = False
    """The name of a group counts only after "các"; the name of an agency has a "các" in it."""
    heads: tuple[str, ...] = ()
    """What a list may leave out of the names that follow this one."""
    closed: bool = False
    """Nothing can be added to it: a name right behind it is another agency's."""


@dataclass(slots=True)
class Index:
    exact: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    folded: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    spelt: dict[str, Entry] = field(default_factory=dict)
    longest: int = 0

    def find(self, key: str, province: str | None) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.exact.get(key, ()) if _within(entry, province))

    def find_without_marks(self, key: str, province: str | None) -> tuple[Entry, ...]:
        """Names that the words are, but for diacritics that the print lost."""
        near = self.folded.get(bare(key), ())
        return tuple(e for e in near if _within(e, province) and only_lost(key, e.key))

    def similar(self, words: str, province: str | None, cutoff: float, limit: int) -> list[tuple[Entry, float]]:
        """The names spelt most like the words, best first, with a score of 0 to 100."""
        asked = spelling(words_of(words))
        if not asked:
            return []
        ranked = process.extract(asked, self.spelt.keys(), scorer=fuzz.ratio, score_cutoff=cutoff, limit=limit * 6)
        best: dict[str, tuple[Entry, float]] = {}
        for spelt, score, _ in ranked:
            entry = self.spelt[spelt]
            if _within(entry, province):
                best.setdefault(entry.target, (entry, score))
        return list(best.values())[:limit]


def _within(entry: Entry, province: str | None) -> bool:
    return province is None or entry.province in (province, "")


def build(agencies: Sequence[Agency], groups: Sequence[Group], provinces: Iterable[Province]) -> Index:
    index = Index()
    places = {province.code: _place_words(province) for province in provinces}
    written: list[Entry] = []
    derived: list[Entry] = []
    for agency in agencies:
        place = places.get(agency.province, _NOWHERE)
        for position, name in enumerate(agency.names):
            found = tokens(name)
            words = words_among(found)
            if not words:
                continue
            plural = any(token.plural for token in found)
            entry = _agency_entry(agency, words, Via.EXACT if position == 0 else Via.ALIAS, place, plural)
            written.append(entry)
            index.spelt.setdefault(spelling(words), entry)
            derived += _with_place(agency, entry, words, place)
    written += (entry for group in groups for entry in _group_entries(group))
    for entry in _kept(written, derived):
        index.exact[entry.key] = (*index.exact.get(entry.key, ()), entry)
        plain = bare(entry.key)
        index.folded[plain] = (*index.folded.get(plain, ()), entry)
    index.longest = max(map(len, index.exact), default=0)
    return index


def _kept(written: list[Entry], derived: list[Entry]) -> Iterator[Entry]:
    """Each (key, target) once; a form that we derive gives way to a name that someone wrote."""
    seen: dict[tuple[str, str], Entry] = {}
    for entry in written:
        known = seen.get((entry.key, entry.target))
        if known is None or (known.plural and not entry.plural and entry.group):
            seen[(entry.key, entry.target)] = entry
        elif entry.plural and not entry.group:
            seen[(entry.key, entry.target)] = replace(known, plural=True)
    taken = {(entry.key, entry.province) for entry in written}
    for entry in derived:
        if (entry.key, entry.province) not in taken:
            seen.setdefault((entry.key, entry.target), entry)
    yield from seen.values()


@dataclass(frozen=True, slots=True)
class _Place:
    kind: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()


_NOWHERE = _Place()


def _place_words(province: Province) -> _Place:
    words = tuple(words_of(province.name))
    for phrase in ("thành phố", "tỉnh"):
        kind = tuple(words_of(phrase))
        if words[: len(kind)] == kind and len(words) > len(kind):
            others = tuple(tuple(words_of(alias)) for alias in province.aliases)
            return _Place(kind, (words[len(kind) :], *others))
    return _Place((), (words,))


def _with_place(agency: Agency, entry: Entry, words: list[str], place: _Place) -> Iterator[Entry]:
    """The name with "tỉnh", with the province's name, with both; without them where it prints neither."""
    if agency.kind is AgencyKind.CENTRAL or not place.names:
        return
    own = "".join(words if agency.kind in LOCAL else _stem(tuple(words), place))
    if not own:
        return
    kind = "".join(place.kind)
    endings = [kind] if kind and agency.kind not in LOCAL else []
    for name in map("".join, place.names):
        endings += [kind + name, name] if kind else [name]
    yield from (
        Entry(own + ending, entry.target, entry.province, entry.via, False, entry.plural, entry.heads, True)
        for ending in endings
    )


def _stem(words: tuple[str, ...], place: _Place) -> tuple[str, ...]:
    for ending in (*(place.kind + name for name in place.names), *place.names, place.kind):
        if _ends_with(words, ending):
            return words[: -len(ending)]
    return words


def _agency_entry(agency: Agency, words: list[str], via: Via, place: _Place, plural: bool) -> Entry:
    key = "".join(words)
    head = next((head for head in _HEADS if key.startswith(head) and key != head), "")
    closed = agency.kind is AgencyKind.DEPARTMENT and words[0] == _DEPARTMENT
    closed = closed or any(_ends_with(words, ending) for ending in (place.kind, *place.names))
    heads = (head,) if head else ()
    return Entry(key, agency.code, agency.province, via, plural=plural, heads=heads, closed=closed)


def _ends_with(words: Sequence[str], ending: tuple[str, ...]) -> bool:
    return bool(ending) and tuple(words[-len(ending) :]) == ending


def _group_entries(group: Group) -> Iterator[Entry]:
    heads = tuple(head for kind in group.kinds for head in _HEADERS.get(kind.value, ()))
    for name in group.names:
        found = tokens(name)
        joined = any(t.broken in (Break.SOFT, Break.DASH) or (t.joiner and not t.plural) for t in found)
        plural = any(t.plural for t in found) and not joined
        key = "".join(t.key for t in found if t.key and not t.joiner)
        if key:
            yield Entry(key, group.code, group.province, Via.GROUP, group=True, plural=plural, heads=heads)
