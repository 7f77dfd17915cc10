"""What a plan would change in the tasks that are stored: a newer version, an amendment, a replacement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row

from store import reviews
from store.plan_records import Follows
from store.plan_versions import current_plan, followed, in_force
from store.reviews import Review

if TYPE_CHECKING:
    from plans.compare import Difference
    from plans.types import Plan, Task


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """A stored plan that a new one follows. What a `partial` one leaves out stays in force: it only amends."""

    id: int
    number: str | None
    partial: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What keeping a plan would do to the tasks that are stored.

    `missing` are the numbers of the plans that it says it amends or replaces and that are not stored.
    """

    earlier: tuple[Earlier, ...]
    difference: Difference
    follows: Follows
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Amended:
    """Rows of an amended plan that a person confirmed, by the id of the stored task."""

    meant: Mapping[int, tuple[Task, Task]] = field(default_factory=dict)
    """(as stored, as it is to be); the latter stands among the tasks of the amending plan."""
    dropped: Mapping[int, Task] = field(default_factory=dict)


def effect_of(
    connection: Connection,
    province: str,
    plan: Plan,
    *,
    identity: str,
    keys: Sequence[str],
    amended: Amended | None = None,
) -> Effect:
    """Compare a plan with what it follows. `keys` are those of its tasks, in their order."""
    from plans.compare import changed_as_told, compare

    amended = amended or Amended()
    told = {id(new): (task, old) for task, (old, new) in amended.meant.items()}

    earlier, missing = _earlier(connection, province, plan, identity)
    settled = amended.meant.keys() | amended.dropped.keys()
    rows = [row for row in followed(connection, [one.id for one in earlier]) if row.id not in settled]
    said = reviews.kept(connection, province, [row.id for row in rows])
    old = [stored_task(row, said.get(row.id)) for row in rows]
    stored = {id(task): row for task, row in zip(old, rows, strict=True)}
    own = replace(plan, tasks=tuple(task for task in plan.tasks if id(task) not in told))
    whole = compare(replace(plan, number=None, amends=(), tasks=tuple(old)), own)
    partial = {one.id for one in earlier if one.partial}
    withdrawn = tuple(task for task in whole.withdrawn if stored[id(task)].plan_id not in partial)
    key = {id(task): name for task, name in zip(plan.tasks, keys, strict=True)}
    pairs = [*whole.kept, *((change.old, change.new) for change in whole.changed)]
    taken = {key[id(new)]: stored[id(before)].id for before, new in pairs}
    return Effect(
        earlier=earlier,
        difference=replace(
            whole,
            changed=(*whole.changed, *(changed_as_told(old, new) for old, new in amended.meant.values())),
            withdrawn=(*withdrawn, *amended.dropped.values()),
            partial=bool(partial),
        ),
        follows=Follows(
            taken=taken | {key[new]: task for new, (task, _) in told.items()},
            withdrawn=(*(stored[id(task)].id for task in withdrawn), *amended.dropped),
            replaced=tuple(one.id for one in earlier if not one.partial),
        ),
        missing=missing,
    )


def _earlier(
    connection: Connection, province: str, plan: Plan, identity: str
) -> tuple[tuple[Earlier, ...], tuple[str, ...]]:
    found: dict[int, Earlier] = {}
    missing = []
    before = current_plan(connection, province, identity)
    if before is not None:
        found[before.id] = Earlier(id=before.id, number=before.number, partial=False)
    for number, partial in [*((n, False) for n in plan.replaces), *((n, True) for n in plan.amends)]:
        row = in_force(connection, province, number, plan.issued_on)
        if row is None:
            missing.append(number)
        else:
            found.setdefault(row.id, Earlier(id=row.id, number=row.number, partial=partial))
    return tuple(found.values()), tuple(dict.fromkeys(missing))


def stored_task(row: Row[Any], review: Review | None) -> Task:
    """A stored task as it was printed, whatever a person corrected in it."""
    from plans.document import Place
    from plans.types import TableKind, Task

    printed: Mapping[str, Any] = review.printed if review else {}
    return Task(
        table=TableKind(row.table_kind),
        number=row.number,
        title=printed.get("title", row.title),
        place=Place(**row.place),
        section=row.section,
        lead_text=row.lead_text,
        coordinating_text=row.coordinating_text,
        product=row.product,
        deadline_text=row.deadline_text,
        conditions=tuple(row.conditions),
        parent=row.parent,
        confidence=row.confidence,
        doubts=tuple(row.doubts),
    )
