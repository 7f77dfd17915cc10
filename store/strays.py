"""Reminders whose message did not carry them: moved to another message, another channel, or let go.

What a message that is on its way (or may be) says is not touched: it may have arrived.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select, update

from store.attempts import NO_CONTACT
from store.envelopes import Envelopes
from store.outbox import CHANGED, inserting, stands
from store.schema import dues, messages, reminders, tasks

_CHUNK = 5000
REMEMBERED = timedelta(days=60)
"""Whoever was written to before that has waited long enough to be first."""


def in_flight() -> ColumnElement[bool]:
    """A message that has left or may have: its words are fixed, and how it ended is not known yet."""
    return and_(messages.c.frozen.is_not(None), messages.c.state.in_(("ready", "sending", "unconfirmed")))


def gather(
    connection: Connection, province: str, envelopes: Envelopes, *, today: date, reachable: Collection[str]
) -> int:
    """Put reminders into today's message whose own left without them, lapsed, or could not leave in time.

    Those of a message that had nobody to go to are taken along once its agency is among `reachable`. What holds
    no more is withdrawn, and of several about the same date only the newest goes. Who was written to longest ago
    comes first, so that those who share a full mailbox take turns. Returns how many were moved.
    """
    withdraw_stale(connection, province)
    sources = _sources(connection, province, today=today, reachable=reachable)
    rows: list[Row[Any]] = []
    for start in range(0, len(sources), _CHUNK):
        rows.extend(
            connection.execute(
                select(reminders)
                .where(reminders.c.message_id.in_(sources[start : start + _CHUNK]), reminders.c.state == "planned")
                .order_by(reminders.c.agency, reminders.c.audience, reminders.c.channel, reminders.c.id)
            ).all()
        )
    newest = {_subject(row): row.id for row in rows}
    served = _last_served(connection, province, {row.agency for row in rows}, since=today - REMEMBERED)
    moved = 0
    for row in sorted(rows, key=lambda row: (served.get(_people(row), ""), row.agency, row.audience, row.id)):
        kept = newest[_subject(row)] == row.id
        values: dict[str, Any] = {"state": "lapsed"}
        if kept:
            values = {"message_id": envelopes.message_for(row.agency, row.audience, row.channel)}
        connection.execute(update(reminders).where(reminders.c.id == row.id).values(values))
        moved += kept
    _close_emptied(connection, sources, envelopes.now)
    return moved


def _people(row: Row[Any]) -> tuple[str, str, str]:
    return (row.agency, row.audience, row.channel)


def _last_served(
    connection: Connection, province: str, agencies: Collection[str], *, since: date
) -> dict[tuple[str, str, str], str]:
    """When, in ISO form, each of the agencies' people were sent their last message of a day from `since` on."""
    found: dict[tuple[str, str, str], str] = {}
    named = sorted(agencies)
    for start in range(0, len(named), _CHUNK):
        people = (messages.c.agency, messages.c.audience, messages.c.channel)
        rows = connection.execute(
            select(*people, func.max(messages.c.ended_at).label("at"))
            .where(
                messages.c.province == province,
                messages.c.agency.in_(named[start : start + _CHUNK]),
                messages.c.day >= since,
                messages.c.state.in_(("sent", "unconfirmed")),
                messages.c.ended_at.is_not(None),
            )
            .group_by(*people)
        )
        found |= {_people(row): row.at.isoformat() for row in rows}
    return found


def _close_emptied(connection: Connection, sources: Sequence[int], now: datetime) -> None:
    """Withdraw messages that were waiting and whose words now stand in another: nothing is left to be claimed."""
    left = exists().where(reminders.c.message_id == messages.c.id, reminders.c.state == "planned")
    for start in range(0, len(sources), _CHUNK):
        connection.execute(
            update(messages)
            .where(
                messages.c.id.in_(sources[start : start + _CHUNK]),
                messages.c.state == "ready",
                messages.c.purpose == "reminders",
                ~left,
            )
            .values(state="withdrawn", ended_at=now)
        )


