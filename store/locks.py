"""Names that were tried too often: shut for a time, whether such a user exists or not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from store.outbox import inserting
from store.people import digest
from store.schema import throttles


def _key(name: str) -> str:
    return f"lock:{digest(name)[:32]}"


def attempt(
    connection: Connection, province: str, name: str, *, most: int, shut: timedelta, now: datetime
) -> int | None:
    """Count one try before it is looked at, so that tries at the same moment are counted too.

    Returns how many tries in a row this is; None where the name is shut: `most` have failed, the last of them
    less than `shut` ago. A success is told by `clear`.
    """
    here = (throttles.c.province == province, throttles.c.key == _key(name))
    connection.execute(
        inserting(connection, throttles)
        .values(province=province, key=_key(name), level=0, at=now)
        .on_conflict_do_nothing(index_elements=["province", "key"])
    )
    row = connection.execute(select(throttles).where(*here).with_for_update()).one()
    tried = 0 if now - row.at >= shut else int(row.level)
    if tried >= most:
        return None
    connection.execute(update(throttles).where(*here).values(level=tried + 1, at=now))
    return tried + 1


def clear(connection: Connection, province: str, name: str) -> bool:
    """Forget the tries of a name; False where there were none."""
    gone = connection.execute(
        delete(throttles).where(throttles.c.province == province, throttles.c.key == _key(name))
    )
    return gone.rowcount > 0


def shut_names(
    connection: Connection, province: str, names: Iterable[str], *, most: int, shut: timedelta, now: datetime
) -> frozenset[str]:
    """Those of `names` that are shut now."""
    keys = {_key(name): name for name in names}
    rows = connection.execute(
        select(throttles.c.key).where(
            throttles.c.province == province,
            throttles.c.key.in_(keys),
            throttles.c.level >= most,
            throttles.c.at > now - shut,
        )
    )
    return frozenset(keys[row.key] for row in rows)
