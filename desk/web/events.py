"""Issued documents: what waits, recording one, choosing what it releases, and taking it back."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from desk.web.tasks import last_page, needed_day, page_number
from desk.web.visit import Visit, Wrong
from flows.emitting import emit_recorded
from flows.steps import events as steps
from flows.steps.events import Held
from flows.steps.listing import all_tasks
from store import events
from store.events import EventRecord

FIELDS = ("issuer", "instrument", "number", "on", "subject", "link")


PER_PAGE, A_GROUP, WHOLE_GROUP, A_FEW = 50, 10, 1000, 3
"""Awaited documents on a page, the tasks shown of each, those of one asked for by itself, and the plans named."""


def page(visit: Visit) -> Response:
    number, asked = page_number(visit), visit.query("group")
    with visit.workplace.database.read() as connection:
        every = visit.desk.kept.get(
            "awaited",
            visit.state(connection),
            lambda: steps.awaited_groups(connection, visit.province, visit.desk.grouping),
        )
        chosen = [one for one in every if _key(one[1]) == asked]
        shown = chosen or every[(number - 1) * PER_PAGE : number * PER_PAGE]
        most = WHOLE_GROUP if chosen else A_GROUP
        groups = [(label, held[:most], len(held), _key(held)) for label, held in shown]
        ids = {held.task_id for _, group, _, _ in groups for held in group}
        known = {task.id: task for task in all_tasks(connection, visit.workplace, ids)}
        recorded = events.all_events(connection, visit.province)
    # What is kept may name a task that has been withdrawn a moment ago.
    groups = [
        (label, [one for one in held if one.task_id in known], many, key) for label, held, many, key in groups
    ]
    return visit.page(
        "events.html",
        groups=groups,
        chosen=bool(chosen),
        numbers=lambda held: sorted({known[one.task_id].plan_number or "" for one in held} - {""})[:A_FEW],
        total=len(every),
        number=number,
        last=1 if chosen else last_page(len(every), PER_PAGE),
        known=known,
        recorded=recorded,
        typed={},
    )


def _key(held: list[Held]) -> str:
    """What a group is known by in an address: its first member."""
    return held[0].waiting.task_key


def _event(visit: Visit) -> EventRecord:
    """The event as typed. Raises Wrong."""
    on = needed_day(visit, "on", "Ngày ban hành")
    if on > visit.today:
        raise Wrong("Ngày ban hành ở tương lai.")
    link = visit.text("link", longest=500)
    if link and not link.startswith(("https://", "http://")):
        raise Wrong("Đường dẫn phải bắt đầu bằng https:// hoặc http://.")
    return EventRecord(
        issuer=visit.text("issuer", needed="Cơ quan ban hành", longest=300),
        instrument=visit.text("instrument", needed="Loại văn bản", longest=100),
        number=visit.text("number", longest=80) or None,
        on_date=on,
        subject=visit.text("subject", needed="Trích yếu"),
        link=link or None,
    )


def propose(visit: Visit) -> Response:
    """What the document may release, the likeliest first; nothing is kept yet."""
    event = _event(visit)
    with visit.workplace.database.read() as connection:
        proposals = steps.propose(connection, visit.province, event)
        proposed = {(one.held.task_id, one.held.term) for one in proposals}
        others = [
            one
            for one in steps.waiting_terms(connection, visit.province)
            if (one.task_id, one.term) not in proposed
        ]
        ids = {one.held.task_id for one in proposals} | {one.task_id for one in others}
        known = {task.id: task for task in all_tasks(connection, visit.workplace, ids)}
    typed = {name: visit.text(name) for name in FIELDS}
    return visit.page("propose.html", event=event, proposals=proposals, others=others, known=known, typed=typed)


def record(visit: Visit) -> Response:
    """Keep the document and release what is ticked, which has to be waiting."""
    event = _event(visit)
    asked = {value for value in visit.form.getlist("term") if isinstance(value, str)}
    with visit.workplace.database.read() as connection:
        waiting = {f"{one.task_id}/{one.term}": one for one in steps.waiting_terms(connection, visit.province)}
    if asked - set(waiting):
        raise Wrong("Có nhiệm vụ không còn chờ văn bản; hãy xem lại danh sách.")
    pairs = [(waiting[one].task_id, waiting[one].term) for one in sorted(asked)]
    common: dict[str, Any] = {"now": visit.now, "actor": visit.actor}
    number = steps.record_event(visit.workplace, event, **common)
    if pairs:
        steps.confirm(visit.workplace, number, pairs, on=event.on_date, today=visit.today, **common)
    emit_recorded(visit.workplace, number)
    return visit.go("/events", "event")


def _standing(visit: Visit) -> bool:
    with visit.workplace.database.read() as connection:
        return events.find_event(connection, visit.province, visit.path("event")) is not None


def withdraw(visit: Visit) -> Response:
    if not _standing(visit):
        return visit.sorry("Sổ không có văn bản này.", 404)
    steps.withdraw(visit.workplace, visit.path("event"), now=visit.now, today=visit.today, actor=visit.actor)
    emit_recorded(visit.workplace, visit.path("event"))
    return visit.go("/events", "undone")


def correct(visit: Visit) -> Response:
    on = needed_day(visit, "on", "Ngày ban hành")
    if not _standing(visit):
        return visit.sorry("Sổ không có văn bản này.", 404)
    steps.correct(visit.workplace, visit.path("event"), on, now=visit.now, today=visit.today, actor=visit.actor)
    emit_recorded(visit.workplace, visit.path("event"))
    return visit.go("/events", "corrected")
