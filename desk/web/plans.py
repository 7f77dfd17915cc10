"""Plans and the import in three steps: drop a file, look at what was read, apply."""

from __future__ import annotations

from datetime import date

from starlette.responses import Response

from desk.web.tasks import agency_choices, last_page, page_number
from desk.web.visit import Visit, Wrong, day_of, is_number
from flows.steps import reviewing
from plans.amending import SURE
from plans.errors import ReadError
from store import plan_pages

MOST_DATES = 2000
PER_PAGE = 50


def page(visit: Visit) -> Response:
    number = page_number(visit)
    with visit.workplace.database.read() as connection:
        rows = plan_pages.listed(connection, visit.province, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
        total = plan_pages.total(connection, visit.province)
    return visit.page("plans.html", rows=rows, number=number, total=total, last=last_page(total, PER_PAGE))


def upload(visit: Visit) -> Response:
    file = visit.upload("file")
    if file is None:
        raise Wrong("Chưa chọn tệp kế hoạch.")
    data = file.file.read()
    if not data:
        raise Wrong(f"{file.filename}: tệp rỗng.")
    kept = reviewing.keep_upload(visit.workplace, data, file.filename or "ke-hoach")
    return visit.go(f"/plans/review/{kept}")


def review(visit: Visit) -> Response:
    """What would be imported, uncertain readings first."""
    try:
        found = reviewing.review(visit.workplace, visit.request.path_params["upload"], today=visit.today)
    except ReadError as error:
        return visit.sorry(str(error), 422)
    if found is None:
        return visit.sorry("Không còn tệp này; hãy chọn lại tệp.", 404)
    near = {
        words: [
            one
            for one in visit.workplace.directory.similar(words, province=visit.province, limit=3)
            if visit.workplace.directory.agency(one.code)
        ]
        for words in found.unknown
    }
    return visit.page("review.html", review=found, near=near, agencies=agency_choices(visit), sure=SURE)


def apply(visit: Visit) -> Response:
    given = reviewing.Corrections(
        agencies=_agencies(visit),
        dates=_dates(visit),
        words=_beside(visit, "instead"),
        leads=_beside(visit, "lead"),
        confirmed=_confirmed(visit),
    )
    try:
        applied = reviewing.apply(
            visit.workplace,
            visit.request.path_params["upload"],
            given,
            now=visit.now,
            today=visit.today,
            actor=visit.actor,
        )
    except ReadError as error:
        return visit.sorry(str(error), 422)
    if applied is None:
        return visit.sorry("Không còn tệp này; hãy chọn lại tệp.", 404)
    imported, refused = applied
    if refused:
        return visit.sorry(f"Đã nhập kế hoạch, nhưng còn chỗ chưa sửa được: {' '.join(refused[:20])}", 422)
    return visit.go(f"/tasks?plan={imported.saved.plan_id}", "known" if imported.saved.known else "imported")


def _agencies(visit: Visit) -> dict[str, str]:
    """Agencies by the printed words that stand beside each choice."""
    found: dict[str, str] = {}
    for place, words in enumerate(visit.form.getlist("words")):
        chosen = visit.text(f"agency-{place}")
        if isinstance(words, str) and chosen:
            found[words[:400]] = chosen
    return found


def _beside(visit: Visit, name: str) -> dict[str, str]:
    """What stands in the field `name` beside each task, by the task's key."""
    return {
        key: value
        for place, key in enumerate(visit.form.getlist("key")[:MOST_DATES])
        if isinstance(key, str) and (value := visit.text(f"{name}-{place}", longest=400))
    }


def _confirmed(visit: Visit) -> dict[int, int]:
    """The stored tasks by the numbers of the ticked changes ("3/71")."""
    ticked = [str(one).partition("/") for one in visit.form.getlist("confirm")[:MOST_DATES]]
    return {int(number): int(task) for number, _, task in ticked if is_number(number) and is_number(task)}


def _dates(visit: Visit) -> dict[str, date]:
    """Days by the key of the task that stands beside each field. Raises Wrong."""
    found: dict[str, date] = {}
    for place, key in enumerate(visit.form.getlist("key")[:MOST_DATES]):
        due = day_of(visit.text(f"date-{place}"))
        if isinstance(key, str) and due is not None:
            found[key] = due
    return found
