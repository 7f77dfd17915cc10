"""Sending again after a restore: what the restored database does not know of is not sent twice by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flows.steps.deciding import decide
from flows.steps.digesting import decide_digest
from flows.steps.workplace import Workplace
from store.archiving import doubt_queued
from store.audit import record
from store.keeping import on_hold, release


@dataclass(frozen=True, kw_only=True, slots=True)
class Resumed:
    """Why nothing was sent until now, and how many messages were left to a person."""

    reason: str
    left: int


def resume(workplace: Workplace, *, unsure: bool, now: datetime, actor: str) -> Resumed | None:
    """Lift the hold; None where there is none. Raises StoreError.

    `unsure` leaves to a person what was to be sent until now, since it may have been. That is also what the
    restored copy has not decided yet: its mornings after the copy was made may have been sent from elsewhere.
    """
    if unsure:
        with workplace.database.read() as connection:
            held = on_hold(connection, workplace.province) is not None
        if held:
            morning = _last_morning(workplace, now)
            decide(workplace, now=now, today=morning)
            decide_digest(workplace, now=now, today=morning)
    with workplace.database.write() as connection:
        reason = on_hold(connection, workplace.province)
        if reason is None:
            return None
        left = 0
        if unsure:
            said = "Chờ người kiểm tra: có thể đã gửi trước khi khôi phục."
            left = doubt_queued(connection, workplace.province, now=now, reason=said)
        release(connection, workplace.province)
        record(
            connection,
            workplace.province,
            at=now,
            actor=actor,
            action="resume",
            subject="sending",
            before={"hold": reason},
            after={"left_to_a_person": left},
        )
    return Resumed(reason=reason, left=left)


def _last_morning(workplace: Workplace, now: datetime) -> date:
    """The last working day whose run should have happened by `now`."""
    schedule = workplace.settings.schedule
    here = now.astimezone(schedule.zone)
    begun = here.date() if here.time() >= schedule.daily_at else here.date() - timedelta(days=1)
    return workplace.calendar.on_or_before(begun)
