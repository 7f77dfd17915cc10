"""How many messages a channel takes in a minute, counted for all workers of a database together.

Places are taken a few at a time and used at once, so that not every message costs a transaction. What was
taken is counted by whole seconds, for as long as it could still be used within the last minute.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, select, update

from store.outbox import inserting
from store.schema import marks

USABLE = 2.0
"""Seconds within which a place that was taken is to be used; after them it is lost."""
_COUNTED = 60 + int(USABLE) + 1
_PREFIX = "pace."


def take(
    connection: Connection, province: str, channel: str, *, per_minute: int, wanted: int, at: float
) -> tuple[int, float]:
    """Up to `wanted` places at the instant `at` (seconds since 1970); where there is none, the seconds to wait."""
    mine = (marks.c.province == province, marks.c.name == _PREFIX + channel)
    fresh = {"province": province, "name": _PREFIX + channel, "value": "{}"}
    connection.execute(inserting(connection, marks).values(fresh).on_conflict_do_nothing())
    kept = connection.execute(select(marks.c.value).where(*mine).with_for_update()).scalar_one()
    # A clock that was set back leaves seconds of the future behind, which would count for ever.
    counts = {int(second): many for second, many in json.loads(kept).items() if abs(at - int(second)) < _COUNTED}
    room = per_minute - sum(counts.values())
    if room <= 0:
        return 0, max(0.05, min(counts) + _COUNTED - at)
    taken = min(room, wanted)
    counts[int(at)] = counts.get(int(at), 0) + taken
    connection.execute(update(marks).where(*mine).values(value=json.dumps(counts)))
    return taken, 0.0
