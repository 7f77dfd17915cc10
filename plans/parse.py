"""What the child process does with the bytes: recognise, look before opening, read, extract."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from plans.document import Document
from plans.limits import Limits
from plans.needs import NeedsHelp
from plans.prescan import prescan
from plans.sniff import OFFICE, ZIPPED, Format, sniff
from plans.wire import to_wire


def parse(data: bytes, options: dict[str, str], limits: Limits) -> Any:
    """A Document or a Plan on the wire, or {"needs": kind} where LibreOffice or OCR has to help first."""
    try:
        if options.get("format") == "scan":
            document = _recognised(data, limits)
        else:
            document = parse_document(data, limits, skip_scans="skip_scans" in options)
    except NeedsHelp as needed:
        return {"needs": needed.kind}
    if "format" in options and options["format"] != "scan":
        document = replace(document, format=options["format"])
    if options["want"] == "document":
        return to_wire(document)
    from plans.extract import extract

    return to_wire(extract(document, file=options["file"]))


def _recognised(data: bytes, limits: Limits) -> Document:
    from plans.recognised import read_recognised

    return read_recognised(data, limits)


def parse_document(data: bytes, limits: Limits, *, skip_scans: bool = False) -> Document:
    """Raises ReadError, or NeedsHelp."""
    found = sniff(data)
    warnings = prescan(data, limits) if found in ZIPPED else ()
    if found in OFFICE:
        raise NeedsHelp(found.value)
    document = _read(found, data, limits, skip_scans=skip_scans)
    return replace(document, warnings=(*warnings, *document.warnings)) if warnings else document


def _read(found: Format, data: bytes, limits: Limits, *, skip_scans: bool) -> Document:
    match found:
        case Format.DOCX:
            from plans.read_docx import read_docx

            return read_docx(data, limits)
        case Format.XLSX | Format.XLS:
            from plans.read_xlsx import read_xlsx

            return read_xlsx(data, limits, format=found.value)
        case Format.PDF:
            from plans.read_pdf import read_pdf

            return read_pdf(data, limits, skip_scans=skip_scans)
        case _:
            return _read_written(found, data)


def _read_written(found: Format, data: bytes) -> Document:
    if found in (Format.HTML, Format.MHTML):
        from plans.mhtml import page_of
        from plans.read_html import read_html

        return read_html(page_of(data) if found is Format.MHTML else data)
    from plans.read_text import read_text

    return read_text(data)
