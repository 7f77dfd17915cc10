"""Who was told what about a date last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    Connection,
    and_,
    or_,
    select,
)

from store.outbox import CHANGED
from store.schema import messages, reminders
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
