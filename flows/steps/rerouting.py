"""Telling it another way: the next address or channel of an agency whose address does not take messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from flows.steps.reach import envelopes, route
from flows.steps.workplace import Workplace
from store import attempts, directory, late, sent_before, strays


def another_way(
    connection: Connection, workplace: Workplace, message: Row[Any], *, code: str | None, reason: str, now: datetime
) -> str:
    """Flag the address of a refused message and plan its words elsewhere: "rerouted", or "refused" for nowhere."""
    sealed = sent_before.sealed_recipient(connection, message.id)
    refused = None
    if sealed is not None and code != attempts.NO_CONTACT:
        refused = workplace.seal.lookup(workplace.seal.open(sealed))
        directory.flag(connection, workplace.province, refused, reason=reason, now=now)
    failing = directory.failing(connection, workplace.province)
    without = {message.channel} if message.channel not in workplace.channels.by_name else set()
    way = route(workplace, message.agency, message.audience, failing=failing, without=without)
    if way.address is None or workplace.seal.lookup(way.address) == refused:
        return "refused"
    today = now.astimezone(workplace.settings.schedule.zone).date()
    openings = envelopes(connection, workplace, now=now, today=today)
    return "rerouted" if strays.redirect(connection, message, way.channel, openings) else "refused"


def came_back(
    connection: Connection,
    workplace: Workplace,
    message: Row[Any],
    *,
    code: str,
    reason: str,
    now: datetime,
    actor: str,
) -> str | None:
    """A message that had left will not arrive for its address: tell it another way; None where it is over."""
    known = late.came_back(connection, message, code=code, answer=reason, scope="recipient", now=now, actor=actor)
    return another_way(connection, workplace, message, code=code, reason=reason, now=now) if known else None
