"""A document to a plan: front matter, the tasks of its annexes, the duties of its prose."""

from __future__ import annotations

from plans.annexes import read_annexes
from plans.document import Document
from plans.table_tasks import tasks_of
from plans.types import Plan


def extract(document: Document, *, file: str) -> Plan:
    """The plan that a document prints. Raises ReadError where it holds neither a table nor a duty."""
    annexes = read_annexes(document)
    tasks = [task for reading in annexes.readings for task in tasks_of(reading)]
    warnings = [*document.warnings, *annexes.warnings, *(w for r in annexes.readings for w in r.warnings)]
    return Plan(
        file=file,
        format=document.format,
        number=None,
        issued=None,
        issuer=None,
        title=None,
        tasks=tuple(tasks),
        warnings=tuple(warnings),
    )
