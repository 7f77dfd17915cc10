"""Agencies, policies and the calendar as configured: to look at, with a preview of the next thirty days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from starlette.responses import Response

from deadlines.directory_types import Contact
from desk.web.directory_pages import ROLES as CONTACT_ROLES
from desk.web.edit_words import ROLES
from desk.web.kept import PATIENCE
from desk.web.stage_words import rows_of
from desk.web.visit import Visit
from desk.web.words import COURSES
from flows.steps.linking import agency_link, revoke, token_for
from flows.steps.listing import all_tasks
from flows.steps.previewing import nearest
from flows.steps.reach import reachable
from store import answerable, overview, people
from store.sealing import masked

SHOWN = 100
"""Tasks of an agency that its page shows; the list of tasks has them all."""

DATES_A_TASK = 5
"""Open dates that a task has at most, but for a few."""

LOOKED_AT = 500
"""Dates that a look ahead goes through at once."""

A_DAY = 30
"""Reminders of one day that a look ahead shows."""


def agencies(visit: Visit) -> Response:
    with visit.workplace.database.read() as connection:
        near = reachable(connection, visit.workplace)
        lateness = visit.desk.kept.get(
            "lateness",
            visit.state(connection),
            lambda: overview.lateness(connection, visit.province, visit.today),
            patience=PATIENCE,
        )
    late = {code: sum(counts) for code, _, _, counts in lateness}
    rows = visit.workplace.directory.in_province(visit.province, visit.today)
    return visit.page("agencies.html", rows=rows, near=near, late=late)


def agency(visit: Visit) -> Response:
    found = visit.workplace.directory.agency(visit.request.path_params["agency"])
    if found is None or found.province != visit.province:
        return visit.sorry("Không có cơ quan này trong danh bạ.", 404)
    with visit.workplace.database.read() as connection:
        nearest_ones = answerable.standing_dues(
            connection, visit.province, found.code, done=None, limit=SHOWN * DATES_A_TASK
        )
        shown = list(dict.fromkeys(row.task_id for row in nearest_ones))[:SHOWN]
        rows = answerable.assigned_dues(connection, visit.province, found.code, of=shown) if shown else ()
        total = visit.desk.kept.get(
            ("assigned", found.code),
            visit.state(connection),
            lambda: answerable.count_assigned(connection, visit.province, found.code),
            patience=PATIENCE,
        )
        calendars = people.tokens_of(connection, visit.province, "calendar", found.code)
    contacts = [(one, _addresses(one)) for one in found.contacts]
    link = _link(visit, found.code) if visit.may("operator") else None
    by_task: dict[int, Any] = {}
    for row in rows:
        by_task.setdefault(row.task_id, row)
    return visit.page(
        "agency.html",
        agency=found,
        rows=[by_task[task] for task in shown],
        total=total,
        contacts=contacts,
        calendars=calendars,
        link=link,
        linked=bool(visit.workplace.settings.desk.base_url),
        roles=CONTACT_ROLES,
    )


def _addresses(one: Contact) -> list[tuple[str, str]]:
    """What each address is, "" where it says so itself, and the address masked."""
    held = (("", one.email), ("điện thoại", one.phone), ("Zalo", one.zalo_uid))
    return [(what, masked(address)) for what, address in held if address]


def _link(visit: Visit, agency: str) -> str:
    """The agency's page at the desk's address; where none is set, at the one that the operator's browser uses."""
    return agency_link(visit.workplace, agency) or f"{visit.request.base_url}a/{token_for(visit.workplace, agency)}"


def revoke_links(visit: Visit) -> Response:
    """Make every link and calendar address of an agency worthless."""
    code = visit.request.path_params["agency"]
    if visit.workplace.directory.agency(code) is None:
        return visit.sorry("Không có cơ quan này trong danh bạ.", 404)
    with visit.workplace.database.write() as connection:
        revoke(connection, visit.workplace, code, now=visit.now, actor=visit.actor)
        for token in people.tokens_of(connection, visit.province, "calendar", code):
            people.revoke_token(
                connection, visit.province, token.id, kind="calendar", now=visit.now, actor=visit.actor
            )
    return visit.go(f"/agencies/{code}", "links")


def policies(visit: Visit) -> Response:
    """The policies, and who would be told what in the next thirty days.

    Where very many dates lie ahead, the nearest are looked at, and all of them at a press.
    """
    first, last = visit.today, visit.today + timedelta(days=29)
    whole = visit.query("all") == "1"
    foreseen, until = nearest(visit.workplace, first, last, most=None if whole else LOOKED_AT)
    days = [(day, list(ones)) for day, ones in groupby(foreseen, key=lambda one: one.day)]
    shown = {one.task_id for _, ones in days for one in ones[:A_DAY]}
    with visit.workplace.database.read() as connection:
        known = {task.id: task for task in all_tasks(connection, visit.workplace, shown)}
    return visit.page(
        "policies.html",
        policies=visit.workplace.policies,
        courses=COURSES,
        roles=ROLES,
        rows_of=rows_of,
        days=[(day, ones[:A_DAY], len(ones)) for day, ones in days],
        known=known,
        total=len(foreseen),
        until=until if until < last else None,
    )


def calendar(visit: Visit) -> Response:
    """Days off and swapped days of a year, and whether they are final."""
    asked = visit.query("year")
    year = (
        int(asked) if asked.isascii() and asked.isdigit() and 1990 <= int(asked[:4]) <= 2199 else visit.today.year
    )
    made = visit.workplace.calendar
    off = sorted((day, name) for day, name in made.off.items() if day.year == year)
    working = sorted((day, name) for day, name in made.working.items() if day.year == year)
    return visit.page(
        "calendar.html",
        year=year,
        off=off,
        working=working,
        provisional=made.is_provisional(year),
        months=[date(year, month, 1) for month in range(1, 13)],
        is_working=made.is_working,
        step=timedelta(days=1),
        weekdays=("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"),
    )
