"""From planned reminders to the one message that says them, frozen before its first attempt."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row

from flows.steps.channels import sender, zalo_message
from flows.steps.linking import agency_link, due_page
from flows.steps.reach import OPERATOR
from flows.steps.workplace import Workplace
from notifiers.message import Attachment, Line, Message, Notice, Urgency
from store import answerable, grounds, outbox

__all__ = ["compose", "content_of", "message_of", "notice_of", "plan_name", "sender"]

_ORDER = {urgency.value: position for position, urgency in enumerate(Urgency)}


def notice_of(
    workplace: Workplace,
    message: Row[Any],
    rows: Sequence[Row[Any]],
    on: date,
    *,
    own: Collection[int] = (),
    why: Mapping[int, str] = MappingProxyType({}),
) -> Notice:
    """What the agency of a message is told on the day `on`: one line a due, most urgent first.

    `own` are the dues of the agency's own tasks: of others, which it oversees, it gets no page to answer on. `why`
    says of dues on what document their date rests.
    """
    page = agency_link(workplace, message.agency) if own else None
    lines: dict[int, Line] = {}
    for row in sorted(rows, key=_rank):
        link = due_page(page, row.due_id) if page and row.due_id in own else None
        over = row.urgency == Urgency.ESCALATED and row.due_id not in own and message.agency != OPERATOR
        lines.setdefault(
            row.due_id, _line(workplace, row, on, link, "overseeing" if over else row.role, why.get(row.due_id, ""))
        )
    office = workplace.settings.office
    agency = office.name if message.agency == OPERATOR else workplace.directory.name(message.agency)
    return Notice(
        agency=agency,
        province=workplace.province,
        on=on,
        lines=tuple(lines.values()),
        sender=office.name,
        reply_to=office.reply_to,
        link=page,
        addressed_to=f"Lãnh đạo {agency}" if message.audience == "leadership" else "",
    )


def reasons(connection: Connection, due_ids: Sequence[int]) -> Mapping[int, str]:
    """On what document each date rests that the plan alone does not give."""
    found = {
        due_id: f"Căn cứ: {one.instrument}{f' số {one.number}' if one.number else ''} ngày {one.on:%d/%m/%Y}"
        f" của {one.issuer}."
        for due_id, one in grounds.issued(connection, due_ids).items()
    }
    for due_id, document in grounds.extended_by(connection, due_ids).items():
        named = f"văn bản số {document}" if document[:1].isdigit() else document
        found[due_id] = " ".join(part for part in (found.get(due_id), f"Thời hạn theo {named}.") if part)
    return found


def _rank(row: Row[Any]) -> tuple[int, date, int]:
    return (_ORDER[row.urgency], row.on_date, row.due_id)


def _line(workplace: Workplace, row: Row[Any], on: date, link: str | None, role: str, why: str) -> Line:
    binding = row.track != "opening"
    return Line(
        key=f"{workplace.province}-{row.due_id}",
        urgency=Urgency(row.urgency),
        number=row.number,
        title=row.title,
        plan=plan_name(row.plan_kind, row.plan_number, row.issued_on, row.plan_title),
        deadline_text=row.deadline_text or "",
        due=row.on_date,
        days_left=(row.on_date - on).days if binding else None,
        role=role,
        lead=row.lead_text or "",
        product=row.product or "",
        note=" ".join(part for part in (row.note, why) if part),
        link=link,
    )


def plan_name(kind: str | None, number: str | None, issued_on: date | None, title: str | None) -> str:
    """How people call a plan: "Kế hoạch số 12/KH-UBND ngày 05/01/2026"."""
    if number is None:
        return title or "Kế hoạch chưa ghi số"
    return f"{kind or 'Kế hoạch'} số {number}" + (f" ngày {issued_on:%d/%m/%Y}" if issued_on else "")


def compose(
    connection: Connection, workplace: Workplace, message: Row[Any], *, to: str, to_name: str, now: datetime
) -> tuple[dict[str, Any], Message] | None:
    """The frozen content of a message and the message itself; None where there is nothing left to say."""
    from notifiers.email_message import message_id
    from notifiers.render import render

    if message.purpose == "digest":
        from flows.steps.digesting import compose_digest

        return compose_digest(connection, workplace, message, to=to, to_name=to_name, now=now)
    rows = outbox.planned_in(connection, message.id)
    if not rows:
        return None
    due_ids = [row.due_id for row in rows]
    notice = notice_of(
        workplace,
        message,
        rows,
        now.astimezone(workplace.settings.schedule.zone).date(),
        own=answerable.own_dues(connection, message.agency, due_ids),
        why=reasons(connection, due_ids),
    )
    ids = [row.id for row in rows]
    plain = zalo_message(
        connection,
        workplace,
        notice,
        message_id=message.id,
        channel=message.channel,
        key=message.key,
        to=to,
        to_name=to_name,
        created=now,
    )
    if plain is not None:
        return content_of(plain, ids), plain
    host = sender(workplace).host
    earlier = outbox.earlier_keys(connection, message, due_ids)
    rendered = render(
        notice,
        key=message.key,
        to=to,
        to_name=to_name,
        created=now,
        references=tuple(message_id(key, host) for key in earlier),
        templates=workplace.templates,
    )
    return content_of(rendered, ids), rendered


def content_of(message: Message, reminder_ids: Sequence[int]) -> dict[str, Any]:
    """A message as data, without the address, which is kept sealed beside it."""
    return {
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "to_name": message.to_name,
        "reply_to": message.reply_to,
        "references": list(message.references),
        "created": message.created.isoformat(),
        "fields": dict(message.fields),
        "attachments": [
            {"name": item.name, "mime": item.mime, "content": base64.b64encode(item.content).decode()}
            for item in message.attachments
        ],
        "reminders": list(reminder_ids),
    }


def message_of(row: Row[Any], to: str) -> Message:
    """The very message that was frozen."""
    kept = row.frozen
    return Message(
        key=row.key,
        to=to,
        to_name=kept["to_name"],
        subject=kept["subject"],
        text=kept["text"],
        html=kept["html"],
        created=datetime.fromisoformat(kept["created"]),
        reply_to=kept["reply_to"],
        references=tuple(kept["references"]),
        fields=kept["fields"],
        attachments=tuple(
            Attachment(name=item["name"], mime=item["mime"], content=base64.b64decode(item["content"]))
            for item in kept["attachments"]
        ),
    )
