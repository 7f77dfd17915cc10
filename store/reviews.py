"""Readings that a person has looked at: accepted as they are, or corrected; known by the printed words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from store.audit import record
from store.outbox import inserting
from store.schema import deadlines, plans, reviews, tasks


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """The last word about a task. `printed` has what stood where something was `corrected`, by field."""

    words: str
    printed: Mapping[str, Any] = field(default_factory=dict)
    corrected: Mapping[str, Any] = field(default_factory=dict)


def words_of(
    title: str, lead: str | None, coordinating: str | None, deadline: str | None, conditions: Sequence[str]
) -> str:
    """A digest of the printed words that a reading comes from."""
    printed = json.dumps([title, lead, coordinating, deadline or "", list(conditions)], ensure_ascii=False)
    return hashlib.sha256(printed.encode()).hexdigest()


def kept(connection: Connection, province: str, task_ids: Collection[int] | None = None) -> dict[int, Review]:
    """The reviews of these tasks, or of all of the province, by task."""
    query = select(reviews).where(reviews.c.province == province)
    if task_ids is not None:
        query = query.where(reviews.c.task_id.in_(task_ids))
    return {
        row.task_id: Review(words=row.words, printed=row.printed, corrected=row.corrected)
        for row in connection.execute(query)
    }


def open_readings(connection: Connection, province: str, task_ids: Collection[int] | None = None) -> list[Row[Any]]:
    """Open tasks in printed order, with the reading of their deadline and the state of that reading."""
    query = (
        select(
            tasks,
            plans.c.number.label("plan_number"),
            plans.c.file,
            plans.c.issued_on,
            deadlines.c.reading,
            deadlines.c.state.label("deadline_state"),
            deadlines.c.confidence.label("deadline_confidence"),
        )
        .join(deadlines, deadlines.c.task_id == tasks.c.id)
        .join(plans, plans.c.id == tasks.c.plan_id)
        .where(tasks.c.province == province, tasks.c.state == "open")
        .order_by(tasks.c.plan_id, tasks.c.position)
    )
    if task_ids is not None:
        query = query.where(tasks.c.id.in_(task_ids))
    return list(connection.execute(query))


def keep(connection: Connection, province: str, task_id: int, review: Review, *, now: datetime, actor: str) -> None:
    """Keep what a person said, in place of what was said before, with an entry in the audit log."""
    values = {
        "words": review.words,
        "printed": dict(review.printed),
        "corrected": dict(review.corrected),
        "reviewed_at": now,
        "reviewed_by": actor,
    }
    connection.execute(
        inserting(connection, reviews)
        .values(values | {"province": province, "task_id": task_id})
        .on_conflict_do_update(index_elements=["task_id"], set_=values)
    )
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action="review.correct" if review.corrected else "review.accept",
        subject=f"task:{task_id}",
        before=dict(review.printed) or None,
        after=dict(review.corrected) or None,
    )


def correct_title(connection: Connection, task_id: int, title: str) -> None:
    connection.execute(update(tasks).where(tasks.c.id == task_id).values(title=title))
