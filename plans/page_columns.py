"""Tables without lines: columns are where the page stays white from row to row."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from statistics import median

from plans.continued import is_number_word
from plans.page_layout import Line, running_text
from plans.page_tables import PrintedTable

_SEGMENT = 0.9
"""Times the letters' size: words further apart than this may stand in two columns."""
_WORD_GAP = 0.45
"""Times the letters' size: no gap between the words of one cell is wider."""
_WHITE = 4
"""Points: the narrowest white strip between two columns."""
_DRIFT = 6.5
"""Points by which the lines of one column may begin apart; one letter of text printed as its pages looked."""
_FEWEST = 3
Cells = list[str | None]


def opens_table(line: Line) -> bool:
    """A header row: the word for a number, then at least two more labels."""
    return is_number_word(line.words[0].text) and len(line.segments(_SEGMENT)) >= _FEWEST


def columns_of(lines: Sequence[Line]) -> tuple[float, ...]:
    """The left edge of each column; fewer than three mean that these lines are no table."""
    if (begun := _begun(lines)) is not None:
        return begun
    right = int(max(line.x1 for line in lines)) + 2
    covered = [0] * (right + 1)
    for line in lines:
        for part in line.segments(_WORD_GAP):
            for x in range(max(0, int(part.x0)), min(right, int(part.x1) + 1)):
                covered[x] += 1
    allowed = max(1, len(lines) // 8)
    edges, white = list[float](), _WHITE
    for x, count in enumerate(covered):
        if count > allowed and white >= _WHITE:
            edges.append(float(x))
        white = 0 if count > allowed else white + 1
    return tuple(edges)


def _begun(lines: Sequence[Line]) -> tuple[float, ...] | None:
    """Where the header's labels begin, if nearly all cells below begin there too; None for any other table."""
    height = _header_height(lines)
    starts = sorted(part.x0 for line in lines[:height] for part in line.segments(_SEGMENT))
    edges = [x for at, x in enumerate(starts) if not at or x - starts[at - 1] > _DRIFT]
    parts = [part.x0 for line in lines[height:] for part in line.segments(_SEGMENT)]
    below = [[x for x in parts if abs(x - edge) <= _DRIFT] for edge in edges]
    used = sum(map(bool, below))
    if len(edges) < _FEWEST or used * 2 <= len(edges) or sum(map(len, below)) < 0.95 * len(parts):
        return None
    return tuple(min([edge, *xs]) for edge, xs in zip(edges, below, strict=True))


def _header_height(lines: Sequence[Line]) -> int:
    """How many lines come before the first that has something under the word for a number."""
    left = lines[0].words[0].x1
    return next((at for at, line in enumerate(lines[1:], 1) if line.x0 < left), len(lines))


def body_end(lines: Sequence[Line], start: int) -> int:
    """One past the last line that can belong to the table opening at `start`: prose fills two lines in a row."""
    widest = max(line.x1 for line in lines[start:]) - min(line.x0 for line in lines[start:])
    for at in range(start + 1, len(lines) - 1):
        if all(
            len(each.segments(_SEGMENT)) == 1 and each.x1 - each.x0 > 0.8 * widest for each in lines[at : at + 2]
        ):
            return at
    return len(lines)


def repeated_header(lines: Sequence[Line], first: Sequence[str]) -> int:
    """How many lines at the head print the header of the page before again, read as `first`; 0 if they do not."""
    same = [line.text for line in lines[: len(first)]] == list(first)
    return len(first) if same and len(lines) > len(first) else 0


def header_texts(lines: Sequence[Line]) -> tuple[str, ...]:
    """The lines of the header that a table opens with."""
    return tuple(line.text for line in lines[: _header_height(lines)])


def fits(lines: Sequence[Line], edges: Sequence[float]) -> bool:
    """Whether the first lines of a page go on in the columns of the table before."""
    probe = lines[:15]
    filled = [set(_by_column(line, edges)) for line in probe if not _spans(line, edges)]
    return len(filled) * 2 > len(probe) and any(len(columns) > 1 for columns in filled)


def unruled_table(
    lines: Sequence[Line], edges: tuple[float, ...], levels: Sequence[float], *, header: int = 0
) -> PrintedTable:
    """The rows of these lines; the first `header` lines are known to be the header, printed again."""
    head, body = lines[:header], lines[header:]
    groups = _by_levels(body, levels) or _by_gaps(body, edges) or _by_numbers(body, edges)
    groups = [list(head), *groups] if header else groups
    rows = [_row(group, edges) for group in groups]
    right = max(line.x1 for line in lines)
    box = (edges[0], lines[0].top, right, lines[-1].bottom)
    return PrintedTable(
        page=lines[0].page, top=lines[0].top, edges=(*edges, right), rows=rows, box=box, ruled=False
    )


def _row(group: Sequence[Line], edges: Sequence[float]) -> Cells:
    if len(group) == 1 and _spans(group[0], edges):
        return [group[0].text, *[None] * (len(edges) - 1)]
    texts: list[list[str]] = [[] for _ in edges]
    for line in group:
        for column, words in _by_column(line, edges).items():
            texts[column].append(words)
    return [running_text(parts) for parts in texts]


def _by_column(line: Line, edges: Sequence[float]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for word in line.words:
        column = max((at for at, edge in enumerate(edges) if word.x0 >= edge - 2), default=0)
        found.setdefault(column, []).append(word.text)
    return {column: " ".join(words) for column, words in found.items()}


def _spans(line: Line, edges: Sequence[float]) -> bool:
    """The words run on over the white between two columns, as those of a section's title do."""
    parts = line.segments(_WORD_GAP)
    return len(parts) < _FEWEST and any(
        part.x0 < edge - _WHITE and part.x1 > edge + _WHITE for part in parts for edge in edges[1:]
    )


def _by_levels(lines: Sequence[Line], levels: Sequence[float]) -> list[list[Line]]:
    """Rows between drawn lines, where there are some."""
    inside = [y for y in levels if lines[0].top < y < lines[-1].bottom]
    if len(inside) < 2:
        return []
    groups: dict[int, list[Line]] = {}
    for line in lines:
        groups.setdefault(sum(y < line.top + 1 for y in inside), []).append(line)
    return [groups[at] for at in sorted(groups)]


def _by_gaps(lines: Sequence[Line], edges: Sequence[float]) -> list[list[Line]]:
    """Rows set apart by more than the lines of a cell are; nothing where the page has no such rhythm."""
    steps = [after.top - before.top for before, after in itertools.pairwise(lines)]
    if not steps:
        return [list(lines)]
    close = median(sorted(steps)[: max(1, len(steps) // 3)])
    groups = [[lines[0]]]
    for line, step in zip(lines[1:], steps, strict=True):
        if step > close * 1.2 or _spans(line, edges) or _spans(groups[-1][-1], edges):
            groups.append([])
        groups[-1].append(line)
    numbered = sum(0 in _by_column(line, edges) for line in lines)
    counted = sum(any(0 in _by_column(line, edges) for line in group) for group in groups)
    return groups if counted == numbered and len(groups) <= 1.25 * max(1, numbered) else []


def _by_numbers(lines: Sequence[Line], edges: Sequence[float]) -> list[list[Line]]:
    """A row begins where its number stands."""
    groups: list[list[Line]] = []
    for line in lines:
        begins = 0 in _by_column(line, edges) or _spans(line, edges)
        after_title = bool(groups) and len(groups[-1]) == 1 and _spans(groups[-1][0], edges)
        if not groups or begins or after_title:
            groups.append([])
        groups[-1].append(line)
    return groups
