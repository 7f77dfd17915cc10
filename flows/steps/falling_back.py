"""Saying by mail what went by Zalo and of which nobody knows whether it arrived: once, and before the deadline.

The Zalo message itself is never sent again. Should Zalo tell of its arrival after all, a mail that has not left
yet is taken back, and one that has left stays the only other copy.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from config.channels import EMAIL
from flows.steps.channels import zalo_scheme
from flows.steps.logs import logger
from flows.steps.reach import envelopes, route
from flows.steps.workplace import Workplace
from store import directory, fallbacks

SHORTEST = timedelta(minutes=5)
"""How long Zalo is always given to tell of an arrival, however near the deadline is."""
ROOM = timedelta(hours=1)
"""How long before the end of the deadline's working hours the mail leaves at the latest."""
MOST = 200
log = logger("falling_back")


def fall_back(workplace: Workplace, *, clock: Callable[[], datetime]) -> int:
    """Plan by mail what has waited long enough for word of its arrival. Returns how many messages."""
    channels = [name for name in workplace.channels.by_name if zalo_scheme(workplace, name)]
    if not channels or not workplace.zalo.mail_after:
        return 0
    now = clock()
    with workplace.database.read() as connection:
        rows = fallbacks.unsure(
            connection,
            workplace.province,
            channels,
            ended_before=now - min(SHORTEST, timedelta(seconds=workplace.zalo.mail_after)),
            today=now.astimezone(workplace.zone).date(),
            limit=MOST,
        )
    return sum(_moved(workplace, row, now) for row in rows if now >= _patience(workplace, row))


def _patience(workplace: Workplace, message: Row[Any]) -> datetime:
    """Until when word of a message's arrival is waited for."""
    until: datetime = message.ended_at + timedelta(seconds=workplace.zalo.mail_after)
    if message.first_due is not None:
        last = workplace.calendar.on_or_before(message.first_due)
        closes = datetime.combine(last, workplace.settings.schedule.work_to, tzinfo=workplace.zone)
        until = min(until, closes - ROOM)
    return until


def _moved(workplace: Workplace, message: Row[Any], now: datetime) -> bool:
    today = now.astimezone(workplace.zone).date()
    sent_on = message.ended_at.astimezone(workplace.zone).date()
    with workplace.database.write() as connection:
        failing = directory.failing(connection, workplace.province)
        others = set(workplace.channels.by_name) - {EMAIL}
        if route(workplace, message.agency, message.audience, failing=failing, without=others).address is None:
            return False
        moved = fallbacks.move(
            connection,
            message,
            EMAIL,
            envelopes(connection, workplace, now=now, today=today),
            note=f"Đã gửi qua Zalo ngày {sent_on:%d/%m/%Y} nhưng chưa rõ tin có đến hay không.",
            reason=f"Chưa rõ đã đến hay chưa; ngày {today:%d/%m/%Y} nội dung được chuyển sang thư điện tử.",
        )
    if moved:
        log.info("moved to mail", message=message.id, channel=message.channel, reminders=moved)
    return bool(moved)
