"""What a change of the directory would do, shown before it is kept: its fields, its tasks and its addresses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from starlette.responses import Response

from deadlines.directory import Directory
from desk.web.visit import Visit
from flows.steps.directing import Proposed
from flows.steps.listing import all_tasks
from flows.steps.redirecting import redirect
from store.sealing import masked

MOST_ROWS = 500
"""Fields that are shown."""
MOST_TASKS = 50
MOST_AGENCIES = 6
"""Agencies of one task that are named."""

NEVER_BACK = frozenset({"apply", "again", "version"})
"""Fields of a form that are no part of what was typed."""


def foreseen(
    visit: Visit,
    proposed: Proposed,
    title: str,
    back: Sequence[tuple[str, str]],
    action: str,
    *,
    version: int,
    again: bool = False,
) -> Response:
    """The page before keeping. `back` is sent to `action` once more to keep it, or with `again` to go on typing."""
    effect = redirect(visit.workplace, proposed.directory, visit.today)
    shown = effect.reassigned[:MOST_TASKS]
    with visit.workplace.database.read() as connection:
        known = {task.id: task for task in all_tasks(connection, visit.workplace, {one.task_id for one in shown})}
    return visit.page(
        "agency_changes.html",
        title=title,
        changes=proposed.changes[:MOST_ROWS],
        total=len(proposed.changes),
        effect=effect,
        shown=[one for one in shown if one.task_id in known],
        known=known,
        most=MOST_AGENCIES,
        masked=masked,
        back=back,
        action=action,
        again=again,
        named=partial(_name, proposed.directory, visit.workplace.directory),
        version=version,
    )


def _name(new: Directory, old: Directory, code: str) -> str:
    """What is new or stays is called as it will be, what goes as it was."""
    return new.name(code) if new.agency(code) or new.group(code) else old.name(code)


def typed(visit: Visit) -> list[tuple[str, str]]:
    """A form as it came, to be sent back untouched."""
    return [
        (name, value)
        for name, value in visit.form.multi_items()
        if isinstance(value, str) and name not in NEVER_BACK
    ]
