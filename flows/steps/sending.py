"""Emptying the outbox: claim, freeze, send, keep what came of it. Safe to kill at any moment.

Between the freezing and the keeping a message may have left without our knowing it. A mail then goes again
under the same Message-ID; a Zalo message waits for a person.
"""

from __future__ import annotations

import os
import random
import socket
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from config.channels import ChannelSettings
from flows.steps.composing import compose, message_of, sender
from flows.steps.reach import Route, envelopes, in_working_hours, route
from flows.steps.workplace import Workplace
from notifiers.channel import Channel, open_channel
from notifiers.errors import NotSent, Refused, Scope, Unavailable, Unconfirmed
from notifiers.message import Message, Receipt
from store import directory, outbox
from store.sealing import masked

CLAIM = 20
LEASE = timedelta(minutes=15)
"""How long a worker may hold what it claimed; longer than the longest wait for one SMTP answer."""


@dataclass(kw_only=True)
class Delivered:
    """What came of a round of sending, by outcome, and why what failed did."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    waits_until: datetime | None = None
    """Set outside working hours, when nothing is sent."""

    @property
    def sent(self) -> int:
        return self.outcomes["sent"]


class Courier:
    """One worker's open channels; a channel that fails as a whole is held for the rest of the round."""

    def __init__(self, workplace: Workplace, clock: Callable[[], datetime]) -> None:
        self.workplace = workplace
        self.clock = clock
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.held: set[str] = set()
        self._open: dict[str, Channel] = {}
        self._last: dict[str, float] = {}

    def settings(self, channel: str) -> ChannelSettings:
        return self.workplace.channels.by_name[channel]

    def channel(self, name: str) -> Channel:
        if name not in self._open:
            made = open_channel(
                self.settings(name).url, sender=sender(self.workplace), var=self.workplace.settings.var
            )
            self._open[name] = made.__enter__()
        return self._open[name]

    def send(self, name: str, message: Message) -> Receipt:
        """Hand over one message, no faster than the channel's rate. Raises NotSent."""
        channel = self.channel(name)
        if channel.name != "eml":
            pause = 60 / self.settings(name).per_minute - (time.monotonic() - self._last.get(name, 0.0))
            time.sleep(max(0.0, pause))
        self._last[name] = time.monotonic()
        return channel.send(message)

    def close(self) -> None:
        for channel in self._open.values():
            channel.close()


def deliver(workplace: Workplace, *, clock: Callable[[], datetime], limit: int | None = None) -> Delivered:
    """Send what may go now, at most `limit` messages. Only in working hours. Raises StoreError."""
    result = Delivered()
    opens = in_working_hours(workplace, clock())
    if opens > clock():
        result.waits_until = opens
        return result
    courier = Courier(workplace, clock)
    try:
        _take_back(courier, result)
        while limit is None or sum(result.outcomes.values()) < limit:
            with workplace.database.write() as connection:
                claimed = outbox.claim(
                    connection,
                    worker=courier.worker,
                    now=clock(),
                    lease=LEASE,
                    limit=CLAIM,
                    province=workplace.province,
                    held_channels=courier.held,
                )
            if not claimed:
                return result
            for message in claimed:
                result.outcomes[_deliver_one(courier, message, result)] += 1
        return result
    finally:
        courier.close()


def _take_back(courier: Courier, result: Delivered) -> None:
    resendable = [name for name in courier.workplace.channels.by_name if _resends(courier, name)]
    with courier.workplace.database.write() as connection:
        _, unsure = outbox.reclaim(connection, now=courier.clock(), resendable=resendable)
    if unsure:
        result.outcomes["unconfirmed"] += unsure


def _resends(courier: Courier, name: str) -> bool:
    return courier.channel(name).resend_unconfirmed


def _deliver_one(courier: Courier, message: Row[Any], result: Delivered) -> str:
    """Send one claimed message; returns its outcome."""
    if message.channel in courier.held:
        return _put_back(courier, message)
    prepared = _prepare(courier, message)
    if prepared is None:
        return "withdrawn"
    if isinstance(prepared, Refused):
        return _refused(courier, message, prepared, result)
    try:
        receipt = courier.send(message.channel, prepared)
    except NotSent as failure:
        result.reasons[f"{message.channel}: {failure.code or failure.reason}"] += 1
        return _failed(courier, message, failure, result)
    with courier.workplace.database.write() as connection:
        outbox.finish(
            connection,
            message,
            state="sent",
            outcome="sent",
            now=courier.clock(),
            answer=receipt.answer,
            reference=receipt.reference,
        )
        outbox.told(connection, message)
    return "sent"


