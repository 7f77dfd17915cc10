"""How Excel would print a cell: number formats, and what the sheet hides.

calamine gives the stored value: 0.95 for "95%", the first of June for "06/2026". A deadline hangs on
that difference, so the formats are read from the file beside it.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from plans.docx_package import attribute, child, local

Value = Any
_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "dd/mm/yyyy", 15: "dd/mm/yyyy",
    16: "dd/mm", 17: "mm/yyyy", 18: "h:mm", 19: "h:mm", 20: "h:mm", 21: "h:mm", 22: "dd/mm/yyyy h:mm",
}  # fmt: skip
_TOKENS = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.|(y+|m+|d+|h+|s+|AM/PM|A/P)|(.)', re.IGNORECASE)
_CELL_NAME = re.compile(r"^([A-Z]{1,3})([0-9]{1,7})$")


@dataclass(kw_only=True, slots=True)
class Looks:
    """Of one sheet; rows and columns count from 0."""

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: int = 0
    unsolved: int = 0
    """Formulas whose result is not stored in the file."""


def looks_of(data: bytes) -> dict[str, Looks]:
    """By sheet name; nothing where the workbook is not made of XML (.xls, .xlsb)."""
    if not data.startswith(b"PK"):
        return {}
    from lxml import etree

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            formats = _formats(container, etree)
            return {name: _look(container, part, formats, etree) for name, part in _sheets(container, etree)}
    except (KeyError, etree.XMLSyntaxError, ValueError, zipfile.BadZipFile, OSError):
        return {}


def _parsed(container: zipfile.ZipFile, name: str, etree: Any) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(container.read(name), parser)


def _sheets(container: zipfile.ZipFile, etree: Any) -> list[tuple[str, str]]:
    related = {
        each.get("Id"): str(each.get("Target"))
        for each in _parsed(container, "xl/_rels/workbook.xml.rels", etree)
        if local(each) == "Relationship"
    }
    book = child(_parsed(container, "xl/workbook.xml", etree), "sheets")
    found = []
    for sheet in book if book is not None else ():
        target = related.get(attribute(sheet, "id") or "")
        if target:
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found.append((sheet.get("name") or "", part))
    return [(name, part) for name, part in found if part in container.namelist()]


def _formats(container: zipfile.ZipFile, etree: Any) -> dict[str, str]:
    """The format of each cell style, by the number that cells name it with; General is left out."""
    if "xl/styles.xml" not in container.namelist():
        return {}
    root = _parsed(container, "xl/styles.xml", etree)
    codes = {str(number): code for number, code in _BUILT_IN.items()}
    listed = child(root, "numFmts")
    for each in listed if listed is not None else ():
        codes[each.get("numFmtId") or ""] = each.get("formatCode") or ""
    styles = child(root, "cellXfs")
    numbered = enumerate(styles if styles is not None else ())
    found = {str(at): codes.get(each.get("numFmtId") or "", "") for at, each in numbered}
    return {at: code for at, code in found.items() if code and code.lower() not in ("general", "@")}


def _look(container: zipfile.ZipFile, part: str, formats: dict[str, str], etree: Any) -> Looks:
    look = Looks()
    with container.open(part) as source:
        walk = etree.iterparse(source, tag=("{*}row",), resolve_entities=False, no_network=True, huge_tree=False)
        for _, row in walk:
            look.hidden_rows += row.get("hidden") in ("1", "true") and len(row) > 0
            for cell in row:
                _note(cell, look, formats)
            row.clear()
            while row.getprevious() is not None:
                del row.getparent()[0]
    return look


def _note(cell: Any, look: Looks, formats: dict[str, str]) -> None:
    if local(cell) != "c":
        return
    value = child(cell, "v")
    if child(cell, "f") is not None and (value is None or not value.text) and cell.get("t") != "str":
        look.unsolved += 1
    code = formats.get(cell.get("s") or "")
    place = _CELL_NAME.match(cell.get("r") or "") if code else None
    if code and place and cell.get("t", "n") == "n" and len(cell):
        look.formats[int(place.group(2)) - 1, _column(place.group(1))] = code


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def as_printed(value: Value, code: str, *, point: str = ",") -> str:
    """A cell's text. Dates are dd/mm/yyyy unless the format leaves parts out or writes words between them."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime() | date() | time():
            return _moment(value, code)
        case int() | float():
            return _number(float(value), code, point)
    return str(value)


def _moment(value: datetime | date | time, code: str) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    parts = [found.groups() for found in _TOKENS.finditer(code.split(";")[0])]
    letters = {part[2][0].lower() for part in parts if part[2]}
    has_words = any(any(sign.isalpha() for sign in part[0] or part[1] or "") for part in parts)
    if has_words and letters & {"y", "m", "d"}:
        return "".join(_token(value, part) for part in parts)
    if "y" in letters and "d" not in letters and not letters & {"h", "s"}:
        return f"{value:%m/%Y}" if "m" in letters else f"{value:%Y}"
    if "d" in letters and "m" in letters and "y" not in letters:
        return f"{value:%d/%m}"
    clock = f" {value:%H:%M}" if isinstance(value, datetime) and value.time() != time() else ""
    return f"{value:%d/%m/%Y}{clock}"


def _token(value: datetime | date, part: tuple[str | None, ...]) -> str:
    quoted, escaped, letters, other = part
    match (letters or "").lower():
        case "yy":
            return f"{value:%y}"
        case "yyyy" | "yyy" | "y":
            return f"{value:%Y}"
        case "m" | "d" as one:
            return str(value.month if one == "m" else value.day)
        case "mm" | "mmm" | "mmmm":
            return f"{value:%m}"
        case "dd" | "ddd" | "dddd":
            return f"{value:%d}"
    return quoted or escaped or other or ""


def _number(value: float, code: str, point: str) -> str:
    first = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code.split(";")[0])
    percent = "%" in first
    amount = value * 100 if percent else value
    places = re.search(r"\.([0#?]+)", first)
    decimals = len(places.group(1)) if places else 0 if percent or re.search(r"[0#]", first) else None
    text = _plain(amount) if decimals is None else f"{amount:.{min(decimals, 15)}f}"
    whole, _, rest = text.partition(".")
    if "#,##" in first or "0,0" in first:
        whole = f"{int(whole):,}".replace(",", ".") if whole.lstrip("-").isdecimal() else whole
    return whole + (point + rest if rest else "") + ("%" if percent else "")


def _plain(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:g}"
