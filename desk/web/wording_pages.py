"""Editing the wordings of mails and of Zalo messages, with a preview on real tasks; the sandbox names the line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse, Response

from config.errors import ConfigError
from desk.web import edits
from desk.web.agency_pages import line_of
from desk.web.guard import CONTENT_POLICY
from desk.web.tasks import agency_choices
from desk.web.visit import Visit
from flows.steps import editing, wording
from flows.steps.channels import sample_notice
from flows.steps.workplace import TEMPLATE
from notifiers.message import Notice, Urgency
from store import answerable

NOT_FOUND = "Không có mẫu này."
MOST = 60_000
TASKS = 5
"""Real tasks in a preview."""

MAIL_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "sandbox",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)
"""Of a mail in its frame: it may look as mails do, and do nothing."""


def page(visit: Visit) -> Response:
    rows = [
        (name, told, editing.standing(visit.workplace, TEMPLATE + name)) for name, told in wording.EDITABLE.items()
    ]
    return visit.page("wordings.html", rows=rows)


def edit_form(visit: Visit) -> Response:
    name = visit.request.path_params["name"]
    if name not in wording.EDITABLE:
        return visit.sorry(NOT_FOUND, 404)
    return _page(visit, name, wording.standing(visit.workplace, name))


def export(visit: Visit) -> Response:
    """The wording that holds, as its file in the folder `templates` of the configuration has it."""
    name = visit.request.path_params["name"]
    if name not in wording.EDITABLE:
        return visit.sorry(NOT_FOUND, 404)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(wording.standing(visit.workplace, name), media_type="text/plain", headers=headers)


def change(visit: Visit) -> Response:
    """Try what was typed; keep it with `apply`, or go back to what came with the program with `reset`."""
    name = visit.request.path_params["name"]
    if name not in wording.EDITABLE:
        return visit.sorry(NOT_FOUND, 404)
    typed = visit.form.get("text", "")
    text = (typed if isinstance(typed, str) else "").replace("\r\n", "\n")[:MOST]
    text = wording.shipped(name) if visit.text("reset") == "1" else text.rstrip("\n") + "\n"
    try:
        wording.check_wording(visit.workplace, name, text)
    except ConfigError as error:
        return _page(visit, name, text, wrong=error.allowed)
    if visit.text("apply") != "1":
        return _page(visit, name, text)
    kept = editing.keep(
        visit.workplace,
        TEMPLATE + name,
        text,
        expected=edits.expected(visit),
        reason="Dùng lại mẫu gốc" if visit.text("reset") == "1" else "Sửa mẫu",
        now=visit.now,
        actor=visit.actor,
    )
    return edits.after(visit, kept, f"/templates/{name}")


def _page(visit: Visit, name: str, text: str, wrong: str = "") -> Response:
    agency = visit.text("agency") or visit.query("agency")
    values: dict[str, Any] = {"mail": None, "zalo": "", "draft": ""}
    if not wrong:
        try:
            values["mail"], values["zalo"] = wording.tried(visit.workplace, name, text, notice(visit, agency))
            values["draft"] = _draft(visit, name, text) if values["mail"] else ""
        except ConfigError as error:
            wrong = error.allowed
    response = visit.page(
        "wording_edit.html",
        422 if wrong else 200,
        name=name,
        title=wording.EDITABLE[name],
        text=text,
        wrong=wrong,
        agency=agency,
        agencies=agency_choices(visit),
        version=editing.standing(visit.workplace, TEMPLATE + name),
        **values,
    )
    # The mail is shown in a frame of this desk's own.
    response.headers["content-security-policy"] = f"{CONTENT_POLICY}; frame-src 'self'"
    return response


def notice(visit: Visit, agency: str) -> Notice:
    """Real tasks of an agency; an invented one where it has none."""
    found = visit.workplace.directory.agency(agency)
    base = sample_notice(visit.workplace, visit.today)
    if found is None or found.province != visit.province:
        return base
    with visit.workplace.database.read() as connection:
        rows = answerable.assigned_dues(connection, visit.province, agency)
    own = [row for row in rows if row.due_id and not row.blocked and row.task_state == "open"][:TASKS]
    if not own:
        return base
    office = visit.workplace.settings.office
    return Notice(
        agency=found.name,
        province=visit.province,
        on=visit.today,
        lines=tuple(line_of(visit, row, _urgency(visit, row)) for row in own),
        sender=office.name,
        reply_to=office.reply_to,
    )


def _urgency(visit: Visit, row: Any) -> Urgency:
    return Urgency.OVERDUE if row.late_from is not None and visit.today >= row.late_from else Urgency.SOON


def _draft(visit: Visit, name: str, text: str) -> str:
    """The name of the folder in which the tried wording lies."""
    own = visit.workplace.templates or visit.workplace.settings.folder / "templates"
    folder = wording.folder_of(own, {name: text}, visit.workplace.settings.var)
    return folder.name if folder else ""


def mail(visit: Visit) -> Response:
    """A tried mail as its reader would see it, for the frame."""
    from datetime import datetime

    from notifiers.render import RenderError, render

    draft = visit.query("draft")
    folder: Path = visit.workplace.settings.var / "wording" / draft
    if not re.fullmatch(r"[0-9a-f]{32}", draft) or not folder.is_dir():
        return visit.sorry(NOT_FOUND, 404)
    shown = notice(visit, visit.query("agency"))
    moment = datetime.combine(shown.on, visit.workplace.settings.schedule.work_from, visit.workplace.zone)
    try:
        made = render(shown, key="xem-truoc", to="", created=moment, templates=folder, calendar=False)
    except RenderError as error:
        return visit.sorry(str(error), 422)
    headers = {"content-security-policy": MAIL_POLICY, "x-frame-options": "SAMEORIGIN"}
    return HTMLResponse(made.html, headers=headers)
