"""Making a claimed message ready to leave: looked at once more, composed, and frozen before anything is sent."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from flows.steps.composing import compose, message_of
from flows.steps.composing_ahead import Ahead, composed_ahead
from flows.steps.courier import Courier
from flows.steps.reach import Route, next_working_day, route
from flows.steps.workplace import Workplace
from notifiers.errors import Refused, Scope
from notifiers.message import Message
from store import attempts, directory, sent_before
from store.failpoints import hit
from store.sealing import masked
from store.sent_before import Before, Day

SOON = timedelta(minutes=1)


def prepare(courier: Courier, message: Row[Any]) -> Message | Refused | str:
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
        composed = (
            ahead[1].made
            if ahead is not None and ahead[0] == way.address and ahead[1].holds(connection, message)
            else compose(connection, workplace, message, to=way.address, to_name=way.name, now=now)
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


def _composed_ahead(workplace: Workplace, message: Row[Any], now: datetime) -> tuple[str, Ahead] | None:
    """A message by its address, composed before anything is locked."""
    if message.frozen is not None:
        return None
    with workplace.database.read() as connection:
        way = _way(connection, workplace, message)
        if way.address is None:
            return None
        ahead = composed_ahead(connection, workplace, message, to=way.address, to_name=way.name, now=now)
    return (way.address, ahead) if ahead is not None else None


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
