"""What a due and a task were before they changed, so that their standing on any past day can still be told."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, MetaData, String, Table


def tables(metadata: MetaData) -> tuple[Table, Table]:
    """Earlier states of dues and of tasks, on the one metadata of the store.

    A row held until `until`, exclusive: on that day the next row, or the due itself, began to hold.
    """
    return (
        Table(
            "due_history",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("province", String(40), nullable=False),
            Column("due_id", ForeignKey("dues.id"), nullable=False),
            Column("on_date", Date, nullable=False),
            Column("late_from", Date),
            Column("blocked", Boolean, nullable=False),
            Column("state", String(20), nullable=False),
            Column("until", Date, nullable=False),
            Index(None, "due_id", "until"),
            Index(None, "province", "until"),
        ),
        Table(
            "task_history",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("province", String(40), nullable=False),
            Column("task_id", ForeignKey("tasks.id"), nullable=False),
            Column("state", String(20), nullable=False),
            Column("until", Date, nullable=False),
            Index(None, "task_id", "until"),
            Index(None, "province", "until"),
        ),
    )
