"""Emptying the outbox: claim, freeze, send, keep what came of it. Safe to kill at any moment.

Between the freezing and the keeping a message may have left without our knowing it. A mail then goes again
under the same Message-ID; a Zalo message waits for a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import DatabaseError

from flows.steps.courier import LEASE, Courier, Opens
from flows.steps.failing import failed, give_up, quarantine
from flows.steps.falling_back import fall_back
from flows.steps.following import follow
from flows.steps.logs import logger
from flows.steps.preparing import prepare
from flows.steps.reach import in_working_hours
from flows.steps.workplace import Workplace
from notifiers.channel import open_channel
from notifiers.errors import NotSent, Refused
from store import attempts, keeping, leases, zalo_fates
from store.errors import StoreError
from store.failpoints import hit

CLAIM = 20
log = logger("sending")


@dataclass(kw_only=True)
class Delivered:
    """What came of a round of sending, by outcome, and why what failed did."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    followed: Counter[str] = field(default_factory=Counter)
    """What Zalo said of messages sent before, by what became of them."""
    waits_until: datetime | None = None
    """Set outside working hours, when nothing is sent."""
    on_hold: str | None = None
    """Why nothing is sent at all until a person says so."""

    @property
    def sent(self) -> int:
        return self.outcomes["sent"]


def deliver(
    workplace: Workplace,
    *,
    clock: Callable[[], datetime],
    limit: int | None = None,
    opens: Opens = open_channel,
    lease: timedelta = LEASE,
) -> Delivered:
    """Send what may go now, at most `limit` messages. Only in working hours. Raises StoreError."""
    result = Delivered()
    courier = Courier(workplace, clock, opens=opens, lease=lease)
    try:
        if _must_wait(workplace, clock(), result):
            return result
        _take_back(courier, result)
        result.followed = follow(workplace, clock=clock, opened=courier.channel)
        if mailed := fall_back(workplace, clock=clock):
            result.followed["mailed"] = mailed
        while not _must_wait(workplace, clock(), result):
            room = CLAIM if limit is None else min(CLAIM, limit - sum(result.outcomes.values()))
            claimed = _claim(courier, room) if room > 0 else []
            if not claimed:
                return result
            for message in claimed:
                outcome = _deliver_one(courier, message, result)
                result.outcomes[outcome] += 1
                log.info("message", message=message.id, channel=message.channel, outcome=outcome)
        return result
    finally:
        courier.close()


def _must_wait(workplace: Workplace, now: datetime, result: Delivered) -> bool:
    """Whether it is outside working hours, or sending is on hold; `result` then says so."""
    opens = in_working_hours(workplace, now)
    if opens > now:
        result.waits_until = opens
        return True
    with workplace.database.read() as connection:
        result.on_hold = keeping.on_hold(connection, workplace.province)
    return result.on_hold is not None


def _take_back(courier: Courier, result: Delivered) -> None:
    may = {name: courier.resends(name) for name in courier.workplace.channels.by_name}
    with courier.workplace.database.write(alone=False) as connection:
        _, unsure = leases.reclaim(
            connection,
            province=courier.workplace.province,
            now=courier.clock(),
            resendable=[name for name, resends in may.items() if resends],
            undecided=[name for name, resends in may.items() if resends is None],
        )
        zalo_fates.settle_delivered(connection, courier.workplace.province, courier.clock())
    if unsure:
        result.outcomes["unconfirmed"] += unsure


def _claim(courier: Courier, room: int) -> list[Row[Any]]:
    courier.look()
    with courier.workplace.database.write(alone=False) as connection:
        claimed = attempts.claim(
            connection,
            worker=courier.worker,
            now=courier.clock(),
            lease=courier.lease,
            limit=room,
            province=courier.workplace.province,
            held_channels=courier.held,
        )
    hit("claim")
    return claimed


def _deliver_one(courier: Courier, message: Row[Any], result: Delivered) -> str:
    """Send one claimed message; returns its outcome. What is wrong with one message stops no other."""
    try:
        return _attempt(courier, message, result)
    except Exception as error:
        if isinstance(error, StoreError) and isinstance(error.__cause__, DatabaseError | OSError):
            raise
        return quarantine(courier, message, error, result.reasons)


def _attempt(courier: Courier, message: Row[Any], result: Delivered) -> str:
    if message.channel in courier.held:
        with courier.workplace.database.write(alone=False) as connection:
            attempts.put_back(connection, message)
        return "held"
    courier.pace(message.channel)
    prepared = prepare(courier, message)
    if isinstance(prepared, str):
        return prepared
    if isinstance(prepared, Refused):
        return give_up(courier, message, prepared, result.reasons)
    hit("connect")
    try:
        receipt = courier.send(message.channel, prepared)
    except NotSent as failure:
        return failed(courier, message, failure, result.reasons)
    hit("reply")
    now = courier.clock()
    courier.workplace.database.keep(
        lambda connection: attempts.sent(
            connection, message, now=now, answer=receipt.answer, reference=receipt.reference
        )
    )
    hit("mark")
    courier.works(message.channel)
    return "sent"
