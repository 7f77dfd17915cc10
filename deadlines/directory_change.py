"""Changes to a directory: merging and splitting agencies, and what differs between two directories.

Nothing is ever taken out: an agency that ends keeps its code, names and contacts, so that old tasks and old
plans still find it and follow its successors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, time, timedelta

from deadlines.directory import Agency, Contact, Directory, Group
from deadlines.directory_types import Role

_ABSENT = "—"

ROLES = {Role.FOCAL: "đầu mối", Role.LEADERSHIP: "lãnh đạo", Role.CLERK: "văn thư"}
"""What people call the roles of contacts."""

_OF_CODES = frozenset({"superior", "successors", "members", "includes", "exceptions"})
"""Fields that hold codes of agencies or groups: people are shown the names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One field of one agency or group. `old` is "—" where it is new, `new` where it is gone."""

    code: str
    field: str
    old: str
    new: str


class ChangeError(ValueError):
    """The change makes no sense for this directory; the message says why, in Vietnamese."""


def merge(directory: Directory, codes: Iterable[str], into: Agency, on: date) -> Directory:
    """From the day `on`, `into` has the duties of `codes`.

    `into` may be one of them, which then goes on. Raises ChangeError for an agency that is unknown or has
    ended by then.
    """
    ending = tuple(code for code in dict.fromkeys(codes) if code != into.code)
    if not ending:
        raise ChangeError("cần ít nhất một cơ quan khác để hợp nhất")
    _living(directory, (*ending, *([into.code] if directory.agency(into.code) else [])), on)
    started = into if directory.agency(into.code) else replace(into, valid_from=into.valid_from or on)
    ended = [_ended(directory, code, (into.code,), on) for code in ending]
    return with_agencies(directory, (*ended, started))


def split(directory: Directory, code: str, parts: Iterable[Agency], on: date) -> Directory:
    """From the day `on`, `parts` have the duties of `code`, the first of them the main ones.

    A part with the code itself means that the agency goes on beside the new ones: then its open tasks stay
    with it. Raises ChangeError.
    """
    made = tuple(parts)
    if not made or len({part.code for part in made}) != len(made):
        raise ChangeError("cần các cơ quan mới, mỗi mã một lần")
    _living(directory, (code,), on)
    for part in made:
        known = directory.agency(part.code)
        if known is not None and not known.valid(on):
            raise ChangeError(f"{known.name} ({part.code}) không còn hoạt động từ ngày {on:%d/%m/%Y}")
    started = [
        part if directory.agency(part.code) else replace(part, valid_from=part.valid_from or on) for part in made
    ]
    if any(part.code == code for part in made):
        return with_agencies(directory, started)
    return with_agencies(directory, (_ended(directory, code, (p.code for p in made), on), *started))


def with_agencies(directory: Directory, changed: Iterable[Agency]) -> Directory:
    """The directory with these agencies in the place of those of the same code, new ones at the end."""
    new = {agency.code: agency for agency in changed}
    kept = [new.pop(agency.code, agency) for agency in directory.agencies]
    return replace(directory, agencies=(*kept, *new.values()))


def _living(directory: Directory, codes: Iterable[str], on: date) -> None:
    for code in codes:
        agency = directory.agency(code)
        if agency is None:
            raise ChangeError(f"không có cơ quan nào mang mã {code}")
        if not agency.valid(on - timedelta(days=1)) or (agency.valid_to and agency.valid_to < on):
            raise ChangeError(f"{agency.name} ({code}) không hoạt động vào ngày {on:%d/%m/%Y}")


def _ended(directory: Directory, code: str, successors: Iterable[str], on: date) -> Agency:
    agency = directory.agency(code)
    assert agency is not None
    return replace(agency, valid_to=on - timedelta(days=1), successors=tuple(successors))


def difference(old: Directory, new: Directory) -> tuple[Change, ...]:
    """What a person should see before `new` takes the place of `old`."""
    named = (old.name, new.name)
    return (
        *_between({a.code: a for a in old.agencies}, {a.code: a for a in new.agencies}, named),
        *_between({g.code: g for g in old.groups}, {g.code: g for g in new.groups}, named),
    )


def _between(
    old: Mapping[str, Agency] | Mapping[str, Group],
    new: Mapping[str, Agency] | Mapping[str, Group],
    named: tuple[Callable[[str], str], Callable[[str], str]],
) -> Iterator[Change]:
    for code in dict.fromkeys((*old, *new)):
        before, after = old.get(code), new.get(code)
        if before is None and after is not None:
            yield Change(code=code, field="", old=_ABSENT, new=_name(after))
        elif after is None and before is not None:
            yield Change(code=code, field="", old=_name(before), new=_ABSENT)
        elif before is not None and before != after:
            for item in fields(before):
                was, now = getattr(before, item.name), getattr(after, item.name)
                if was != now:
                    then, since = named if item.name in _OF_CODES else (str, str)
                    yield Change(code=code, field=item.name, old=_shown(was, then), new=_shown(now, since))


def _name(changed: Agency | Group) -> str:
    return changed.name if isinstance(changed, Agency) else changed.names[0]


def _shown(value: object, name: Callable[[str], str] = str) -> str:
    """As people write it, addresses masked; `name` is what a text is called."""
    match value:
        case None | () | "":
            return _ABSENT
        case Contact():
            reach = (_masked(value.email), _masked(value.phone), _masked(value.zalo_uid))
            return " ".join(filter(None, (f"{ROLES[value.role]}:", value.name, value.position, *reach)))
        case date():
            return f"{value:%d/%m/%Y}"
        case time():
            return f"{value:%H:%M}"
        case tuple():
            return ", ".join(_shown(one, name) for one in value)
        case _:
            return name(str(value))


def _masked(address: str | None) -> str:
    if not address:
        return ""
    name, at, place = address.partition("@")
    return f"{name[:2]}…@{place}" if at else f"{address[:2]}…{address[-3:]}"
