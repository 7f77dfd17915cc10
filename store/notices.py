"""Notices: messages to the operator that stand ready in their final words, and leave like any other message."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from store.outbox import inserting
from store.schema import messages


def put_notice(
    connection: Connection,
    province: str,
    *,
    agency: str,
    day: date,
    now: datetime,
    not_before: datetime,
    sealed: bytes,
    lookup: str,
    shown: str,
    content: dict[str, Any],
    channel: str = "email",
) -> bool:
    """Add a notice, one for each `agency` and `day`. False where it is there already."""
    added = connection.execute(
        inserting(connection, messages)
        .values(
            key=f"{province}|notice|{agency}|{channel}|{day}",
            province=province,
            agency=agency,
            audience="operator",
            channel=channel,
            day=day,
            purpose="notice",
            state="ready",
            not_before=not_before,
            attempts=0,
            recipient=shown,
            recipient_sealed=sealed,
            recipient_lookup=lookup,
            frozen=content,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    return added.rowcount == 1
