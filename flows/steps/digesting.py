"""The operator's morning digest: one mail a working day, in the outbox like every other message.

Whether there is one is decided in the morning; what it says is gathered when it is sent. A digest that could
not leave on its day is replaced by the next one, which reaches back to the last that was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from config.channels import EMAIL
from deadlines.reminders import questions_due
from flows.steps import missed
from flows.steps.composing import content_of, plan_name
from flows.steps.digest_sections import Window, sections
from flows.steps.reach import OPERATOR, envelopes
from flows.steps.reporting import scheduled
from flows.steps.summary import in_words
from flows.steps.workplace import Workplace
from notifiers.digest import Digest, render_digest
from notifiers.message import Message
from store import answers, digests, outbox, runs
from store.balance import balance

__all__ = ["ask", "compose_digest", "decide_digest", "plan_name"]

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Last:
    """The last digest that was sent, if any."""

    day: date | None
    at: datetime
    """When it was begun: what is newer has not been told."""
    sent: datetime


def _last(connection: Connection, workplace: Workplace) -> Last:
    row = digests.last_sent(connection, workplace.province)
    if row is None:
        return Last(day=None, at=BEGINNING, sent=BEGINNING)
    return Last(day=row.day, at=row.created_at, sent=row.ended_at or row.created_at)


def decide_digest(workplace: Workplace, *, now: datetime, today: date) -> bool:
    """Put today's digest into the outbox where there is something to say, and always on a week's first day."""
    if not workplace.calendar.is_working(today):
        return False
    with workplace.database.write() as connection:
        ask(connection, workplace, today)
        # Where today's has left, a second look would open tomorrow's, be there nothing to say then.
        if digests.begun(connection, workplace.province, today):
            return True
        last = _last(connection, workplace)
        if not (_first_of_week(last, today) or _something(connection, workplace, last, today)):
            return False
        openings = envelopes(connection, workplace, now=now, today=today)
        openings.message_for(OPERATOR, OPERATOR, EMAIL, "digest")
    return True


def _first_of_week(last: Last, today: date) -> bool:
    return last.day is None or last.day < today - timedelta(days=today.weekday())


def _something(connection: Connection, workplace: Workplace, last: Last, today: date) -> bool:
    """Whether there is news; only what an index finds is looked at."""
    province = workplace.province
    soon = today + timedelta(days=Window.DAYS)
    return bool(
        digests.asked_since(connection, province, last.day)
        or digests.late(connection, province, today, 1)[0]
        or digests.due_between(connection, province, today, soon, 1)[0]
        or digests.undelivered(connection, province, last.at, 1)[0]
        or digests.new_plans(connection, province, last.at, 1)[0]
        or answers.pending(connection, province, 1)
        or runs.missed_since(connection, province, last.sent)
    )


def ask(connection: Connection, workplace: Workplace, today: date) -> int:
    """Decide of which awaited documents the operator is asked today. Returns of how many tasks."""
    rows = digests.to_ask(connection, workplace.province, today)
    leads = digests.leads_of(connection, [row.task_id for row in rows])
    noted = []
    for row in rows:
        name = workplace.policies.name_for(
            plan=row.plan_number, agency=leads.get(row.task_id, ""), task=row.task_id
        )
        decision = questions_due(
            workplace.policies.by_name[name],
            since=row.first_seen,
            today=today,
            calendar=workplace.calendar,
            already=row.asked,
        )
        stages = [*row.asked, *decision.kept]
        noted.append((row.id, stages, decision.next_on, today if decision.tell else None))
    digests.note_asked(connection, noted)
    return sum(day is not None for *_, day in noted)


def compose_digest(
    connection: Connection, workplace: Workplace, message: Row[Any], *, to: str, to_name: str, now: datetime
) -> tuple[dict[str, Any], Message] | None:
    """The frozen content of a digest and the mail itself; None where a later one takes its place."""
    today = now.astimezone(workplace.settings.schedule.zone).date()
    if message.day < today:
        return None
    last = _last(connection, workplace)
    referred = outbox.planned_in(connection, message.id)
    reports = scheduled(connection, workplace, last_day=last.day, today=today, now=now)
    office = workplace.settings.office
    rendered = render_digest(
        Digest(
            office=office.name,
            on=today,
            sections=sections(
                connection, workplace, Window(since=last.at, last_day=last.day, today=today), referred
            ),
            link=workplace.settings.desk.base_url or None,
            reports=tuple(report.words for report in reports),
            warning=missed.words(connection, workplace, last.sent, today),
            account=_account(connection, workplace, last.day, today),
            provisional=_doubt(workplace, today),
        ),
        key=message.key,
        to=to,
        to_name=to_name,
        created=now,
        reply_to=office.reply_to,
        attachments=tuple(file for report in reports for file in report.files),
        templates=workplace.templates,
    )
    return content_of(rendered, _ids(referred)), rendered


def _ids(rows: Sequence[Row[Any]]) -> list[int]:
    return [row.id for row in rows]


def _account(connection: Connection, workplace: Workplace, since: date | None, today: date) -> str:
    """What became of the reminders that were decided since the last digest, today's left out."""
    first, last = since or today, today - timedelta(days=1)
    account = balance(connection, workplace.province, first=first, last=last)
    if not account.planned:
        return ""
    days = f"ngày {first:%d/%m/%Y}" if first == last else f"từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"
    return f"Nhắc việc lập {days}: {in_words(account)}."


def _doubt(workplace: Workplace, today: date) -> str:
    for year in (today.year, today.year + 1):
        if workplace.calendar.is_provisional(year) and (year == today.year or today.month == 12):
            return f"Lịch nghỉ năm {year} còn là dự kiến; đề nghị bổ sung khi có thông báo chính thức."
    return ""
