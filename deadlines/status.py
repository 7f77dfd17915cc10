"""The national four statuses of a task (Quyết định 42/2014/QĐ-TTg), as of any day."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Status(StrEnum):
    DONE_IN_TIME = "done_in_time"
    DONE_LATE = "done_late"
    OPEN_IN_TIME = "open_in_time"
    OPEN_LATE = "open_late"

    @property
    def done(self) -> bool:
        return self in {Status.DONE_IN_TIME, Status.DONE_LATE}

    @property
    def late(self) -> bool:
        return self in {Status.DONE_LATE, Status.OPEN_LATE}


def status_on(
    day: date,
    *,
    late_from: date | None,
    done_on: date | None = None,
    done_late: bool | None = None,
    blocked: bool = False,
) -> Status:
    """The status at the end of `day`. `late_from` is the first day that counts as late, None where none does.

    A verdict once given (`done_late`) stands, whatever became of the date since. `blocked`: a gate is still
    closed, so nothing is late.
    """
    binding = late_from is not None and not blocked
    if done_on is not None and done_on <= day:
        late = done_late if done_late is not None else binding and late_from is not None and done_on >= late_from
        return Status.DONE_LATE if late else Status.DONE_IN_TIME
    return Status.OPEN_LATE if binding and late_from is not None and day >= late_from else Status.OPEN_IN_TIME


def days_late(day: date, *, on: date, done_on: date | None = None) -> int:
    """Calendar days from the date itself to the completion, or to `day` while it is open; never below 0."""
    return max(0, ((done_on if done_on is not None and done_on <= day else day) - on).days)
