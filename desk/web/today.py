"""Today: four counts, what is late, what is near, and a red banner when the morning's run did not come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from starlette.responses import PlainTextResponse, Response

from desk.web.visit import Visit
from flows.steps.missed import missed as overdue
from flows.steps.reach import reachable
from store import answers, keeping, messages, moving, overview, plan_pages, runs, task_lists

GRACE = timedelta(hours=1)
"""How late the daily run may be before the desk says so."""

SHOWN, LATER = 15, 5

WEEK = timedelta(days=7)
"""How far ahead "soon" looks, that day included."""


def page(visit: Visit) -> Response:
    with visit.workplace.database.read() as connection:
        province, day = visit.province, visit.today
        near = reachable(connection, visit.workplace)
        follow = visit.following(connection, near)
        counts = overview.today(connection, province, day, follow)
        attention = task_lists.attention(province, reachable=near, today=day, follow=follow)
        values: dict[str, Any] = {
            "counts": counts,
            "attention": attention,
            "late": overview.nearest(connection, province, day, late=True, limit=SHOWN),
            "week": day + WEEK,
            "later": overview.upcoming(connection, province, day + WEEK, limit=LATER),
            "soon": overview.nearest(connection, province, day, late=False, limit=SHOWN),
            "failing": messages.undelivered(connection, province, 5),
            "pending": answers.pending(connection, province, 5),
            "missed": missed(visit, runs.last_good(connection, province)),
            "unsent": visit.workplace.channels.writes_files,
            "held": keeping.on_hold(connection, province) or "",
            "empty": not plan_pages.some(connection, province),
        }
    return visit.page("today.html", resumable=not moving.moved_away(values["held"]), **values)


def missed(visit: Visit, last: object) -> str:
    """What to say where the last good run is older than it should be; "" where all is well."""
    schedule = visit.workplace.settings.schedule
    due = datetime.combine(visit.today, schedule.daily_at, tzinfo=schedule.zone)
    expected = visit.today if visit.now >= due + GRACE else visit.today - timedelta(days=1)
    if last is None:
        return "Công việc hằng ngày chưa chạy lần nào."
    day = getattr(last, "day")  # noqa: B009 - a row of the store
    if day >= expected:
        return ""
    return f"Công việc hằng ngày không chạy từ ngày {day:%d/%m/%Y}; chưa có nhắc việc nào được gửi từ hôm đó."


def healthy(visit: Visit) -> Response:
    """For a watchdog: 200 while the daily run comes, 503 when it does not; on a fresh installation none is due."""
    wrong = overdue(visit.workplace, visit.now)
    return PlainTextResponse("late\n" if wrong else "ok\n", 503 if wrong else 200)
