"""Editing policies: stages, repeats, escalation, where each holds; the next 30 days compared before saving."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from config import policies as files
from config.errors import ConfigError
from config.policies import Policies
from config.policy_writing import to_toml
from deadlines.policy import Course
from desk.web import edits
from desk.web.agency_forms import Form
from desk.web.edit_words import ROLES
from desk.web.stage_words import rows_of
from desk.web.tasks import agency_choices
from desk.web.visit import Visit, clean
from desk.web.words import COURSES
from flows.steps import editing, foreseeing
from flows.steps.completing import NoSuch
from flows.steps.listing import all_tasks
from flows.steps.recording import fold
from flows.steps.workplace import POLICIES

COLUMNS = (
    "name",
    "days",
    "after_reminders",
    "working",
    "repeat_every",
    "repeat_on",
    "repeat_limit",
    "to",
    "channels",
)
USE = ("policy", "plan", "agency", "task")
BLANK = 2
SHOWN = 200
LONGEST = 200_000


def form_of(policies: Policies, name: str) -> Form:
    policy = policies.by_name[name]
    values: dict[str, Any] = {
        f"{role}.{course}": rows_of(given.get(course, ()))
        for role, given in (("lead", policy.lead), ("coordinating", policy.coordinating))
        for course in Course
    }
    uses = [{part: getattr(one, part) or "" for part in USE} for one in policies.uses]
    return Form(values | {"use": uses, "new_name": ""})


def edit_form(visit: Visit) -> Response:
    policies = visit.workplace.policies
    name = visit.query("name") or files.DEFAULT
    if name not in policies.by_name:
        return visit.sorry("Không có chính sách này.", 404)
    return _page(visit, name, form_of(policies, name))


def _page(visit: Visit, name: str, form: Form) -> Response:
    return visit.page(
        "policy_edit.html",
        422 if form.errors else 200,
        name=name,
        names=list(visit.workplace.policies.by_name),
        form=form,
        roles=ROLES,
        courses=COURSES,
        use_columns=USE,
        blank=dict.fromkeys(COLUMNS, "") | {"to": "agency"},
        blank_use=dict.fromkeys(USE, ""),
        rows=BLANK,
        agencies=agency_choices(visit),
        version=editing.standing(visit.workplace, POLICIES),
    )


def typed(visit: Visit) -> Form:
    """The rows that say anything, course by course."""
    values: dict[str, Any] = {
        f"{role}.{course}": _rows(visit, f"{role}.{course}", COLUMNS, ("days", "after_reminders"))
        for role in ROLES
        for course in Course
    }
    uses = _rows(visit, "use", USE, ("policy",))
    return Form(values | {"use": uses, "new_name": visit.text("new_name", longest=40)})


def _rows(visit: Visit, place: str, columns: Sequence[str], needed: Sequence[str]) -> list[dict[str, str]]:
    held = {
        name: [
            clean(one if isinstance(one, str) else "")[:120] for one in visit.form.getlist(f"{place}.{name}")[:60]
        ]
        for name in columns
    }
    many = max(map(len, held.values()), default=0)
    rows = [{name: column[at] if at < len(column) else "" for name, column in held.items()} for at in range(many)]
    return [row for row in rows if any(row[name] for name in needed)]


def _stage(row: Mapping[str, str]) -> dict[str, Any]:
    """A row as a file has it; what is no number stays a text, which the check then refuses."""
    found: dict[str, Any] = {"to": row["to"] or "agency"}
    for name in ("days", "after_reminders", "repeat_every", "repeat_limit"):
        if row[name]:
            found[name] = _number(row[name])
    found |= {part: row[part] for part in ("name", "repeat_on") if row[part]}
    if row["working"]:
        found["working"] = True
    if row["channels"]:
        found["channels"] = [one.strip() for one in row["channels"].split(",") if one.strip()]
    return found


def _number(text: str) -> int | str:
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,6}", text) else text


def built(visit: Visit, name: str, form: Form) -> Policies | None:
    """The policies of a form; None where the form has errors, which it then names."""
    data = _data(visit.workplace.policies)
    slug = "-".join(fold(form.values["new_name"]).split())
    own = slug or name
    if slug and (slug in data or not re.fullmatch(r"[a-z0-9-]{1,40}", slug) or slug == "use"):
        form.errors["new_name"] = "Cần: một tên chưa dùng, gồm chữ và số."
        return None
    data[own] = {
        role: {
            str(course): [_stage(row) for row in form.values[f"{role}.{course}"]]
            for course in Course
            if form.values[f"{role}.{course}"]
        }
        for role in ROLES
    }
    data["use"] = [{part: row[part] for part in USE if row[part]} for row in form.values["use"]]
    try:
        made = files.built(data)
        made.check_channels(visit.workplace.channels.by_name)
        return made
    except ConfigError as error:
        form.errors[error.field.removeprefix(f"{own}.")] = f"Cần: {error.allowed}."
        return None


def _data(policies: Policies) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(to_toml(policies))


def propose(visit: Visit) -> Response:
    """What the change would do to the next 30 days; nothing is kept yet."""
    name, form = visit.text("name") or files.DEFAULT, typed(visit)
    if name not in visit.workplace.policies.by_name:
        return visit.sorry("Không có chính sách này.", 404)
    made = built(visit, name, form)
    if made is None:
        return _page(visit, name, form)
    compared = foreseeing.compare(visit.workplace, made, visit.today)
    shown = (*compared.gone[:SHOWN], *compared.new[:SHOWN])
    with visit.workplace.database.read() as connection:
        known = {task.id: task for task in all_tasks(connection, visit.workplace, {one.task_id for one in shown})}
    before = to_toml(visit.workplace.policies)
    return visit.page(
        "policy_changes.html",
        compared=compared,
        known=known,
        most=SHOWN,
        lines=edits.difference(POLICIES, before, to_toml(made)),
        text=to_toml(made),
        version=edits.expected(visit) or 0,
    )


def save(visit: Visit) -> Response:
    """Keep what was looked at. The text is checked again: it came from a browser."""
    text = visit.text("text", needed="Nội dung chính sách", longest=LONGEST)
    try:
        kept: int | NoSuch = editing.keep(
            visit.workplace,
            POLICIES,
            text + "\n",
            expected=edits.expected(visit),
            reason=visit.text("reason", longest=200) or "Sửa chính sách nhắc việc",
            now=visit.now,
            actor=visit.actor,
        )
    except ConfigError as error:
        return visit.sorry(f"Chính sách chưa dùng được: {error}", 422)
    return edits.after(visit, kept, "/policies")


def export(visit: Visit) -> Response:
    """The policies as the file has them."""
    headers = {"content-disposition": 'attachment; filename="policies.toml"'}
    return Response(to_toml(visit.workplace.policies), media_type="application/toml", headers=headers)
