"""Asking Zalo what became of messages: of those it took without telling their delivery, and of lost answers.

delivered  ──▶ noted; one whose answer was lost is settled
pending    ──▶ it has the message: one whose answer was lost is settled; asked again later
refused    ──▶ it never will arrive: the agency is told by mail, and only then
no word    ──▶ after `follow_until` its fate is unknown: it goes by mail, or a person decides (`falling_back`)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from flows.steps.channels import zalo_scheme
from flows.steps.logs import logger
from flows.steps.rerouting import came_back
from flows.steps.workplace import Workplace
from notifiers.channel import Channel
from notifiers.errors import NotSent, Refused, Scope
from store import late, zalo_fates
from store.zalo_fates import Pace

if TYPE_CHECKING:
    from notifiers.zalo import Status

MOST = 200
"""Messages asked about in one round, so that asking keeps nothing from being sent for long."""
NO_WORD = "Zalo không báo tin đã đến máy"
log = logger("following")


def follow(
    workplace: Workplace, *, clock: Callable[[], datetime], opened: Callable[[str], Channel], limit: int = MOST
) -> Counter[str]:
    """Ask about at most `limit` messages, keep the answers, and count them. A channel that fails is left alone."""
    told: Counter[str] = Counter()
    channels = [name for name in workplace.channels.by_name if zalo_scheme(workplace, name) == "zalooa"]
    if not channels:
        return told
    with workplace.database.read() as connection:
        rows = zalo_fates.open_questions(
            connection, workplace.province, channels, _pace(workplace), now=clock(), limit=limit
        )
    down: set[str] = set()
    for row in rows:
        if row.channel in down:
            continue
        outcome = _ask(workplace, row, opened, clock())
        told[outcome] += 1
        if outcome == "unavailable":
            down.add(row.channel)
        log.info("followed", message=row.id, channel=row.channel, outcome=outcome)
    return told


def _pace(workplace: Workplace) -> Pace:
    known = workplace.zalo
    return Pace(
        after=timedelta(seconds=known.follow_after),
        every=timedelta(seconds=known.follow_every),
        until=timedelta(seconds=known.follow_until),
    )


def _ask(workplace: Workplace, row: Row[Any], opened: Callable[[str], Channel], now: datetime) -> str:
    from notifiers.zalo import State, Status, ZaloChannel

    try:
        channel = opened(row.channel)
        assert isinstance(channel, ZaloChannel)
        status = channel.status(row.reference, workplace.seal.open(row.recipient_sealed))
    except NotSent as failure:
        if isinstance(failure, Refused) and failure.scope is Scope.RECIPIENT:
            return _failed(workplace, row, failure.code or "", failure.reason, now)
        if failure.scope is Scope.CHANNEL:
            return "unavailable"
        status = Status(state=State.UNKNOWN)
    match status.state:
        case State.FAILED:
            return _failed(workplace, row, "status", "Zalo: tin không đến được máy người nhận", now)
        case State.DELIVERED:
            with workplace.database.write() as connection:
                at = _instant(status, now)
                zalo_fates.delivered(
                    connection, workplace.province, tracking=row.tracking, reference=row.reference, at=at, now=now
                )
        case State.PENDING | State.UNKNOWN:
            return _no_word(workplace, row, status, now)
    return str(status.state)


def _failed(workplace: Workplace, row: Row[Any], code: str, reason: str, now: datetime) -> str:
    with workplace.database.write() as connection:
        zalo_fates.answered(connection, row.id, zalo_fates.ENDED, now)
        outcome = came_back(connection, workplace, row, code=code, reason=reason, now=now, actor="zalo")
    return outcome or "over"


def _no_word(workplace: Workplace, row: Row[Any], status: Status, now: datetime) -> str:
    from notifiers.zalo import State

    over = now - row.ended_at >= _pace(workplace).until
    with workplace.database.write() as connection:
        zalo_fates.answered(connection, row.id, zalo_fates.ENDED if over else str(status.state), now)
        if over:
            late.nobody_knows(connection, row, reason=NO_WORD, now=now, actor="zalo")
            return "no_word"
        if status.state is State.PENDING:
            zalo_fates.taken(connection, row, now)
    return str(status.state)


def _instant(status: Status, now: datetime) -> datetime:
    """Zalo's own instant of delivery, where it is one."""
    text = status.delivered_ms
    if not (text.isascii() and text.isdecimal() and len(text) <= 14):
        return now
    return min(datetime.fromtimestamp(int(text) / 1000, UTC), now)
