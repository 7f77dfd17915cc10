"""The year ahead: open dates by week and lead agency."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, and_, func, select

from store.overview import due_within
from store.schema import assignments, dues, tasks

NOBODY = ""
"""In the place of an agency's code: dates of tasks whose lead is not known."""


def by_agency(connection: Connection, province: str, first: date, count: int) -> dict[str, list[int]]:
    """For each agency that leads something due in the `count` weeks from `first`, a Monday: a number a week.

    A date that several agencies lead counts for each. Those of nobody come as `NOBODY`.
    """
    rows = connection.execute(
        select(
            assignments.c.agency,
            dues.c.on_date,
            func.count().label("number"),
        )
        .select_from(dues)
        .join(tasks, tasks.c.id == dues.c.task_id)
        .outerjoin(
            assignments,
            and_(
                assignments.c.task_id == dues.c.task_id,
                assignments.c.role == "lead",
                assignments.c.state != "withdrawn",
            ),
        )
        .where(*due_within(province, first, count))
        .group_by(assignments.c.agency, dues.c.on_date)
    )
    found: dict[str, list[int]] = {}
    for code, on, number in rows:
        found.setdefault(code or NOBODY, [0] * count)[(on - first).days // 7] += number
    return found
