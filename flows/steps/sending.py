"""Emptying the outbox: claim, freeze, send, keep what came of it. Safe to kill at any moment.

Between the freezing and the keeping a message may have left without our knowing it. A mail then goes again
under the same Message-ID; a Zalo message waits for a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import DatabaseError

from flows.steps.composing import compose, message_of
from flows.steps.courier import LEASE, Courier, Opens
from flows.steps.failing import failed, give_up, quarantine
from flows.steps.falling_back import fall_back
from flows.steps.following import follow
from flows.steps.logs import logger
from flows.steps.reach import Route, in_working_hours, next_working_day, route
from flows.steps.workplace import Workplace
from notifiers.channel import open_channel
from notifiers.errors import NotSent, Refused, Scope
from notifiers.message import Message
from store import attempts, directory, keeping, leases, sent_before, zalo_fates
from store.errors import StoreError
from store.failpoints import hit
from store.sealing import masked
from store.sent_before import Before, Day

CLAIM = 20
SOON = timedelta(minutes=1)
Composed = tuple[dict[str, Any], Message]
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
    prepared = _prepare(courier, message)
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


def _prepare(courier: Courier, message: Row[Any]) -> Message | Refused | str:
    """The message to send, frozen now or before; Refused where nobody can be reached; else what came of it."""
    workplace, now = courier.workplace, courier.clock()
    ahead = _composed_ahead(workplace, message, now)
    with workplace.database.write(alone=False) as connection:
        if not attempts.renew(connection, message, now=now, lease=courier.lease):
            return "lost"
        way = _way(connection, workplace, message) if message.frozen is None else None
        if way is not None and way.address is None:
            return Refused(
                "Cơ quan chưa có địa chỉ liên hệ dùng được", code=attempts.NO_CONTACT, scope=Scope.RECIPIENT
            )
        lookup = message.recipient_lookup if way is None else workplace.seal.lookup(way.address or "")
        before = _before(connection, workplace, message, lookup, now)
        if before is not Before.NONE:
            return _postpone(connection, workplace, message, now, before)
        if way is None or way.address is None:
            return _thawed_or_same(connection, workplace, message, now)
        composed = ahead.get(way.address) or compose(
            connection, workplace, message, to=way.address, to_name=way.name, now=now
        )
        if composed is None:
            attempts.withdraw(connection, message, now)
            return "withdrawn"
        hit("render")
        content, made = composed
        attempts.freeze(
            connection,
            message,
            sealed=workplace.seal.close(way.address),
            lookup=lookup,
            shown=masked(way.address),
            content=content,
            now=now,
        )
    hit("freeze")
    return made


def _composed_ahead(workplace: Workplace, message: Row[Any], now: datetime) -> dict[str, Composed]:
    """A digest by its address, composed before anything is locked: it tells of everything, which takes a while.

    What is planned into it meanwhile is told another day; what is withdrawn meanwhile it may still name.
    """
    if message.purpose != "digest" or message.frozen is not None:
        return {}
    with workplace.database.read() as connection:
        way = _way(connection, workplace, message)
        if way.address is None:
            return {}
        composed = compose(connection, workplace, message, to=way.address, to_name=way.name, now=now)
    return {way.address: composed} if composed is not None else {}


def _thawed_or_same(
    connection: Connection, workplace: Workplace, message: Row[Any], now: datetime
) -> Message | str:
    """A message whose last answer was lost goes again as it was, unless all that it says is over."""
    if not sent_before.still_stands(connection, message):
        attempts.finish(
            connection,
            message,
            state="unconfirmed",
            outcome="unconfirmed",
            now=now,
            answer="Không gửi lại: các việc trong thư đã xong hoặc đã đổi thời hạn.",
        )
        return "unconfirmed"
    made = message_of(message, workplace.seal.open(message.recipient_sealed))
    attempts.begin(connection, message, now)
    return made


def _before(connection: Connection, workplace: Workplace, message: Row[Any], lookup: str, now: datetime) -> Before:
    """Whether these people, or this address, have had today what they may have."""
    here, zone = now.astimezone(workplace.zone).date(), workplace.zone
    start, end = (datetime.combine(here + timedelta(days=more), time(0), tzinfo=zone) for more in (0, 1))
    day = Day(start=start, end=end)
    before = sent_before.follows_another(connection, message, day)
    if before is not Before.NONE:
        return before
    return sent_before.fills(connection, message, lookup, day, workplace.settings.reminding.most_a_day)


def _postpone(
    connection: Connection, workplace: Workplace, message: Row[Any], now: datetime, before: Before
) -> str:
    """Wait for the next working day; where what is before it may yet come to nothing, for a minute."""
    until = now + SOON
    if before is Before.HANDED_OVER:
        schedule = workplace.settings.schedule
        day = next_working_day(workplace, now.astimezone(schedule.zone).date())
        until = datetime.combine(day, schedule.work_from, tzinfo=schedule.zone)
    attempts.put_back(connection, message, not_before=until)
    return "postponed"


def _way(connection: Connection, workplace: Workplace, message: Row[Any]) -> Route:
    """The route by the message's own channel."""
    failing = directory.failing(connection, workplace.province)
    others = set(workplace.channels.by_name) - {message.channel}
    return route(workplace, message.agency, message.audience, failing=failing, without=others)
