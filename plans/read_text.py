"""Plain text to a document: paragraphs, and tables drawn with bars, pipes, tabs or Markdown.

Every place is a line of the file, counted from 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from plans.bar_rows import opens_row, read_bar_table
from plans.document import Block, Document, Place, Row, Table
from plans.errors import ReadError
from plans.paragraphs import Line, Setting, fold_lines, setting_of
from plans.read_layout import is_layout, read_layout
from plans.read_markdown import is_rule, pipes, split_row
from plans.separated import read_separated
from plans.spelling import squeeze
from plans.stacked import read_stacked
from plans.text_encodings import decode

_BREAKS = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_SPREAD = "Các cột của bảng chỉ cách nhau bằng khoảng trắng; đối chiếu lại từng dòng với bản gốc."
_MARKER = re.compile(r"^\s*(?:\d+(?:\.\d+)*|[IVXLC]+|[A-Z]|[-+])[.)]?\s*$")


def read_text(data: bytes) -> Document:
    """A plain-text or Markdown file. Raises ReadError where the bytes are no text or hold nothing."""
    decoded = decode(data)
    lines = _BREAKS.split(decoded.text)
    spread = is_layout(lines)
    blocks = read_layout(decoded.text) if spread else tuple(_blocks(lines))
    if not blocks:
        raise ReadError("Tệp không có nội dung.", cure="Kiểm tra lại tệp rồi nạp lại.")
    kind = "md" if any(line.startswith("#") or is_rule(line) for line in lines) else "txt"
    warnings = (*decoded.warnings, _SPREAD) if spread else decoded.warnings
    return Document(format=kind, blocks=blocks, warnings=warnings)


def _blocks(lines: Sequence[str]) -> list[Block]:
    blocks: list[Block] = []
    prose: list[Line] = []
    setting = setting_of(line for line in lines if not pipes(line) and "\t" not in line.strip())
    at = 0
    gap = True
    while at < len(lines):
        table, after = _table_at(lines, at)
        if table is not None:
            _flush(prose, blocks, setting)
            blocks.extend([table] if table.rows else [])
            at, gap = after, True
            continue
        if lines[at].strip() and lines[at].strip("|+-= \t"):
            prose.append(Line(number=at + 1, text=lines[at], gap=gap))
            gap = False
        else:
            gap = True
        at += 1
    _flush(prose, blocks, setting)
    return blocks


def _flush(prose: list[Line], blocks: list[Block], setting: Setting) -> None:
    blocks.extend(fold_lines(prose, setting))
    prose.clear()


def _table_at(lines: Sequence[str], at: int) -> tuple[Table | None, int]:
    line = lines[at]
    if opens_row(line):
        return read_bar_table(lines, at)
    if pipes(line) >= 2:
        return _piped(lines, at)
    if len(line.strip("\r\n ").split("\t")) >= 3 and line.strip():
        return _tabbed(lines, at)
    table, after = read_stacked(lines, at)
    return (table, after) if table else read_separated(lines, at)


def _piped(lines: Sequence[str], at: int) -> tuple[Table, int]:
    rows: list[Row] = []
    start = at
    head = lines[start].strip()
    bare = pipes(head) if not head.startswith("|") and not head.endswith("|") else 0
    while at < len(lines) and pipes(lines[at]) and not opens_row(lines[at]):
        if not is_rule(lines[at]):
            cells = split_row(lines[at], framed=not bare or pipes(lines[at]) > bare)
            rows.append(Row(cells=cells, place=Place(line=at + 1)))
        at += 1
    return Table(rows=tuple(rows), place=Place(line=start + 1)), at


def _tabbed(lines: Sequence[str], at: int) -> tuple[Table, int]:
    rows: list[Row] = []
    start = at
    width = lines[at].count("\t")
    while at < len(lines) and lines[at].strip() and "\t" in lines[at]:
        first, cells = at, lines[at].split("\t")
        at += 1
        while at < len(lines) and _wraps(cells, lines[at], width):
            head, *rest = lines[at].split("\t")
            cells = [*cells[:-1], f"{cells[-1]} {head}", *rest]
            at += 1
        texts = tuple(squeeze(cell.strip().strip('"')) for cell in cells)
        rows.append(Row(cells=texts, place=Place(line=first + 1)))
    return Table(rows=tuple(rows), place=Place(line=start + 1)), at


def _wraps(cells: Sequence[str], line: str, width: int) -> bool:
    """Whether the line is the rest of a cell that was broken in the middle of its row."""
    if not line.strip() or len(cells) - 1 >= width or len(cells) - 1 + line.count("\t") > width:
        return False
    return not _MARKER.match(line.split("\t")[0]) and bool(line.split("\t")[0].strip())
