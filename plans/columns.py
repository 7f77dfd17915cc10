"""What the columns of a plan's table hold, told from its header in one row or two, in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from plans.column_words import LONGEST, Role, names_goals, role_of, says_what_to_do
from plans.spelling import fold

_WIDEST = 200
"""A row with more filled cells is no header."""
_PERIOD = re.compile(
    r"^(?:(?:năm\s*)?20\d\d(?:\s*[-–]\s*20\d\d)?|(?:quý|q)\s*(?:[IV]{1,3}|[1-4])(?:\s*[/.-]\s*20\d\d)?"
    r"|(?:tháng|t)\s*\d{1,2}(?:\s*[/.-]\s*20\d\d)?)$",
    re.IGNORECASE,
)
_INDEX = re.compile(r"^[\(\[]?\s*(?:\d{1,2}|[A-Ha-h])\s*[\)\]]?$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """The roles of a table's columns, and how sure they are."""

    roles: tuple[Role, ...]
    labels: tuple[str, ...]
    """The printed headers; of a header in two rows, both."""
    parts: tuple[str, ...] = ()
    """The lower labels of a header in two rows, blank where there is none."""
    confidence: float = 1.0
    doubts: tuple[str, ...] = ()

    def at(self, role: Role) -> int | None:
        return self.roles.index(role) if role in self.roles else None

    @property
    def goals(self) -> bool:
        title = self.at(Role.TITLE)
        return title is not None and names_goals(self.labels[title])


def is_index_row(cells: Sequence[str | None]) -> bool:
    """The row that only counts the columns: (1) (2) (3), or A B 1 2."""
    texts = [cell.strip() for cell in cells if cell and cell.strip()]
    if len(texts) < 3 or not all(_INDEX.match(text) for text in texts):
        return False
    numbers = [int(digits) for text in texts if (digits := text.strip("()[] ")).isdigit()]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True


def period_label(columns: Columns, at: int) -> str:
    """The year, quarter or month that a column stands for, as printed."""
    return (columns.parts[at] if at < len(columns.parts) and columns.parts[at] else columns.labels[at]).strip()


def read_header(cells: Sequence[str | None]) -> Columns | None:
    """The columns, when this row is a header: it names the tasks and at least one more column of ours."""
    return _columns([cell or "" for cell in cells])


def read_double_header(upper: Sequence[str | None], lower: Sequence[str | None]) -> Columns | None:
    """The columns of a header in two rows: the lower names parts of what the upper names together."""
    if len(upper) != len(lower) or _filled(upper) + _filled(lower) > _WIDEST or is_index_row(lower):
        return None
    slots = _group_slots(upper)
    below = _under(slots, [cell or "" for cell in lower])
    spread = _spread(upper, slots)
    added = [i for i, cell in enumerate(below) if cell.strip() and fold(cell) != fold(spread[i])]
    if not added or not all(i in slots and _part(below[i], spread[i]) for i in added):
        return None
    labels = [f"{spread[i]} {cell}".strip() if i in added else spread[i] for i, cell in enumerate(below)]
    return _columns(labels, parts={i: below[i] for i in added})


def _part(lower: str, upper: str) -> bool:
    if len(lower) > 40:
        return False
    return role_of(lower) is not None or role_of(upper) in (Role.DEADLINE, Role.LEAD) or is_period(lower)


def _group_slots(upper: Sequence[str | None]) -> list[int]:
    """The columns under a label that stands over several: the label's own and those without one."""
    bare = [not cell for cell in upper]
    return [i for i in range(len(upper)) if bare[i] or (i + 1 < len(upper) and bare[i + 1])]


def _under(slots: Sequence[int], lower: list[str]) -> list[str]:
    """The lower labels under their group, where the row was printed without its merged cells."""
    filled = [cell for cell in lower if cell.strip()]
    if len(filled) != len(slots) or lower[: len(filled)] != filled:
        return lower
    placed = dict(zip(slots, filled, strict=True))
    return [placed.get(i, "") for i in range(len(lower))]


