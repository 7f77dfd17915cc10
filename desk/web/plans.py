"""Plans and the import in three steps: drop a file, look at what was read, apply."""

from __future__ import annotations

from datetime import date

from starlette.responses import Response

from desk.web.tasks import agency_choices
from desk.web.visit import Visit, Wrong, day_of
from flows.steps import reviewing
from plans.errors import ReadError
from store import plan_pages

MOST_DATES = 2000


def page(visit: Visit) -> Response:
    with visit.workplace.database.read() as connection:
        rows = plan_pages.listed(connection, visit.province)
    return visit.page("plans.html", rows=rows)


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
    return visit.page("review.html", review=found, near=near, agencies=agency_choices(visit))


def apply(visit: Visit) -> Response:
    agencies, dates = _agencies(visit), _dates(visit)
    try:
        imported = reviewing.apply(
            visit.workplace,
            visit.request.path_params["upload"],
            agencies=agencies,
            dates=dates,
            now=visit.now,
            today=visit.today,
            actor=visit.actor,
        )
    except ReadError as error:
        return visit.sorry(str(error), 422)
    if imported is None:
        return visit.sorry("Không còn tệp này; hãy chọn lại tệp.", 404)
    return visit.go(f"/tasks?plan={imported.saved.plan_id}", "known" if imported.saved.known else "imported")


def _agencies(visit: Visit) -> dict[str, str]:
    """Agencies by the printed words that stand beside each choice."""
    found: dict[str, str] = {}
    for place, words in enumerate(visit.form.getlist("words")):
        chosen = visit.text(f"agency-{place}")
        if isinstance(words, str) and chosen:
            found[words[:400]] = chosen
    return found


def _dates(visit: Visit) -> dict[str, date]:
    """Days by the key of the task that stands beside each field. Raises Wrong."""
    found: dict[str, date] = {}
    for place, key in enumerate(visit.form.getlist("key")[:MOST_DATES]):
        due = day_of(visit.text(f"date-{place}"))
        if isinstance(key, str) and due is not None:
            found[key] = due
    return found
