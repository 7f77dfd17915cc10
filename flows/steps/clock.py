"""The only place that asks what time it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pendulum


def here(zone: ZoneInfo) -> Callable[[], datetime]:
    """A clock that tells the time of `zone`."""
    return lambda: pendulum.now(zone.key)


def standing_at(day: date, at: time, zone: ZoneInfo) -> Callable[[], datetime]:
    """A clock that stands still: the morning of a day that is being tried out or caught up."""
    moment = pendulum.datetime(day.year, day.month, day.day, at.hour, at.minute, tz=zone.key)
    return lambda: moment
