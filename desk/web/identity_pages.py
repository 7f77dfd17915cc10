"""Whose an identity of the issuer is: only an admin says so, never the issuer."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Row
from starlette.responses import Response

from desk.web import passwords
from desk.web.users import name_and_role
from desk.web.visit import Visit, Wrong
from store import identities, people

GONE = "Đề nghị liên kết này không còn."


def shown(visit: Visit, rows: Any) -> list[dict[str, Any]]:
    """Identities with what the issuer said of the person."""
    found = []
    for row in rows:
        name, role = json.loads(visit.workplace.seal.open(row.shown_sealed))
        found.append({"row": row, "name": name or row.subject, "role": role})
    return found


def link(visit: Visit) -> Response:
    """Let a person in as a user who exists, or as a new one who has no password here."""
    with visit.workplace.database.write() as connection:
        row = identities.find(connection, visit.province, visit.path("identity"))
        if row is None or row.user_id is not None:
            return visit.sorry(GONE, 409)
        user = _chosen(visit, connection)
        identities.link(connection, visit.province, row.id, user, now=visit.now, actor=visit.actor)
    return visit.go("/users", "linked")


def _chosen(visit: Visit, connection: Connection) -> Row[Any]:
    chosen = visit.numbers("user")
    if chosen:
        found = people.by_id(connection, visit.province, chosen[0])
        if found is None:
            raise Wrong("Không có người dùng này.")
        return found
    name, role = name_and_role(visit)
    if people.find(connection, visit.province, name) is not None:
        raise Wrong(f"Đã có người dùng {name}.")
    user_id = people.add(
        connection,
        visit.province,
        name=name,
        role=role,
        password=passwords.NONE,
        must_change=False,
        now=visit.now,
        actor=visit.actor,
    )
    made = people.by_id(connection, visit.province, user_id)
    assert made is not None
    return made


def drop(visit: Visit) -> Response:
    """Take a link back, with the sessions that hang on it, or throw a request away."""
    number = visit.path("identity")
    with visit.workplace.database.write() as connection:
        user_id = identities.unlink(connection, visit.province, number, now=visit.now, actor=visit.actor)
        if user_id is not None:
            people.end_sessions(connection, user_id, method="oidc")
            return visit.go("/users", "unlinked")
        gone = identities.forget(connection, visit.province, number, now=visit.now, actor=visit.actor)
    return visit.go("/users", "forgotten") if gone else visit.sorry(GONE, 404)