def _put_back(courier: Courier, message: Row[Any]) -> str:
    with courier.workplace.database.write() as connection:
        outbox.unclaim(connection, message)
    return "held"


def _prepare(courier: Courier, message: Row[Any]) -> Message | Refused | None:
    """The message to send, frozen now or before; Refused where nobody can be reached; None: nothing to say."""
    workplace, now = courier.workplace, courier.clock()
    with workplace.database.write() as connection:
        if message.frozen is not None:
            outbox.begin(connection, message, now)
            return message_of(message, workplace.seal.open(message.recipient_sealed))
        failing = directory.failing(connection, workplace.province)
        way = _way(workplace, message, failing)
        if way.address is None:
            return Refused(
                "Cơ quan chưa có địa chỉ liên hệ dùng được", code=outbox.NO_CONTACT, scope=Scope.RECIPIENT
            )
        composed = compose(connection, workplace, message, to=way.address, to_name=way.name, now=now)
        if composed is None:
            outbox.withdraw(connection, message, now)
            return None
        content, made = composed
        outbox.freeze(
            connection,
            message,
            sealed=workplace.seal.close(way.address),
            shown=masked(way.address),
            content=content,
            now=now,
        )
        return made


def _way(workplace: Workplace, message: Row[Any], failing: Any) -> Route:
    """The route by the message's own channel."""
    others = set(workplace.channels.by_name) - {message.channel}
    return route(workplace, message.agency, message.audience, failing=failing, without=others)


def _failed(courier: Courier, message: Row[Any], failure: NotSent, result: Delivered) -> str:
    if failure.scope is Scope.CHANNEL:
        courier.held.add(message.channel)
    match failure:
        case Unconfirmed() if not _resends(courier, message.channel):
            return _end(courier, message, failure, "unconfirmed", "unconfirmed")
        case Refused() if failure.scope is not Scope.CHANNEL:
            return _refused(courier, message, failure, result)
    if message.attempts >= courier.settings(message.channel).attempts:
        return _refused(courier, message, failure, result)
    outcome = "unconfirmed" if isinstance(failure, Unconfirmed) else "unavailable"
    return _again(courier, message, failure, outcome)


def _again(courier: Courier, message: Row[Any], failure: NotSent, outcome: str) -> str:
    """Put the message back for later: after what the other side asked for, or twice as long as the last time."""
    patience = courier.settings(message.channel)
    wait = min(patience.first_wait * 2 ** (message.attempts - 1), patience.longest_wait)
    asked = failure.retry_after if isinstance(failure, Unavailable) else None
    seconds = asked if asked is not None else wait * random.uniform(0.8, 1.2)
    with courier.workplace.database.write() as connection:
        outbox.finish(
            connection,
            message,
            state="ready",
            outcome=outcome,
            now=courier.clock(),
            code=failure.code,
            answer=failure.reason,
            not_before=courier.clock() + timedelta(seconds=seconds),
        )
        if outcome == "unavailable":
            # It has surely not arrived, so its words may be made anew when it goes.
            outbox.thaw(connection, message)
    return outcome


def _refused(courier: Courier, message: Row[Any], failure: NotSent, result: Delivered) -> str:
    """Give the message up on this channel; its reminders go by the agency's next channel, where it has one."""
    workplace = courier.workplace
    outcome = _end(courier, message, failure, "refused", "refused")
    result.reasons[f"{message.channel}: {failure.code or failure.reason}"] += 1
    if failure.scope is not Scope.RECIPIENT:
        return outcome
    with workplace.database.write() as connection:
        if message.recipient_sealed is not None or failure.code != outbox.NO_CONTACT:
            _flag(courier, message, failure, connection)
        failing = directory.failing(connection, workplace.province)
        way = route(workplace, message.agency, message.audience, failing=failing, without={message.channel})
        if way.address is not None:
            now = courier.clock()
            today = now.astimezone(workplace.settings.schedule.zone).date()
            outbox.reroute(connection, message, way.channel, envelopes(connection, workplace, now=now, today=today))
            return "rerouted"
    return outcome


def _flag(courier: Courier, message: Row[Any], failure: NotSent, connection: Any) -> None:
    sealed = outbox.sealed_recipient(connection, message.id)
    if sealed is not None:
        lookup = courier.workplace.seal.lookup(courier.workplace.seal.open(sealed))
        directory.flag(connection, courier.workplace.province, lookup, reason=failure.reason, now=courier.clock())


def _end(courier: Courier, message: Row[Any], failure: NotSent, state: str, outcome: str) -> str:
    with courier.workplace.database.write() as connection:
        outbox.finish(
            connection,
            message,
            state=state,
            outcome=outcome,
            now=courier.clock(),
            code=failure.code,
            answer=failure.reason,
        )
    return outcome
