"""What a person said about the reading of a task."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, MetaData, String, Table, Text

from store.types import Instant


def tables(metadata: MetaData) -> Table:
    """One row a task: the last word about its reading, on the one metadata of the store.

    `words` is the digest of the printed words that were looked at; other words are looked at anew. `printed`
    and `corrected` hold only what was corrected, by field.
    """
    return Table(
        "reviews",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("province", String(40), nullable=False),
        Column("task_id", ForeignKey("tasks.id"), nullable=False, unique=True),
        Column("words", String(64), nullable=False),
        Column("printed", JSON, nullable=False),
        Column("corrected", JSON, nullable=False),
        Column("reviewed_at", Instant, nullable=False),
        Column("reviewed_by", Text, nullable=False),
    )
