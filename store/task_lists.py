"""Lists of tasks among a hundred thousand, one page at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.sql import Select

from store import word_index
from store.places import ORDER, Follow, Place, Places, fetched
from store.schema import plans, tasks
from store.searching import Wanted, narrowed

MOST_COUNTED = 10_000
"""How far the rows of a narrowed list are counted; nobody reads on, and counting on would cost every look."""


FEW = 1_000
"""So many tasks with the words that are looked for are taken from the index; of more, the list soon has a page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    ids: tuple[int, ...]
    total: int
    more: bool = False
    """Whether there are more than `total`."""


def find(
    connection: Connection,
    province: str,
    wanted: Wanted,
    *,
    reachable: Collection[str],
    today: date,
    limit: int,
    offset: int = 0,
    count_to: int | None = MOST_COUNTED,
    follow: Follow | None = None,
) -> Page:
    """Ids of one page in the order of plans and rows, and how many there are in all.

    The rows of a narrowed list are counted up to `count_to`, all of them where it is None. `follow` may know the
    list from an earlier look.
    """
    # The index on province, plan, position and state has all that an unnarrowed list is counted by.
    narrowed_down = wanted != Wanted(plan_id=wanted.plan_id)
    if follow is not None and narrowed_down and count_to:
        known = _followed(province, wanted, reachable, today, follow)
        if known.whole or offset + limit < len(known):
            total = len(known) if known.whole else count_to
            return Page(ids=known.page(offset, limit), total=total, more=not known.whole)
    query = _listed(connection, province, wanted, reachable, today)
    ids = tuple(row.id for row in connection.execute(query.limit(limit).offset(offset)))
    if not narrowed_down or count_to is None:
        return Page(ids=ids, total=_counted(connection, query))
    if offset + len(ids) >= count_to or not count_to:
        return Page(ids=ids, total=max(count_to, offset + len(ids)), more=len(ids) == limit)
    if ids and len(ids) < limit:
        return Page(ids=ids, total=offset + len(ids))
    counted = _counted(connection, query.limit(count_to + 1))
    return Page(ids=ids, total=min(counted, count_to), more=counted > count_to)


def attention(province: str, *, reachable: Collection[str], today: date, follow: Follow) -> int:
    """How many tasks nobody would be reminded of: so many has the list of them."""
    return len(_followed(province, Wanted(attention=True), reachable, today, follow))


def _followed(province: str, wanted: Wanted, reachable: Collection[str], today: date, follow: Follow) -> Places:
    """One more of a list than is counted; all of it where it needs a person's eye."""
    most = None if wanted == Wanted(attention=True) else MOST_COUNTED + 1

    def look(connection: Connection, among: Collection[int] | None) -> list[Place]:
        query = _listed(connection, province, wanted, reachable, today, among)
        return fetched(connection, query.limit(most if among is None else None))

    return follow(wanted, look, most)


def _listed(
    connection: Connection,
    province: str,
    wanted: Wanted,
    reachable: Collection[str],
    today: date,
    among: Collection[int] | None = None,
) -> Select[Any]:
    few: Collection[int] | None = among
    if few is None and wanted.words:
        few = word_index.few_with(connection, province, wanted.words, FEW)
    between = wanted.due_from is not None and wanted.due_to is not None
    narrow = few is not None or (between and connection.dialect.name == "sqlite")
    # With nothing added SQLite would go through the whole province in its order to find the few.
    own = tasks.c.province.concat("") if narrow else tasks.c.province
    query = narrowed(select(*ORDER).where(own == province), province, wanted, reachable, today)
    if few is not None:
        query = query.where(tasks.c.id.in_(few))
    return query.order_by(*ORDER[:2])


def _counted(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one())


def plan_choices(connection: Connection, province: str, chosen: int | None, limit: int) -> list[Any]:
    """The newest active plans to choose from, and the chosen one whatever its age."""
    newest = list(
        connection.execute(
            select(plans.c.id, plans.c.number, plans.c.title, plans.c.file)
            .where(plans.c.province == province, plans.c.state == "active")
            .order_by(plans.c.id.desc())
            .limit(limit)
        )
    )
    if chosen is None or any(plan.id == chosen for plan in newest):
        return newest
    older = select(plans.c.id, plans.c.number, plans.c.title, plans.c.file).where(
        plans.c.id == chosen, plans.c.province == province
    )
    return [*newest, *connection.execute(older)]
