"""`dondoc import`: plans into the database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desk.commands.printing import DONE, actor, put, put_json, put_table
from desk.commands.progress import progress
from desk.commands.workplace import at_work
from flows.steps.importing import Foreseen, Imported, foresee, import_file

if TYPE_CHECKING:
    from flows.steps.amending import Proposals, Proposed
    from plans.amending import Proposal
    from plans.compare import Change
    from plans.types import Task


def import_files(files: Sequence[str], *, json: bool, confirm: str | None = None) -> int:
    """Import file by file; each is kept whole or not at all. Stops at the first that cannot be read.

    `confirm` says which changes told in prose are carried out: `all` that are sure, `none`, or numbers ("1,3").
    """
    work = at_work()
    work.place.ready()
    done = [
        import_file(work.place, Path(file), now=work.now, today=work.today, actor=actor(), confirm=confirm)
        for file in progress(files, "Nhập kế hoạch", shown=not json)
    ]
    if json:
        put_json({"imported": [_entry(one) for one in done]})
        return DONE
    for one in done:
        put(_line(one))
        for warning in one.warnings:
            put(f"  Lưu ý: {warning}")
    return DONE


def foresee_files(files: Sequence[str], *, json: bool) -> int:
    """Show what importing would change, file by file; nothing is stored."""
    work = at_work()
    work.place.ready()
    found = [
        foresee(work.place, Path(file), today=work.today)
        for file in progress(files, "Xem trước thay đổi", shown=not json)
    ]
    if json:
        put_json({"foreseen": [_foreseen(one) for one in found]})
        return DONE
    for one in found:
        _show(one)
    return DONE


def _foreseen(one: Foreseen) -> dict[str, object]:
    told: dict[str, object] = {"file": one.file, "number": one.number, "known": one.effect is None}
    if one.effect is None:
        return told
    difference = one.effect.difference
    return told | {
        "follows": [{"number": each.number, "partial": each.partial} for each in one.effect.earlier],
        "missing": list(one.effect.missing),
        "new": [_task(task) for task in difference.new],
        "changed": [
            {"old": _task(change.old), "new": _task(change.new), "fields": list(change.fields)}
            for change in difference.changed
        ],
        "withdrawn": [_task(task) for task in difference.withdrawn],
        "kept": [_task(task) for _, task in difference.kept],
        "proposed": [_proposed(each) for each in one.proposals.found],
        "unresolved": list(one.proposals.lost),
        "warnings": list(one.warnings),
    }


def _proposed(one: Proposed) -> dict[str, object]:
    proposal = one.proposal
    return {
        "number": one.number,
        "task": one.task,
        "told": proposal.instruction.text,
        "old": _task(proposal.old),
        "new": _task(proposal.new) if proposal.new else None,
        "confidence": proposal.confidence,
        "reasons": list(proposal.reasons),
    }


def _task(task: Task) -> dict[str, object]:
    return {
        "table": task.table.value,
        "number": task.number,
        "section": task.section,
        "title": task.title,
        "lead_text": task.lead_text,
        "deadline_text": task.deadline_text,
    }


def _show(one: Foreseen) -> None:
    if one.effect is None:
        put(f"{one.file}: đã nhập từ trước, không có gì thay đổi.")
        return
    difference = one.effect.difference
    counts = f"{len(difference.new)} mới, {len(difference.changed)} thay đổi, {len(difference.withdrawn)} rút, "
    put(f"{one.file}: kế hoạch {one.number or 'chưa ghi số'}: {counts}{len(difference.kept)} giữ nguyên.")
    for each in one.effect.earlier:
        how = "sửa đổi" if each.partial else "thay thế"
        put(f"  So với {each.number or 'kế hoạch chưa ghi số'} đã lưu ({how}).")
    rows = [("mới", task.number, task.title, _line_of(task)) for task in difference.new]
    rows += [("thay đổi", change.new.number, change.new.title, _change(change)) for change in difference.changed]
    rows += [("rút", task.number, task.title, _line_of(task)) for task in difference.withdrawn]
    if rows:
        put_table("Khác biệt so với dữ liệu đã lưu", ("", "Số", "Nội dung", "Chi tiết"), rows)
    _show_proposals(one.proposals)
    for warning in one.warnings:
        put(f"  Lưu ý: {warning}")
    put("Chưa lưu gì; chạy lại không có --dry-run để nhập.")


def _show_proposals(proposals: Proposals) -> None:
    """What the plan tells in prose to change, with the numbers by which a person confirms."""
    if proposals.found:
        put_table(
            "Chỉ dẫn sửa đổi trong lời văn, chờ xác nhận (--confirm all, --confirm 1,3 hoặc --confirm none)",
            ("", "Nhiệm vụ đã lưu", "Đề nghị", "Độ tin cậy", "Lý do"),
            [
                (
                    str(one.number),
                    f"{one.proposal.old.number} {one.proposal.old.title}".strip(),
                    _proposal(one.proposal),
                    f"{one.proposal.confidence:.0%}",
                    " ".join(one.proposal.reasons) or "–",
                )
                for one in proposals.found
            ],
        )
    for lost in proposals.lost:
        put(f"  Chưa rõ chỉ dẫn sửa nhiệm vụ nào: {lost}")


def _proposal(one: Proposal) -> str:
    from plans.compare import changed_as_told

    return "rút" if one.new is None else _change(changed_as_told(one.old, one.new))


FIELDS = {
    "title": "nội dung",
    "lead_text": "chủ trì",
    "coordinating_text": "phối hợp",
    "product": "sản phẩm",
    "deadline_text": "thời hạn",
    "conditions": "điều kiện",
    "number": "số thứ tự",
    "section": "mục",
}


def _line_of(task: Task) -> str:
    return f"{task.lead_text or 'chưa ghi chủ trì'}; {task.deadline_text or 'chưa ghi thời hạn'}"


def _change(change: Change) -> str:
    def words(value: object) -> str:
        return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value or "(trống)")

    return "; ".join(
        f"{FIELDS[name]}: {words(getattr(change.old, name))} → {words(getattr(change.new, name))}"
        for name in change.fields
    )


def _entry(one: Imported) -> dict[str, object]:
    return {
        "file": one.file,
        "plan": one.saved.plan_id,
        "revision": one.saved.revision,
        "known": one.saved.known,
        "added": len(one.saved.added),
        "changed": len(one.saved.changed),
        "kept": len(one.saved.kept),
        "withdrawn": len(one.saved.withdrawn),
        "warnings": list(one.warnings),
    }


def _line(one: Imported) -> str:
    if one.saved.known:
        return f"{one.file}: đã nhập từ trước, không có gì thay đổi."
    saved = one.saved
    told = f"{one.file}: kế hoạch {one.number or 'chưa ghi số'}, {len(saved.added)} nhiệm vụ mới"
    if saved.revision > 1 or saved.changed or saved.withdrawn:
        told += f", {len(saved.changed)} thay đổi, {len(saved.kept)} giữ nguyên, {len(saved.withdrawn)} rút"
    return told + "."
