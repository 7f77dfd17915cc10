"""Words in a plan that only a person could tell whose they are; asked once, known for every plan after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from store.audit import record
from store.outbox import inserting
from store.schema import names


def known(connection: Connection, province: str) -> dict[str, str]:
    """Agency codes by the folded words."""
    rows = connection.execute(select(names.c.words, names.c.agency).where(names.c.province == province))
    return {row.words: row.agency for row in rows}


def learn(
    connection: Connection, province: str, words: str, agency: str, *, shown: str, now: datetime, actor: str
) -> None:
    """Keep whose these folded words are, in place of what was kept before. `shown` is how they are printed."""
    before = known(connection, province).get(words[:400])
    connection.execute(
        inserting(connection, names)
        .values(province=province, words=words[:400], agency=agency, recorded_at=now, recorded_by=actor)
        .on_conflict_do_update(
            index_elements=["province", "words"],
            set_={"agency": agency, "recorded_at": now, "recorded_by": actor},
        )
    )
    record(
        connection,
        province,
        at=now,
        actor=actor,
        action="name.learn",
        subject=f"words:{shown}"[:200],
        before={"agency": before} if before else None,
        after={"agency": agency},
    )
