"""Reads a directory's files: a province's against the catalogue, or one that is written out in full."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

from config.agency_catalogue import (
    AgencyType,
    Catalogue,
    Heading,
    chosen,
    derive,
    group,
    province_groups,
    qualified,
    read_catalogue,
)
from config.agency_places import communes, districts
from config.agency_tables import FORMAT, Entry, contact
from config.errors import ConfigError
from deadlines.directory import Agency, AgencyKind, Directory, Group, Province

CATALOGUE_FILE = "catalogue.toml"


@dataclass(slots=True)
class Draft:
    """What files say, not yet checked as a whole.

    `origins` tells where each was written: ("agency", code), ("group", code), ("contacts[1]", code).
    """

    agencies: dict[str, Agency] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    provinces: dict[str, Province] = field(default_factory=dict)
    origins: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def directory(self) -> Directory:
        return Directory(
            agencies=tuple(self.agencies.values()),
            groups=tuple(self.groups.values()),
            provinces=tuple(self.provinces.values()),
        )

    def add(self, agency: Agency, origin: Entry) -> None:
        self.agencies[agency.code] = agency
        self.origins[("agency", agency.code)] = origin

    def add_group(self, added: Group, origin: Entry) -> None:
        self.groups[added.code] = added
        self.origins[("group", added.code)] = origin


def read_toml(path: Path) -> Entry:
    """The root table of a file. Raises ConfigError where it is no TOML of our format."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(file=path, field="", value=error.strerror or "", allowed="một tệp đọc được") from error
    except UnicodeDecodeError as error:
        raise ConfigError(file=path, field="", value="", allowed=f"TOML, UTF-8 ({error})") from error
    return root_of(text, str(path))


def root_of(text: str, path: str) -> Entry:
    """The root table of what a file says. Raises ConfigError."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file=path, field="", value="", allowed=f"TOML, UTF-8 ({error})") from error
    root = Entry(file=path, where="", values=values)
    if values.get("format") != FORMAT:
        raise root.wrong("format", f"format = {FORMAT}")
    return root


def catalogue_beside(path: Path) -> Catalogue:
    """The catalogue in the folder of a province's file; empty where there is none."""
    file = path.parent / CATALOGUE_FILE
    return read_catalogue(read_toml(file)) if file.is_file() else Catalogue()


def read_province(path: Path, draft: Draft) -> None:
    """Adds a file to the draft, and the file of the province that its own has become a part of."""
    root = read_toml(path)
    root.only("format", "province", "provinces", "units", "districts", "agencies", "groups")
    catalogue = catalogue_beside(path)
    heading = _heading(root)
    if heading is None:
        read_plain(root, draft)
        return
    if heading.code in draft.provinces:
        return
    draft.provinces[heading.code] = Province(code=heading.code, name=heading.name, aliases=heading.aliases)
    for agency in derive(catalogue, heading, _heir(path, heading, catalogue)):
        draft.add(agency, root)
    for agency in catalogue.central:
        draft.add(agency, root)
    for shared in province_groups(catalogue, heading):
        draft.add_group(shared, root)
    _read_places(root, heading, draft)
    _read_own(root, heading.code, draft)
    if heading.successor and heading.successor not in draft.provinces:
        read_province(path.parent / f"{heading.successor}.toml", draft)


def _heading(root: Entry) -> Heading | None:
    entry = root.table("province")
    if entry is None:
        return None
    entry.only("code", "name", "aliases", "valid_to", "successor", "include", "exclude")
    return Heading(
        code=entry.code("code"),
        name=entry.required("name"),
        aliases=entry.texts("aliases"),
        valid_to=entry.day("valid_to"),
        successor=entry.code("successor") if entry.optional("successor") else None,
        include=entry.codes("include"),
        exclude=entry.codes("exclude"),
    )


def _heir(path: Path, heading: Heading, catalogue: Catalogue) -> dict[str, AgencyType]:
    if not heading.successor:
        return {}
    after = _heading(read_toml(path.parent / f"{heading.successor}.toml"))
    return chosen(catalogue, after) if after else {}


def _read_places(root: Entry, heading: Heading, draft: Draft) -> None:
    units = root.table("units")
    places = communes(units, heading) if units else ()
    for agency in (*places, *districts(root, heading)):
        if agency.code in draft.agencies:
            raise (units or root).wrong("", "mỗi tên một lần", value=agency.name)
        draft.add(agency, units or root)


def read_plain(root: Entry, draft: Draft) -> None:
    """A written-out directory: [[provinces]], and every agency with its province."""
    for entry in root.tables("provinces"):
        entry.only("code", "name", "aliases")
        code = entry.code("code")
        draft.provinces[code] = Province(code=code, name=entry.required("name"), aliases=entry.texts("aliases"))
    _read_own(root, "", draft)


def _read_own(root: Entry, province: str, draft: Draft) -> None:
    seen: set[tuple[str, str]] = set()
    for entry in root.tables("agencies"):
        agency = read_agency(entry, province, draft)
        _once(seen, ("agency", agency.code), entry)
        draft.add(agency, entry)
    for entry in root.tables("groups"):
        own = entry.text("province", province)
        added = group(entry, own, draft.groups.get(qualified(entry.code("code"), own)))
        _once(seen, ("group", added.code), entry)
        draft.add_group(added, entry)


def _once(seen: set[tuple[str, str]], key: tuple[str, str], entry: Entry) -> None:
    if key in seen:
        raise entry.wrong("code", "mỗi mã dùng một lần trong tệp")
    seen.add(key)


_AGENCY_FIELDS = (
    "code", "name", "kind", "province", "short_names", "aliases", "superior", "valid_from", "valid_to",
    "successors", "contacts", "channels", "working_hours",
)  # fmt: skip


def read_agency(entry: Entry, province: str, draft: Draft) -> Agency:
    """One agency; where the catalogue has given it already, only what is written here changes."""
    entry.only(*_AGENCY_FIELDS)
    province = entry.text("province", province)
    code = qualified(entry.code("code"), province)
    known = draft.agencies.get(code)
    if known is None:
        known = Agency(
            code=code, name=entry.required("name"), kind=entry.choice("kind", AgencyKind), province=province
        )
    given = entry.values
    return replace(
        known,
        name=entry.required("name") if "name" in given else known.name,
        kind=entry.choice("kind", AgencyKind) if "kind" in given else known.kind,
        short_names=entry.texts("short_names") if "short_names" in given else known.short_names,
        aliases=entry.texts("aliases") if "aliases" in given else known.aliases,
        superior=_superior(entry, province) if "superior" in given else known.superior,
        valid_from=entry.day("valid_from") if "valid_from" in given else known.valid_from,
        valid_to=entry.day("valid_to") if "valid_to" in given else known.valid_to,
        successors=(
            tuple(qualified(heir, province) for heir in entry.codes("successors"))
            if "successors" in given
            else known.successors
        ),
        contacts=tuple(map(contact, entry.tables("contacts"))) if "contacts" in given else known.contacts,
        channels=entry.texts("channels") if "channels" in given else known.channels,
        working_hours=entry.hours("working_hours") if "working_hours" in given else known.working_hours,
    )


def _superior(entry: Entry, province: str) -> str | None:
    return qualified(entry.code("superior"), province) if entry.optional("superior") else None
