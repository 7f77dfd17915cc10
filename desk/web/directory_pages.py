"""Editing agencies and groups: forms checked by the files' own code, every change a version that can be undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from config import agencies as files
from deadlines import directory_change
from deadlines.directory import Agency, AgencyKind, Directory
from desk.web import agency_forms as forms
from desk.web import directory_preview, edits
from desk.web.tasks import agency_choices
from desk.web.visit import Visit
from flows.steps import directing, editing
from flows.steps.directing import Proposed
from flows.steps.workplace import AGENCIES

NOT_FOUND = "Không có cơ quan này trong danh bạ."
ROLES = {role.value: called for role, called in directory_change.ROLES.items()}


def own(visit: Visit, code: str) -> Agency | None:
    """An agency of the desk's own province."""
    found = visit.workplace.directory.agency(code)
    return found if found is not None and found.province == visit.province else None


def settled(visit: Visit, made: Directory, reason: str, path: str, *, at_once: bool = False) -> Response:
    """Keep a checked directory as the next version; before that is asked for, show what it would do."""
    changes = files.difference(visit.workplace.directory, made)
    if not changes:
        return visit.go(path, "unchanged")
    proposed = Proposed(directory=made, changes=changes, action="agencies.edit")
    if not at_once and visit.text("apply") != "1":
        back = directory_preview.typed(visit)
        version, action = edits.expected(visit) or 0, visit.request.url.path
        return directory_preview.foreseen(visit, proposed, reason, back, action, version=version, again=True)
    kept = directing.keep_version(
        visit.workplace, proposed, expected=edits.expected(visit), now=visit.now, actor=visit.actor, reason=reason
    )
    return edits.after(visit, kept, path)


def on_paper(visit: Visit, form: forms.Form) -> bool:
    """Whether the form itself is shown once more: it has errors, or the person goes on typing."""
    return bool(form.errors) or visit.text("again") == "1"


def new_form(visit: Visit) -> Response:
    values: dict[str, Any] = {"name": "", "kind": AgencyKind.DEPARTMENT.value, "contacts": []}
    values |= {name: [] for name in (*forms.LISTS, "channels", "successors")} | {
        "valid_from": None,
        "valid_to": None,
    }
    return _agency_form(visit, None, forms.Form(values | {"superior": ""}))


def edit_form(visit: Visit) -> Response:
    agency = own(visit, visit.request.path_params["agency"])
    if agency is None:
        return visit.sorry(NOT_FOUND, 404)
    return _agency_form(visit, agency, forms.of_agency(agency))


def _agency_form(visit: Visit, agency: Agency | None, form: forms.Form) -> Response:
    others = [
        (one.code, one.name)
        for one in visit.workplace.directory.agencies
        if one.province in {visit.province, "trung-uong"} and (agency is None or one.code != agency.code)
    ]
    return visit.page(
        "agency_edit.html",
        422 if form.errors else 200,
        agency=agency,
        form=form,
        kinds=[(kind.value, kind.value) for kind in AgencyKind],
        roles=ROLES,
        others=sorted(others, key=lambda one: one[1]),
        channels=sorted(visit.workplace.channels.by_name),
        version=editing.standing(visit.workplace, AGENCIES),
    )


def create(visit: Visit) -> Response:
    form = forms.typed_agency(visit)
    directory = visit.workplace.directory
    code = forms.code_from(form.values["name"], visit.province, directory)
    made = forms.agency_of(form, code, visit.province)
    changed = forms.changed(form, directory, made) if made is not None else directory
    if made is None or on_paper(visit, form):
        return _agency_form(visit, None, form)
    return settled(visit, changed, f"Thêm {made.name}", f"/agencies/{made.code}")


def save(visit: Visit) -> Response:
    agency = own(visit, visit.request.path_params["agency"])
    if agency is None:
        return visit.sorry(NOT_FOUND, 404)
    form = forms.typed_agency(visit)
    made = forms.agency_of(form, agency.code, visit.province)
    directory = visit.workplace.directory
    changed = forms.changed(form, directory, made) if made is not None else directory
    if made is None or on_paper(visit, form):
        return _agency_form(visit, agency, form)
    return settled(visit, changed, f"Sửa {made.name}", f"/agencies/{agency.code}")


def agency_history(visit: Visit) -> Response:
    """The versions in which one agency changed, each with what it was before."""
    agency = own(visit, visit.request.path_params["agency"])
    if agency is None:
        return visit.sorry(NOT_FOUND, 404)
    return visit.page("agency_history.html", agency=agency, steps=_steps(visit, agency.code))