def _spread(cells: Sequence[str | None], slots: Sequence[int]) -> list[str]:
    """A label merged over several columns stands over each of them."""
    labels: list[str] = []
    for i, cell in enumerate(cells):
        labels.append(labels[-1] if not cell and labels and i in slots else cell or "")
    return labels


def repeats_header(columns: Columns, cells: Sequence[str | None]) -> bool:
    """Whether the row prints the header again, perhaps with letters that OCR got wrong."""
    pairs = [(fold(a), fold(b)) for a, b in zip(columns.labels, cells, strict=False) if a and b]
    if len(pairs) < 2:
        return False
    return sum(fuzz.ratio(a, b) >= 75 for a, b in pairs) > len(pairs) / 2


def _columns(labels: Sequence[str], parts: dict[int, str] | None = None) -> Columns | None:
    printed = _filled(labels)
    if not 2 <= printed <= _WIDEST:
        return None
    known = [_named(label, (parts or {}).get(i)) for i, label in enumerate(labels)]
    if sum(role is not None for role in known) < printed / 2:
        return None
    if re.match(r"^\W*\d", labels[0]) or sum(len(label) > LONGEST for label in labels):
        return None
    if Role.TITLE not in known and Role.NUMBER in known:
        known = _assume_title(labels, known)
    roles = _unique(_plainest_lead(labels, _closest_title(labels, [role or Role.OTHER for role in known])))
    ours = {Role.PERIOD, Role.LEAD, Role.COORDINATING, Role.LEAD_AND_COORDINATING, Role.DEADLINE, Role.PRODUCT}
    if Role.TITLE not in roles or not ours & set(roles):
        return None
    below = tuple((parts or {}).get(i, "") for i in range(len(labels)))
    return Columns(roles=tuple(roles), labels=tuple(labels), parts=below)


def is_period(label: str) -> bool:
    """A year, a quarter or a month, and nothing else."""
    return _PERIOD.match(label.strip()) is not None


def _filled(cells: Sequence[str | None]) -> int:
    return sum(bool(cell and cell.strip()) for cell in cells)


def _named(label: str, part: str | None) -> Role | None:
    if is_period(part or label):
        return Role.PERIOD
    return (role_of(part) if part else None) or role_of(label)


def _assume_title(labels: Sequence[str], known: list[Role | None]) -> list[Role | None]:
    """The column after the number is the title where no header says so."""
    after = known.index(Role.NUMBER) + 1
    if after < len(known) and known[after] in (None, Role.PRODUCT, Role.OTHER) and labels[after].strip():
        return [Role.TITLE if i == after else role for i, role in enumerate(known)]
    return known


def _closest_title(labels: Sequence[str], roles: list[Role]) -> list[Role]:
    """Of several columns of titles the one that says what to do; one that says it less stands over it."""
    titles = [i for i, role in enumerate(roles) if role is Role.TITLE]
    if len(titles) < 2:
        return roles
    closest = max(titles, key=lambda i: (says_what_to_do(labels[i]), -i))
    wider = Role.GROUP if says_what_to_do(labels[titles[0]]) else Role.OTHER
    return [
        role if role is not Role.TITLE or i == closest else wider if i < closest else Role.OTHER
        for i, role in enumerate(roles)
    ]


def _plainest_lead(labels: Sequence[str], roles: list[Role]) -> list[Role]:
    """Of several columns that may name the lead agency, the one that says so ("chủ trì")."""
    said = [i for i, role in enumerate(roles) if role is Role.LEAD and "chu tri" in fold(labels[i])]
    return [Role.OTHER if role is Role.LEAD and said and i != said[0] else role for i, role in enumerate(roles)]


def _unique(roles: list[Role]) -> list[Role]:
    """Each role once: of several titles or leads the first is meant, the others are kept aside."""
    seen: set[Role] = set()
    single = []
    for role in roles:
        single.append(Role.OTHER if role in seen and role is not Role.PERIOD else role)
        seen.add(role)
    return single
