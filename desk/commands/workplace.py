"""The workplace of a command, and the time at which it was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flows.steps.clock import here
from flows.steps.logs import set_up
from flows.steps.workplace import Workplace, open_workplace


@dataclass(frozen=True, kw_only=True, slots=True)
class AtWork:
    place: Workplace
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()


def at_work() -> AtWork:
    """Raises ConfigError."""
    place = open_workplace()
    set_up(place.settings.var)
    return AtWork(place=place, now=here(place.settings.schedule.zone)())
