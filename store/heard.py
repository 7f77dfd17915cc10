"""Who was really told what about a date."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    Connection,
    and_,
    or_,
    select,
)

from store.outbox import CHANGED
from store.schema import dues, messages, reminders
from store.strays import in_flight


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What somebody was told last about a due, or may have been."""

    agency: str
    audience: str
    role: str
    on: date | None
    """None where the last word was that the date is no more."""
    changes: int
    """How many changes of the date were told."""


def last_heard(connection: Connection, due_id: int) -> list[Heard]:
    """Everyone who was told something about a due, or may have been, with what was said last."""
    rows = connection.execute(
        select(reminders.c.agency, reminders.c.audience, reminders.c.role, reminders.c.on_date, reminders.c.stage)
        .join(messages, messages.c.id == reminders.c.message_id)
        .where(
            reminders.c.due_id == due_id,
            or_(reminders.c.state == "told", and_(reminders.c.state == "planned", in_flight())),
        )
        .order_by(reminders.c.id)
    ).all()
    found: dict[tuple[str, str], Heard] = {}
    for row in rows:
        who = (row.agency, row.audience)
        before = found[who].changes if who in found else 0
        found[who] = Heard(
            agency=row.agency,
            audience=row.audience,
            role=row.role,
            on=None if row.stage.startswith(f"{CHANGED}:none") else row.on_date,
            changes=before + row.stage.startswith(CHANGED),
        )
    return list(found.values())


Sent = Mapping[str, tuple[tuple[int, str], ...]]
"""By agency, in order: a message, and a stage that it told."""


def stages_told(connection: Connection, due_ids: Collection[int], *, leaving: bool = False) -> Mapping[int, Sent]:
    """By due, the stages about its present date that left and have not come back.

    `leaving`: with what is on its way, or will be as soon as it may.
    """
    state = reminders.c.state == "told"
    if leaving:
        state |= (reminders.c.state == "planned") & messages.c.state.in_(("ready", "sending"))
    rows = connection.execute(
        select(reminders.c.due_id, reminders.c.agency, reminders.c.message_id, reminders.c.stage)
        .join(dues, and_(dues.c.id == reminders.c.due_id, dues.c.on_date == reminders.c.on_date))
        .join(messages, messages.c.id == reminders.c.message_id)
        .where(reminders.c.due_id.in_(due_ids), state)
        .order_by(reminders.c.id)
    )
    found: dict[int, dict[str, tuple[tuple[int, str], ...]]] = {}
    for due_id, agency, message, stage in rows:
        told = found.setdefault(due_id, {})
        told[agency] = (*told.get(agency, ()), (message, stage))
    return found
