"""What agencies propose on their pages: other contacts, a task that is not theirs; and the operator's answer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import Row
from starlette.responses import Response

from config import agencies as files
from deadlines.directory import Agency, Directory
from deadlines.directory_change import with_agencies
from desk.web import agency_forms as forms
from desk.web import edits
from desk.web.agency_pages import opened
from desk.web.directory_pages import ROLES
from desk.web.tasks import agency_choices
from desk.web.visit import Visit
from flows.steps import correcting, directing, letters
from flows.steps.completing import NoSuch
from flows.steps.directing import Proposed
from flows.steps.linking import Bearer
from store import answerable, proposals

DECIDED = 30
"""Decided proposals on the page."""
NOT_FOUND = "Đề nghị này không còn chờ xử lý."
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@opened
def contacts_form(visit: Visit, held: Bearer) -> Response:
    """The agency's own contacts, in clear: they are its own, and its link is the key to them."""
    agency = visit.workplace.directory.agency(held.agency)
    assert agency is not None
    return _contacts(visit, held, forms.of_agency(agency))


def _contacts(visit: Visit, held: Bearer, form: forms.Form) -> Response:
    with visit.workplace.database.read() as connection:
        made = [
            one for one in proposals.of_agency(connection, visit.province, held.agency) if one.kind == "contacts"
        ]
    return visit.page(
        "agency_contacts.html", 422 if form.errors else 200, held=held, form=form, roles=ROLES, made=made[:5]
    )


@opened
def propose_contacts(visit: Visit, held: Bearer) -> Response:
    """Keep what the agency says its contacts are, checked as an admin's form is; nothing changes yet."""
    agency = visit.workplace.directory.agency(held.agency)
    assert agency is not None
    form = forms.of_agency(agency)
    form.values["contacts"] = forms.contacts_of(visit)
    made = forms.agency_of(form, agency.code, agency.province)
    if made is not None:
        forms.changed(form, visit.workplace.directory, made)
    if not form.errors and not form.values["contacts"]:
        form.errors[""] = "Cần ít nhất một đầu mối."
    if form.errors or made is None:
        return _contacts(visit, held, form)
    if made.contacts == agency.contacts:
        return visit.go(f"/a/{held.token}/contacts", "unchanged")
    content = json.dumps(form.values["contacts"], ensure_ascii=False)
    return _kept(visit, held, "contacts", content, None, f"/a/{held.token}/contacts")


@opened
def not_ours(visit: Visit, held: Bearer) -> Response:
    """ "Không thuộc trách nhiệm của cơ quan": goes to the operator, who names another agency or says no."""
    with visit.workplace.database.read() as connection:
        mine = answerable.assignment(connection, visit.province, visit.path("due"), held.agency)
    if mine is None or mine.task_state != "open":
        return visit.page("agency_gone.html", 404)
    reason = visit.text("text", needed="Lý do", longest=2000)
    back = f"/a/{held.token}/due/{visit.path('due')}"
    return _kept(visit, held, "not_ours", reason, mine.task_id, back)


def _kept(visit: Visit, held: Bearer, kind: str, content: str, task_id: int | None, back: str) -> Response:
    with visit.workplace.database.write() as connection:
        kept = proposals.add(
            connection,
            visit.province,
            agency=held.agency,
            kind=kind,
            content=content,
            task_id=task_id,
            seal=visit.workplace.seal,
            now=visit.now,
        )
    if not kept:
        return visit.sorry("Cơ quan đã có nhiều đề nghị đang chờ; hãy đợi văn phòng trả lời.", 429)
    return visit.go(back, "proposed")


@opened
def own_tasks(visit: Visit, held: Bearer) -> Response:
    """The agency's late and coming tasks as an official letter's annex, .docx."""
    with visit.workplace.database.read() as connection:
        made = letters.letter(connection, visit.workplace, held.agency, visit.today)
    if made is None:
        return visit.sorry("Hiện không có nhiệm vụ nào quá hạn hoặc sắp đến hạn để xuất.", 404)
    content = letters.letter_docx(made, visit.workplace.settings.office, now=visit.now)
    headers = {"content-disposition": 'attachment; filename="nhiem-vu.docx"'}
    return Response(content, media_type=DOCX, headers=headers)


