"""The outbox: what must be said, one message an agency, channel and day, sent at most as often as promised.

Deciding the same thing twice adds nothing, because a reminder's key is unique. A worker takes a message by a
conditional UPDATE with a lease; a lease that runs out puts it back, or asks a person, as its channel allows.
Only what is in here is the truth about sending; Prefect's own record of runs is not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from store.schema import deliveries, dues, messages, plans, reminders, tasks

NO_CONTACT = "no_contact"
"""The code of a message that had nobody to go to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One thing to tell one agency about one due."""

    due_id: int
    due_on: date
    stage: str
    agency: str
    audience: str
    """Whose ears: agency, leadership, superior or operator."""
    role: str
    channel: str
    urgency: str
    note: str = ""

    @property
    def key(self) -> str:
        """(occurrence, due date, stage, agency, channel): the same decision has the same key."""
        return f"{self.due_id}|{self.due_on}|{self.stage}|{self.agency}|{self.audience}|{self.channel}"


def inserting(connection: Connection, table: Table) -> Any:
    """An INSERT that can be told what to do on conflict, on either database."""
    chosen: Insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    return chosen


class Envelopes:
    """Finds the message that today's words for an agency go into, within one transaction.

    A message that has left already takes nothing more: what is decided after it waits for the next working
    day's message, so that nobody gets two in a day by the same channel.
    """

    def __init__(
        self,
        connection: Connection,
        province: str,
        *,
        today: date,
        next_day: date,
        not_before: dict[date, datetime],
        now: datetime,
    ) -> None:
        self._connection = connection
        self._province = province
        self._days = (today, next_day)
        self._not_before = not_before
        self._now = now
        self._found: dict[tuple[str, str, str, str], int] = {}

    def message_for(self, agency: str, audience: str, channel: str, purpose: str = "reminders") -> int:
        wanted = (agency, audience, channel, purpose)
        if wanted not in self._found:
            self._found[wanted] = self._find(*wanted)
        return self._found[wanted]

    def _find(self, agency: str, audience: str, channel: str, purpose: str) -> int:
        row = None
        for day in self._days:
            row = self._on(day, agency, audience, channel, purpose)
            if row.state == "ready":
                break
        assert row is not None
        return int(row.id)

    def _on(self, day: date, agency: str, audience: str, channel: str, purpose: str) -> Row[Any]:
        named = {
            "province": self._province,
            "agency": agency,
            "audience": audience,
            "channel": channel,
            "day": day,
            "purpose": purpose,
        }
        self._connection.execute(
            inserting(self._connection, messages)
            .values(
                named
                | {
                    "key": f"{self._province}|{purpose}|{agency}|{audience}|{channel}|{day}",
                    "state": "ready",
                    "not_before": self._not_before[day],
                    "attempts": 0,
                    "created_at": self._now,
                }
            )
            .on_conflict_do_nothing()
        )
        found = select(messages.c.id, messages.c.state).where(
            and_(*(messages.c[name] == value for name, value in named.items()))
        )
        # The lock keeps a sender from taking the message between this look and our commit.
        return self._connection.execute(found.with_for_update()).one()


def plan(connection: Connection, province: str, wanted: Iterable[Planned], envelopes: Envelopes, on: date) -> int:
    """Add reminders that are not there yet. Returns how many were new."""
    rows = [
        {
            "province": province,
            "key": item.key,
            "due_id": item.due_id,
            "on_date": item.due_on,
            "stage": item.stage,
            "agency": item.agency,
            "audience": item.audience,
            "role": item.role,
            "channel": item.channel,
            "urgency": item.urgency,
            "note": item.note,
            "state": "planned",
            "decided_on": on,
            "message_id": envelopes.message_for(item.agency, item.audience, item.channel),
        }
        for item in wanted
    ]
    if not rows:
        return 0
    result = connection.execute(inserting(connection, reminders).on_conflict_do_nothing(), rows)
    return result.rowcount if result.rowcount >= 0 else len(rows)


def gather_strays(
    connection: Connection, province: str, envelopes: Envelopes, *, today: date, reachable: Collection[str]
) -> int:
    """Put reminders into today's message whose own left without them, had no address, or could not leave in time.

    `reachable` are the agencies that have an address by now.
    """
    unaddressed = and_(messages.c.code == NO_CONTACT, messages.c.agency.in_(reachable))
    strays = connection.execute(
        select(reminders.c.id, reminders.c.agency, reminders.c.audience, reminders.c.channel)
        .join(messages, messages.c.id == reminders.c.message_id, isouter=True)
        .where(
            reminders.c.state == "planned",
            reminders.c.province == province,
            or_(
                reminders.c.message_id.is_(None),
                messages.c.state.in_(("sent", "withdrawn", "lapsed")),
                and_(messages.c.state == "ready", messages.c.day < today, messages.c.frozen.is_(None)),
                and_(messages.c.state == "refused", unaddressed),
            ),
        )
    ).all()
    for row in strays:
        target = envelopes.message_for(row.agency, row.audience, row.channel)
        connection.execute(update(reminders).where(reminders.c.id == row.id).values(message_id=target))
    return len(strays)


def claim(
    connection: Connection,
    *,
    worker: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    province: str | None = None,
    held_channels: Collection[str] = (),
) -> list[Row[Any]]:
    """Take up to `limit` messages that may go now. No two workers get the same one."""
    query = (
        select(messages.c.id)
        .where(messages.c.state == "ready", messages.c.not_before <= now)
        .order_by(messages.c.not_before, messages.c.id)
        .limit(limit)
    )
    if province is not None:
        query = query.where(messages.c.province == province)
    if held_channels:
        query = query.where(messages.c.channel.not_in(held_channels))
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    taken = connection.execute(
        update(messages)
        .where(messages.c.id.in_(query), messages.c.state == "ready")
        .values(state="sending", worker=worker, lease_until=now + lease, attempts=messages.c.attempts + 1)
        .returning(*messages.c)
    ).all()
    return sorted(taken, key=lambda row: int(row.id))


def freeze(
    connection: Connection, message: Row[Any], *, sealed: bytes, shown: str, content: dict[str, Any], now: datetime
) -> None:
    """Keep what will be sent and that sending starts, before anything leaves."""
    connection.execute(
        update(messages)
        .where(messages.c.id == message.id, messages.c.state == "sending", messages.c.worker == message.worker)
        .values(frozen=content, recipient_sealed=sealed, recipient=shown)
    )
    begin(connection, message, now)


def begin(connection: Connection, message: Row[Any], now: datetime) -> None:
    """Keep that an attempt starts. Whoever finds it without an end knows that the worker died in it."""
    connection.execute(
        inserting(connection, deliveries)
        .values(
            province=message.province,
            message_id=message.id,
            attempt=message.attempts,
            worker=message.worker,
            started_at=now,
            outcome="started",
        )
        .on_conflict_do_nothing()
    )


def told(connection: Connection, message: Row[Any]) -> None:
    """Mark as told what the frozen message said."""
    frozen = connection.execute(select(messages.c.frozen).where(messages.c.id == message.id)).scalar_one()
    connection.execute(
        update(reminders)
        .where(reminders.c.id.in_(frozen["reminders"]), reminders.c.state == "planned")
        .values(state="told")
    )


def thaw(connection: Connection, message: Row[Any]) -> None:
    """Forget what was frozen: nothing of it can have arrived."""
    connection.execute(
        update(messages).where(messages.c.id == message.id, messages.c.state == "ready").values(frozen=None)
    )


def unclaim(connection: Connection, message: Row[Any]) -> None:
    """Give back a claimed message that was not tried."""
    connection.execute(
        update(messages)
        .where(messages.c.id == message.id, messages.c.state == "sending", messages.c.worker == message.worker)
        .values(state="ready", worker=None, lease_until=None, attempts=messages.c.attempts - 1)
    )


def withdraw(connection: Connection, message: Row[Any], now: datetime) -> None:
    """End a message that has nothing left to say."""
    connection.execute(
        update(messages)
        .where(messages.c.id == message.id, messages.c.state == "sending")
        .values(state="withdrawn", worker=None, lease_until=None, ended_at=now)
    )


def planned_in(connection: Connection, message_id: int) -> Sequence[Row[Any]]:
    """The reminders that a message is to say, with what a line needs, for tasks that are still open."""
    return connection.execute(
        select(
            reminders.c.id,
            reminders.c.due_id,
            reminders.c.on_date,
            reminders.c.stage,
            reminders.c.role,
            reminders.c.urgency,
            reminders.c.note,
            dues.c.track,
            tasks.c.id.label("task_id"),
            tasks.c.number,
            tasks.c.title,
            tasks.c.product,
            tasks.c.deadline_text,
            tasks.c.lead_text,
            plans.c.kind.label("plan_kind"),
            plans.c.number.label("plan_number"),
            plans.c.issued_on,
            plans.c.title.label("plan_title"),
        )
        .join(dues, dues.c.id == reminders.c.due_id)
        .join(tasks, tasks.c.id == dues.c.task_id)
        .join(plans, plans.c.id == tasks.c.plan_id)
        .where(reminders.c.message_id == message_id, reminders.c.state == "planned", tasks.c.state != "done")
        .order_by(reminders.c.id)
    ).all()


def earlier_keys(connection: Connection, message: Row[Any], due_ids: Sequence[int], limit: int = 10) -> list[str]:
    """Keys of the last messages that told the same people about these dues, oldest first."""
    rows = connection.execute(
        select(messages.c.id, messages.c.key)
        .join(reminders, reminders.c.message_id == messages.c.id)
        .where(
            reminders.c.due_id.in_(due_ids),
            reminders.c.state == "told",
            messages.c.id != message.id,
            messages.c.agency == message.agency,
            messages.c.audience == message.audience,
            messages.c.channel == message.channel,
        )
        .distinct()
        .order_by(messages.c.id.desc())
        .limit(limit)
    ).all()
    return [row.key for row in reversed(rows)]


def sealed_recipient(connection: Connection, message_id: int) -> bytes | None:
    return connection.execute(select(messages.c.recipient_sealed).where(messages.c.id == message_id)).scalar()


def reroute(connection: Connection, message: Row[Any], channel: str, envelopes: Envelopes) -> int:
    """Say the reminders of a refused message by another channel. The old ones are kept as lapsed."""
    rows = connection.execute(
        select(reminders).where(reminders.c.message_id == message.id, reminders.c.state == "planned")
    ).all()
    fresh = []
    for row in rows:
        values = {column.name: getattr(row, column.name) for column in reminders.c if column.name != "id"}
        key = row.key.rpartition("|")[0] + f"|{channel}"
        target = envelopes.message_for(row.agency, row.audience, channel)
        fresh.append(values | {"key": key, "channel": channel, "message_id": target})
        connection.execute(update(reminders).where(reminders.c.id == row.id).values(state="lapsed"))
    if fresh:
        connection.execute(inserting(connection, reminders).on_conflict_do_nothing(), fresh)
    return len(fresh)


def finish(
    connection: Connection,
    message: Row[Any],
    *,
    state: str,
    outcome: str,
    now: datetime,
    code: str | None = None,
    answer: str | None = None,
    reference: str | None = None,
    not_before: datetime | None = None,
) -> bool:
    """End an attempt. False where the lease ran out and somebody else has the message by now."""
    ended = state not in {"ready", "sending"}
    values = {
        "state": state,
        "code": code,
        "reason": answer,
        "worker": None,
        "lease_until": None,
        "reference": reference,
        "ended_at": now if ended else None,
    }
    if not_before is not None:
        values["not_before"] = not_before
    changed = connection.execute(
        update(messages)
        .where(
            messages.c.id == message.id,
            messages.c.state == "sending",
            messages.c.worker == message.worker,
            messages.c.attempts == message.attempts,
        )
        .values(values)
    )
    connection.execute(
        update(deliveries)
        .where(deliveries.c.message_id == message.id, deliveries.c.attempt == message.attempts)
        .values(ended_at=now, outcome=outcome, code=code, answer=answer)
    )
    return changed.rowcount == 1


def reclaim(connection: Connection, *, now: datetime, resendable: Collection[str]) -> tuple[int, int]:
    """Take back messages whose worker's lease ran out: (put back to be sent, left for a person to decide).

    Where an attempt had started, the message may have left. On a channel in `resendable` it goes again, under
    the same identity; on the others a person decides.
    """
    lost = connection.execute(
        select(messages.c.id, messages.c.channel, messages.c.attempts, deliveries.c.id.label("delivery"))
        .join(
            deliveries,
            and_(deliveries.c.message_id == messages.c.id, deliveries.c.attempt == messages.c.attempts),
            isouter=True,
        )
        .where(messages.c.state == "sending", messages.c.lease_until < now)
        .with_for_update(of=messages)
    ).all()
    again = unsure = 0
    for row in lost:
        may_have_left = row.delivery is not None
        resend = not may_have_left or row.channel in resendable
        again, unsure = again + resend, unsure + (not resend)
        connection.execute(
            update(messages)
            .where(messages.c.id == row.id)
            .values(
                state="ready" if resend else "unconfirmed",
                worker=None,
                lease_until=None,
                reason="Tiến trình gửi dừng đột ngột" if not resend else None,
            )
        )
        if may_have_left:
            connection.execute(
                update(deliveries).where(deliveries.c.id == row.delivery).values(outcome="abandoned", ended_at=now)
            )
    return again, unsure
