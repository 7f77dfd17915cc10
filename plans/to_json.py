"""A plan in the form that `dondoc read --json` prints; other tools rely on its keys."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from plans.document import Place
from plans.types import Instruction, PartialDate, Plan, Task


def plan_json(plan: Plan) -> dict[str, Any]:
    """The keys of the design first and in their order, then what else is known."""
    return {
        "file": plan.file,
        "number": plan.number,
        "issued_on": plan.issued_on.isoformat() if plan.issued_on else None,
        "issuer": plan.issuer,
        "title": plan.title,
        "tasks": [task_json(task) for task in plan.tasks],
        "warnings": list(plan.warnings),
        "format": plan.format,
        "kind": plan.kind,
        "symbol": plan.symbol,
        "issued": _issued(plan.issued),
        "signer": plan.signer,
        "basis": list(plan.basis),
        "replaces": list(plan.replaces),
        "amends": list(plan.amends),
        "instructions": [_instruction(told) for told in plan.instructions],
    }


def task_json(task: Task) -> dict[str, Any]:
    return {
        "table": task.table.value,
        "number": task.number,
        "section": task.section,
        "title": task.title,
        "lead_text": task.lead_text,
        "coordinating_text": task.coordinating_text,
        "product": task.product,
        "deadline_text": task.deadline_text,
        "conditions": list(task.conditions),
        "source": _source(task.place),
        "parent": task.parent,
        "note": task.note,
        "confidence": task.confidence,
        "doubts": list(task.doubts),
    }


def _instruction(told: Instruction) -> dict[str, Any]:
    return {
        "text": told.text,
        "withdraws": told.withdraws,
        "plan": told.plan,
        "annex": told.annex,
        "number": told.number,
        "under": list(told.under),
        "quoted": told.quoted,
        "before": told.before,
        "changes": dict(told.changes),
        "source": _source(told.place),
    }


def _source(place: Place) -> dict[str, Any]:
    return {name: value for name, value in asdict(place).items() if value is not None}


def _issued(issued: date | PartialDate | None) -> str | dict[str, Any] | None:
    if isinstance(issued, PartialDate):
        return asdict(issued)
    return issued.isoformat() if issued else None
