"""What agencies propose, sealed, until an operator accepts it or sends it back. The log holds no address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from store.audit import record
from store.schema import proposals, tasks
from store.sealing import Seal

MOST = 20
"""Undecided proposals of one agency."""


def add(
    connection: Connection,
    province: str,
    *,
    agency: str,
    kind: str,
    content: str,
    seal: Seal,
    now: datetime,
    task_id: int | None = None,
) -> bool:
    """Keep a proposal; one about the same thing that is undecided gives way. False where there are too many."""
    same = [
        proposals.c.province == province,
        proposals.c.agency == agency,
        proposals.c.kind == kind,
        proposals.c.state == "received",
        proposals.c.task_id == task_id if task_id is not None else proposals.c.task_id.is_(None),
    ]
    open_now = connection.execute(
        select(func.count()).where(
            proposals.c.province == province, proposals.c.agency == agency, proposals.c.state == "received"
        )
    ).scalar_one()
    changed = connection.execute(
        update(proposals).where(*same).values(content_sealed=seal.close(content), received_at=now)
    ).rowcount
    if not changed:
        if open_now >= MOST:
            return False
        connection.execute(
            insert(proposals).values(
                province=province,
                agency=agency,
                kind=kind,
                task_id=task_id,
                content_sealed=seal.close(content),
                state="received",
                received_at=now,
            )
        )
    record(
        connection,
        province,
        at=now,
        actor=f"agency:{agency}",
        action=f"proposal.{kind}",
        subject=f"task:{task_id}" if task_id is not None else f"agency:{agency}",
    )
    return True


def waiting(connection: Connection, province: str) -> Sequence[Row[Any]]:
    """The undecided ones, oldest first, with the task that each is about."""
    return connection.execute(
        select(proposals, tasks.c.number, tasks.c.title, tasks.c.lead_text)
        .join(tasks, tasks.c.id == proposals.c.task_id, isouter=True)
        .where(proposals.c.province == province, proposals.c.state == "received")
        .order_by(proposals.c.id)
        .limit(200)
    ).all()


def of_agency(connection: Connection, province: str, agency: str) -> Sequence[Row[Any]]:
    """The last ones of an agency, newest first."""
    return connection.execute(
        select(proposals)
        .where(proposals.c.province == province, proposals.c.agency == agency)
        .order_by(proposals.c.id.desc())
        .limit(MOST)
    ).all()


def find(connection: Connection, province: str, proposal_id: int) -> Row[Any] | None:
    return connection.execute(
        select(proposals).where(
            proposals.c.id == proposal_id, proposals.c.province == province, proposals.c.state == "received"
        )
    ).first()


def decided(connection: Connection, province: str, limit: int) -> Sequence[Row[Any]]:
    """The last ones that were decided, newest first."""
    return connection.execute(
        select(proposals)
        .where(
            proposals.c.province == province, proposals.c.state != "received", proposals.c.decided_at.is_not(None)
        )
        .order_by(proposals.c.decided_at.desc(), proposals.c.id.desc())
        .limit(limit)
    ).all()


def reopen(connection: Connection, province: str, proposal_id: int, *, now: datetime, actor: str) -> bool:
    """Take up again a task that was sent back as the agency's own; contacts are forgotten once decided."""
    row = connection.execute(
        update(proposals)
        .where(
            proposals.c.id == proposal_id,
            proposals.c.province == province,
            proposals.c.state == "returned",
            proposals.c.kind == "not_ours",
        )
        .values(state="received", reason=None, decided_at=None, decided_by=None)
        .returning(proposals.c.agency, proposals.c.task_id)
    ).first()
    if row is not None:
        record(
            connection,
            province,
            at=now,
            actor=actor,
            action="proposal.reopened",
            subject=f"agency:{row.agency}",
            before={"state": "returned"},
            after={"state": "received", "kind": "not_ours", "task": row.task_id, "reason": None},
        )
    return row is not None


def decide(
    connection: Connection,
    province: str,
    proposal: Row[Any],
    state: str,
    *,
    reason: str,
    seal: Seal,
    now: datetime,
    actor: str,
) -> bool:
    """Note what became of a proposal, once. What it said about people is forgotten then."""
    changed = connection.execute(
        update(proposals)
        .where(proposals.c.id == proposal.id, proposals.c.state == "received")
        .values(
            state=state,
            reason=reason or None,
            decided_at=now,
            decided_by=actor,
            **({"content_sealed": seal.close("[]")} if proposal.kind == "contacts" else {}),
        )
    ).rowcount
    if changed:
        record(
            connection,
            province,
            at=now,
            actor=actor,
            action=f"proposal.{state}",
            subject=f"agency:{proposal.agency}",
            before={"state": "received"},
            after={"state": state, "kind": proposal.kind, "task": proposal.task_id, "reason": reason or None},
        )
    return bool(changed)


def forget(connection: Connection, province: str, address: str, seal: Seal) -> int:
    """Take back every undecided proposal of contacts that has an address; returns how many."""
    rows = connection.execute(
        select(proposals.c.id, proposals.c.content_sealed).where(
            proposals.c.province == province, proposals.c.kind == "contacts", proposals.c.state == "received"
        )
    ).all()
    found = [row.id for row in rows if address.strip().lower() in seal.open(row.content_sealed).lower()]
    connection.execute(
        update(proposals)
        .where(proposals.c.id.in_(found))
        .values(state="returned", reason="Đã xóa dữ liệu cá nhân", content_sealed=seal.close("[]"))
    )
    return len(found)
