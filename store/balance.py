"""The balance of the outbox: every reminder ever planned is accounted for, once.

planned = sent + failed + lapsed + superseded + uncertain + pending
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from store.schema import messages, reminders


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """Counts of reminders. `planned` is counted by itself, not summed."""

    planned: int = 0
    sent: int = 0
    """Told in a message that the other side took."""
    failed: int = 0
    """In a message that was refused: a dead letter, or an agency without a usable contact."""
    lapsed: int = 0
    """Let go: said by a later reminder or by another channel."""
    superseded: int = 0
    """Withdrawn unsent, because the date moved, the task ended or the agency changed."""
    uncertain: int = 0
    """In a message of which it is not known whether it arrived."""
    pending: int = 0
    """Still to leave."""
    unexplained: int = 0
    """Told by a message that was never sent, or planned in none. There must be none."""

    @property
    def holds(self) -> bool:
        accounted = sum(getattr(self, part.name) for part in fields(self)) - self.planned - self.unexplained
        return self.unexplained == 0 and accounted == self.planned


_MEANS = {
    ("told", "sent"): "sent",
    ("planned", "refused"): "failed",
    ("planned", "unconfirmed"): "uncertain",
    ("planned", "ready"): "pending",
    ("planned", "sending"): "pending",
    # Gathered into the next working day's message.
    ("planned", "sent"): "pending",
    ("planned", "withdrawn"): "pending",
    ("planned", "lapsed"): "pending",
}


def balance(connection: Connection, province: str, *, first: date | None = None, last: date = date.max) -> Balance:
    """The account of a province's outbox as it stands, or of what was decided from `first` to `last`, inclusive."""
    which = [reminders.c.province == province]
    if first is not None:
        which.append(reminders.c.decided_on.between(first, last))
    planned = connection.execute(select(func.count()).where(*which)).scalar_one()
    rows = connection.execute(
        select(reminders.c.state, messages.c.state, func.count())
        .join(messages, messages.c.id == reminders.c.message_id, isouter=True)
        .where(*which)
        .group_by(reminders.c.state, messages.c.state)
    )
    found: dict[str, int] = {}
    for state, message, count in rows:
        means = {"lapsed": "lapsed", "withdrawn": "superseded"}.get(state) or _MEANS.get((state, message))
        found[means or "unexplained"] = found.get(means or "unexplained", 0) + count
    return Balance(planned=planned, **found)


def dead_letters(connection: Connection, province: str, limit: int = 500) -> Sequence[Row[Any]]:
    """Messages that a person has to look at, newest first: refused and unconfirmed ones that still carry something.

    `why` is the other side's last answer, `waiting` how many reminders were not told because of it.
    """
    carried = (
        select(func.count())
        .where(reminders.c.message_id == messages.c.id, reminders.c.state == "planned")
        .correlate(messages)
        .scalar_subquery()
    )
    why = case((messages.c.reason.is_not(None), messages.c.reason), else_="")
    return connection.execute(
        select(
            messages.c.id,
            messages.c.key,
            messages.c.purpose,
            messages.c.agency,
            messages.c.audience,
            messages.c.channel,
            messages.c.day,
            messages.c.state,
            messages.c.recipient,
            messages.c.attempts,
            messages.c.code,
            messages.c.ended_at,
            why.label("why"),
            carried.label("waiting"),
        )
        .where(
            messages.c.province == province,
            messages.c.state.in_(("refused", "unconfirmed")),
            (carried > 0) | (messages.c.purpose != "reminders"),
        )
        .order_by(messages.c.id.desc())
        .limit(limit)
    ).all()