def _steps(visit: Visit, code: str) -> list[dict[str, Any]]:
    versions = list(editing.history(visit.workplace, AGENCIES)[: edits.SHOWN])
    seed = editing.seed(visit.workplace, AGENCIES) or ""
    held = [files.loads(one.content or seed, "danh bạ") for one in versions]
    held.append(files.loads(_before(visit, versions, seed), "danh bạ"))
    found = []
    for edition, now, before in zip(versions, held, held[1:], strict=False):
        changes = [one for one in files.difference(before, now) if one.code == code]
        if changes:
            found.append({"edition": edition, "changes": changes, "was": before.agency(code) is not None})
    return found


def _before(visit: Visit, versions: list[Any], seed: str) -> str:
    """What held before the oldest version that is shown."""
    first = versions[-1].version if versions else 1
    if first <= 1:
        return seed
    older = editing.history(visit.workplace, AGENCIES)[len(versions) : len(versions) + 1]
    return (older[0].content if older else None) or seed


def restore_agency(visit: Visit) -> Response:
    """Give one agency back what it was before a version; what else was changed since stays."""
    agency = own(visit, visit.request.path_params["agency"])
    asked = visit.numbers("undo")
    if agency is None or not asked:
        return visit.sorry(NOT_FOUND, 404)
    seed = editing.seed(visit.workplace, AGENCIES) or ""
    earlier = [one for one in editing.history(visit.workplace, AGENCIES) if one.version < asked[0]]
    held = files.loads((earlier[0].content if earlier else None) or seed, "danh bạ")
    before = held.agency(agency.code)
    if before is None:
        return visit.sorry("Trước phiên bản đó chưa có cơ quan này.", 409)
    form = forms.of_agency(before)
    made = forms.changed(form, visit.workplace.directory, before)
    if form.errors:
        return visit.sorry("Không khôi phục được: " + " ".join(form.errors.values()), 422)
    return settled(visit, made, f"Khôi phục {before.name}", f"/agencies/{agency.code}", at_once=True)


def groups(visit: Visit) -> Response:
    directory = visit.workplace.directory
    rows = [
        (one, directory.expand(one.code, visit.today))
        for one in directory.groups
        if one.province in {visit.province, ""}
    ]
    return visit.page("groups.html", rows=rows)


def group_form(visit: Visit) -> Response:
    code = visit.request.path_params["group"]
    found = visit.workplace.directory.group(code)
    if code == "new":
        blank: dict[str, Any] = {name: [] for name in ("names", "kinds", "members", "includes", "exceptions")}
        return _group_form(visit, "new", forms.Form(blank))
    if found is None or found.province not in {visit.province, ""}:
        return visit.sorry("Không có nhóm này trong danh bạ.", 404)
    return _group_form(visit, code, forms.of_group(found))


def _group_form(visit: Visit, code: str, form: forms.Form) -> Response:
    directory = visit.workplace.directory
    return visit.page(
        "group_edit.html",
        422 if form.errors else 200,
        code=code,
        form=form,
        kinds=[(kind.value, kind.value) for kind in AgencyKind],
        agencies=agency_choices(visit),
        groups=[(one.code, one.names[0]) for one in directory.groups if one.code != code],
        now=[directory.name(one) for one in directory.expand(code, visit.today)],
        version=editing.standing(visit.workplace, AGENCIES),
    )


def save_group(visit: Visit) -> Response:
    code, form = visit.request.path_params["group"], forms.typed_group(visit)
    directory = visit.workplace.directory
    found = directory.group(code)
    if code != "new" and (found is None or found.province not in {visit.province, ""}):
        return visit.sorry("Không có nhóm này trong danh bạ.", 404)
    if found is not None:
        forms.keep_order(form, forms.of_group(found))
    name = form.values["names"][0] if form.values["names"] else ""
    real = forms.code_from(f"nhom {name}", visit.province, directory) if found is None else code
    made = forms.group_of(form, real, found.province if found else visit.province)
    changed = forms.with_group(form, directory, made) if made is not None else directory
    if made is None or on_paper(visit, form):
        return _group_form(visit, code, form)
    return settled(visit, changed, f"Sửa nhóm {made.names[0]}", "/groups")


def drop_group(visit: Visit) -> Response:
    """Take a group out: words in a plan that name it then wait for a person."""
    directory = visit.workplace.directory
    found = directory.group(visit.request.path_params["group"])
    if found is None or found.province not in {visit.province, ""}:
        return visit.sorry("Không có nhóm này trong danh bạ.", 404)
    users = [one.names[0] for one in directory.groups if found.code in one.includes]
    if users:
        return visit.sorry(f"Nhóm này còn nằm trong nhóm khác: {', '.join(users)}.", 409)
    if visit.text("again") == "1":
        return visit.go(f"/groups/{found.code}")
    made = replace(directory, groups=tuple(one for one in directory.groups if one.code != found.code))
    return settled(visit, made, f"Bỏ nhóm {found.names[0]}", "/groups")
