"""`dondoc read` and `dondoc explain`: what is understood, without storing anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from desk.commands.printing import DONE, put, put_json, put_table
from desk.commands.progress import progress
from plans.read import read
from plans.to_json import plan_json
from plans.types import Plan

TABLES = {"goals": "Mục tiêu", "tasks": "Nhiệm vụ", "duties": "Giao trong văn bản"}


def read_files(files: Sequence[str], *, json: bool) -> int:
    """Read every file before printing anything, so that a bad one leaves no half answer."""
    plans = [read(Path(file)) for file in progress(files, "Đọc kế hoạch", shown=not json)]
    if json:
        put_json({"plans": [plan_json(plan) for plan in plans]})
        return DONE
    for plan in plans:
        _show(plan)
    return DONE


def _show(plan: Plan) -> None:
    issued = plan.issued_on.strftime("%d/%m/%Y") if plan.issued_on else getattr(plan.issued, "text", None)
    put(f"{plan.file}: {plan.kind or 'Văn bản'} {plan.number or 'chưa ghi số'} — {issued or 'chưa rõ ngày'}")
    put(f"  Cơ quan ban hành: {plan.issuer or 'chưa rõ'}")
    put(f"  {plan.title or ''}")
    rows = [
        (TABLES[task.table.value], task.number, task.title, task.lead_text or "", task.deadline_text or "")
        for task in plan.tasks
    ]
    put_table(f"{len(plan.tasks)} nhiệm vụ", ("Bảng", "Số", "Nội dung", "Chủ trì", "Thời hạn"), rows)
    for warning in plan.warnings:
        put(f"  Lưu ý: {warning}")


def explain_texts(texts: Sequence[str], *, issued: str | None, json: bool) -> int:
    """Say how each text is read, by which rules, from which words, and each step to the date."""
    from desk.commands.printing import Misused, day, misuse
    from flows.steps.explaining import explain

    try:
        on = day(issued)
    except Misused as error:
        return misuse(str(error))
    explained = [explain(text, issued=on) for text in texts]
    if json:
        put_json([one.entry for one in explained])
        return DONE
    for one in explained:
        for line in one.lines:
            put(line)
        put("")
    return DONE
