"""The directory as a workbook: sheets Cơ quan, Đầu mối, Nhóm, Tỉnh, one row a record.

Several values in one cell are parted by semicolons, since names have commas. A workbook is read whole or not
at all; a sheet that it lacks is taken from `base`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from config.agencies import checked
from config.agency_catalogue import group
from config.agency_files import Draft, read_agency
from config.agency_sheet_names import AGENCIES, CONTACTS, GROUPS, KIND_OF, LISTS, PROVINCES, ROLES, Sheet
from config.agency_tables import Entry, contact
from config.agency_workbook import write_workbook
from config.errors import ConfigError
from deadlines.directory import Contact, Directory, Province
from deadlines.directory_text import name_key

__all__ = ["read_workbook", "write_workbook"]

LARGEST = 20_000_000
"""Bytes; a directory of 5,000 agencies has under one million."""


def read_workbook(path: Path, base: Directory | None = None) -> Directory:
    """The directory that a workbook holds. Raises ConfigError with sheet, row, column and what is allowed."""
    sheets = _sheets(path)
    if not sheets.keys() & {AGENCIES.name, CONTACTS.name, GROUPS.name}:
        raise ConfigError(
            file=path, field="", value="", allowed=f"các trang tính {AGENCIES.name}, {CONTACTS.name}, …"
        )
    draft = _draft(base or Directory(), sheets)
    for entry in _entries(path, sheets, PROVINCES):
        code = entry.code("code")
        draft.provinces[code] = Province(code=code, name=entry.required("name"), aliases=entry.texts("aliases"))
    _read_agencies(path, sheets, draft)
    _read_contacts(path, sheets, draft)
    for entry in _entries(path, sheets, GROUPS):
        added = group(entry, entry.text("province"))
        _once(added.code in draft.groups, entry)
        draft.add_group(added, entry)
    return checked(draft, str(path))


def _draft(base: Directory, sheets: Mapping[str, object]) -> Draft:
    draft = Draft()
    if PROVINCES.name not in sheets:
        draft.provinces |= {province.code: province for province in base.provinces}
    if AGENCIES.name not in sheets:
        draft.agencies |= {agency.code: agency for agency in base.agencies}
    if GROUPS.name not in sheets:
        draft.groups |= {shared.code: shared for shared in base.groups}
    return draft


def _read_agencies(path: Path, sheets: Mapping[str, _Rows], draft: Draft) -> None:
    for entry in _entries(path, sheets, AGENCIES):
        agency = read_agency(entry, entry.text("province"), Draft())
        _once(agency.code in draft.agencies, entry)
        draft.add(agency, entry)


def _read_contacts(path: Path, sheets: Mapping[str, _Rows], draft: Draft) -> None:
    """The contacts of every agency that the sheet names take the place of those it had."""
    found: dict[str, list[Contact]] = {}
    for entry in _entries(path, sheets, CONTACTS):
        code = entry.code("agency")
        if code not in draft.agencies:
            raise entry.wrong("agency", "mã của một cơ quan trong danh bạ", value=code)
        values = {name: value for name, value in entry.values.items() if name != "agency"}
        person = contact(replace(entry, values=values))
        found.setdefault(code, []).append(person)
        draft.origins[(f"contacts[{len(found[code])}]", code)] = entry
    for code, contacts in found.items():
        draft.agencies[code] = replace(draft.agencies[code], contacts=tuple(contacts))


def _once(known: bool, entry: Entry) -> None:
    if known:
        raise entry.wrong("code", "mỗi mã dùng một lần")


@dataclass(frozen=True, slots=True)
class _Rows:
    cells: Sequence[Sequence[object]]
    first: int
    """The number of the first row, as the sheet shows it."""


def _sheets(path: Path) -> dict[str, _Rows]:
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError(file=path, field="", value="", allowed=f"tệp không quá {LARGEST // 1_000_000} MB")
        with CalamineWorkbook.from_path(str(path)) as book:
            return {name: _rows(book, name) for name in book.sheet_names}
    except (CalamineError, OSError, ValueError) as error:
        raise ConfigError(file=path, field="", value="", allowed="một tệp .xlsx đọc được") from error


def _rows(book: CalamineWorkbook, name: str) -> _Rows:
    sheet = book.get_sheet_by_name(name)
    return _Rows(sheet.to_python(skip_empty_area=False), 1)


def _entries(path: Path, sheets: Mapping[str, _Rows], sheet: Sheet) -> Iterator[Entry]:
    """The rows of a sheet under its first row, blank ones left out."""
    rows = sheets.get(sheet.name)
    if rows is None:
        return
    columns = _columns(path, sheet, rows.cells[0] if rows.cells else [])
    labels = {column: sheet.columns[column] for column in columns.values()}
    for number, cells in enumerate(rows.cells[1:], start=rows.first + 1):
        written = {name: cells[at] for at, name in columns.items() if at < len(cells)}
        if any(str(cell).strip() for cell in written.values()):
            blank = Entry(file=str(path), where=f"{sheet.name}, dòng {number}", values={}, labels=labels)
            values = {name: _value(blank, name, cell) for name, cell in written.items()}
            yield replace(blank, values={name: value for name, value in values.items() if value is not None})


def _columns(path: Path, sheet: Sheet, header: Sequence[object]) -> dict[int, str]:
    """Which column holds which field. Raises ConfigError for an unknown, a repeated or a missing heading."""
    known = {name_key(label): name for name, label in sheet.columns.items()}
    found: dict[int, str] = {}
    for at, cell in enumerate(header):
        if not str(cell).strip():
            continue
        name = known.get(name_key(str(cell)))
        where = f"{sheet.name}, ô {_letter(at)}1"
        if name is None:
            raise ConfigError(
                file=path, field=where, value=cell, allowed="một trong: " + ", ".join(sheet.columns.values())
            )
        if name in found.values():
            raise ConfigError(file=path, field=where, value=cell, allowed="mỗi cột một lần")
        found[at] = name
    for name in sheet.required:
        if name not in found.values():
            raise ConfigError(
                file=path, field=f"{sheet.name}, dòng 1", value="", allowed=f"có cột {sheet.columns[name]}"
            )
    return found


def _letter(at: int) -> str:
    return (_letter(at // 26 - 1) if at >= 26 else "") + chr(ord("A") + at % 26)


def _value(entry: Entry, name: str, cell: object) -> object:
    """A cell as the TOML files would have it; None for a blank one."""
    text = _text(cell)
    if not text:
        return None
    if name in ("valid_from", "valid_to"):
        return _day(entry, name, cell, text)
    if name == "role":
        return ROLES.get(name_key(text), text)
    if name in ("kind", "kinds"):
        kinds = [KIND_OF.get(name_key(part), part) for part in _parts(text)]
        return kinds if name == "kinds" else kinds[0] if len(kinds) == 1 else text
    return _parts(text) if name in LISTS else text


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]


def _day(entry: Entry, name: str, cell: object, text: str) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise entry.wrong(name, "một ngày, viết 01/07/2025", value=text)
