"""From an instruction in prose to the stored row that it means: a proposal that a person confirms or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from plans.spelling import fold
from plans.table_rows import bare, leading_number
from plans.types import Instruction, Task

SURE = 0.7
"""Proposals below this are only carried out where a person names them one by one."""
_EXACT = 0.95
_ALIKE = 80.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """One row, what it would become, and how sure it is that this row is meant. `new` None: it is withdrawn."""

    instruction: Instruction
    old: Task
    new: Task | None
    confidence: float
    reasons: tuple[str, ...] = ()


def propose(instruction: Instruction, tasks: Sequence[Task]) -> tuple[Proposal, ...]:
    """The rows of the amended plan that the instruction may mean, the likeliest first; empty where none does."""
    tasks = in_annex(tasks, instruction.annex)
    found = [task for task in tasks if _is_meant(instruction, task)]
    if instruction.under and (closer := [task for task in found if _stands_under(task, instruction.under)]):
        found = closer
    elif instruction.number and instruction.quoted and not found:
        found = [task for task in tasks if _likeness(instruction, task) >= _ALIKE]
    judged = [(task, *_judged(instruction, task)) for task in found]
    if len(judged) > 1:
        fitting = [one for one in judged if one[1] >= SURE]
        many = f"Có {len(judged)} dòng cùng được nhắc đến như vậy."
        single = len(fitting) == 1 and bool(instruction.quoted or instruction.before)
        judged = fitting if single else [(task, min(sure, 0.5), (*why, many)) for task, sure, why in judged]
    return tuple(
        Proposal(instruction=instruction, old=task, new=_changed(instruction, task), confidence=sure, reasons=why)
        for task, sure, why in sorted(judged, key=lambda one: -one[1])
    )


def in_annex(tasks: Sequence[Task], annex: str | None) -> Sequence[Task]:
    """The tasks of the annex that is named, "II" and "2" being one; all of them where no annex is told apart."""
    if annex is None or all(task.place.annex is None for task in tasks):
        return tasks
    return [task for task in tasks if task.place.annex is not None and _count(task.place.annex) == _count(annex)]


_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def _count(annex: str) -> int | None:
    """What a number of an annex counts, in whichever figures; None for an annex without one."""
    if annex.isdecimal():
        return int(annex)
    figures = [_ROMAN[letter] for letter in annex.upper()]
    return sum(-one if one < later else one for one, later in zip(figures, [*figures[1:], 0], strict=True)) or None


def _is_meant(told: Instruction, task: Task) -> bool:
    if told.number is None:
        return _likeness(told, task) >= _ALIKE
    return fold(bare(task.number or leading_number(task.title))) == fold(told.number)


def _stands_under(task: Task, under: Sequence[str]) -> bool:
    above = {fold(number) for number in (task.parent or "", _heading_number(task)) if number}
    return any(fold(number) in above for number in under)


def _heading_number(task: Task) -> str:
    section = task.section or ""
    return bare(leading_number(section) or section.split(" ")[0])


def _likeness(told: Instruction, task: Task) -> float:
    return fuzz.token_set_ratio(fold(told.quoted or ""), fold(task.title)) if told.quoted else 0.0


def _judged(told: Instruction, task: Task) -> tuple[float, tuple[str, ...]]:
    sure, why = _EXACT, []
    if told.number is None:
        sure, why = 0.85, ["Chỉ nhận ra theo tên nhiệm vụ, không có số thứ tự."]
    elif told.quoted and _likeness(told, task) < _ALIKE:
        sure, why = 0.4, [f"Tên trong văn bản sửa đổi khác tên nhiệm vụ số {told.number} đang lưu."]
    if told.annex and task.place.annex is None:
        sure = min(sure, 0.6)
        why.append(f"Không rõ nhiệm vụ này có thuộc Phụ lục {told.annex} không.")
    if told.under and not _stands_under(task, told.under):
        sure = min(sure, 0.6)
        why.append(f"Không thấy nhiệm vụ này nằm dưới mục {', '.join(told.under)}.")
    if told.before and not _held(told, task):
        sure = min(sure, 0.5)
        why.append(f"Văn bản sửa đổi ghi cũ là “{told.before}”, dữ liệu đang lưu không ghi như vậy.")
    return sure, tuple(why)


def _held(told: Instruction, task: Task) -> bool:
    texts = [getattr(task, name) or "" for name, _ in told.changes]
    before = fold(told.before or "")
    return any(before in fold(text) for text in [*texts, task.title])


def _changed(told: Instruction, task: Task) -> Task | None:
    if told.withdraws:
        return None
    return replace(task, **dict(told.changes), place=told.place, confidence=1.0, doubts=())  # type: ignore[arg-type]
