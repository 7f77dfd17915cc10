"""Pages as OCR saw them, to a document like any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import median
from typing import Any

from plans.document import Document
from plans.errors import ReadError
from plans.limits import Limits
from plans.page_document import blocks_of
from plans.page_layout import Box, Page, Word
from plans.read_pdf import pages_of

MARK = b'{"dondoc-scan": '
"""How recognised pages begin; no file from outside is taken for them."""
DPI = 300
_POINT = 72 / DPI
_LINE_LETTERS = "|[]{}_—=~¦!'`.,:;"
_TOLERANCE = 5
_WARNING = "Văn bản quét được nhận dạng chữ bằng máy (OCR): đối chiếu lại từng nhiệm vụ với bản gốc."


def read_recognised(data: bytes, limits: Limits) -> Document:
    """Raises ReadError where nothing was recognised.

    A PDF file after the first line brings the pages that hold their text themselves.
    """
    seen, _, original = data.partition(b"\n")
    scanned = [_page(each) for each in json.loads(seen)["dondoc-scan"]]
    pages, warning = scanned, _WARNING
    if original:
        numbers = {page.number for page in scanned}
        own = [page for page in pages_of(original, limits)[0] if page.number not in numbers]
        pages = sorted([*scanned, *own], key=lambda page: page.number)
        warning = f"Trang {', '.join(map(str, sorted(numbers)))} là ảnh quét. {_WARNING}"
    blocks = blocks_of(pages)
    if not blocks:
        raise ReadError("Không nhận dạng được chữ nào trong tệp PDF quét.", cure="Quét lại rõ hơn rồi nhập lại.")
    return Document(format="pdf", blocks=blocks, warnings=(warning,))


def _page(seen: dict[str, Any]) -> Page:
    cells = _cells(seen)
    return Page(
        number=seen["number"],
        width=seen["width"] * _POINT,
        height=seen["height"] * _POINT,
        words=tuple(_words(seen["words"])),
        ruled=cells,
    )


def _words(table: str) -> Iterator[Word]:
    """From tesseract's table; columns 6 to 9 are left, top, width and height, the last one is the text."""
    rows = [row.split("\t") for row in table.splitlines()[1:]]
    words = [row for row in rows if len(row) == 12 and row[0] == "5" and row[11].strip(_LINE_LETTERS + " ")]
    size = median([int(row[9]) for row in words]) * _POINT if words else 10.0
    for row in words:
        left, top, width, height = (int(value) * _POINT for value in row[6:10])
        middle = top + height / 2
        yield Word(
            text=row[11].strip("|[]{}¦ "),
            x0=left, x1=left + width, top=middle - size / 2, bottom=middle + size / 2, size=size,
        )  # fmt: skip


def _cells(seen: dict[str, Any]) -> tuple[tuple[Box, ...], ...]:
    from pdfplumber import table

    edges = [_edge(x0, x1, y, y, "h") for y, x0, x1 in seen["across"]]
    edges += [_edge(x, x, y0, y1, "v") for x, y0, y1 in seen["down"]]
    merged = table.merge_edges(edges, 4, 4, 6, 6)
    crossings = table.edges_to_intersections(merged, _TOLERANCE, _TOLERANCE)
    tables = table.cells_to_tables(table.intersections_to_cells(crossings))
    return tuple(tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in cells) for cells in tables)


def _edge(x0: float, x1: float, top: float, bottom: float, orientation: str) -> dict[str, Any]:
    box = {"x0": x0 * _POINT, "x1": x1 * _POINT, "top": top * _POINT, "bottom": bottom * _POINT}
    size = {"width": box["x1"] - box["x0"], "height": box["bottom"] - box["top"]}
    return {**box, **size, "orientation": orientation, "object_type": "line"}
