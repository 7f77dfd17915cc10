"""The communes and former districts that a province's file lists by name."""

from __future__ import annotations

import re
from datetime import date

from config.agency_catalogue import Heading, qualified
from config.agency_tables import Entry
from deadlines.directory import Agency, AgencyKind
from deadlines.text import bare

_UNIT_NAMES = {
    AgencyKind.COMMUNE: "xã",
    AgencyKind.WARD: "phường",
    AgencyKind.TOWNSHIP: "thị trấn",
    AgencyKind.SPECIAL_ZONE: "đặc khu",
}
_DISTRICTS = ("huyện", "thị xã", "thành phố", "quận")


def slug(name: str) -> str:
    """A code for a name: "xã Hòa An" is "xa-hoa-an"."""
    return re.sub(r"[^a-z0-9]+", "-", bare(name.casefold())).strip("-")


def communes(units: Entry, heading: Heading) -> tuple[Agency, ...]:
    """The People's Committees of the communes that [units] lists by kind."""
    units.only("valid_from", "valid_to", *_UNIT_NAMES.values())
    return tuple(
        Agency(
            code=qualified(slug(f"{kind} {name}"), heading.code),
            name=f"Ủy ban nhân dân {kind} {name}",
            kind=agency_kind,
            province=heading.code,
            aliases=(f"{kind} {name}",),
            superior=qualified("ubnd-tinh", heading.code),
            valid_from=units.day("valid_from"),
            valid_to=units.day("valid_to"),
        )
        for agency_kind, kind in _UNIT_NAMES.items()
        for name in units.texts(kind)
    )


def districts(root: Entry, heading: Heading) -> tuple[Agency, ...]:
    """The People's Committees of [[districts]]: `name` with its type, `successors` the communes of today."""
    found: list[Agency] = []
    for entry in root.tables("districts"):
        entry.only("name", "successors", "valid_to")
        name = entry.required("name")
        if not name.casefold().startswith(_DISTRICTS):
            raise entry.wrong("name", "bắt đầu bằng " + ", ".join(_DISTRICTS))
        found.append(
            Agency(
                code=qualified(slug(name), heading.code),
                name=f"Ủy ban nhân dân {name}",
                kind=AgencyKind.DISTRICT,
                province=heading.code,
                aliases=(name,),
                superior=qualified("ubnd-tinh", heading.code),
                valid_to=entry.day("valid_to") or date(2025, 6, 30),
                successors=tuple(qualified(code, heading.code) for code in entry.codes("successors")),
            )
        )
    return tuple(found)
