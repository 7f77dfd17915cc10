"""The sections of the digest, from the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Connection, Row

from flows.steps.composing import plan_name
from flows.steps.events import awaited_groups
from flows.steps.listing import all_tasks, why
from flows.steps.reach import OPERATOR, reachable
from flows.steps.workplace import Workplace
from notifiers.digest import Item, Section, Topic
from store import answers, digests, zalo

SHOWN = 20
"""How many lines a section shows."""

_ANSWERS = {"done": "Báo cáo hoàn thành", "extension": "Đề nghị gia hạn"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """From the last digest that was sent until today."""

    DAYS: ClassVar[int] = 7
    """How many days ahead a date counts as near."""
    MONTH: ClassVar[int] = 30

    since: datetime
    last_day: date | None
    today: date


def sections(
    connection: Connection, workplace: Workplace, window: Window, referred: Sequence[Row[Any]]
) -> tuple[Section, ...]:
    """Every section, also the empty ones; `referred` are the reminders meant for the operator."""
    province, today = workplace.province, window.today
    soon, month = today + timedelta(days=window.DAYS), today + timedelta(days=window.MONTH)
    return (
        _failed(connection, workplace, window),
        referred_section(referred, today),
        _answers(connection, workplace),
        _questions(connection, workplace, window),
        _dated(Topic.LATE, digests.late(connection, province, today, SHOWN), today),
        _dated(Topic.DUE, digests.due_between(connection, province, today, soon, SHOWN), today),
        _dated(Topic.TENTATIVE, digests.tentative(connection, province, month, SHOWN), today),
        _attention(connection, workplace),
        _new(connection, workplace, window),
    )


def _section(topic: Topic, items: Sequence[Item], total: int) -> Section:
    return Section(topic=topic, items=tuple(items), total=total)


def _place(row: Row[Any]) -> str:
    plan = plan_name(row.plan_kind, row.plan_number, row.issued_on, row.plan_title)
    return f"{plan}, nhiệm vụ {row.number}" if row.number else plan


def _standing(on: date, today: date) -> str:
    days = (on - today).days
    return f"Quá hạn {-days} ngày" if days < 0 else f"Còn {days} ngày" if days else "Đến hạn hôm nay"


def _dated(topic: Topic, found: digests.Found, today: date) -> Section:
    rows, total = found
    return _section(topic, [_item(row, today) for row in rows], total)


def _item(row: Row[Any], today: date, note: str = "") -> Item:
    return Item(
        title=row.title,
        place=_place(row),
        agency=row.lead_text or "",
        due=row.on_date,
        status=_standing(row.on_date, today),
        note=note,
    )


def referred_section(rows: Sequence[Row[Any]], today: date) -> Section:
    """One line a date, however many agencies have not done their part of it."""
    by_due: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_due.setdefault(row.due_id, []).append(row)
    items = []
    for same in list(by_due.values())[:SHOWN]:
        row, many = same[0], len({one.note for one in same})
        note = f"{many} cơ quan chủ trì chưa có kết quả." if many > 1 else "" if row.lead_text else row.note
        items.append(_item(row, today, note))
    return _section(Topic.REFERRED, items, len(by_due))


def _failed(connection: Connection, workplace: Workplace, window: Window) -> Section:
    """Channels that need the admin, then messages that did not arrive or of which that is not known."""
    alerts = [
        Item(title=row.what, note=row.advice, status="Cần quản trị viên")
        for row in zalo.alerts_since(connection, workplace.province, window.since)
    ]
    rows, total = digests.undelivered(connection, workplace.province, window.since, SHOWN)
    items = [
        Item(
            title=f"Thông báo ngày {row.day:%d/%m/%Y} qua kênh {row.channel}"
            + (f" gửi {row.recipient}" if row.recipient else ""),
            agency=_agency(workplace, row.agency),
            status="Bị từ chối" if row.state == "refused" else "Chưa rõ đã nhận hay chưa",
            note=row.reason or "",
        )
        for row in rows
    ]
    return _section(Topic.FAILED, [*alerts, *items][:SHOWN], total + len(alerts))


def _agency(workplace: Workplace, code: str) -> str:
    return workplace.settings.office.name if code == OPERATOR else workplace.directory.name(code)


def _answers(connection: Connection, workplace: Workplace) -> Section:
    rows = answers.pending(connection, workplace.province, 200)
    items = [
        Item(
            title=row.title,
            agency=_agency(workplace, row.agency),
            due=row.on_date,
            status=_ANSWERS[row.kind],
            note=" ".join(
                part
                for part in (
                    f"Văn bản số {row.document}." if row.document else "",
                    f"Đề nghị lùi đến ngày {row.asked_on:%d/%m/%Y}."
                    if row.kind == "extension" and row.asked_on
                    else "",
                    row.text,
                )
                if part
            ),
        )
        for row in rows[:SHOWN]
    ]
    return _section(Topic.ANSWERS, items, len(rows))


def _questions(connection: Connection, workplace: Workplace, window: Window) -> Section:
    """One line an awaited document, of those about which a question has arisen."""
    asked = digests.asked_since(connection, workplace.province, window.last_day)
    if not asked:
        return _section(Topic.QUESTIONS, [], 0)
    items = []
    for label, held in awaited_groups(connection, workplace.province):
        waiting = sorted({one.task_id for one in held})
        if not asked.intersection(waiting):
            continue
        titles = list(dict.fromkeys(one.waiting.title for one in held))
        more = f" và {len(titles) - 1} nhiệm vụ khác" if len(titles) > 1 else ""
        items.append(
            Item(
                title=_question(label, held[0].waiting.condition.after_task),
                status=f"{len(waiting)} nhiệm vụ đang chờ",
                note=f"Nhiệm vụ: {titles[0]}{more}.",
            )
        )
    return _section(Topic.QUESTIONS, items[:SHOWN], len(items))


def _question(label: str, after_task: str | None) -> str:
    if after_task is not None:
        return f"Nhiệm vụ {after_task}: đã hoàn thành chưa?"
    # A label may end with the bracket of the title that it was cut from.
    plain = label if label.count("(") == label.count(")") else label.rstrip(") ")
    return f"{plain[:1].upper()}{plain[1:]}: đã ban hành chưa?"


def _attention(connection: Connection, workplace: Workplace) -> Section:
    ids = digests.unreminded(connection, workplace.province, reachable(connection, workplace))
    tasks = all_tasks(connection, workplace, ids[:SHOWN])
    items = [
        Item(
            title=task.title,
            place=_listed_place(task),
            agency=task.lead_text or "",
            status=why(task)[:1].upper() + why(task)[1:],
        )
        for task in tasks
    ]
    return _section(Topic.ATTENTION, items, len(ids))


def _listed_place(task: Any) -> str:
    plan = plan_name("Kế hoạch", task.plan_number, task.plan_issued_on, task.plan_title)
    return f"{plan}, nhiệm vụ {task.number}" if task.number else plan


def _new(connection: Connection, workplace: Workplace, window: Window) -> Section:
    rows, total = digests.new_plans(connection, workplace.province, window.since, SHOWN)
    items = [
        Item(
            title=plan_name(row.kind, row.number, row.issued_on, row.title),
            note=row.title if row.number and row.title else "",
            status=f"{row.tasks} nhiệm vụ",
        )
        for row in rows
    ]
    return _section(Topic.NEW, items, total)
