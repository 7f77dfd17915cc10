"""What a reader makes of a file, whatever its format: paragraphs and tables in printed order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where in its file a thing stands; numbers count from 1 and are None where the format has none."""

    line: int | None = None
    page: int | None = None
    sheet: str | None = None
    table: int | None = None
    row: int | None = None
    annex: str | None = None
    """The number of the annex as printed ("II", "02"), "" for one without a number; None in no annex."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """One paragraph as printed, line breaks inside it folded to blanks."""

    text: str
    place: Place
    heading: bool = False
    italic: tuple[str, ...] = ()
    """The runs of the text that are set in italics."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One printed row. A cell merged over several columns stands in the first, the others are None.

    A cell merged downward is repeated in each row that it covers. A blank cell is "".
    """

    cells: tuple[str | None, ...]
    place: Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    rows: tuple[Row, ...]
    place: Place
    complete: bool = True
    """False where the file ends in the middle of the table."""


Block = Paragraph | Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    format: str
    """The format by content: txt, md, html, docx, xlsx, pdf."""
    blocks: tuple[Block, ...]
    warnings: tuple[str, ...] = ()
