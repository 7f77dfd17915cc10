"""The forms of agencies and groups: what was typed becomes what a file would say, and is checked as a file is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from config.agency_catalogue import group
from config.agency_files import Draft, read_agency
from config.agency_tables import Entry
from config.errors import ConfigError
from deadlines.directory import Agency, Directory, Group
from deadlines.directory_change import with_agencies
from deadlines.directory_check import faults
from desk.web.visit import Visit, Wrong
from flows.steps.recording import fold

LISTS = ("short_names", "aliases", "working_hours")
"""Typed a line each."""
CONTACT = ("role", "name", "position", "email", "phone", "zalo_uid")
BLANK_ROWS = 2


@dataclass(slots=True)
class Form:
    """What stands in the fields, as the file would have it, and what is wrong with it by field."""

    values: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)

    def rows(self) -> list[dict[str, str]]:
        """The contacts, and blank rows for more."""
        return [*self.values.get("contacts", []), *(dict.fromkeys(CONTACT, "") for _ in range(BLANK_ROWS))]


def of_agency(agency: Agency) -> Form:
    return Form(
        {
            "name": agency.name,
            "kind": agency.kind.value,
            "superior": agency.superior or "",
            "short_names": list(agency.short_names),
            "aliases": list(agency.aliases),
            "valid_from": agency.valid_from,
            "valid_to": agency.valid_to,
            "successors": list(agency.successors),
            "channels": list(agency.channels),
            "working_hours": [f"{start:%H:%M}-{end:%H:%M}" for start, end in agency.working_hours],
            "contacts": [
                {
                    "role": one.role.value,
                    "name": one.name,
                    "position": one.position,
                    "email": one.email or "",
                    "phone": one.phone or "",
                    "zalo_uid": one.zalo_uid or "",
                }
                for one in agency.contacts
            ],
        }
    )


def lines(visit: Visit, name: str) -> list[str]:
    return [line.strip() for line in visit.text(name, longest=8000).split("\n") if line.strip()]


def several(visit: Visit, name: str) -> list[str]:
    """The values of a field that stands several times, blanks left out."""
    return list(
        dict.fromkeys(one.strip() for one in visit.form.getlist(name) if isinstance(one, str) and one.strip())
    )


def contacts_of(visit: Visit) -> list[dict[str, str]]:
    """The rows of contacts that say anything; a role alone says nothing."""
    columns = {name: [visit_clean(one) for one in visit.form.getlist(f"contact_{name}")[:100]] for name in CONTACT}
    many = max((len(column) for column in columns.values()), default=0)
    rows = [
        {name: column[at] if at < len(column) else "" for name, column in columns.items()} for at in range(many)
    ]
    return [row for row in rows if any(value for name, value in row.items() if name != "role")]


def visit_clean(value: object) -> str:
    from desk.web.visit import clean

    return clean(value if isinstance(value, str) else "")[:300].replace("\n", " ")


def typed_agency(visit: Visit) -> Form:
    form = Form({name: visit.text(name, longest=300) for name in ("name", "kind", "superior")})
    form.values |= {name: lines(visit, name) for name in LISTS}
    form.values |= {
        name: several(visit, field) for name, field in (("channels", "channels"), ("successors", "successor"))
    }
    form.values["contacts"] = contacts_of(visit)
    for name in ("valid_from", "valid_to"):
        try:
            form.values[name] = visit.day(name)
        except Wrong as error:
            form.values[name] = None
            form.errors[name] = str(error)
    return form


def code_from(name: str, province: str, directory: Directory) -> str:
    """A code of nobody's yet, from a name: "Sở Dân số" is so-dan-so."""
    bare = "-".join("".join(letter if letter.isalnum() else " " for letter in fold(name)).split())[:60].strip("-")
    bare = "".join(letter for letter in bare if letter.isascii())
    code, number = f"{province}.{bare}", 1
    while directory.agency(code) or directory.group(code):
        number += 1
        code = f"{province}.{bare}-{number}"
    return code


def agency_of(form: Form, code: str, province: str) -> Agency | None:
    """The agency of a form; None where the form has errors, which it then names."""
    values = {name: value for name, value in form.values.items() if value is not None}
    try:
        return read_agency(Entry(file="", where="", values={**values, "code": code}), province, Draft())
    except ConfigError as error:
        note(form, error.field, error.allowed)
        return None


def changed(form: Form, directory: Directory, agency: Agency) -> Directory:
    """The directory with an agency; what the check of files finds stands in the form's errors."""
    made = with_agencies(directory, [agency])
    return _checked(form, made, agency.code, "agency")


def _checked(form: Form, directory: Directory, code: str, about: str) -> Directory:
    """The directory as given; faults of what the form is about stand at their fields, others above them all."""
    for fault in faults(directory):
        mine = fault.code == code and fault.about == about
        note(
            form,
            fault.field if mine else "",
            fault.allowed if mine else f"{directory.name(fault.code)}: {fault.allowed}",
        )
    return directory


def note(form: Form, where: str, allowed: str) -> None:
    """Keep the first error of each field: `contacts[2].email` is of the second row."""
    form.errors.setdefault(where, f"Cần: {allowed}.")


def of_group(shared: Group) -> Form:
    return Form(
        {
            "names": list(shared.names),
            "kinds": [kind.value for kind in shared.kinds],
            "members": list(shared.members),
            "includes": list(shared.includes),
            "exceptions": list(shared.exceptions),
        }
    )


def typed_group(visit: Visit) -> Form:
    chosen = {name: several(visit, name) for name in ("kinds", "members", "includes", "exceptions")}
    return Form({"names": lines(visit, "names"), **chosen})


def keep_order(form: Form, before: Form) -> None:
    """Put what was there already in the order that it had: boxes come in the page's order."""
    for name in ("kinds", "members", "includes", "exceptions"):
        chosen, old = form.values[name], before.values[name]
        form.values[name] = [*(one for one in old if one in chosen), *(one for one in chosen if one not in old)]


def group_of(form: Form, code: str, province: str) -> Group | None:
    values: Mapping[str, Any] = {**form.values, "code": code, "province": province}
    try:
        return group(Entry(file="", where="", values=values), province)
    except ConfigError as error:
        note(form, error.field, error.allowed)
        return None


def with_group(form: Form, directory: Directory, shared: Group) -> Directory:
    """The directory with a group, checked as in `changed`."""
    kept = [shared if one.code == shared.code else one for one in directory.groups]
    made = replace(directory, groups=tuple(kept if shared in kept else [*kept, shared]))
    return _checked(form, made, shared.code, "group")
