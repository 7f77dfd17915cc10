"""Which waiting deadlines, of any plan, wait for the same document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from deadlines.documents import about, cited_numbers, kind_of, names_document, number_key, plain, shared
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


def group(waiting: Sequence[Waiting]) -> tuple[Group, ...]:
    """Every condition in exactly one group, in the order of first mention.

    Two are together only if they name the same issuers and kind and either the same number, the same cited
    document, or titles that say the same of it. Doubtful ones stay apart: asking twice does less harm than
    releasing a task by the wrong decree.
    """
    buckets: dict[tuple[object, ...], list[list[Waiting]]] = {}
    for one in waiting:
        clusters = buckets.setdefault(_bucket(one), [])
        home = _home(one, clusters)
        if home is None:
            clusters.append([one])
        else:
            home.append(one)
    found = [tuple(cluster) for clusters in buckets.values() for cluster in clusters]
    order = {id(one): at for at, one in enumerate(waiting)}
    found.sort(key=lambda cluster: order[id(cluster[0])])
    return tuple(Group(key=f"{m[0].task_key}", label=_label(m[0]), members=m) for m in found)


def _bucket(one: Waiting) -> tuple[object, ...]:
    condition = one.condition
    if condition.after_task is not None:
        return "task", one.task_key, condition.after_task
    if condition.number is not None:
        return "number", number_key(condition.number)
    kind = kind_of(condition.instrument) if condition.instrument else None
    actors = frozenset(plain(actor) for actor in condition.actors)
    return "document", actors, kind or plain(condition.instrument or ""), condition.act if kind is None else None


def _home(one: Waiting, clusters: list[list[Waiting]]) -> list[Waiting] | None:
    if one.condition.after_task is not None or one.condition.number is not None:
        return clusters[0] if clusters else None
    for cluster in clusters[:_MOST_COMPARED]:
        if _same_document(cluster[0], one):
            return cluster
    return None


def _same_document(a: Waiting, b: Waiting) -> bool:
    first, second = about(a.title, a.condition.instrument), about(b.title, b.condition.instrument)
    if first == second:
        return True
    cited = cited_numbers(a.title).keys(), cited_numbers(b.title).keys()
    if cited[0] or cited[1]:
        return cited[0] == cited[1] and shared(first, second) >= SAME_DOCUMENT / 2
    named = names_document(a.title, a.condition.instrument) and names_document(b.title, b.condition.instrument)
    return shared(first, second) >= (SAME_DOCUMENT if named else SAME_TITLE)


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
    return f"{what}: {named if len(named) <= 120 else named[:119] + '…'}"