def _subject(row: Row[Any]) -> tuple[object, ...]:
    """Of the reminders with the same subject, the newest says all that the others would."""
    changed = row.stage.startswith(CHANGED)
    return (row.due_id, row.agency, row.audience, row.channel, changed)


def _sources(connection: Connection, province: str, *, today: date, reachable: Collection[str]) -> Sequence[int]:
    """The messages that will not carry what is still planned in them, locked until the transaction ends."""
    waiting = (
        select(reminders.c.message_id)
        .where(reminders.c.province == province, reminders.c.state == "planned")
        .distinct()
    )
    unaddressed = and_(messages.c.code == NO_CONTACT, messages.c.agency.in_(reachable))
    return (
        connection.execute(
            select(messages.c.id)
            .where(
                messages.c.province == province,
                messages.c.id.in_(waiting),
                or_(
                    messages.c.state.in_(("sent", "withdrawn", "lapsed")),
                    and_(messages.c.state == "ready", messages.c.day < today, messages.c.frozen.is_(None)),
                    and_(messages.c.state == "refused", unaddressed),
                ),
            )
            .order_by(messages.c.id)
            .with_for_update()
        )
        .scalars()
        .all()
    )


def withdraw_stale(connection: Connection, province: str) -> int:
    """Withdraw what is planned and holds no more, unless it may have been sent already. Returns how many."""
    holds = (
        select(dues.c.id).join(tasks, tasks.c.id == dues.c.task_id).where(dues.c.id == reminders.c.due_id, stands())
    )
    leaving = select(messages.c.id).where(messages.c.id == reminders.c.message_id, in_flight())
    changed = connection.execute(
        update(reminders)
        .where(
            reminders.c.province == province,
            reminders.c.state == "planned",
            ~exists(holds.correlate(reminders)),
            ~exists(leaving.correlate(reminders)),
        )
        .values(state="withdrawn")
    )
    return int(changed.rowcount)


def lapse(connection: Connection, province: str, *, before: date, now: datetime) -> int:
    """Give up frozen messages of a day before `before` that wait to be sent once more: their words are too old.

    Their reminders are gathered into a new message, where they still hold. Returns how many messages.
    """
    changed = connection.execute(
        update(messages)
        .where(
            messages.c.province == province,
            messages.c.state == "ready",
            messages.c.day < before,
            messages.c.frozen.is_not(None),
        )
        .values(state="lapsed", ended_at=now, reason="Quá cũ để gửi lại; các việc còn hiệu lực được nhắc thư mới.")
    )
    return int(changed.rowcount)


def redirect(
    connection: Connection, message: Row[Any], channel: str, envelopes: Envelopes, *, note: str = ""
) -> int:
    """Say the reminders of a refused message by `channel`. By another channel the old ones are kept as lapsed.

    By the same one (another address took the place of the refused one) they go in the next day's message. `note`
    is added to what each line says.
    """
    rows = connection.execute(
        select(reminders).where(reminders.c.message_id == message.id, reminders.c.state == "planned")
    ).all()
    if not rows:
        return 0
    target = envelopes.message_for(message.agency, message.audience, channel)
    if channel == message.channel:
        connection.execute(
            update(reminders)
            .where(reminders.c.message_id == message.id, reminders.c.state == "planned")
            .values(message_id=target)
        )
        return len(rows)
    fresh = []
    for row in rows:
        values = {column.name: getattr(row, column.name) for column in reminders.c if column.name != "id"}
        key = row.key.rpartition("|")[0] + f"|{channel}"
        noted = " ".join(part for part in (row.note, note) if part)
        fresh.append(values | {"key": key, "channel": channel, "message_id": target, "note": noted})
    connection.execute(
        update(reminders)
        .where(reminders.c.message_id == message.id, reminders.c.state == "planned")
        .values(state="lapsed")
    )
    # A channel that was left before may be the one that is left to go by.
    adding = inserting(connection, reminders)
    renewed = {name: adding.excluded[name] for name in ("state", "message_id", "note")}
    again = (reminders.c.state == "lapsed") | (reminders.c.state == "withdrawn")
    adding = adding.on_conflict_do_update(index_elements=["key"], set_=renewed, where=again)
    connection.execute(adding, fresh)
    return len(fresh)
