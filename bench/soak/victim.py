"""The daily job of a given day and hour, in a process that is there to be killed."""

from __future__ import annotations

import sys
from datetime import date, time

from flows.steps.clock import standing_at
from flows.steps.daily import run_daily
from flows.steps.workplace import open_workplace

if __name__ == "__main__":
    place, day = open_workplace(), date.fromisoformat(sys.argv[1])
    run_daily(place, clock=standing_at(day, time(int(sys.argv[2])), place.zone), day=day)
