"""Whatever the desk edits: kept as a version, exported to a file which says the same elsewhere, and undone."""

from __future__ import annotations

import html
import shutil
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from config.settings import PACKAGED
from deadlines.directory_change import difference, merge, split
from deadlines.directory_types import Agency, AgencyKind
from flows.steps import wording
from flows.steps.workplace import Workplace, open_workplace
from tests.desk_gallery import HEALTH, form_of
from tests.desk_samples import DAY, Clock, logged_in

INTERIOR = "phu-chau.so-noi-vu"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Something that is edited: the part of its history, its export, its file in the folder, what it then says."""

    name: str
    part: str
    export: str
    file: str
    says: Callable[[Workplace], Any]
    edit: Callable[[TestClient], Any]


def _saved(admin: TestClient, page: str, action: str, **typed: Any) -> Any:
    form = form_of(admin.get(page).text, action)
    return admin.post(action, data=form | typed)


def _contacts(admin: TestClient) -> Any:
    path = f"/agencies/{HEALTH}/edit"
    form = form_of(admin.get(path).text, path)
    form["contact_email"][0] = "moi.nhat@soyte.example"
    return admin.post(path, data=form | {"apply": "1"})


def _group(admin: TestClient) -> Any:
    return _saved(admin, "/groups/new", "/groups/new", names="các sở thử", members=[HEALTH, INTERIOR], apply="1")


def _merged(admin: TestClient) -> Any:
    form = {"code": [HEALTH, INTERIOR], "name": "Sở Y tế và Nội vụ", "into": "", "on": "2026-07-01"}
    shown = admin.post("/agencies/merge", data=form)
    return admin.post("/agencies/merge", data=form_of(shown.text, "/agencies/merge"))


def _policies(admin: TestClient) -> Any:
    form = form_of(admin.get("/policies/edit").text, "/policies/propose")
    form["lead.due.days"][0] = "-21"
    shown = admin.post("/policies/propose", data=form)
    return admin.post("/policies/save", data=form_of(shown.text, "/policies/save"))


def _calendar(admin: TestClient) -> Any:
    form = form_of(admin.get("/calendar/edit?year=2027").text, "/calendar/edit")
    form["off"][0] += "\n08/06/2027 Ngày “thử” \\ nghỉ"
    shown = admin.post("/calendar/edit", data=form | {"official": "1"})
    return admin.post("/calendar/edit", data=form_of(shown.text, "/calendar/edit"))


def _wording(name: str) -> Callable[[TestClient], Any]:
    def edit(admin: TestClient) -> Any:
        page = f"/templates/{name}"
        form = form_of(admin.get(page).text, page)
        form["text"][0] += "{# Ghi chú của “văn phòng” #}\n"
        return admin.post(page, data=form | {"apply": "1"})

    return edit


def _directory(place: Workplace) -> Any:
    return place.directory.agencies, place.directory.groups, place.directory.provinces


def _year(place: Workplace) -> Any:
    days = [date(2027, 1, 1) + timedelta(days=at) for at in range(365)]
    return [place.calendar.is_working(day) for day in days]


def _plain_policies(place: Workplace) -> Any:
    found = {
        name: [getattr(one, item.name) for item in fields(one)] for name, one in place.policies.by_name.items()
    }
    return found, place.policies.uses


TOML = "/agencies/export.toml"
FILE = "agencies/phu-chau.toml"
KINDS = [
    Kind(name="contacts", part="agencies", export=TOML, file=FILE, says=_directory, edit=_contacts),
    Kind(name="merged", part="agencies", export=TOML, file=FILE, says=_directory, edit=_merged),
    Kind(name="group", part="agencies", export=TOML, file=FILE, says=_directory, edit=_group),
    Kind(
        name="policies", part="policies", export="/policies/export.toml", file="policies.toml",
        says=_plain_policies, edit=_policies,
    ),
    Kind(
        name="calendar", part="calendar:2027", export="/calendar/export.toml?year=2027", file="calendars/2027.toml",
        says=_year, edit=_calendar,
    ),
    *(
        Kind(
            name=name, part=f"template:{name}", export=f"/templates/{name}/export", file=f"templates/{name}",
            says=lambda place, name=name: wording.standing(place, name), edit=_wording(name),
        )
        for name in ("wording.j2", wording.ZALO)
    ),
]  # fmt: skip


@pytest.fixture
def admin(place: Workplace) -> TestClient:
    return logged_in(place, Clock(place), "admin")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_edit_is_kept_exported_and_undone(
    kind: Kind, place: Workplace, admin: TestClient, tmp_path: Path
) -> None:
    before = kind.says(place)
    answer = kind.edit(admin)
    assert answer.status_code == 303, answer.text
    edited = kind.says(open_workplace(place.environment))
    assert edited != before

    history = admin.get(f"/config/{kind.part}/history").text
    assert "đang dùng" in history
    exported = admin.get(kind.export)
    assert "attachment" in exported.headers["content-disposition"]
    elsewhere = tmp_path / "config"
    shutil.copytree(PACKAGED, elsewhere, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (elsewhere / kind.file).parent.mkdir(exist_ok=True)
    (elsewhere / kind.file).write_bytes(exported.content)
    other = open_workplace({"DONDOC_VAR": str(tmp_path / "elsewhere"), "DONDOC_CONFIG": str(elsewhere)})
    assert kind.says(other) == edited, "the file says what the desk says"

    undone = admin.post(f"/config/{kind.part}/restore", data={"version": "0"})
    assert undone.status_code == 303, undone.text
    assert kind.says(open_workplace(place.environment)) == before


def test_everybody_sees_names_of_agencies_not_their_codes(place: Workplace, admin: TestClient) -> None:
    """Before a merge or a split, and in the history of it."""
    form = {"code": [HEALTH, INTERIOR], "name": "Sở Y tế và Nội vụ", "into": "", "on": "2026-07-01"}
    shown = html.unescape(admin.post("/agencies/merge", data=form).text)
    table = shown[shown.index("<tbody>") : shown.index("</tbody>")]
    assert "phu-chau." not in table
    assert table.count("Sở Y tế và Nội vụ") >= 3, "the new one, and the successor of both"
    admin.post("/agencies/merge", data=form_of(shown, "/agencies/merge"))
    history = html.unescape(admin.get("/config/agencies/history").text)
    assert "Sở Nội vụ: Cơ quan kế thừa: — → Sở Y tế và Nội vụ" in history
    assert "phu-chau.so" not in history
    split_form = {"into-0": "phu-chau.so-y-te-va-noi-vu", "name-1": "Sở Dân số", "on": "2026-08-01"}
    path = "/agencies/phu-chau.so-y-te-va-noi-vu/split"
    split_page = admin.post(path, data=split_form).text
    assert "phu-chau." not in split_page[split_page.index("<tbody>") : split_page.index("</tbody>")]


def test_a_difference_names_whom_either_directory_knows(place: Workplace) -> None:
    new = Agency(code="phu-chau.so-moi", name="Sở Mới", kind=AgencyKind.DEPARTMENT, province="phu-chau")
    merged = merge(place.directory, [HEALTH], new, DAY)
    assert [one.new for one in difference(place.directory, merged) if one.field == "successors"] == ["Sở Mới"]
    assert [one.old for one in difference(merged, place.directory) if one.field == "successors"] == ["Sở Mới"]
    second = replace(new, code="phu-chau.so-hai", name="Sở Hai")
    parted = split(place.directory, HEALTH, [new, second], DAY)
    assert [one.new for one in difference(place.directory, parted) if one.field == "successors"] == [
        "Sở Mới, Sở Hai"
    ]
