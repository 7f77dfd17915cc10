"""Writes a whole directory as TOML."""

from __future__ import annotations

from collections.abc import Iterable

import tomlkit

from config.agency_tables import FORMAT
from deadlines.directory import Agency, Contact, Directory, Group


def to_toml(directory: Directory) -> str:
    """The whole directory, nothing derived: reading it back gives an equal directory."""
    document = tomlkit.document()
    document.add(tomlkit.comment("Danh bạ cơ quan, xuất từ Đôn Đốc."))
    document["format"] = FORMAT
    tables = {
        "provinces": [_table({"code": p.code, "name": p.name, "aliases": p.aliases}) for p in directory.provinces],
        "agencies": [_agency_table(agency) for agency in directory.agencies],
        "groups": [_group_table(shared) for shared in directory.groups],
    }
    for name, rows in tables.items():
        if rows:
            listed = tomlkit.aot()
            for row in rows:
                listed.append(row)
            document[name] = listed
    return tomlkit.dumps(document)


def _agency_table(agency: Agency) -> tomlkit.items.Table:
    row = _table(
        {
            "code": agency.code,
            "name": agency.name,
            "kind": agency.kind.value,
            "province": agency.province,
            "short_names": agency.short_names,
            "aliases": agency.aliases,
            "superior": agency.superior,
            "valid_from": agency.valid_from,
            "valid_to": agency.valid_to,
            "successors": agency.successors,
            "channels": agency.channels,
            "working_hours": tuple(f"{start:%H:%M}-{end:%H:%M}" for start, end in agency.working_hours),
        }
    )
    if agency.contacts:
        listed = tomlkit.aot()
        for person in agency.contacts:
            listed.append(_contact_table(person))
        row["contacts"] = listed
    return row


def _contact_table(person: Contact) -> tomlkit.items.Table:
    return _table(
        {
            "role": person.role.value,
            "name": person.name,
            "email": person.email,
            "phone": person.phone,
            "zalo_uid": person.zalo_uid,
            "position": person.position,
        }
    )


def _group_table(shared: Group) -> tomlkit.items.Table:
    return _table(
        {
            "code": shared.code,
            "names": shared.names,
            "province": shared.province,
            "kinds": tuple(kind.value for kind in shared.kinds),
            "members": shared.members,
            "includes": shared.includes,
            "exceptions": shared.exceptions,
        }
    )


def _table(values: dict[str, object]) -> tomlkit.items.Table:
    row = tomlkit.table()
    for name, value in values.items():
        if value or name == "province":
            row[name] = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else value
    return row
