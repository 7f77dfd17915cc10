"""Seeing that the morning's run, or a round of sending, did not happen.

Of a morning the next digest tells the operator; the alarm is outside.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from config.channels import EMAIL
from flows.steps.courier import LEASE
from flows.steps.logs import logger
from flows.steps.reach import OPERATOR, envelopes, in_working_hours
from flows.steps.workplace import Workplace
from store import breaker, keeping, leases, runs

OVERDUE = timedelta(seconds=75)
"""How long after its hour a thing may be missing: caught up, it is not two minutes late."""


SINCE = "schedule.since"
"""The mark of when the mornings of a province began to be looked after."""


def expect(workplace: Workplace, now: datetime) -> None:
    """Mornings are looked after from `now` on, or from the first run; the first time that this is said counts."""
    with workplace.database.read() as connection:
        if runs.mark(connection, workplace.province, SINCE) is not None:
            return
    with workplace.database.write() as connection:
        if runs.mark(connection, workplace.province, SINCE) is None:
            since = runs.beginning(connection, workplace.province) or now
            runs.set_mark(connection, workplace.province, SINCE, since.isoformat())


def missed(workplace: Workplace, now: datetime) -> bool:
    """True where today's run is overdue: no good one is recorded and its hour is more than `OVERDUE` past.

    Never before the first morning that somebody looks after: a fresh installation has missed nothing.
    """
    at = datetime.combine(now.date(), workplace.settings.schedule.daily_at, tzinfo=now.tzinfo)
    if now < at + OVERDUE:
        return False
    with workplace.database.read() as connection:
        last = runs.last_good(connection, workplace.province)
        begun = runs.last_begun(connection, workplace.province)
        since = runs.mark(connection, workplace.province, SINCE)
    if begun is None and since is None:
        return False
    if since is not None and datetime.fromisoformat(since) > at:
        return False
    if last is not None and last.day >= now.date():
        return False
    # One that has just begun may still end well; one that has hung for an hour will not.
    return bool(begun is None or begun.day < now.date() or now - begun.started_at > timedelta(hours=1))


def left_lying(workplace: Workplace, now: datetime) -> bool:
    """True where messages should have left more than `OVERDUE` ago, could have, and nobody is sending any."""
    since = now - OVERDUE
    if in_working_hours(workplace, since) > since or in_working_hours(workplace, now) > now:
        return False
    with workplace.database.read() as connection:
        if keeping.on_hold(connection, workplace.province) is not None:
            return False
        tripped = breaker.tripped(connection, workplace.province)
        held = [name for name, trip in tripped.items() if trip.until > since]
        # Whoever sends renews his lease with each message.
        if leases.held_since(connection, workplace.province, since + LEASE):
            return False
        return leases.lying(connection, workplace.province, since, held)


def days_without_run(workplace: Workplace, today: date) -> list[date]:
    """The days before `today`, since the last good run, on which there was none; none before the first one."""
    with workplace.database.read() as connection:
        last = runs.last_good(connection, workplace.province)
    if last is None:
        return []
    return [last.day + timedelta(days=more) for more in range(1, (today - last.day).days)]


def warn_of_today(workplace: Workplace, now: datetime) -> None:
    """Today's run did not happen at its hour; the digest says so even where the run that makes up for it fails."""
    _note(workplace, [now.date()], now)


def warn_of_past(workplace: Workplace, now: datetime) -> list[date]:
    """Days went by without a run, as while the machine was off. Returns them."""
    days = days_without_run(workplace, now.date())
    if days:
        _note(workplace, days, now)
    return days


def _note(workplace: Workplace, days: list[date], now: datetime) -> None:
    with workplace.database.write() as connection:
        fresh = runs.note_missed(connection, workplace.province, days, now)
        if fresh:
            openings = envelopes(connection, workplace, now=now, today=now.date())
            openings.message_for(OPERATOR, OPERATOR, EMAIL, "digest")
    if fresh:
        named = [day.isoformat() for day in fresh]
        logger("missed").error("run missed", province=workplace.province, days=named)


def words(connection: Connection, workplace: Workplace, since: datetime, today: date) -> str:
    """What the digest says of the days without a run that came to be known since `since`; "" where none did."""
    days = runs.missed_since(connection, workplace.province, since)
    if not days:
        return ""
    first, last = f"{days[0]:%d/%m/%Y}", f"{days[-1]:%d/%m/%Y}"
    if days == [today]:
        hour = f"{workplace.settings.schedule.daily_at:%H:%M}"
        what = f"Lượt chạy {hour} hôm nay, ngày {first}, không diễn ra đúng giờ."
    elif len(days) == 1:
        what = f"Ngày {first} không có lượt chạy đúng giờ."
    else:
        what = f"{len(days)} ngày từ {first} đến {last} không có lượt chạy đúng giờ."
    return (
        f"{what} Các nhắc việc không bị mất: lượt chạy sau nhắc bù, không nhắc hai lần."
        " Đề nghị người quản trị kiểm tra máy chủ (lệnh dondoc check) và nhật ký hệ thống."
    )
