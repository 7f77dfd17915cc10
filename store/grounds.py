"""On what document a date rests that the plan alone does not give: an issued document, or an extension."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, select

from store.schema import dues, events, extensions, releases


@dataclass(frozen=True, kw_only=True, slots=True)
class Issued:
    """A document whose issuing released a date."""

    issuer: str
    instrument: str
    number: str | None
    on: date


def issued(connection: Connection, due_ids: Collection[int]) -> Mapping[int, Issued]:
    """By due, the document that released it."""
    rows = connection.execute(
        select(dues.c.id, events.c.issuer, events.c.instrument, events.c.number, events.c.on_date)
        .join(releases, and_(releases.c.task_id == dues.c.task_id, releases.c.term == dues.c.term))
        .join(events, events.c.id == releases.c.event_id)
        .where(dues.c.id.in_(due_ids))
    )
    return {
        row.id: Issued(issuer=row.issuer, instrument=row.instrument, number=row.number, on=row.on_date)
        for row in rows
    }


def extended_by(connection: Connection, due_ids: Collection[int]) -> Mapping[int, str]:
    """By due, the document that gave it its present date."""
    rows = connection.execute(
        select(dues.c.id, extensions.c.document)
        .join(
            extensions,
            and_(
                extensions.c.task_id == dues.c.task_id,
                extensions.c.key == dues.c.key,
                extensions.c.new_on == dues.c.on_date,
            ),
        )
        .where(dues.c.id.in_(due_ids))
        .order_by(extensions.c.id)
    )
    return {row.id: row.document for row in rows}
