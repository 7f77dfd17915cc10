"""Taking back what was not sent: about a date that moved, or to an agency whose task it is no more.

What a message on its way says is left alone: it can't be taken back, and counts as told.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, select, update

from store.schema import dues, messages, reminders
from store.strays import in_flight


def withdraw_reminders(connection: Connection, due_id: int) -> bool:
    """Take back what was not sent about a due; True where something had been sent, or may have been."""
    leaving, _ = _take_back(connection, reminders.c.due_id == due_id)
    told = select(reminders.c.id).where(reminders.c.due_id == due_id, reminders.c.state == "told").limit(1)
    return leaving or connection.execute(told).first() is not None


def _take_back(connection: Connection, which: ColumnElement[bool]) -> tuple[bool, set[int]]:
    """Withdraw what is planned of these; whether some of it is on its way, and the dues of what was taken back."""
    planned = and_(which, reminders.c.state == "planned")
    leaving = _leaving(connection, planned)
    taken = connection.execute(
        update(reminders)
        .where(planned, reminders.c.message_id.is_(None) | reminders.c.message_id.not_in(leaving))
        .values(state="withdrawn", message_id=None)
        .returning(reminders.c.due_id)
    )
    return bool(leaving), set(taken.scalars())


def _leaving(connection: Connection, which: ColumnElement[bool]) -> list[int]:
    """Of the messages of these reminders, those on their way. All of them are locked against being taken now."""
    held = connection.execute(
        select(messages.c.id, in_flight().label("leaving"))
        .where(messages.c.id.in_(select(reminders.c.message_id).where(which)))
        .order_by(messages.c.id)
        .with_for_update()
    )
    return [row.id for row in held if row.leaving]


def forget_agency(connection: Connection, task_id: int, agency: str) -> None:
    """Take back what was not sent to an agency about a task that is its no more; its successor is told instead."""
    of_task = select(dues.c.id).where(dues.c.task_id == task_id, dues.c.state == "open", ~dues.c.blocked)
    _, again = _take_back(connection, and_(reminders.c.due_id.in_(of_task), reminders.c.agency == agency))
    if again:
        connection.execute(
            update(dues).where(dues.c.id.in_(sorted(again))).values(told={}, next_on=dues.c.first_seen)
        )
