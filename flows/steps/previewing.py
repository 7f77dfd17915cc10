"""Who would be told what, on which day, by which channel, if nothing else happened. Sends and writes nothing.

It goes by the same decisions as the daily run, so that what it shows is what then happens.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from sqlalchemy import Connection

from flows.steps.deciding import Channels, Outcome, Told, decide_due, planned_of
from flows.steps.reach import reachable
from flows.steps.workplace import Workplace
from store import answers, directory, due_now, outbox
from store.due_now import Cursor, Open
from store.heard import Sent, stages_told
from store.outbox import Planned

BATCH = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreseen:
    """One reminder of a day to come."""

    day: date
    planned: Planned
    task_id: int


def preview(workplace: Workplace, first: date, last: date, *, every: bool = False) -> list[Foreseen]:
    """All reminders of the working days from `first` to `last`, both inclusive, by day and agency.

    `every` looks at all open dues as after a change of policy, not only at those whose day has come.
    """
    found: list[Foreseen] = []
    with workplace.ready().read() as connection:
        for batch in _batches(connection, workplace, last, BATCH, every=every):
            found.extend(_of_batch(connection, workplace, batch, first, last))
    return sorted(found, key=_order)


def nearest(workplace: Workplace, first: date, last: date, *, most: int | None) -> tuple[list[Foreseen], date]:
    """The same, looking at `most` dues at the most; and the last day, inclusive, of which all is told.

    That day lies before `first` where not even one day is told whole.
    """
    if most is None:
        return preview(workplace, first, last), last
    with workplace.ready().read() as connection:
        batch = next(_batches(connection, workplace, last, most + 1, every=False), [])
        until = last if len(batch) <= most else batch[-1].next_on - timedelta(days=1)
        found = _of_batch(connection, workplace, batch[:most], first, max(until, first))
    return sorted(found, key=_order), until


def _order(one: Foreseen) -> tuple[date, str, str]:
    return (one.day, one.planned.agency, one.planned.key)


def _batches(
    connection: Connection, workplace: Workplace, last: date, limit: int, *, every: bool
) -> Iterator[list[Open]]:
    after: Cursor | None = None
    while True:
        batch = due_now.due_batch(
            connection,
            workplace.province,
            last,
            after=after,
            limit=limit,
            groups_coordinate=workplace.settings.reminding.groups_coordinate,
            every=every,
            heard=partial(stages_told, leaving=True) if workplace.policies.counts else None,
        )
        if not batch:
            return
        yield batch
        after = batch[-1].cursor


def _of_batch(
    connection: Connection, workplace: Workplace, batch: Sequence[Open], first: date, last: date
) -> list[Foreseen]:
    channels = Channels(workplace, directory.failing(connection, workplace.province))
    reached = reachable(connection, workplace) if workplace.policies.counts else frozenset()
    confirmed = answers.acknowledged(connection, [due.id for due in batch])
    foreseen = [
        Foreseen(day=day, planned=planned_of(workplace, told, day, channels), task_id=due.task_id)
        for due in batch
        for day, told in _unroll(workplace, due, confirmed.get(due.id, {}), first, last, reached)
    ]
    # What was said already, about a date that was left and has come back, is not said again.
    known = outbox.known_keys(connection, [one.planned for one in foreseen])
    return [one for one in foreseen if one.planned.key not in known]


def _unroll(
    workplace: Workplace,
    due: Open,
    acknowledged: Mapping[str, set[str]],
    first: date,
    last: date,
    reached: Collection[str],
) -> Iterator[tuple[date, Told]]:
    """Each stage of one due, on the working day on which a run would tell it."""
    day: date | None = first
    while day is not None and (day := workplace.calendar.on_or_after(day)) <= last:
        outcome = decide_due(workplace, due, acknowledged, today=day)
        for told in outcome.tell:
            yield day, told
        due = replace(due, told=outcome.told, heard=_heard(due, outcome, day, reached))
        day = outcome.next_on


def _heard(due: Open, outcome: Outcome, day: date, reached: Collection[str]) -> Sent | None:
    """What each agency will have been sent: all that is decided, unless nobody can be reached there."""
    if due.heard is None:
        return None
    heard = dict(due.heard)
    for told in outcome.tell:
        if told.agency in reached:
            # The day's message has no number yet.
            heard[told.agency] = (*heard.get(told.agency, ()), (-day.toordinal(), told.stage.id))
    return heard