def page(visit: Visit) -> Response:
    """Everything that waits for an answer; of contacts, what would change with addresses masked."""
    with visit.workplace.database.read() as connection:
        rows = proposals.waiting(connection, visit.province)
    seal, directory = visit.workplace.seal, visit.workplace.directory
    shown = []
    for row in rows:
        content = seal.open(row.content_sealed)
        agency = directory.agency(row.agency)
        changes: tuple[files.Change, ...] = ()
        if row.kind == "contacts" and agency is not None:
            made = _with_contacts(agency, content)
            changes = files.difference(directory, directory if made is None else _whole(visit, made))
        shown.append({"row": row, "text": content if row.kind == "not_ours" else "", "changes": changes})
    with visit.workplace.database.read() as connection:
        decided = proposals.decided(connection, visit.province, DECIDED)
    return visit.page("proposals.html", shown=shown, decided=decided, agencies=agency_choices(visit))


def _with_contacts(agency: Agency, content: str) -> Agency | None:
    form = forms.of_agency(agency)
    form.values["contacts"] = json.loads(content)
    made = forms.agency_of(form, agency.code, agency.province)
    return replace(agency, contacts=made.contacts) if made is not None else None


def _whole(visit: Visit, agency: Agency) -> Directory:
    return with_agencies(visit.workplace.directory, [agency])


def accept(visit: Visit) -> Response:
    """Take the contacts over, or give the task to the agency that is chosen."""
    with visit.workplace.database.read() as connection:
        found = proposals.find(connection, visit.province, visit.path("proposal"))
    if found is None:
        return visit.sorry(NOT_FOUND, 404)
    done = _take_contacts(visit, found) if found.kind == "contacts" else _reassign(visit, found)
    if isinstance(done, NoSuch):
        return visit.sorry(done.message, 409)
    _decide(visit, found, "accepted", "")
    return edits.after(visit, done, "/proposals", "accepted")


def _take_contacts(visit: Visit, found: Row[Any]) -> object:
    agency = visit.workplace.directory.agency(found.agency)
    content = visit.workplace.seal.open(found.content_sealed)
    made = _with_contacts(agency, content) if agency is not None else None
    if agency is None or made is None:
        return NoSuch(message="Đề nghị không còn phù hợp với danh bạ hiện nay.")
    form = forms.Form({})
    whole = forms.changed(form, visit.workplace.directory, made)
    if form.errors:
        return NoSuch(message=" ".join(form.errors.values()))
    proposed = Proposed(
        directory=whole, changes=files.difference(visit.workplace.directory, whole), action="agencies.edit"
    )
    return directing.keep_version(
        visit.workplace,
        proposed,
        expected=None,
        now=visit.now,
        actor=visit.actor,
        reason=f"Đầu mối theo đề nghị của {agency.name}",
    )


def _reassign(visit: Visit, found: Row[Any]) -> object:
    chosen = visit.text("agency", needed="Cơ quan chủ trì mới")
    if chosen == found.agency:
        return NoSuch(message="Hãy chọn cơ quan khác với cơ quan đề nghị.")
    return correcting.assign_lead(
        visit.workplace,
        found.task_id,
        chosen,
        now=visit.now,
        today=visit.today,
        actor=visit.actor,
    )


def decline(visit: Visit) -> Response:
    reason = visit.text("reason", needed="Lý do trả lại", longest=1000)
    with visit.workplace.database.read() as connection:
        found = proposals.find(connection, visit.province, visit.path("proposal"))
    if found is None:
        return visit.sorry(NOT_FOUND, 404)
    _decide(visit, found, "returned", reason)
    return visit.go("/proposals", "declined")


def reopen(visit: Visit) -> Response:
    """Undo the sending back of a task."""
    with visit.workplace.database.write() as connection:
        done = proposals.reopen(
            connection, visit.province, visit.path("proposal"), now=visit.now, actor=visit.actor
        )
    return visit.go("/proposals", "taken_back") if done else visit.sorry(NOT_FOUND, 409)


def _decide(visit: Visit, found: Row[Any], state: str, reason: str) -> None:
    with visit.workplace.database.write() as connection:
        proposals.decide(
            connection,
            visit.province,
            found,
            state,
            reason=reason,
            seal=visit.workplace.seal,
            now=visit.now,
            actor=visit.actor,
        )
