"""What runs when, for each province; `dondoc serve` and `dondoc deploy` both register it from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any

from prefect.events import DeploymentEventTrigger
from prefect.events.schemas.automations import Posture
from prefect.schedules import Cron, Schedule

from flows.daily import daily
from flows.deliver import deliver
from flows.digest import digest
from flows.emitting import RECORDED
from flows.orphans import orphans
from flows.report import report
from flows.resolve import resolve_now
from flows.steps.workplace import Workplace
from flows.watch import watch

SENDERS = 2
"""How many runs may empty a province's outbox at the same time."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A flow, its hours, and how many of its runs a province may have at a time."""

    flow: Any
    about: str
    schedules: tuple[Schedule, ...] = ()
    triggers: tuple[DeploymentEventTrigger, ...] = ()
    limit: int | None = 1
    waits: bool = False
    """What comes while the limit is reached waits; else it is dropped, since the next run catches up anyway."""


def jobs(place: Workplace) -> tuple[Job, ...]:
    """A province's work, in its own time zone."""
    zone = place.settings.schedule.timezone
    return (
        Job(flow=daily, about="Nhập kế hoạch, tính thời hạn, lập và gửi nhắc việc.", schedules=_at(place, 0)),
        Job(
            flow=deliver,
            about="Gửi tiếp các thư đang chờ, trong giờ làm việc.",
            schedules=(Cron(deliver_cron(place), timezone=zone),),
            limit=SENDERS,
        ),
        Job(
            flow=watch,
            about="Phát hiện lượt chạy bị lỡ và chạy bù.",
            schedules=(Cron("*/10 * * * *", timezone=zone),),
            # It makes up for what was lost; no dead one may be in its way.
            limit=None,
        ),
        Job(flow=digest, about="Bản tin đầu ngày của người vận hành, nếu chưa có.", schedules=_at(place, 15)),
        Job(
            flow=report,
            about="Báo cáo tuần (thứ Hai) và báo cáo tháng (ngày 01), lưu thành tệp.",
            schedules=(
                *_at(place, 20, "* * 1", slug="week", parameters={"period": "week"}),
                *_at(place, 25, "1 * *", slug="month", parameters={"period": "month"}),
            ),
        ),
        Job(
            flow=resolve_now,
            about="Văn bản vừa được ghi nhận: tính lại thời hạn và báo ngay.",
            triggers=(when_recorded(place.province),),
            # The one that runs may have looked before this document was confirmed.
            waits=True,
        ),
    )


def looking_for_the_dead() -> Job:
    """Once for all provinces: it asks Prefect alone."""
    return Job(
        flow=orphans,
        about="Phát hiện lượt chạy mà worker đã dừng đột ngột, nhả chỗ cho lượt sau.",
        schedules=(Cron("* * * * *"),),
        # It frees the places that dead runs hold; no dead one may hold its own.
        limit=None,
    )


def when_recorded(province: str) -> DeploymentEventTrigger:
    """Fires for each document of the province that is recorded, corrected or withdrawn."""
    return DeploymentEventTrigger(
        name=f"dondoc-resolve-{province}",
        expect={RECORDED},
        match={"prefect.resource.id": f"dondoc.province.{province}"},
        posture=Posture.Reactive,
        threshold=1,
    )


def deliver_cron(place: Workplace) -> str:
    """Every ten minutes of the working hours."""
    schedule = place.settings.schedule
    return f"5-59/10 {schedule.work_from.hour}-{later(schedule.work_to, -1).hour} * * *"


def _at(place: Workplace, minutes: int, days: str = "* * *", **more: Any) -> tuple[Schedule, ...]:
    """So many minutes after the daily hour; every day, because on days off the flows themselves know what to do."""
    at = later(place.settings.schedule.daily_at, minutes)
    return (Cron(f"{at.minute} {at.hour} {days}", timezone=place.settings.schedule.timezone, **more),)


def later(at: time, minutes: int) -> time:
    """The time `minutes` after `at`, before it where negative; what would fall on the next day stays on the last
    minute of this one."""
    whole = min(at.hour * 60 + at.minute + minutes, 24 * 60 - 1)
    return time(whole // 60, whole % 60)
