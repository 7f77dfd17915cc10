"""Text printed as its pages looked ("pdftotext -layout"): columns stand apart by blanks, pages by form feeds.

The letters' places make a page like any other, and tables without lines are found on it as in a PDF file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from plans.continued import is_number_word
from plans.document import Block, Paragraph, Place, Row, Table
from plans.page_document import blocks_of
from plans.page_layout import Page, Word
from plans.spelling import squeeze

_LETTER = 6.0
"""Points that one letter is taken to be wide; words end one point later, so that two blanks are a gap."""
_LEADING = 14.0
_SIZE = 12.0
_WORD = re.compile(r"\S+")
_GAP = re.compile(r"\s{2,}")
_ALONE = re.compile(r"^\s{20,}\d{1,4}\s*$")
"""The number of a page in its middle."""
_REACH = 500
"""Lines within which the next row or paragraph is looked for."""
_FEWEST = 3
_WIDEST = 400


def is_layout(lines: Sequence[str]) -> bool:
    """Whether some line is a table's header with its labels apart by blanks, and other lines stand below it so."""
    heads = [at for at, line in enumerate(lines) if "|" not in line and "\t" not in line.strip() and _is_head(line)]
    if not heads or max(map(len, lines)) > _WIDEST:
        return False
    below = [line for line in lines[heads[0] + 1 : heads[0] + 40] if line.strip()]
    return sum(len(_GAP.split(line.strip())) > 1 for line in below) * 3 > len(below)


def _is_head(line: str) -> bool:
    labels = _GAP.split(line.strip())
    return len(labels) >= _FEWEST and is_number_word(labels[0]) and not any(len(label) > 60 for label in labels)


def read_layout(text: str) -> tuple[Block, ...]:
    """The paragraphs and tables, each at its line of the file."""
    pages, lines = [], list[str]()
    for number, sheet in enumerate(text.split("\f"), start=1):
        printed = sheet.splitlines()
        lines += printed
        words = tuple(
            word for at, line in enumerate(printed) if not _ALONE.match(line) for word in _words(line, at)
        )
        height = _LEADING * (len(printed) + 8)
        width = _LETTER * max((len(line) for line in printed), default=1)
        pages.append(Page(number=number, width=width, height=height, words=words))
    return _placed(blocks_of(pages), [squeeze(line) for line in lines])


def _words(line: str, at: int) -> list[Word]:
    top = _LEADING * (at + 4)
    return [
        Word(
            text=found.group(0),
            x0=_LETTER * found.start(),
            x1=_LETTER * found.end() + 1,
            top=top,
            bottom=top + _SIZE,
            size=_SIZE,
        )
        for found in _WORD.finditer(line)
    ]


def _placed(blocks: Sequence[Block], lines: Sequence[str]) -> tuple[Block, ...]:
    """The blocks with the lines that they begin on, looked for in printed order."""
    at = 0
    placed: list[Block] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            at = _line_of(block.text, lines, at)
            placed.append(replace(block, place=Place(line=at + 1)))
            continue
        rows = list[Row]()
        for row in block.rows:
            at = _line_of(" ".join(cell for cell in row.cells if cell), lines, at)
            rows.append(replace(row, place=Place(line=at + 1)))
        placed.append(Table(rows=tuple(rows), place=rows[0].place if rows else Place(line=at + 1)))
    return tuple(placed)


def _line_of(text: str, lines: Sequence[str], start: int) -> int:
    """The next line that begins with the first words of the text; where there is none, the line before."""
    words = text.split()
    for length in (3, 2, 1):
        begins = " ".join(words[:length])
        found = next(
            (at for at in range(start, min(start + _REACH, len(lines))) if lines[at].startswith(begins)), None
        )
        if found is not None and begins:
            return found
    return start
