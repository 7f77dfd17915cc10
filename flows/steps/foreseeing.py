"""What a change of the policies or of the calendar would do, before it is one. Keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from flows.steps.previewing import Foreseen, preview
from flows.steps.resolving import STEP, resolve_tasks
from flows.steps.workplace import Workplace
from store import plans
from store.schema import dues

if TYPE_CHECKING:
    from config.policies import Policies
    from deadlines.calendar import Calendar

DAYS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """Who would be told what in the coming days, before and after."""

    before: int
    after: int
    gone: tuple[Foreseen, ...]
    """Told now, not any more."""
    new: tuple[Foreseen, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shifted:
    """How many open dates another calendar would move."""

    dues: int
    """Dates on which something must be done."""
    aims: int
    """Working days that reminders count toward, or first days of being late, where the date itself stays."""
    looked_at: int


def with_parts(workplace: Workplace, **parts: Any) -> Workplace:
    """The same workplace with other `policies` or another `calendar`, for looking ahead."""
    made = Workplace(workplace.settings, workplace.environment)
    made.__dict__.update({**workplace.__dict__, **parts})
    return made


def compare(workplace: Workplace, policies: Policies, today: date) -> Compared:
    """The reminders of the next 30 days by the present policies and by `policies`."""
    last = today + timedelta(days=DAYS - 1)
    now = preview(workplace, today, last)
    then = preview(with_parts(workplace, policies=policies), today, last, every=True)
    before, after = {_same(one): one for one in now}, {_same(one): one for one in then}
    return Compared(
        before=len(now),
        after=len(then),
        gone=tuple(one for key, one in before.items() if key not in after),
        new=tuple(one for key, one in after.items() if key not in before),
    )


def _same(one: Foreseen) -> tuple[Any, ...]:
    """What makes two reminders the same for people: who hears of what, on which day, as how urgent."""
    planned = one.planned
    return (one.day, planned.due_id, planned.agency, planned.audience, planned.channel, planned.urgency)


class _Undo(Exception):  # noqa: N818 - not an error: it ends a transaction that must leave nothing
    pass


def shift(workplace: Workplace, calendar: Calendar, today: date) -> Shifted:
    """What resolving every open task by another calendar would move; done and taken back, some tasks at a time.

    Others write in between, for a page must not keep them waiting while it looks at all tasks.
    """
    other = with_parts(workplace, calendar=calendar)
    moved = aims = looked_at = after = 0
    while True:
        with workplace.database.read() as connection:
            ids = plans.open_tasks(connection, workplace.province, after=after, limit=STEP)
        if not ids:
            return Shifted(dues=moved, aims=aims, looked_at=looked_at)
        part = _shift(workplace, other, ids, today)
        moved, aims, looked_at = moved + part.dues, aims + part.aims, looked_at + part.looked_at
        after = ids[-1]
        workplace.database.let_others()


def _shift(workplace: Workplace, other: Workplace, ids: Sequence[int], today: date) -> Shifted:
    found = Shifted(dues=0, aims=0, looked_at=0)
    try:
        with workplace.database.write() as connection:
            before = _dates(connection, ids)
            resolve_tasks(connection, other, ids, today=today)
            after = _dates(connection, ids)
            moved = [key for key, row in before.items() if key not in after or after[key][0] != row[0]]
            moved += [key for key in after if key not in before]
            aims = [key for key, row in before.items() if key in after and after[key] != row and key not in moved]
            found = Shifted(dues=len(moved), aims=len(aims), looked_at=len(before))
            raise _Undo
    except _Undo:
        return found


def _dates(connection: Connection, ids: Sequence[int]) -> dict[tuple[int, str], tuple[date, date, date | None]]:
    rows = connection.execute(
        select(dues.c.task_id, dues.c.key, dues.c.on_date, dues.c.aim, dues.c.late_from).where(
            dues.c.task_id.in_(ids), dues.c.state == "open"
        )
    )
    return {(row.task_id, row.key): (row.on_date, row.aim, row.late_from) for row in rows}
