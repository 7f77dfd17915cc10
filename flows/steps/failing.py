"""What follows a failed attempt: try later, another address, another channel, or a person."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row

from flows.steps.courier import Courier
from flows.steps.rerouting import another_way
from notifiers.errors import NotSent, Refused, Scope, Unavailable, Unconfirmed
from store import attempts, sent_before
from store.failpoints import hit

LONGEST_ASKED = 7 * 86_400
"""Seconds: the longest that the other side can have one message wait."""


def failed(courier: Courier, message: Row[Any], failure: NotSent, reasons: Counter[str]) -> str:
    """Keep a failure and what follows from it; returns the outcome.

    While a whole channel is down its messages wait, however often it is tried: none is given up for that.
    """
    if failure.scope is Scope.CHANNEL:
        return _channel_down(courier, message, failure, reasons)
    match failure:
        case Unconfirmed() if not courier.resends(message.channel):
            _note(reasons, message, failure)
            return _end(courier, message, failure, "unconfirmed")
        case Refused():
            return give_up(courier, message, failure, reasons)
    settings = courier.settings(message.channel)
    with courier.workplace.database.read() as connection:
        tried = sent_before.own_failures(connection, message) + 1
    if settings is None or tried >= settings.attempts:
        return give_up(courier, message, failure, reasons)
    _note(reasons, message, failure)
    wait = min(settings.first_wait * 2 ** (tried - 1), settings.longest_wait) * random.uniform(0.8, 1.2)
    asked = failure.retry_after if isinstance(failure, Unavailable) else None
    return _again(courier, message, failure, min(max(asked or wait, 1.0), LONGEST_ASKED))


def _channel_down(courier: Courier, message: Row[Any], failure: NotSent, reasons: Counter[str]) -> str:
    _note(reasons, message, failure)
    if isinstance(failure, Unconfirmed) and not courier.resends(message.channel):
        courier.trip(message.channel, failure.reason, None)
        return _end(courier, message, failure, "unconfirmed")
    asked = failure.retry_after if isinstance(failure, Unavailable) else None
    until = courier.trip(message.channel, failure.reason, asked)
    return _again(courier, message, failure, (until - courier.clock()).total_seconds())


def _again(courier: Courier, message: Row[Any], failure: NotSent, seconds: float) -> str:
    """Put the message back for later. What has surely not arrived may be said in other words then."""
    unsure = isinstance(failure, Unconfirmed)
    outcome = "unconfirmed" if unsure else "unavailable"
    now = courier.clock()
    courier.workplace.database.keep(
        lambda connection: attempts.finish(
            connection,
            message,
            state="ready",
            outcome=outcome,
            now=now,
            code=failure.code,
            answer=failure.reason,
            scope=failure.scope.value,
            not_before=now + timedelta(seconds=max(seconds, 1.0)),
            thaw=not unsure and not sent_before.unsure_before(connection, message),
        )
    )
    return outcome


def give_up(courier: Courier, message: Row[Any], failure: NotSent, reasons: Counter[str]) -> str:
    """Give the message up as it is; its reminders go to another address or channel, where there is one."""
    _note(reasons, message, failure)
    if failure.scope is not Scope.RECIPIENT:
        return _end(courier, message, failure, "refused")
    return courier.workplace.database.keep(
        lambda connection: _give_up(connection, courier, message, failure), alone=True
    )


def _give_up(connection: Connection, courier: Courier, message: Row[Any], failure: NotSent) -> str:
    workplace, now = courier.workplace, courier.clock()
    if not attempts.finish(
        connection,
        message,
        state="refused",
        outcome="refused",
        now=now,
        code=failure.code,
        answer=failure.reason,
        scope=failure.scope.value,
    ):
        return "lost"
    return another_way(connection, workplace, message, code=failure.code, reason=failure.reason, now=now)


def quarantine(courier: Courier, message: Row[Any], error: Exception, reasons: Counter[str]) -> str:
    """A fault of ours or of its data keeps a message from being made: a person has to look at it."""
    fault = Refused(f"{type(error).__name__}: {error}"[:500], code="dondoc:fault")
    _note(reasons, message, fault)
    return _end(courier, message, fault, "refused")


def _end(courier: Courier, message: Row[Any], failure: NotSent, state: str) -> str:
    now = courier.clock()
    courier.workplace.database.keep(
        lambda connection: attempts.finish(
            connection,
            message,
            state=state,
            outcome=state,
            now=now,
            code=failure.code,
            answer=failure.reason,
            scope=failure.scope.value,
            reference=failure.reference if isinstance(failure, Unconfirmed) else None,
        )
    )
    hit("refuse")
    return state


def _note(reasons: Counter[str], message: Row[Any], failure: NotSent) -> None:
    reasons[f"{message.channel}: {failure.code or failure.reason}"] += 1
