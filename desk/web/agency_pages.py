"""The agencies' own pages, without accounts: whoever holds the signed link acts for its agency.

Looking changes nothing, so that mail scanners which open links do no harm; only a form that is sent acts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from desk.web.kept import PATIENCE
from desk.web.visit import Visit
from flows.steps.answering import Said, receive, recurs
from flows.steps.completing import NoSuch
from flows.steps.composing import plan_name
from flows.steps.linking import Bearer, bearer
from notifiers.calendar_file import calendar_file
from notifiers.message import Line, Notice, Urgency
from store import answerable, answers, people

KINDS = {"acknowledge": "acknowledged", "progress": "progress", "done": "done", "extend": "extension"}


def opened(handler: Callable[[Visit, Bearer], Response]) -> Callable[[Visit], Response]:
    """Let in who holds a good link; everybody else learns nothing but that it is not one."""

    def answer(visit: Visit) -> Response:
        held = bearer(visit.workplace, visit.request.path_params["token"])
        if held is None:
            return visit.page("agency_gone.html", 404)
        return handler(visit, held)

    return answer


A_PART, WHOLE_PART = 50, 2000
"""Tasks that a part of the page shows, and that the part shows when it is asked for by itself."""


@opened
def home(visit: Visit, held: Bearer) -> Response:
    """All tasks of the agency: late ones first, then by date; below them what has no date and what is done.

    Of a long part the first tasks are shown, and all of them at a press.
    """
    with visit.workplace.database.read() as connection:
        parts = _parts(visit, connection, held.agency)
        calendars = people.tokens_of(connection, visit.province, "calendar", held.agency)
    return visit.page("agency_home.html", held=held, calendars=calendars, plan_name=_plan, secret="", **parts)


def _parts(visit: Visit, connection: Connection, agency: str) -> dict[str, Any]:
    """The tasks by part, and how many each part has in all."""
    asked = visit.query("part")
    most = {part: WHOLE_PART if part == asked else 0 if asked in PARTS else A_PART for part in PARTS}
    found: dict[str, list[Any]] = {part: [] for part in PARTS}
    seen: set[int] = set()
    for row in answerable.standing_dues(connection, visit.province, agency):
        if row.task_id not in seen:
            seen.add(row.task_id)
            found[_part(row, visit)].append(row)
    totals = {part: len(rows) for part, rows in found.items()}
    totals["done"] = visit.desk.kept.get(
        ("done", agency),
        visit.state(connection),
        lambda: answerable.count_assigned(connection, visit.province, agency, done=True),
        patience=PATIENCE,
    )
    shown = {part: rows[: most[part]] for part, rows in found.items()}
    whole = _whole(visit, connection, agency, [row for rows in shown.values() for row in rows])
    parts = {part: [whole[_same(row)] for row in rows] for part, rows in shown.items()}
    last = answerable.last_done(connection, visit.province, agency, most["done"])
    over = answerable.assigned_dues(connection, visit.province, agency, done=True, of=last) if last else ()
    parts["done"] = list({row.task_id: row for row in over}.values())
    return {**parts, "totals": totals, "part": asked}


def _whole(visit: Visit, connection: Connection, agency: str, rows: list[Any]) -> dict[tuple[Any, ...], Any]:
    """All that a page says of these rows."""
    ids = {row.task_id for row in rows}
    found = answerable.assigned_dues(connection, visit.province, agency, done=False, of=ids) if ids else ()
    return {_same(row): row for row in found}


def _same(row: Any) -> tuple[Any, ...]:
    return row.task_id, row.role, row.due_id


PARTS = ("late", "coming", "reported", "undated", "done")


def _part(row: Any, visit: Visit) -> str:
    if row.state == "reported":
        return "reported"
    if row.due_id is None or row.blocked:
        return "undated"
    return "late" if row.late_from is not None and visit.today >= row.late_from else "coming"


def _plan(row: Any) -> str:
    return plan_name(row.plan_kind, row.plan_number, row.issued_on, row.plan_title)


@opened
def due(visit: Visit, held: Bearer) -> Response:
    return _due(visit, held)


def _due(visit: Visit, held: Bearer, wrong: str = "") -> Response:
    """One due of the agency with what it has said so far, and the forms to say more."""
    with visit.workplace.database.read() as connection:
        mine = answerable.assignment(connection, visit.province, visit.path("due"), held.agency)
        if mine is None:
            return visit.page("agency_gone.html", 404)
        said = [
            one
            for one in answers.of_task(connection, mine.task_id, held.agency)
            if one.due_id in {None, mine.due_id}
        ]
        done, reported, leads = answers.progress(connection, mine.task_id, mine.due_id)
    late = mine.late_from is not None and visit.today >= mine.late_from and not mine.blocked
    return visit.page(
        "agency_due.html",
        422 if wrong else 200,
        held=held,
        mine=mine,
        said=said,
        done=done,
        reported=reported,
        leads=leads,
        late=late,
        many=recurs(mine),
        plan_name=_plan(mine),
        wrong=wrong,
        pending={one.kind for one in said if one.state == "received"},
        typed={name: visit.text(name) for name in ("text", "document", "on")},
    )


@opened
def answer(visit: Visit, held: Bearer) -> Response:
    """Keep what a form says."""
    from desk.web.visit import Wrong

    kind = KINDS.get(visit.request.path_params["action"], "")
    try:
        said = Said(kind=kind, text=visit.text("text"), document=visit.text("document"), on=visit.day("on"))
    except Wrong as error:
        return _due(visit, held, str(error))
    result = receive(visit.workplace, held.agency, visit.path("due"), said, now=visit.now, today=visit.today)
    if isinstance(result, NoSuch):
        return _due(visit, held, result.message)
    return visit.go(f"/a/{held.token}/due/{visit.path('due')}", kind if result.kept else "again")


@opened
def make_calendar(visit: Visit, held: Bearer) -> Response:
    """A calendar address for the agency's phones, shown this once."""
    with visit.workplace.database.write() as connection:
        if len(people.tokens_of(connection, visit.province, "calendar", held.agency)) >= 10:
            return visit.sorry("Cơ quan đã có 10 địa chỉ lịch; hãy thu hồi bớt.")
        secret = people.make_token(
            connection,
            visit.province,
            kind="calendar",
            name=f"lịch của {held.agency}",
            agency=held.agency,
            now=visit.now,
            actor=f"agency:{held.agency}",
        )
        parts = _parts(visit, connection, held.agency)
        calendars = people.tokens_of(connection, visit.province, "calendar", held.agency)
    base = visit.workplace.settings.desk.base_url or str(visit.request.base_url).rstrip("/")
    return visit.page(
        "agency_home.html",
        held=held,
        calendars=calendars,
        plan_name=_plan,
        secret=f"{base}/calendar/{secret}.ics",
        **parts,
    )


