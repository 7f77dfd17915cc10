"""From readings to due dates, whenever what is known has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from deadlines.resolve import resolve
from deadlines.types import Deadline, Resolution
from flows.steps.workplace import Workplace
from notifiers.message import Urgency
from store import dues, events, heard, readings
from store.codec import reading_from_json
from store.dues import Moved
from store.outbox import CHANGED, Planned, plan

BATCH = 500
STEP = 200
"""Tasks that are resolved in one transaction where many are, so that others may write in between."""
LOOK_BACK = timedelta(days=31)
"""How old the last occurrence of a recurring deadline may be to be asked for when a plan is first imported."""


def resolve_tasks(
    connection: Connection, workplace: Workplace, task_ids: Sequence[int], *, today: date
) -> list[Moved]:
    """Bring the due dates of these tasks to what is known today. Returns the dates that moved."""
    moved: list[Moved] = []
    for start in range(0, len(task_ids), BATCH):
        batch = task_ids[start : start + BATCH]
        met = events.met_terms(connection, batch)
        extended = events.extended(connection, batch)
        for row in readings.of_tasks(connection, batch):
            reading = reading_from_json(row.reading)
            if not isinstance(reading, Deadline):
                continue
            resolution = resolve_reading(
                workplace,
                reading,
                issued=row.issued_on,
                met=met.get(row.task_id, {}),
                extensions=extended.get(row.task_id, {}),
                since=min(today - LOOK_BACK, row.earliest or today),
                today=today,
            )
            applied = dues.apply(connection, workplace.province, row.task_id, resolution, today=today)
            moved.extend(applied.moved)
    return moved


def resolve_reading(
    workplace: Workplace,
    reading: Deadline,
    *,
    issued: date | None,
    met: dict[int, date],
    extensions: dict[str, date],
    since: date,
    today: date,
) -> Resolution:
    """One deadline's dates from `since` up to the horizon of the settings, counted from `today`."""
    return resolve(
        reading,
        issued=issued,
        met=met,
        extensions=extensions,
        calendar=workplace.calendar,
        counting=workplace.settings.counting,
        since=since,
        until=today + timedelta(days=workplace.settings.schedule.horizon_days),
    )


def extend_horizons(workplace: Workplace, *, now: datetime, today: date) -> None:
    """List the occurrences that have come within the horizon, in many short steps, and tell what moved.

    Looks only at deadlines that have more to come.
    """
    # Half the horizon is kept in hand, so that a deadline is looked at a few times a year and not every day.
    near = today + timedelta(days=workplace.settings.schedule.horizon_days // 2)

    def next_after(connection: Connection, after: int) -> Sequence[int]:
        return readings.running_out(connection, workplace.province, near, after=after, limit=STEP)

    resolve_in_steps(workplace, next_after, now=now, today=today)


def resolve_in_steps(
    workplace: Workplace, next_after: Callable[[Connection, int], Sequence[int]], *, now: datetime, today: date
) -> None:
    """Resolve the tasks that `next_after` gives, some at a time by their ids, and tell what moved."""
    after = 0
    while True:
        with workplace.database.write() as connection:
            batch = next_after(connection, after)
            if not batch:
                return
            moved = resolve_tasks(connection, workplace, batch, today=today)
            announce(connection, workplace, moved, now=now, today=today)
        after = batch[-1]
        workplace.database.let_others()


def announce(
    connection: Connection, workplace: Workplace, moved: Sequence[Moved], *, now: datetime, today: date
) -> int:
    """Tell each agency that was told an old date the new one, once. Returns how many reminders that makes."""
    from flows.steps.reach import envelopes, route

    told = [change for change in moved if change.was_told]
    if not told:
        return 0
    openings = envelopes(connection, workplace, now=now, today=today)
    planned = [
        Planned(
            due_id=change.due_id,
            due_on=change.new_on or change.old_on,
            stage=f"{CHANGED}:{change.new_on or 'none'}" + (f"#{last.changes}" if last.changes else ""),
            agency=last.agency,
            audience=last.audience,
            role=last.role,
            channel=route(workplace, last.agency, last.audience).channel,
            urgency=Urgency.CHANGED,
            note=_note(last.on, change.new_on),
        )
        for change in told
        for last in heard.last_heard(connection, change.due_id)
        if last.on != change.new_on
    ]
    return plan(connection, workplace.province, planned, openings, today)


def _note(heard: date | None, new_on: date | None) -> str:
    if new_on is None:
        return f"Thời hạn {heard:%d/%m/%Y} đã nhắc trước đây không còn áp dụng."
    if heard is None:
        return f"Thời hạn {new_on:%d/%m/%Y} được áp dụng trở lại."
    return f"Thời hạn đã nhắc trước đây là ngày {heard:%d/%m/%Y}, nay là ngày {new_on:%d/%m/%Y}."
