"""The dates that are to be looked at today, a batch at a time, and what was decided about them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    select,
    true,
    tuple_,
    update,
)

from deadlines.types import Occurrence, Track
from store import answers
from store.heard import Sent
from store.schema import assignments, dues, plans, tasks

Cursor = tuple[date, int]
"""The day on which a due is looked at, and its id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """A due that something may have to be said about today, with what deciding needs."""

    id: int
    next_on: date
    task_id: int
    plan_number: str | None
    occurrence: Occurrence
    first_seen: date
    told: dict[str, list[str]]
    agencies: tuple[tuple[str, str], ...]
    """Agency code and role of everyone who still has to act."""
    heard: Sent | None = None
    """What each agency was really sent, where that counts."""

    @property
    def cursor(self) -> Cursor:
        """Where the next batch goes on."""
        return (self.next_on, self.id)


def due_batch(
    connection: Connection,
    province: str,
    today: date,
    *,
    after: Cursor | None,
    limit: int,
    groups_coordinate: bool,
    every: bool = False,
    heard: Callable[[Connection, Collection[int]], Mapping[int, Sent]] | None = None,
) -> list[Open]:
    """The next open dues, behind `after`, whose day to be looked at is `today` or earlier.

    `heard` reads what each agency was really sent, where that counts.

    Found by an index: what is not due costs nothing. With `every`, all that `look_again` would bring back, as if
    it had been called.
    """
    if every:
        last = after[1] if after else 0
        wanted, order = ~dues.c.blocked & (dues.c.id > last), [dues.c.id]
    else:
        # In the order of the index, so that a batch costs what it brings and not what is left.
        behind = tuple_(dues.c.next_on, dues.c.id) > after if after else true()
        wanted, order = (dues.c.next_on <= today) & behind, [dues.c.next_on, dues.c.id]
    rows = connection.execute(
        select(dues, plans.c.number.label("plan_number"))
        .join(tasks, tasks.c.id == dues.c.task_id)
        .join(plans, plans.c.id == tasks.c.plan_id)
        .where(dues.c.province == province, dues.c.state == "open", tasks.c.state == "open", wanted)
        .order_by(*order)
        .limit(limit)
    ).all()
    agencies = _agencies_of(connection, {row.task_id for row in rows}, groups_coordinate)
    reported = answers.reported(connection, [row.id for row in rows])
    sent = heard(connection, [row.id for row in rows]) if heard is not None else None
    return [
        _open(
            row,
            tuple(pair for pair in agencies.get(row.task_id, ()) if (row.id, pair[0]) not in reported),
            sent.get(row.id, {}) if sent is not None else None,
        )
        for row in rows
    ]


def _open(row: Row[Any], agencies: tuple[tuple[str, str], ...], heard: Sent | None) -> Open:
    return Open(
        id=row.id,
        next_on=row.next_on,
        task_id=row.task_id,
        plan_number=row.plan_number,
        occurrence=Occurrence(
            key=row.key,
            term=row.term,
            track=Track(row.track),
            on=row.on_date,
            aim=row.aim,
            late_from=row.late_from,
            after=row.after_date,
            tentative=row.tentative,
        ),
        first_seen=row.first_seen,
        told=row.told,
        agencies=agencies,
        heard=heard,
    )


def _agencies_of(
    connection: Connection, task_ids: Iterable[int], groups_coordinate: bool
) -> dict[int, tuple[tuple[str, str], ...]]:
    query = select(assignments.c.task_id, assignments.c.agency, assignments.c.role).where(
        assignments.c.task_id.in_(task_ids), assignments.c.state == "open"
    )
    if not groups_coordinate:
        query = query.where(~((assignments.c.role == "coordinating") & assignments.c.as_group))
    found: dict[int, list[tuple[str, str]]] = {}
    for task_id, agency, role in connection.execute(query.order_by(assignments.c.id)):
        found.setdefault(task_id, []).append((agency, role))
    return {task_id: tuple(pairs) for task_id, pairs in found.items()}


def note_decisions(
    connection: Connection, decided: Sequence[tuple[int, dict[str, list[str]], date | None]]
) -> None:
    """Keep, for each due, what has been told or let go and the next day to look at it (None: never again)."""
    if decided:
        connection.execute(
            update(dues)
            .where(dues.c.id == bindparam("due"))
            .values(told=bindparam("stages"), next_on=bindparam("next_day")),
            [{"due": due, "stages": told, "next_day": next_on} for due, told, next_on in decided],
        )