@opened
def drop_calendar(visit: Visit, held: Bearer) -> Response:
    with visit.workplace.database.write() as connection:
        people.revoke_token(
            connection,
            visit.province,
            visit.path("calendar"),
            kind="calendar",
            agency=held.agency,
            now=visit.now,
            actor=f"agency:{held.agency}",
        )
    return visit.go(f"/a/{held.token}", "revoked")


def feed(visit: Visit) -> Response:
    """The dues of one agency as a calendar that a phone subscribes to."""
    with visit.workplace.database.read() as connection:
        token = people.token(connection, visit.province, "calendar", visit.request.path_params["secret"])
        rows = answerable.assigned_dues(connection, visit.province, token.agency) if token else ()
    if token is None:
        return visit.page("agency_gone.html", 404)
    content = calendar_of(visit, token.agency, [row for row in rows if row.due_id and row.task_state == "open"])
    return Response(content, media_type="text/calendar")


def calendar_of(visit: Visit, agency: str, rows: list[Any]) -> bytes:
    """Dues from today on; the same dates that mails attach, under the same names."""
    lines = tuple(line_of(visit, row) for row in rows if not row.blocked)
    notice = Notice(
        agency=visit.workplace.directory.name(agency),
        province=visit.province,
        on=visit.today,
        lines=lines,
        sender=visit.workplace.settings.office.name,
    )
    made = calendar_file(notice, lines, created=visit.now, name="nhiem-vu.ics")
    return made.content if made else _empty(visit.now)


def _empty(now: datetime) -> bytes:
    return b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Don Doc//Nhac viec//VI\r\nEND:VCALENDAR\r\n"


def line_of(visit: Visit, row: Any, urgency: Urgency = Urgency.SOON) -> Line:
    """A due as a line of a notice."""
    return Line(
        key=f"{visit.province}-{row.due_id}",
        urgency=urgency,
        number=row.number,
        title=row.title,
        plan=_plan(row),
        deadline_text=row.deadline_text or "",
        due=row.on_date,
        days_left=(row.on_date - visit.today).days,
        role=row.role,
        lead=row.lead_text or "",
        product=row.product or "",
    )
