"""A message composed before anything is locked: a long one takes half a second, in which nobody could write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from flows.steps.channels import zalo_scheme
from flows.steps.composing import compose
from flows.steps.workplace import Workplace
from notifiers.message import Message
from store import outbox


@dataclass(frozen=True, kw_only=True, slots=True)
class Ahead:
    """What was composed, and what it says of each reminder."""

    made: tuple[dict[str, Any], Message]
    said: Sequence[Row[Any]] | None
    """None for a digest: what is planned into it meanwhile is told another day, what is withdrawn it may name."""

    def holds(self, connection: Connection, message: Row[Any]) -> bool:
        """Whether it would be composed of the same now."""
        return self.said is None or list(outbox.planned_in(connection, message.id)) == list(self.said)


def composed_ahead(
    connection: Connection, workplace: Workplace, message: Row[Any], *, to: str, to_name: str, now: datetime
) -> Ahead | None:
    """The message as it stands now; None where it says nothing, or where composing it writes something down."""
    digest = message.purpose == "digest"
    if not digest and zalo_scheme(workplace, message.channel) is not None:
        return None
    # Looked at before: what changes while it is composed makes a difference to what is planned afterwards.
    said = None if digest else outbox.planned_in(connection, message.id)
    made = compose(connection, workplace, message, to=to, to_name=to_name, now=now)
    return Ahead(made=made, said=said) if made is not None else None
