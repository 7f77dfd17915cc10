"""A plan as read, as it is stored."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from deadlines.grammar import read_task
from flows.steps.assigning import Naming, assign
from store.plan_records import PlanRecord, TaskRecord

if TYPE_CHECKING:
    from plans.types import Plan, Task


def record_of(plan: Plan, *, digest: str, naming: Naming) -> PlanRecord:
    """A plan as the store keeps it, its deadlines read and its agencies named."""
    from plans.types import PartialDate

    keys = _keys(plan.tasks)
    return PlanRecord(
        identity=_identity(plan),
        digest=digest,
        file=plan.file,
        format=plan.format,
        kind=plan.kind,
        number=plan.number,
        issued_on=plan.issued_on,
        issued_text=plan.issued.text if isinstance(plan.issued, PartialDate) else None,
        issuer=plan.issuer,
        signer=plan.signer,
        title=plan.title,
        basis=plan.basis,
        warnings=plan.warnings,
        tasks=tuple(_task(task, key, naming) for task, key in zip(plan.tasks, keys, strict=True)),
    )


def _identity(plan: Plan) -> str:
    """What a plan is known by in all its versions."""
    year = plan.issued_on.year if plan.issued_on else getattr(plan.issued, "year", None)
    name = plan.number or plan.title or plan.file
    return fold(f"{name} | {plan.issuer or ''} | {year or ''}")[:200]


def _keys(tasks: Iterable[Task]) -> list[str]:
    """A key for each task that is unique in its plan and survives changes of wording.

    Numbers start again in every section, so the section's own number goes before them.
    """
    seen: Counter[str] = Counter()
    keys = []
    for task in tasks:
        section = re.split(r"[.\s]", task.section.strip(), maxsplit=1)[0] if task.section else ""
        name = task.number or hashlib.sha256(fold(task.title).encode()).hexdigest()[:10]
        key = f"{task.table.value}:{section[:20]}:{name}"[:180]
        seen[key] += 1
        keys.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return keys


def _task(task: Task, key: str, naming: Naming) -> TaskRecord:
    assignments, unknown = assign(naming, task.lead_text, task.coordinating_text)
    return TaskRecord(
        key=key,
        table_kind=task.table.value,
        number=task.number,
        title=task.title,
        folded=fold(" ".join(filter(None, (task.number, task.title, task.lead_text, task.deadline_text)))),
        section=task.section,
        parent=task.parent,
        lead_text=task.lead_text,
        coordinating_text=task.coordinating_text,
        product=task.product,
        deadline_text=task.deadline_text,
        conditions=task.conditions,
        place={name: held for name, held in asdict(task.place).items() if held is not None},
        confidence=task.confidence,
        doubts=task.doubts,
        reading=read_task(task.deadline_text, task.conditions),
        assignments=assignments,
        unknown_lead=unknown,
    )


def fold(text: str) -> str:
    """Small letters without diacritics, for searching and comparing names; đ becomes d."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(mark for mark in bare if not unicodedata.combining(mark)).split())
