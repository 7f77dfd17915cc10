"""Gaps in the numbers of a table: what a page that was lost, or a heading that was not printed, leaves behind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plans.table_rows import Marker, bare, leading_number, marker_of
from plans.table_tasks import Reading
from plans.types import TableKind

_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_NAMES = {TableKind.GOALS: "mục tiêu", TableKind.TASKS: "nhiệm vụ", TableKind.DUTIES: "nghĩa vụ"}
_MOST = 60


def numbering_warnings(reading: Reading) -> list[str]:
    """One warning for the rows and one for the headings whose numbers are missing."""
    name = _NAMES[reading.kind]
    warnings = []
    rows = [bare(draft.row.number) for draft in reading.drafts]
    plain = [int(number) for number in rows if number.isdigit()]
    gaps = _gaps(plain) if not any(bare(h).isdigit() for h in reading.heading_numbers) else []
    if gaps:
        warnings.append(f"Bảng {name} không có dòng số {_listed(map(str, gaps))}; kiểm tra lại văn bản gốc.")
    romans = [_value(number) for heading in reading.headings if (number := _roman(heading))]
    lost = _gaps(romans)
    if lost:
        numerals = _listed(_numeral(value) for value in lost)
        warnings.append(f"Bảng {name} không in đề mục {numerals}; mục của các dòng liên quan có thể sai.")
    return warnings


def _gaps(numbers: Sequence[int]) -> list[int]:
    """What is missing below and between the numbers; a number that is not higher begins a new count."""
    missing: list[int] = []
    before = 0
    for number in numbers:
        if number > before + 1 and number - before <= _MOST:
            missing.extend(range(before + 1, number))
        before = number
    return missing


def _roman(heading: str) -> str | None:
    number = bare(leading_number(heading) or heading.split(" ")[0])
    return number if marker_of(number) is Marker.ROMAN else None


def _value(numeral: str) -> int:
    values = [_ROMAN[letter] for letter in numeral]
    after = [*values[1:], 0]
    return sum(-one if one < two else one for one, two in zip(values, after, strict=True))


def _numeral(value: int) -> str:
    written = ""
    for size, letters in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while value >= size:
            written += letters
            value -= size
    return written


def _listed(numbers: Iterable[str]) -> str:
    names = list(numbers)
    return ", ".join(names[:8]) + (f" … ({len(names)} số)" if len(names) > 8 else "")
