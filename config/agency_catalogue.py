"""What a province takes from the national catalogue of agency types, and its communes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from config.agency_tables import Entry
from deadlines.directory import Agency, AgencyKind, Group

CENTRAL = "trung-uong"
_CITY = (("Tỉnh ủy", "Thành ủy"), ("Tỉnh đoàn", "Thành đoàn"), ("tỉnh", "thành phố"))


@dataclass(frozen=True, kw_only=True, slots=True)
class AgencyType:
    """An agency as it is in any province; codes are without a province."""

    code: str
    name: str
    kind: AgencyKind
    short_names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    superior: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()
    standard: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    types: tuple[AgencyType, ...] = ()
    central: tuple[Agency, ...] = ()
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """The head of a province's file."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    valid_to: date | None = None
    successor: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @property
    def bare_name(self) -> str:
        return re.sub(r"^(tỉnh|thành phố)\s+", "", self.name, flags=re.IGNORECASE)

    @property
    def city(self) -> bool:
        return self.name.casefold().startswith("thành phố")


def read_catalogue(root: Entry) -> Catalogue:
    root.only("format", "types", "central", "groups")
    return Catalogue(
        types=tuple(_type(entry) for entry in root.tables("types")),
        central=tuple(_central(entry) for entry in root.tables("central")),
        groups=tuple(group(entry, "") for entry in root.tables("groups")),
    )


def _type(entry: Entry) -> AgencyType:
    entry.only(
        "code", "name", "kind", "short_names", "aliases", "superior", "valid_from", "valid_to",
        "successors", "standard",
    )  # fmt: skip
    return AgencyType(
        code=entry.code("code"),
        name=entry.required("name"),
        kind=entry.choice("kind", AgencyKind),
        short_names=entry.texts("short_names"),
        aliases=entry.texts("aliases"),
        superior=entry.optional("superior"),
        valid_from=entry.day("valid_from"),
        valid_to=entry.day("valid_to"),
        successors=entry.codes("successors"),
        standard=entry.flag("standard", True),
    )


def _central(entry: Entry) -> Agency:
    entry.only("code", "name", "short_names", "aliases", "valid_from", "valid_to", "successors")
    return Agency(
        code=qualified(entry.code("code"), CENTRAL),
        name=entry.required("name"),
        kind=AgencyKind.CENTRAL,
        province="",
        short_names=entry.texts("short_names"),
        aliases=entry.texts("aliases"),
        valid_from=entry.day("valid_from"),
        valid_to=entry.day("valid_to"),
        successors=tuple(qualified(code, CENTRAL) for code in entry.codes("successors")),
    )


def group(entry: Entry, province: str, known: Group | None = None) -> Group:
    """One group; where the catalogue has given it already, only what is written here changes."""
    entry.only("code", "names", "kinds", "members", "includes", "exceptions", "province")
    given = entry.values
    known = known or Group(code=qualified(entry.code("code"), province), names=(), province=province)

    def codes(name: str, before: tuple[str, ...]) -> tuple[str, ...]:
        written = entry.codes(name) if name in given else before
        return tuple(qualified(code, province) for code in written)

    names = entry.texts("names") if "names" in given else known.names
    if not names:
        raise entry.wrong("names", "ít nhất một tên nhóm")
    return replace(
        known,
        names=names,
        kinds=entry.kinds("kinds") if "kinds" in given else known.kinds,
        members=codes("members", known.members),
        includes=codes("includes", known.includes),
        exceptions=codes("exceptions", known.exceptions),
    )


def qualified(code: str, province: str) -> str:
    return code if "." in code or not province else f"{province}.{code}"


def chosen(catalogue: Catalogue, heading: Heading) -> dict[str, AgencyType]:
    """The types that a province has had at some time, by code."""
    return {
        kind.code: kind
        for kind in catalogue.types
        if (kind.standard or kind.code in heading.include) and kind.code not in heading.exclude
        if not (heading.valid_to and kind.valid_from and kind.valid_from > heading.valid_to)
    }


def derive(
    catalogue: Catalogue, heading: Heading, heir: Mapping[str, AgencyType] | None = None
) -> tuple[Agency, ...]:
    """A province's agencies. `heir` are the types of the province that it has become a part of."""
    own = chosen(catalogue, heading)
    return tuple(_derived(kind, heading, own, heir or {}) for kind in own.values())


def _derived(
    kind: AgencyType, heading: Heading, own: Mapping[str, AgencyType], heir: Mapping[str, AgencyType]
) -> Agency:
    ended = heading.valid_to is not None and (kind.valid_to is None or kind.valid_to > heading.valid_to)
    successors: tuple[str, ...]
    if ended and heading.successor:
        successors = (qualified(kind.code, heading.successor),) if kind.code in heir else ()
    else:
        successors = tuple(_successors(kind.successors, heading, own, heir))
    return Agency(
        code=qualified(kind.code, heading.code),
        name=_local(kind.name, heading),
        kind=kind.kind,
        province=heading.code,
        short_names=tuple(_local(name, heading) for name in kind.short_names),
        aliases=tuple(_local(name, heading) for name in kind.aliases),
        superior=qualified(kind.superior, heading.code) if kind.superior and kind.superior in own else None,
        valid_from=kind.valid_from,
        valid_to=heading.valid_to if ended else kind.valid_to,
        successors=successors,
    )


def _successors(
    codes: Iterable[str], heading: Heading, own: Mapping[str, AgencyType], heir: Mapping[str, AgencyType]
) -> Iterable[str]:
    """Of a province that has ended, what none of its own agencies took over goes to the new province's."""
    for code in codes:
        if code in own:
            yield qualified(code, heading.code)
        elif heading.successor and code in heir:
            yield qualified(code, heading.successor)


def _local(name: str, heading: Heading) -> str:
    name = name.replace("{tên tỉnh}", heading.bare_name)
    if heading.city:
        for provincial, municipal in _CITY:
            name = name.replace(provincial, municipal)
    return name


def province_groups(catalogue: Catalogue, heading: Heading) -> tuple[Group, ...]:
    """The catalogue's groups as this province's own."""

    def own(codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(qualified(code, heading.code) for code in codes)

    return tuple(
        replace(
            shared,
            code=qualified(shared.code, heading.code),
            province=heading.code,
            members=own(shared.members),
            includes=own(shared.includes),
            exceptions=own(shared.exceptions),
        )
        for shared in catalogue.groups
    )
