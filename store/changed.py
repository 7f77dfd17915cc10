"""Which tasks were changed since an earlier look, as the audit log says it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from store.schema import audit

_MOST = 200
"""More changed tasks than these are not looked at one by one."""

_OF_TASKS = "task:"
_ELSEWHERE = ("agency:", "channel:", "identity:", "message:", "token:", "user:")
"""Subjects of entries that move no task into another list."""
_NOTHING_DONE = "denied"


def tasks_changed(connection: Connection, province: str, after: int, until: int) -> frozenset[int] | None:
    """The tasks that the entries behind `after` up to `until` speak of; None where they may concern any."""
    entries = (
        select(audit.c.subject)
        .where(
            audit.c.province == province,
            audit.c.id > after,
            audit.c.id <= until,
            audit.c.action != _NOTHING_DONE,
        )
        .limit(_MOST + 1)
    )
    subjects = connection.execute(entries).scalars().all()
    if len(subjects) > _MOST:
        return None
    named = [one for one in subjects if not one.startswith(_ELSEWHERE)]
    if not all(one.startswith(_OF_TASKS) for one in named):
        return None
    return frozenset(int(one.removeprefix(_OF_TASKS)) for one in named)
