"""Amendments that a plan tells in prose: shown as changes of stored rows, carried out only as a person confirms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from flows.steps.succeeding import Amended, stored_task
from store import reviews
from store.plan_versions import followed, in_force

if TYPE_CHECKING:
    from plans.amending import Proposal
    from plans.types import Instruction, Plan, Task

ALL = "all"
NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """A proposal under the number by which a person confirms it, counted from 1."""

    number: int
    task: int
    """The id of the stored task."""
    proposal: Proposal


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposals:
    found: tuple[Proposed, ...] = ()
    lost: tuple[str, ...] = ()
    """Instructions for which no stored row is meant, each with the reason."""


def proposals_of(connection: Connection, province: str, plan: Plan) -> Proposals:
    """What the instructions of a plan would do to the tasks that are stored."""
    from plans.amending import propose

    stored: dict[str, list[tuple[int, Task]]] = {}
    found: list[Proposed] = []
    lost: list[str] = []
    for told in plan.instructions:
        number = told.plan or ""
        if number not in stored:
            stored[number] = _tasks_of(connection, province, number, plan)
        ids = {id(task): row for row, task in stored[number]}
        proposals = propose(told, [task for _, task in stored[number]])
        for one in proposals:
            found.append(Proposed(number=len(found) + 1, task=ids[id(one.old)], proposal=one))
        if not proposals:
            lost.append(_why_lost(told, known=bool(stored[number])))
    return Proposals(found=tuple(found), lost=tuple(lost))


def _tasks_of(connection: Connection, province: str, number: str, plan: Plan) -> list[tuple[int, Task]]:
    row = in_force(connection, province, number, plan.issued_on) if number else None
    rows = followed(connection, [row.id]) if row is not None else []
    said = reviews.kept(connection, province, [each.id for each in rows])
    return [(each.id, stored_task(each, said.get(each.id))) for each in rows]


def _why_lost(told: Instruction, *, known: bool) -> str:
    if not told.plan:
        return f"“{told.text}”: không rõ sửa kế hoạch nào."
    why = "không thấy nhiệm vụ nào như vậy" if known else "kế hoạch chưa được nhập"
    return f"“{told.text}” ({told.plan}): {why}."


def confirmed(proposals: Proposals, words: str | None, *, file: str) -> tuple[Proposed, ...]:
    """What a person confirmed: `all` that are sure, `none`, or numbers ("1,3").

    Raises ReadError where nobody has said anything yet, or a number that is not there.
    """
    from plans.amending import SURE
    from plans.errors import ReadError

    if words is None:
        raise ReadError(
            f"lời văn có {len(proposals.found) + len(proposals.lost)} chỉ dẫn sửa đổi nhiệm vụ đã lưu, "
            "cần người xác nhận.",
            file=file,
            cure="Xem bằng lệnh dondoc import --dry-run, rồi nhập với --confirm all, --confirm 1,3 "
            "hoặc --confirm none.",
        )
    if words.strip().lower() == ALL:
        return tuple(one for one in proposals.found if one.proposal.confidence >= SURE)
    if words.strip().lower() == NONE:
        return ()
    chosen = {int(part) for part in words.split(",") if part.strip().isdecimal()}
    known = {one.number for one in proposals.found}
    if not chosen or not chosen <= known or any(not part.strip().isdecimal() for part in words.split(",")):
        raise ReadError(
            f"không có chỉ dẫn sửa đổi số {words}.", file=file, cure=f"Chọn trong các số từ 1 đến {len(known)}."
        )
    return tuple(one for one in proposals.found if one.number in chosen)


def carried_out(plan: Plan, proposals: Proposals, chosen: Sequence[Proposed]) -> tuple[Plan, Amended]:
    """The plan with the rows as confirmed, and which stored tasks they take over or withdraw.

    What was not confirmed is kept as a warning of the plan.
    """
    meant: dict[int, tuple[Task, Task]] = {}
    dropped: dict[int, Task] = {}
    for one in chosen:
        old = one.proposal.old
        if one.proposal.new is None:
            dropped[one.task] = old
            continue
        now = meant[one.task][1] if one.task in meant else one.proposal.new
        meant[one.task] = (old, replace(now, **dict(one.proposal.instruction.changes)))  # type: ignore[arg-type]
    kept = {task: pair for task, pair in meant.items() if task not in dropped}
    taken = {id(one.proposal.instruction) for one in chosen}
    left = [one.proposal.instruction.text for one in proposals.found if id(one.proposal.instruction) not in taken]
    told = [f"Chỉ dẫn sửa đổi chưa được áp dụng: {text}" for text in dict.fromkeys([*left, *proposals.lost])]
    changed = replace(
        plan, tasks=(*plan.tasks, *(new for _, new in kept.values())), warnings=(*plan.warnings, *told)
    )
    return changed, Amended(meant=kept, dropped=dropped)
