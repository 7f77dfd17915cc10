"""Recording that a document was issued, and what follows: candidates ranked, a person confirms, dates follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from deadlines.awaiting import Grouping
from deadlines.ledger import Candidate, Issued, Waiting, rank
from deadlines.types import Conditional, Deadline
from flows.steps.resolving import announce, resolve_tasks
from flows.steps.workplace import Workplace
from store import events, readings
from store.codec import reading_from_text
from store.dues import Moved
from store.events import EventRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A term of a stored task that waits for its event."""

    task_id: int
    term: int
    waiting: Waiting


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A waiting term that an event may satisfy."""

    held: Held
    candidate: Candidate


def waiting_terms(connection: Connection, province: str, plan: int | None = None) -> list[Held]:
    """Every term that waits, of one plan where it is given, in printed order."""
    found = []
    for row in readings.waiting(connection, province, plan):
        reading = reading_from_text(row.reading)
        if not isinstance(reading, Deadline):
            continue
        for entry in row.waiting:
            term = reading.terms[entry["term"]]
            if isinstance(term, Conditional):
                waiting = Waiting(
                    task_key=f"{row.task_id}/{entry['term']}", condition=term.condition, title=row.title
                )
                found.append(Held(task_id=row.task_id, term=entry["term"], waiting=waiting))
    return found


def awaited_groups(
    connection: Connection, province: str, grouping: Grouping | None = None
) -> list[tuple[str, list[Held]]]:
    """Waiting terms by the document that they wait for, across plans. `grouping` knows those of the last look."""
    held = {one.waiting.task_key: one for one in waiting_terms(connection, province)}
    groups = (grouping or Grouping()).group([one.waiting for one in held.values()])
    return [(found.label, [held[key] for key in found.task_keys]) for found in groups]


def propose(connection: Connection, province: str, event: EventRecord) -> list[Proposal]:
    """What the event may release, the likeliest first."""
    held = {one.waiting.task_key: one for one in waiting_terms(connection, province)}
    issued = Issued(
        issuer=event.issuer,
        instrument=event.instrument,
        number=event.number,
        on=event.on_date,
        subject=event.subject,
    )
    ranked = rank(issued, [one.waiting for one in held.values()])
    return [Proposal(held=held[found.task_key], candidate=found) for found in ranked]


def record_event(workplace: Workplace, event: EventRecord, *, now: datetime, actor: str) -> int:
    """Keep the event; nothing is released until a person confirms."""
    with workplace.ready().write() as connection:
        return events.add_event(connection, workplace.province, event, now=now, actor=actor)


def confirm(
    workplace: Workplace,
    event_id: int,
    terms: Sequence[tuple[int, int]],
    *,
    on: date,
    now: datetime,
    today: date,
    actor: str,
) -> list[Moved]:
    """Release these (task, term) pairs and bring their dates up to date."""
    with workplace.ready().write() as connection:
        events.release(connection, workplace.province, event_id, terms, on=on, now=now, actor=actor)
        return _follow(connection, workplace, sorted({task for task, _ in terms}), now=now, today=today)


def correct(
    workplace: Workplace, event_id: int, on: date, *, now: datetime, today: date, actor: str
) -> list[Moved]:
    """Give an event its right date; every date that came from it follows."""
    with workplace.ready().write() as connection:
        affected = events.correct_event(connection, workplace.province, event_id, on, now=now, actor=actor)
        return _follow(connection, workplace, affected, now=now, today=today)


def withdraw(workplace: Workplace, event_id: int, *, now: datetime, today: date, actor: str) -> list[Moved]:
    """Take an event back; what it released waits again."""
    with workplace.ready().write() as connection:
        affected = events.withdraw_event(connection, workplace.province, event_id, now=now, actor=actor)
        return _follow(connection, workplace, affected, now=now, today=today)


def _follow(
    connection: Connection, workplace: Workplace, task_ids: Sequence[int], *, now: datetime, today: date
) -> list[Moved]:
    moved = resolve_tasks(connection, workplace, task_ids, today=today)
    announce(connection, workplace, moved, now=now, today=today)
    return moved
