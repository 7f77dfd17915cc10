"""The directory of agencies in files: loaded whole or not at all, compared, and what it lacks.

    directory = load(Path("config/agencies/phu-chau.toml"))

A folder loads every province in it; a `catalogue.toml` beside a province's file gives it the national types.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from config.agency_files import CATALOGUE_FILE, Draft, read_plain, read_province, root_of
from config.agency_tables import Entry
from config.agency_writing import to_toml
from config.errors import ConfigError
from deadlines.directory import AgencyKind, Directory
from deadlines.directory_change import Change, difference
from deadlines.directory_check import Fault, faults

__all__ = ["Change", "Problem", "checked", "difference", "load", "loads", "problems", "save", "to_toml"]

_NOT_REMINDED = frozenset({AgencyKind.CENTRAL, AgencyKind.COUNCIL})
_REACH = {"email": "email", "zalo": "zalo_uid"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Not wrong, but somebody would not be told. `reason` is in Vietnamese."""

    code: str
    name: str
    reason: str


def load(folder_or_file: Path) -> Directory:
    """The directory of one file or of every province in a folder. Raises ConfigError at the first mistake."""
    path = Path(folder_or_file)
    files = [path] if path.is_file() else sorted(path.glob("*.toml"))
    files = [file for file in files if file.name != CATALOGUE_FILE]
    if not files:
        raise ConfigError(file=path, field="", value="", allowed="một tệp .toml của tỉnh, hoặc thư mục có tệp ấy")
    draft = Draft()
    for file in files:
        read_province(file, draft)
    return checked(draft, str(path))


def loads(text: str, name: str) -> Directory:
    """The directory of what `to_toml` wrote; `name` is told with a mistake. Raises ConfigError."""
    draft = Draft()
    read_plain(root_of(text, name), draft)
    return checked(draft, name)


def checked(draft: Draft, file: str) -> Directory:
    """The directory of a draft. Raises ConfigError with the place of the first fault."""
    directory = draft.directory()
    for fault in faults(directory):
        raise _error(fault, draft, file)
    return directory


def _error(fault: Fault, draft: Draft, file: str) -> ConfigError:
    contact, _, name = fault.field.rpartition(".")
    origin = draft.origins.get((contact, fault.code)) if contact else None
    if origin is not None:
        return origin.wrong(name, fault.allowed, value=fault.value)
    origin = draft.origins.get((fault.about, fault.code))
    if origin is None or not origin.where:
        origin = Entry(file=origin.file if origin else file, where=fault.code, values={})
    return origin.wrong(fault.field, fault.allowed, value=fault.value)


def save(directory: Directory, file: Path) -> None:
    """Writes the whole directory as TOML; the old file stays until the new one is complete."""
    draft = file.with_name(file.name + ".new")
    draft.write_text(to_toml(directory), encoding="utf-8")
    draft.replace(file)


def problems(directory: Directory, on: date | None = None) -> tuple[Problem, ...]:
    """Agencies that no reminder can reach, and groups that name nobody.

    `on` leaves out agencies of another time; without it only those that have ended are left out.
    """
    return (*_unreached(directory, on), *_empty(directory, on))


def _unreached(directory: Directory, on: date | None) -> Iterator[Problem]:
    for agency in directory.agencies:
        if agency.kind in _NOT_REMINDED or (agency.valid_to is not None if on is None else not agency.valid(on)):
            continue
        if not agency.contacts:
            yield Problem(code=agency.code, name=agency.name, reason="chưa có đầu mối liên hệ")
        elif not any(contact.reachable for contact in agency.contacts):
            yield Problem(code=agency.code, name=agency.name, reason="đầu mối chưa có thư điện tử hay Zalo")


def _empty(directory: Directory, on: date | None) -> Iterator[Problem]:
    day = on or date.max
    for group in directory.groups:
        if not directory.expand(group.code, day):
            yield Problem(code=group.code, name=group.names[0], reason="nhóm chưa có thành viên")
