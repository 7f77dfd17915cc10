"""What is known when terms become dates, and the dates while they are being worked out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from deadlines.calendar import Calendar
from deadlines.counting import Counting, first_from, last_until
from deadlines.gates import Gates
from deadlines.types import Deadline, MonthDay, Range, Track

_PERIOD = re.compile(r":(?:check-)?(\d{4})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """Everything that turns words into dates."""

    deadline: Deadline
    issued: date | None
    met: Mapping[int, date]
    extensions: Mapping[str, date]
    calendar: Calendar
    counting: Counting
    since: date
    until: date
    gates: Gates

    def window(self, at: int) -> tuple[date, date]:
        """`since` to `until`, widened to the periods of a term whose date was moved out of or into it."""
        first, last = self.since, self.until
        for key in self.extensions:
            found = _PERIOD.search(key)
            if found and key.startswith(f"t{at}:"):
                year = min(max(int(found[1]), date.min.year + 1), date.max.year - 1)
                first, last = min(first, date(year - 1, 12, 1)), max(last, date(year + 1, 1, 31))
        return first, last


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    key: str
    term: int
    track: Track
    on: date
    tentative: bool = False
    repeats: bool = False
    """One of many: it is only wanted within the window."""
    after: date | None = None


@dataclass(kw_only=True, slots=True)
class Unfolded:
    """What a term, then all terms, have given so far."""

    drafts: list[Draft] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    undatable: set[int] = field(default_factory=set)
    ruled: bool = False
    """A rule gives the dates, also where none of them is within the window."""
    """Terms whose date needs the plan's date of issue, which is not known."""
    endless: bool = False
    """There are more beyond the window."""
    full_until: date | None = None
    """The day at which a list that grew too long was cut off."""


def range_days(term: Range, issued: date | None) -> tuple[date, date] | None:
    """First and last day of a range; None where no year is printed and the plan's issue is not known."""
    due = term.due
    if isinstance(due, MonthDay):
        begin = term.start if isinstance(term.start, date) else issued
        if begin is None:
            return None
        due = first_from(due, begin)
    start = last_until(term.start, due) if isinstance(term.start, MonthDay) else term.start
    return start, due
