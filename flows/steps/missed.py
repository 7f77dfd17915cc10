"""Seeing that the morning's run did not happen, and telling the operator, by mail and to the alarm outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flows.steps.logs import logger
from flows.steps.workplace import Workplace
from store import runs
from store.notices import put_notice
from store.sealing import masked

OVERDUE = timedelta(minutes=2)
"""How long after its hour the morning's run may be missing."""
AGENCY = "operator.missed"
"""Under this name the warning stands in the outbox: other notices to the operator do not push it aside."""


def missed(workplace: Workplace, now: datetime) -> bool:
    """True where today's run is overdue: no good one is recorded and its hour is more than `OVERDUE` past."""
    at = datetime.combine(now.date(), workplace.settings.schedule.daily_at, tzinfo=now.tzinfo)
    if now < at + OVERDUE:
        return False
    with workplace.database.read() as connection:
        last = runs.last_good(connection, workplace.province)
        begun = runs.last_begun(connection, workplace.province)
    if last is not None and last.day >= now.date():
        return False
    # One that has just begun may still end well; one that has hung for an hour will not.
    return begun is None or begun.day < now.date() or now - begun.started_at > timedelta(hours=1)


def days_without_run(workplace: Workplace, today: date) -> list[date]:
    """The days before `today`, since the last good run, on which there was none; none before the first one."""
    with workplace.database.read() as connection:
        last = runs.last_good(connection, workplace.province)
    if last is None:
        return []
    return [last.day + timedelta(days=more) for more in range(1, (today - last.day).days)]


def warn_of_today(workplace: Workplace, now: datetime) -> None:
    """Today's run did not happen at its hour."""
    at = workplace.settings.schedule.daily_at
    _warn(
        workplace,
        [now.date()],
        f"Đến {now:%H:%M ngày %d/%m/%Y} hệ thống chưa ghi nhận lượt chạy buổi sáng ({at:%H:%M}).",
        now,
    )


def warn_of_past(workplace: Workplace, now: datetime) -> list[date]:
    """Days went by without a run, as while the machine was off. Returns them."""
    days = days_without_run(workplace, now.date())
    if days:
        first, last = f"{days[0]:%d/%m/%Y}", f"{days[-1]:%d/%m/%Y}"
        when = f"ngày {first}" if len(days) == 1 else f"các ngày từ {first} đến {last} ({len(days)} ngày)"
        _warn(workplace, days, f"Không có lượt chạy nào trong {when}.", now)
    return days


def _warn(workplace: Workplace, days: Sequence[date], what: str, now: datetime) -> None:
    logger("missed").error("run missed", province=workplace.province, days=[day.isoformat() for day in days])
    office = workplace.settings.office
    opens = datetime.combine(now.date(), time(0), tzinfo=now.tzinfo)
    with workplace.database.write() as connection:
        put_notice(
            connection,
            workplace.province,
            agency=AGENCY,
            day=days[-1],
            now=now,
            not_before=opens,
            sealed=workplace.seal.close(office.reply_to),
            lookup=workplace.seal.lookup(office.reply_to),
            shown=masked(office.reply_to),
            content=_content(workplace, what, now),
        )


def _content(workplace: Workplace, what: str, now: datetime) -> dict[str, Any]:
    office = workplace.settings.office
    return {
        "subject": "[Đôn đốc] Lượt chạy hằng ngày bị lỡ",
        "text": (
            f"Kính gửi {office.name},\n\n"
            f"{what}\n\n"
            "Các nhắc việc không bị mất: lượt chạy sau sẽ nhắc bù, không nhắc hai lần.\n"
            "Đề nghị người quản trị xem máy chủ còn chạy không (lệnh dondoc check) và nhật ký trong thư mục log.\n"
        ),
        "html": "",
        "to_name": office.name,
        "reply_to": office.reply_to,
        "references": [],
        "created": now.isoformat(),
        "fields": {},
        "attachments": [],
        "reminders": [],
    }
