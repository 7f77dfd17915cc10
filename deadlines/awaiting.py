"""Which waiting deadlines, of any plan, wait for the same document."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from operator import itemgetter

from deadlines.documents import about, cited_numbers, kind_of, names_document, number_key, pairs, plain, shared
from deadlines.steps import awaited_document
from deadlines.types import Condition

SAME_DOCUMENT = 0.7
"""How alike two titles must be where both name the document; without a name they must agree more."""
SAME_TITLE = 0.9
_MOST_COMPARED = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One condition of one task that has not come about. The title may name the awaited document."""

    task_key: str
    condition: Condition
    title: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """`key` is stable while its first member is; `label` says in Vietnamese what is awaited."""

    key: str
    label: str
    members: tuple[Waiting, ...]

    @property
    def task_keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(member.task_key for member in self.members))


@dataclass(frozen=True)
class _Said:
    """A condition with what its title says of the document, found out once and not for each comparison."""

    one: Waiting

    @cached_property
    def about(self) -> str:
        return about(self.one.title, self.one.condition.instrument)

    @cached_property
    def cited(self) -> frozenset[str]:
        return frozenset(cited_numbers(self.one.title))

    @cached_property
    def size(self) -> int:
        return len(pairs(self.about))

    @cached_property
    def named(self) -> bool:
        return names_document(self.one.title, self.one.condition.instrument)


@dataclass(slots=True)
class _Bucket:
    """Conditions that name the same issuers and kind, by the document; each cluster stands for its first member."""

    clusters: list[list[Waiting]] = field(default_factory=list)
    firsts: list[_Said] = field(default_factory=list)
    by_words: dict[str, int] = field(default_factory=dict)
    by_pair: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    taken: list[tuple[_Said, int | None]] = field(default_factory=list)
    """Every condition in the order in which it came, with the cluster that was there for it."""

    def take(self, one: Waiting) -> None:
        said = _Said(one)
        self._put(said, self._home(said))

    def follow(self, before: _Bucket, ones: Sequence[Waiting]) -> None:
        """Take `ones` as `take` would, without comparing again those whose comparisons come out as before."""
        reused = 0
        for said, home in before.without_gone(ones):
            self._put(said, home)
            reused += 1
        for one in ones[reused:]:
            self.take(one)

    def without_gone(self, ones: Sequence[Waiting]) -> Iterator[tuple[_Said, int | None]]:
        """What was taken and still stands at the head of `ones`, each with its cluster among those that are left.

        It ends where something new stands, and where something has gone that the others were compared with.
        """
        gone: list[int] = []
        entered: list[_Said] = []
        begun = at = 0
        for one in ones:
            while at < len(self.taken) and self.taken[at][0].one != one:
                said, home = self.taken[at]
                if home is None:
                    if len(self.clusters[begun]) > 1 or not said.size:
                        return
                    gone.append(begun)
                    begun += 1
                at += 1
            if at == len(self.taken):
                return
            said, home = self.taken[at]
            if home is not None:
                yield said, home - bisect_left(gone, home)
            elif any(_same_document(first, said) for first in entered):
                return
            else:
                if begun - len(gone) < _MOST_COMPARED <= begun:
                    entered.append(said)  # with this one nobody was compared before
                begun += 1
                yield said, None
            at += 1

    def _put(self, said: _Said, home: int | None) -> None:
        self.taken.append((said, home))
        if home is not None:
            self.clusters[home].append(said.one)
            return
        at = len(self.clusters)
        self.clusters.append([said.one])
        self.firsts.append(said)
        if at < _MOST_COMPARED and not _by_name(said.one):
            self.by_words.setdefault(said.about, at)
            for pair in pairs(said.about):
                self.by_pair.setdefault(pair, []).append(at)

    def _home(self, said: _Said) -> int | None:
        """The first cluster that is of the same document."""
        if _by_name(said.one):
            return 0 if self.clusters else None
        own = pairs(said.about)
        common = Counter(chain.from_iterable(self.by_pair.get(pair, ()) for pair in own))
        # As `shared` has it, without looking at the many that have next to nothing in common.
        firsts, many, least = self.firsts, len(own), SAME_DOCUMENT / 2
        near = [at for at, number in common.items() if number >= least * min(many, firsts[at].size)]
        if said.about in self.by_words:
            near.append(self.by_words[said.about])
        return next((at for at in sorted(near) if _same_document(self.firsts[at], said)), None)


class Grouping:
    """Groups what waits now, comparing only what has changed since the last time."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[object, ...], _Bucket] = {}

    def group(self, waiting: Sequence[Waiting]) -> tuple[Group, ...]:
        """The same as the function `group`."""
        places: dict[tuple[object, ...], list[int]] = {}
        for at, one in enumerate(waiting):
            places.setdefault(_bucket(one), []).append(at)
        made: dict[tuple[object, ...], _Bucket] = {}
        found: list[tuple[int, list[Waiting]]] = []
        for key, standing in places.items():
            bucket = made[key] = _Bucket()
            bucket.follow(self._buckets.get(key, _Bucket()), [waiting[at] for at in standing])
            firsts = [at for at, (_, home) in zip(standing, bucket.taken, strict=True) if home is None]
            found += zip(firsts, bucket.clusters, strict=True)
        self._buckets = made
        found.sort(key=itemgetter(0))
        return tuple(Group(key=m[0].task_key, label=_label(m[0]), members=tuple(m)) for _, m in found)


def group(waiting: Sequence[Waiting]) -> tuple[Group, ...]:
    """Every condition in exactly one group, in the order of first mention.

    Two are together only if they name the same issuers and kind and either the same number, the same cited
    document, or titles that say the same of it. Doubtful ones stay apart: asking twice does less harm than
    releasing a task by the wrong decree.
    """
    return Grouping().group(waiting)


def _by_name(one: Waiting) -> bool:
    """Whether the condition names its task or document itself, so that titles say nothing more."""
    return one.condition.after_task is not None or one.condition.number is not None


def _bucket(one: Waiting) -> tuple[object, ...]:
    condition = one.condition
    if condition.after_task is not None:
        return "task", one.task_key, condition.after_task
    if condition.number is not None:
        return "number", number_key(condition.number)
    kind = kind_of(condition.instrument) if condition.instrument else None
    actors = frozenset(plain(actor) for actor in condition.actors)
    return "document", actors, kind or plain(condition.instrument or ""), condition.act if kind is None else None


def _same_document(a: _Said, b: _Said) -> bool:
    if a.about == b.about:
        return True
    if a.cited or b.cited:
        return a.cited == b.cited and shared(a.about, b.about) >= SAME_DOCUMENT / 2
    return shared(a.about, b.about) >= (SAME_DOCUMENT if a.named and b.named else SAME_TITLE)


@lru_cache(maxsize=8192)
def _label(one: Waiting) -> str:
    """What is awaited, with the words of the title that name it, where it does."""
    what = awaited_document(one.condition)
    kind = kind_of(one.condition.instrument) if one.condition.instrument else None
    if kind is None or one.condition.number is not None:
        return what
    words = (one.condition.instrument or "").split()[: len(kind.split())]
    found = re.search(r"\s+".join(map(re.escape, words)), one.title, re.IGNORECASE)
    if found is None:
        return what
    named = " ".join(re.split("[()]", one.title[found.start() :])[0].split())
    if named.casefold() in what.casefold():
        return what
    return f"{what}: {named if len(named) <= 120 else named[:119] + '…'}"
