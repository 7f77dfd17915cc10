"""Tasks: the list, and what is done with several at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from starlette.responses import Response

from desk.web.visit import Visit, Wrong, day_of
from flows.steps import completing, correcting
from flows.steps.completing import NoSuch
from flows.steps.listing import all_tasks, why
from flows.steps.reach import reachable
from flows.steps.recording import fold
from store import searching, task_lists
from store.searching import Wanted

PER_PAGE = 50
MOST_PLANS = 100
"""So many plans stand in the filter; older ones are opened from the page of plans."""
MOST_AT_ONCE = 500


def wanted_of(visit: Visit) -> Wanted:
    """What the address asks for. Raises Wrong."""
    plan = visit.query("plan")
    return Wanted(
        words=tuple(fold(visit.query("q")[:200]).split()[:12]),
        plan_id=int(plan) if plan.isascii() and plan.isdigit() and len(plan) < 10 else None,
        agency=visit.query("agency")[:80],
        role=visit.query("role") if visit.query("role") in searching.ROLES else "",
        status=visit.query("status") if visit.query("status") in searching.STATUSES else "",
        kind=visit.query("kind")[:20],
        due_from=day_of(visit.query("from")),
        due_to=day_of(visit.query("to")),
        attention=visit.query("attention") == "1",
    )


def page_number(visit: Visit) -> int:
    asked = visit.query("page")
    return max(1, min(int(asked), 100_000)) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1


def last_page(total: int, size: int) -> int:
    """The number of the last page, with `size` rows on each."""
    return max(1, -(-total // size))


def page(visit: Visit) -> Response:
    wanted, number = wanted_of(visit), page_number(visit)
    with visit.workplace.database.read() as connection:
        near = reachable(connection, visit.workplace)
        found = task_lists.find(
            connection,
            visit.province,
            wanted,
            reachable=near,
            today=visit.today,
            limit=PER_PAGE,
            offset=(number - 1) * PER_PAGE,
            follow=visit.following(connection, near),
        )
        rows = all_tasks(connection, visit.workplace, found.ids, near=near)
        statuses = searching.statuses(connection, found.ids, visit.today)
        plans = task_lists.plan_choices(connection, visit.province, wanted.plan_id, MOST_PLANS)
    kept = {name: value for name, value in visit.request.query_params.items() if name not in {"page", "told"}}
    return visit.page(
        "tasks.html",
        rows=rows,
        total=found.total,
        more=found.more,
        number=number,
        last=max(last_page(found.total, PER_PAGE), number + (len(found.ids) == PER_PAGE if found.more else 0)),
        statuses=statuses,
        plans=plans,
        older_plans=len(plans) >= MOST_PLANS,
        agencies=agency_choices(visit),
        asked=kept,
        why=why,
    )


def agency_choices(visit: Visit) -> list[tuple[str, str]]:
    """The province's agencies of today, by name, without those that only coordinate by their kind."""
    own = visit.workplace.directory.in_province(visit.province, visit.today)
    return sorted(((one.code, one.name) for one in own), key=lambda one: _folded(one[1]))


_folded = lru_cache(maxsize=2000)(fold)
"""Names of agencies without diacritics, which every list of them is ordered by."""


def several(visit: Visit) -> Response:
    """Do the same with every task that is ticked; what could not be done is named."""
    ids = visit.numbers("task")[:MOST_AT_ONCE]
    if not ids:
        raise Wrong("Chưa chọn nhiệm vụ nào.")
    act = _action(visit, visit.text("action"))
    refused = [result.message for result in map(act, ids) if isinstance(result, NoSuch)]
    if refused:
        done = len(ids) - len(refused)
        return visit.sorry(f"Đã thực hiện với {done} nhiệm vụ. Không thực hiện được: {' '.join(refused[:20])}", 422)
    return visit.go(visit.text("back") if visit.text("back").startswith("/tasks?") else "/tasks", "several")


def _action(visit: Visit, name: str) -> Callable[[int], object]:
    """What to do with one task. Raises Wrong where a field is missing."""
    common: dict[str, Any] = {"now": visit.now, "today": visit.today, "actor": visit.actor}
    place = visit.workplace
    match name:
        case "done":
            on = past(visit, "done_on")
            document = visit.text("done_document") or None
            return lambda task: completing.complete(place, task, on=on, document=document, due_key=None, **common)
        case "extend":
            to = needed_day(visit, "extend_to", "Ngày hạn mới")
            by = visit.text("extend_document", needed="Số văn bản cho phép gia hạn", longest=200)
            return lambda task: completing.extend(place, task, to=to, document=by, due_key=None, **common)
        case "assign":
            agency = visit.text("assign_agency", needed="Cơ quan chủ trì")
            return lambda task: correcting.assign_lead(place, task, agency, **common)
        case "date":
            due = needed_day(visit, "date_to", "Ngày hạn")
            return lambda task: correcting.set_date(place, task, due, **common)
        case "reread":
            return lambda task: correcting.read_again(place, task, **common)
        case _:
            raise Wrong("Chưa chọn việc cần làm.")


def needed_day(visit: Visit, name: str, label: str) -> date:
    found = visit.day(name, needed=label)
    assert found is not None
    return found


def past(visit: Visit, name: str) -> date:
    """A day that has come; today where none is given. Raises Wrong."""
    on = visit.day(name) or visit.today
    if on > visit.today:
        raise Wrong("Ngày hoàn thành ở tương lai.")
    return on
