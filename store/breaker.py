"""The circuit breaker of each channel: while the other side is down, messages wait instead of being tried.

It is kept in the database, so that the next run and the other workers know. Each failure in a row makes the
wait twice as long; when it is over, one worker's next message finds out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from store.runs import set_mark
from store.schema import marks

_PREFIX = "channel."
LONGEST = timedelta(minutes=15)
"""Unless the other side asks for more, so that what waits leaves soon after it is back."""
LONGEST_ASKED = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tripped:
    """A channel that failed as a whole: how often in a row, why, and until when it is left alone."""

    failures: int
    until: datetime
    reason: str


def tripped(connection: Connection, province: str) -> Mapping[str, Tripped]:
    """Every channel that has failed since it last worked, by name."""
    rows = connection.execute(
        select(marks.c.name, marks.c.value).where(
            marks.c.province == province, marks.c.name.startswith(_PREFIX, autoescape=True)
        )
    )
    found = {}
    for name, value in rows:
        kept = json.loads(value)
        found[name.removeprefix(_PREFIX)] = Tripped(
            failures=kept["failures"], until=datetime.fromisoformat(kept["until"]), reason=kept["reason"]
        )
    return found


def trip(
    connection: Connection,
    province: str,
    channel: str,
    *,
    reason: str,
    now: datetime,
    first_wait: float,
    asked: float | None,
) -> datetime:
    """Note a failure of a whole channel; returns until when it is left alone. Waits are in seconds.

    Workers that fail while it is being left alone already do not make it longer.
    """
    before = tripped(connection, province).get(channel)
    if before is not None and before.until > now:
        return before.until
    failures = before.failures + 1 if before else 1
    backoff = timedelta(seconds=min(first_wait * 2 ** min(failures - 1, 20), LONGEST.total_seconds()))
    wanted = timedelta(seconds=min(asked, LONGEST_ASKED.total_seconds())) if asked is not None else backoff
    until = now + max(wanted, timedelta(seconds=1))
    kept = {"failures": failures, "until": until.isoformat(), "reason": reason}
    set_mark(connection, province, _PREFIX + channel, json.dumps(kept, ensure_ascii=False))
    return until


def restore(connection: Connection, province: str, channel: str) -> None:
    """The channel works again."""
    connection.execute(delete(marks).where(marks.c.province == province, marks.c.name == _PREFIX + channel))
