"""The outbox, its deciding side: what must be said, one message an agency, channel and day.

Deciding the same thing twice adds nothing, because a reminder's key is unique. What happens to a message on its
way out is in `store.attempts`; what becomes of reminders whose message did not carry them in `store.strays`.
Only the outbox is the truth about sending; Prefect's own record of runs is not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from store.schema import dues, messages, plans, reminders, tasks

if TYPE_CHECKING:
    from store.envelopes import Envelopes

CHANGED = "changed"
"""How the stages begin that tell a new date; they are said even where the date is no more."""

OPERATOR = "operator"
"""The agency of what is meant for the office that follows the tasks."""

_CHUNK = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One thing to tell one agency about one due."""

    due_id: int
    due_on: date
    stage: str
    agency: str
    audience: str
    """Whose ears: agency, leadership, superior or operator."""
    role: str
    channel: str
    urgency: str
    note: str = ""

    @property
    def key(self) -> str:
        """(occurrence, due date, stage, agency, channel): the same decision has the same key."""
        return f"{self.due_id}|{self.due_on}|{self.stage}|{self.agency}|{self.audience}|{self.channel}"


def inserting(connection: Connection, table: Table) -> Any:
    """An INSERT that can be told what to do on conflict, on either database."""
    chosen: Insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    return chosen


def plan(connection: Connection, province: str, wanted: Iterable[Planned], envelopes: Envelopes, on: date) -> int:
    """Add reminders that are not there yet, and put back those that were withdrawn. Returns how many."""
    # Two that plan at once take the locks of their messages in the same order.
    ordered = sorted(wanted, key=lambda item: (item.agency, item.audience, item.channel, item.due_id))
    known = known_keys(connection, ordered)
    new = [(key, item) for item in ordered if (key := item.key) not in known]
    envelopes.open((item.agency, item.audience, item.channel) for _, item in new)
    rows = [
        {
            "province": province,
            "key": key,
            "due_id": item.due_id,
            "on_date": item.due_on,
            "stage": item.stage,
            "agency": item.agency,
            "audience": item.audience,
            "role": item.role,
            "channel": item.channel,
            "urgency": item.urgency,
            "note": item.note,
            "state": "planned",
            "decided_on": on,
            "message_id": envelopes.message_for(item.agency, item.audience, item.channel),
        }
        for key, item in new
    ]
    if rows:
        connection.execute(_adding(connection), rows)
    return len(rows)


def _adding(connection: Connection) -> Any:
    adding = inserting(connection, reminders)
    renewed = ("state", "decided_on", "message_id", "urgency", "note", "role")
    return adding.on_conflict_do_update(
        index_elements=["key"],
        set_={name: adding.excluded[name] for name in renewed},
        where=reminders.c.state == "withdrawn",
    )


def known_keys(connection: Connection, wanted: Sequence[Planned]) -> set[str]:
    """The keys of those that are planned, told or lapsed already, be it by another channel.

    An agency that has come to be reached in another way has not forgotten what it was told before.
    """
    said: set[tuple[object, ...]] = set()
    ids = sorted({item.due_id for item in wanted})
    stages = sorted({item.stage for item in wanted})
    for start in range(0, len(ids), _CHUNK):
        rows = connection.execute(
            select(
                reminders.c.due_id, reminders.c.on_date, reminders.c.stage, reminders.c.agency, reminders.c.audience
            ).where(
                reminders.c.due_id.in_(ids[start : start + _CHUNK]),
                reminders.c.stage.in_(stages),
                reminders.c.state != "withdrawn",
            )
        )
        said.update(tuple(row) for row in rows)
    return {
        item.key for item in wanted if (item.due_id, item.due_on, item.stage, item.agency, item.audience) in said
    }


def stands() -> ColumnElement[bool]:
    """Whether what a reminder says still holds; `reminders` joined with `dues` and `tasks`."""
    return and_(
        tasks.c.state != "done",
        or_(
            reminders.c.stage.startswith(CHANGED, autoescape=True),
            and_(
                tasks.c.state == "open",
                dues.c.state == "open",
                dues.c.on_date == reminders.c.on_date,
                ~dues.c.blocked,
            ),
        ),
    )


def planned_in(connection: Connection, message_id: int) -> Sequence[Row[Any]]:
    """The reminders that a message is to say and that still hold, with what a line needs."""
    return connection.execute(
        select(
            reminders.c.id,
            reminders.c.due_id,
            reminders.c.on_date,
            reminders.c.stage,
            reminders.c.role,
            reminders.c.urgency,
            reminders.c.note,
            dues.c.track,
            tasks.c.id.label("task_id"),
            tasks.c.number,
            tasks.c.title,
            tasks.c.product,
            tasks.c.deadline_text,
            tasks.c.lead_text,
            plans.c.kind.label("plan_kind"),
            plans.c.number.label("plan_number"),
            plans.c.issued_on,
            plans.c.title.label("plan_title"),
        )
        .join(dues, dues.c.id == reminders.c.due_id)
        .join(tasks, tasks.c.id == dues.c.task_id)
        .join(plans, plans.c.id == tasks.c.plan_id)
        .where(reminders.c.message_id == message_id, reminders.c.state == "planned", stands())
        .order_by(reminders.c.id)
    ).all()


def earlier_keys(connection: Connection, message: Row[Any], due_ids: Collection[int], limit: int = 10) -> list[str]:
    """Keys of the last messages that told the same people about these dues, oldest first."""
    rows = connection.execute(
        select(messages.c.id, messages.c.key)
        .join(reminders, reminders.c.message_id == messages.c.id)
        .where(
            reminders.c.due_id.in_(due_ids),
            reminders.c.state == "told",
            messages.c.id != message.id,
            messages.c.agency == message.agency,
            messages.c.audience == message.audience,
            messages.c.channel == message.channel,
        )
        .distinct()
        .order_by(messages.c.id.desc())
        .limit(limit)
    ).all()
    return [row.key for row in reversed(rows)]
