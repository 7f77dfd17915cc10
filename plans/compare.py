"""What changed between two versions of a plan, row by row.

Rows are matched by what they say, so a row that moved or was numbered anew is the same row. A plan that
only amends another lists its changes: rows that it does not print stay in force.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from plans.spelling import fold
from plans.types import Plan, Task

_FIELDS = ("title", "lead_text", "coordinating_text", "product", "deadline_text", "conditions", "number", "section")
_PLACING = frozenset({"number", "section"})
_SAME = 88.0
"""Titles this alike are one task, wherever it stands."""
_REWORDED = 62.0
"""Titles this alike are one task when its number and heading stayed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A task of both versions; `fields` names what differs, spelling aside."""

    old: Task
    new: Task
    fields: tuple[str, ...]
    confidence: float = 1.0

    @property
    def only_moved(self) -> bool:
        """Only its number or its heading is another."""
        return set(self.fields) <= _PLACING


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """New, changed and withdrawn tasks in printed order. `kept` are the pairs in which nothing differs."""

    new: tuple[Task, ...]
    changed: tuple[Change, ...]
    withdrawn: tuple[Task, ...]
    kept: tuple[tuple[Task, Task], ...]
    partial: bool = False
    """The newer plan amends the older: what it leaves out is not withdrawn."""
    doubts: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        return not (self.new or self.changed or self.withdrawn)


def compare(old: Plan, new: Plan) -> Difference:
    """The difference that applying `new` over `old` would make."""
    pairs = _matched(old.tasks, new.tasks)
    partial = old.number is not None and old.number in new.amends
    changed, kept, doubts = [], [], []
    for at, (before, likeness) in sorted(pairs.items()):
        one, two = old.tasks[before], new.tasks[at]
        fields = _differing(one, two)
        if not fields:
            kept.append((one, two))
            continue
        changed.append(Change(old=one, new=two, fields=fields, confidence=round(likeness / 100, 2)))
        if likeness < _SAME:
            doubts.append(
                f"Nhiệm vụ {two.number} được coi là nhiệm vụ {one.number} cũ nhưng nội dung viết khác nhiều."
            )
    matched_old = {before for before, _ in pairs.values()}
    return Difference(
        new=tuple(task for at, task in enumerate(new.tasks) if at not in pairs),
        changed=tuple(changed),
        withdrawn=() if partial else tuple(t for at, t in enumerate(old.tasks) if at not in matched_old),
        kept=tuple(kept),
        partial=partial,
        doubts=tuple(doubts),
    )


def changed_as_told(old: Task, new: Task) -> Change:
    """The change of a row that a person said is the same."""
    return Change(old=old, new=new, fields=_differing(old, new))


def _differing(one: Task, two: Task) -> tuple[str, ...]:
    return tuple(name for name in _FIELDS if _differs(getattr(one, name), getattr(two, name)))


def _differs(one: object, two: object) -> bool:
    if isinstance(one, str) and isinstance(two, str):
        return fold(one) != fold(two)
    if not one and not two:
        return False
    return one != two


def _matched(old: Sequence[Task], new: Sequence[Task]) -> dict[int, tuple[int, float]]:
    """By index of the new task: the old task that it is, and how alike their titles are."""
    pairs: dict[int, tuple[int, float]] = {}
    taken: set[int] = set()
    for score, at, before, likeness in sorted(_candidates(old, new), key=lambda c: (-c[0], c[1], c[2])):
        if score > 0 and at not in pairs and before not in taken:
            pairs[at] = (before, likeness)
            taken.add(before)
    return pairs


def _candidates(old: Sequence[Task], new: Sequence[Task]) -> Iterator[tuple[float, int, int, float]]:
    """(score, new, old, likeness) of all pairs that may be one task."""
    titles = [fold(task.title) for task in old]
    by_title: dict[str, list[int]] = defaultdict(list)
    for before, title in enumerate(titles):
        by_title[title].append(before)
    for at, task in enumerate(new):
        title = fold(task.title)
        same = [before for before in by_title.get(title, ()) if old[before].table == task.table]
        for before in same or range(len(old)):
            if old[before].table != task.table:
                continue
            likeness = 100.0 if same else _likeness(title, titles[before])
            placed = _same_place(old[before], task)
            if likeness >= _SAME or (placed and likeness >= _REWORDED):
                yield likeness + _agreement(old[before], task), at, before, likeness


def _likeness(one: str, two: str) -> float:
    if not one or not two:
        return 0.0
    return max(fuzz.ratio(one, two, score_cutoff=_REWORDED), fuzz.token_sort_ratio(one, two, score_cutoff=_SAME))


def _same_place(one: Task, two: Task) -> bool:
    return bool(one.number) and one.number == two.number and fold(one.section or "") == fold(two.section or "")


def _agreement(one: Task, two: Task) -> float:
    """How much the rest of two rows agrees: decides between rows with the same title."""
    names = ("number", "section", "lead_text", "deadline_text", "product")
    return sum(fold(getattr(one, name) or "") == fold(getattr(two, name) or "") for name in names) / 10
