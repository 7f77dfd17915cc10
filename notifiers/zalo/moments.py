"""When to try again: quiet hours, the next minute, morning or month, in the province's own time zone."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifiers.zalo.codes import Action
from notifiers.zalo.settings import QuietHours, ZaloSettings

Jitter = Callable[[], float]


def is_quiet(now: datetime, quiet: QuietHours, kind: str) -> bool:
    """Whether a message of this kind must wait; `start` inclusive, `end` exclusive, across midnight or not."""
    if kind not in quiet.kinds or quiet.start == quiet.end:
        return False
    local = now.astimezone(ZoneInfo(quiet.timezone)).time()
    if quiet.start < quiet.end:
        return quiet.start <= local < quiet.end
    return local >= quiet.start or local < quiet.end


def next_morning(now: datetime, quiet: QuietHours) -> datetime:
    """The next `resume` strictly after now: of today where it is still to come."""
    local = now.astimezone(ZoneInfo(quiet.timezone))
    today = _at(local, quiet.resume)
    return today if today > local else _at(local + timedelta(days=1), quiet.resume)


def next_day(now: datetime, quiet: QuietHours) -> datetime:
    """`resume` of the next calendar day: quotas begin anew at midnight."""
    local = now.astimezone(ZoneInfo(quiet.timezone))
    return _at(local + timedelta(days=1), quiet.resume)


def next_month(now: datetime, quiet: QuietHours) -> datetime:
    """`resume` of the first day of the next month."""
    local = now.astimezone(ZoneInfo(quiet.timezone))
    return _at(local.replace(day=1) + timedelta(days=32), quiet.resume).replace(day=1)


def _at(day: datetime, moment: time) -> datetime:
    return day.replace(hour=moment.hour, minute=moment.minute, second=0, microsecond=0)


def wait_seconds(
    action: Action, now: datetime, settings: ZaloSettings, jitter: Jitter = random.random
) -> float | None:
    """Seconds to wait for an action, jitter included; None for an action that never tries again."""
    spread = jitter() * settings.jitter_seconds
    match action:
        case Action.NEXT_MINUTE:
            return 60 - now.second + jitter() * min(settings.jitter_seconds, 15)
        case Action.SOON:
            return settings.soon_seconds + jitter() * min(settings.jitter_seconds, 15)
        case Action.MORNING:
            return (next_morning(now, settings.quiet) - now).total_seconds() + spread
        case Action.NEXT_DAY:
            return (next_day(now, settings.quiet) - now).total_seconds() + spread
        case Action.NEXT_MONTH:
            return (next_month(now, settings.quiet) - now).total_seconds() + spread
        case Action.HOLD | Action.REFRESH:
            return settings.hold_seconds
        case Action.FALLBACK | Action.DEAD_LETTER | Action.PARK:
            return None
