"""Writes a whole directory as a workbook that `config.agency_sheets` reads back to the same directory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import xlsxwriter

from config.agency_sheet_names import AGENCIES, CONTACTS, GROUPS, PROVINCES, ROLE_LABELS, Sheet
from deadlines.directory import Agency, Directory

_WIDTHS = {"name": 44, "names": 60, "aliases": 50, "code": 34, "agency": 34, "successors": 40, "email": 34}
Cell = str | date | None


def write_workbook(directory: Directory, path: Path) -> None:
    """Every value is written as text or as a date, so that none can act as a formula."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DDE6F0"})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        _write(book, AGENCIES, map(_agency_row, directory.agencies), head, day)
        _write(book, CONTACTS, _contact_rows(directory.agencies), head, day)
        _write(book, GROUPS, _group_rows(directory), head, day)
        _write(book, PROVINCES, _province_rows(directory), head, day)


def _write(book: xlsxwriter.Workbook, sheet: Sheet, rows: Iterable[list[Cell]], head: object, day: object) -> None:
    page = book.add_worksheet(sheet.name)
    page.freeze_panes(1, 1)
    for at, (name, label) in enumerate(sheet.columns.items()):
        page.set_column(at, at, _WIDTHS.get(name, 18))
        page.write_string(0, at, label, head)
    for number, row in enumerate(rows, start=1):
        for at, cell in enumerate(row):
            if isinstance(cell, date):
                page.write_datetime(number, at, cell, day)
            elif cell:
                page.write_string(number, at, cell)


def _agency_row(agency: Agency) -> list[Cell]:
    hours = (f"{start:%H:%M}-{end:%H:%M}" for start, end in agency.working_hours)
    return [
        agency.code,
        agency.name,
        agency.kind.value,
        agency.province,
        _joined(agency.short_names),
        _joined(agency.aliases),
        agency.superior,
        agency.valid_from,
        agency.valid_to,
        _joined(agency.successors),
        _joined(agency.channels),
        _joined(hours),
    ]


def _contact_rows(agencies: Iterable[Agency]) -> Iterator[list[Cell]]:
    for agency in agencies:
        for person in agency.contacts:
            role = ROLE_LABELS[person.role]
            address: list[Cell] = [person.email, person.phone, person.zalo_uid]
            yield [agency.code, role, person.name, person.position, *address]


def _group_rows(directory: Directory) -> Iterator[list[Cell]]:
    for shared in directory.groups:
        yield [
            shared.code,
            _joined(shared.names),
            shared.province,
            _joined(kind.value for kind in shared.kinds),
            _joined(shared.members),
            _joined(shared.includes),
            _joined(shared.exceptions),
        ]


def _province_rows(directory: Directory) -> Iterator[list[Cell]]:
    for province in directory.provinces:
        yield [province.code, province.name, _joined(province.aliases)]


def _joined(values: Iterable[str]) -> str:
    return "; ".join(values)
