"""The tasks of a list in its order, held small: ten thousand take a tenth of a megabyte."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select

from store.schema import tasks

ORDER = (tasks.c.plan_id, tasks.c.position, tasks.c.id)
"""The columns of a list of tasks, by the first two of which it is in order."""

Place: TypeAlias = tuple[int, int, int]
"""Plan, position in it, and number of a task: lists are in this order."""

Look: TypeAlias = Callable[[Connection, Collection[int] | None], list[Place]]
"""The tasks of a list in its order: all of them, or only those among the given ones."""

_POSITIONS = 32
"""Bits of a key that the position takes; the plan stands before them."""


class Places:
    """The beginning of a list, or all of it (`whole`). Does not change."""

    __slots__ = ("_ids", "_keys", "whole")

    def __init__(self, keys: array[int], ids: array[int], *, whole: bool) -> None:
        self._keys, self._ids, self.whole = keys, ids, whole

    @staticmethod
    def of(places: Iterable[Place], *, most: int | None) -> Places:
        """`places` in their order: the whole list where fewer came than `most`, which were asked for."""
        keys, ids = array("q"), array("q")
        for plan, position, task in places:
            keys.append(_key(plan, position))
            ids.append(task)
        return Places(keys, ids, whole=most is None or len(ids) < most)

    def __len__(self) -> int:
        return len(self._ids)

    def page(self, offset: int, limit: int) -> tuple[int, ...]:
        """The numbers of up to `limit` tasks behind the first `offset`."""
        return tuple(self._ids[offset : offset + limit])

    def amended(self, changed: Collection[int], now: Iterable[Place]) -> Places:
        """The list after `changed` tasks were looked at again, of which it now has those of `now`."""
        keys, ids = self._keys[:], self._ids[:]
        for task in changed:
            if task in ids:
                at = ids.index(task)
                del keys[at], ids[at]
        for plan, position, task in now:
            at = bisect_right(keys, _key(plan, position))
            # Behind the known beginning there are others that may stand before it.
            if at < len(keys) or self.whole:
                keys.insert(at, _key(plan, position))
                ids.insert(at, task)
        return Places(keys, ids, whole=self.whole)


def _key(plan: int, position: int) -> int:
    return plan << _POSITIONS | position


Follow: TypeAlias = Callable[[Hashable, Look, int | None], Places]
"""A list by what was asked for, perhaps known from an earlier look. The number says how much of it at most."""


def looking(query: Select[Any], most: int | None = None) -> Look:
    """How to look for the tasks of a query of `ORDER`'s columns, at most so many."""

    def look(connection: Connection, among: Collection[int] | None) -> list[Place]:
        part = query.where(tasks.c.id.in_(among)) if among is not None else query.limit(most)
        return fetched(connection, part.order_by(*ORDER[:2]))

    return look


def fetched(connection: Connection, query: Select[Any]) -> list[Place]:
    """What a query of `ORDER`'s columns finds."""
    return [(row.plan_id, row.position, row.id) for row in connection.execute(query)]
