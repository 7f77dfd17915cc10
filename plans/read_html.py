"""Saved web pages to a document. Tables that only lay out the page are walked through, not read as tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from lxml import etree, html

from plans.columns import read_double_header, read_header
from plans.document import Block, Document, Paragraph, Place, Table
from plans.errors import ReadError
from plans.html_tables import hidden, read_table
from plans.spelling import squeeze
from plans.text_encodings import decode

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-:]{2,30})", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_BLOCKS = frozenset(
    {
        *("p", "div", "li", "ul", "ol", "dl", "dt", "dd", "tr", "td", "th", "table", "tbody", "thead", "tfoot"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "section", "article", "header", "footer", "nav", "main"),
        *("blockquote", "pre", "center", "form", "figure", "figcaption", "caption", "aside", "body", "address"),
    }
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ITALIC = frozenset({"i", "em"})


@dataclass(slots=True)
class _Walk:
    blocks: list[Block] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    italic: list[str] = field(default_factory=list)
    slanted: list[str] = field(default_factory=list)
    line: int | None = None
    tables: int = 0
    heading: int = 0
    slant: int = 0

    def take(self, text: str | None, line: int | None) -> None:
        if not text:
            return
        if text.strip() and self.line is None:
            self.line = line
        self.text.append(text)
        if self.slant:
            self.slanted.append(text)

    def end_slant(self) -> None:
        if run := squeeze("".join(self.slanted)):
            self.italic.append(run)
        self.slanted.clear()

    def flush(self) -> None:
        self.end_slant()
        if text := squeeze("".join(self.text)):
            place = Place(line=self.line)
            self.blocks.append(
                Paragraph(text=text, place=place, heading=self.heading > 0, italic=tuple(self.italic))
            )
        self.text.clear()
        self.italic.clear()
        self.line = None


def read_html(data: bytes) -> Document:
    """A web page. Raises ReadError where it cannot be decoded or shows nothing."""
    declared = _CHARSET.search(data[:4096])
    decoded = decode(data, declared.group(1).decode("ascii") if declared else None)
    source = _DECLARATION.sub("", decoded.text.replace("\x00", ""))
    blocks = _blocks(source)
    if not blocks:
        raise ReadError("Trang HTML không có nội dung.", cure="Lưu lại trang đầy đủ rồi nạp lại.")
    return Document(format="html", blocks=tuple(blocks), warnings=decoded.warnings)


def _blocks(source: str) -> list[Block]:
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    try:
        root = html.document_fromstring(source, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return []
    walk = _Walk()
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        if event == "start":
            _start(walk, walker, element)
        else:
            _end(walk, element)
    walk.flush()
    return walk.blocks


def _start(walk: _Walk, walker: etree.iterwalk, element: html.HtmlElement) -> None:
    if hidden(element) and element.tag not in ("head", "html"):
        walker.skip_subtree()
        return
    if element.tag == "head":
        walker.skip_subtree()
        return
    if element.tag in _BLOCKS:
        walk.flush()
    if element.tag == "table" and _take_table(walk, element):
        walker.skip_subtree()
        return
    walk.heading += element.tag in _HEADINGS
    walk.slant += element.tag in _ITALIC
    walk.take(element.text, element.sourceline)


def _end(walk: _Walk, element: html.HtmlElement) -> None:
    if not isinstance(element.tag, str) or (hidden(element) and element.tag != "html"):
        walk.take(element.tail, element.sourceline)
        return
    if element.tag in _BLOCKS:
        walk.flush()
    if element.tag in _HEADINGS:
        walk.heading = max(0, walk.heading - 1)
    if element.tag in _ITALIC and walk.slant:
        walk.slant -= 1
        walk.end_slant()
    walk.take(element.tail, element.sourceline)


def _take_table(walk: _Walk, element: html.HtmlElement) -> bool:
    """Reads the element as a table, unless it holds others and names no tasks itself."""
    table = read_table(element, walk.tables + 1)
    nested = element.find(".//table") is not None
    if nested and not _names_tasks(table):
        return False
    walk.tables += 1
    if any(cell for row in table.rows for cell in row.cells):
        walk.blocks.append(table)
    return True


def _names_tasks(table: Table) -> bool:
    rows = table.rows[:8]
    return any(read_header(row.cells) for row in rows) or any(
        read_double_header(upper.cells, lower.cells) for upper, lower in pairwise(rows)
    )
