"""Users and the tokens of programs: only for admins."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row
from starlette.responses import Response

from desk.web import audit_words, passwords
from desk.web.visit import Visit, Wrong
from desk.web.words import ROLES
from flows.steps import linking
from store import identities, locks, open_sessions, people
from store.audit import record

SCOPES = {
    "tasks:read": "đọc nhiệm vụ và thời hạn",
    "events:read": "đọc sổ văn bản",
    "events:write": "ghi nhận văn bản",
    "deliveries:read": "đọc nhật ký gửi",
    "tasks:write": "ghi nhận hoàn thành",
}


def page(visit: Visit) -> Response:
    return _page(visit)


def _page(visit: Visit, password: str = "", secret: str = "") -> Response:
    from desk.web import identity_pages, user_changes

    desk = visit.workplace.settings.desk
    with visit.workplace.database.read() as connection:
        rows = people.everyone(connection, visit.province)
        return visit.page(
            "users.html",
            entry=audit_words,
            rows=rows,
            open_now=open_sessions.counts(connection, visit.province, now=visit.now, lifetime=visit.desk.lifetime),
            tokens=people.tokens_of(connection, visit.province, "api"),
            shut=locks.shut_names(
                connection,
                visit.province,
                [row.name for row in rows],
                most=desk.lock_after,
                shut=timedelta(minutes=desk.lock_minutes),
                now=visit.now,
            ),
            by_issuer=visit.desk.door is not None,
            identities=identity_pages.shown(visit, identities.all_of(connection, visit.province)),
            changes=user_changes.listed(visit, connection),
            scopes=SCOPES,
            password=password,
            secret=secret,
        )


def name_and_role(visit: Visit) -> tuple[str, str]:
    """Those of a new user. Raises Wrong."""
    name, role = visit.text("name", needed="Tên đăng nhập", longest=80).lower(), visit.text("role")
    if role not in ROLES or any(letter.isspace() for letter in name):
        raise Wrong("Tên đăng nhập không có dấu cách; vai trò chọn trong danh sách.")
    return name, role


def add(visit: Visit) -> Response:
    """A user with a password that is shown once and has to be changed at the first log-in."""
    name, role = name_and_role(visit)
    password = secrets.token_urlsafe(12)
    with visit.workplace.database.write() as connection:
        if people.find(connection, visit.province, name) is not None:
            raise Wrong(f"Đã có người dùng {name}.")
        people.add(
            connection,
            visit.province,
            name=name,
            role=role,
            password=passwords.hashed(password),
            must_change=True,
            now=visit.now,
            actor=visit.actor,
        )
    return _page(visit, password=f"{name}: {password}")


def change(visit: Visit) -> Response:
    """Another role, or shut out. Nobody shuts out the last admin."""
    role, active = visit.text("role"), visit.text("active") == "1"
    if role not in ROLES:
        raise Wrong("Vai trò không hợp lệ.")
    with visit.workplace.database.write() as connection:
        user = people.by_id(connection, visit.province, visit.path("user"))
        if user is None:
            return visit.sorry("Không có người dùng này.", 404)
        if last_admin(connection, visit.province, user) and (role != "admin" or not active):
            raise Wrong("Đây là quản trị viên cuối cùng.")
        people.change(
            connection,
            visit.province,
            user,
            action="change",
            now=visit.now,
            actor=visit.actor,
            role=role,
            active=active,
        )
        # A session that was opened with other rights ends with them.
        people.end_sessions(connection, user.id)
    return visit.go("/users", "user")


def last_admin(connection: Connection, province: str, user: Row[Any]) -> bool:
    """Whether nobody else could administer."""
    admins = [one.id for one in people.everyone(connection, province) if one.role == "admin" and one.active]
    return admins == [user.id]


def unlock(visit: Visit) -> Response:
    """Open a name again that was shut after too many wrong tries."""
    with visit.workplace.database.write() as connection:
        user = people.by_id(connection, visit.province, visit.path("user"))
        if user is None or not locks.clear(connection, visit.province, user.name):
            return visit.sorry("Không có người dùng này, hoặc tài khoản không bị khóa.", 404)
        record(
            connection,
            visit.province,
            at=visit.now,
            actor=visit.actor,
            action="login.unlocked",
            subject=f"user:{user.name}",
        )
    return visit.go("/users", "unlocked")


def make_token(visit: Visit) -> Response:
    scopes = [one for one in visit.form.getlist("scope") if isinstance(one, str) and one in SCOPES]
    if not scopes:
        raise Wrong("Chưa chọn quyền nào cho mã truy cập.")
    with visit.workplace.database.write() as connection:
        secret = people.make_token(
            connection,
            visit.province,
            kind="api",
            name=visit.text("name", needed="Tên hệ thống", longest=100),
            scopes=scopes,
            now=visit.now,
            actor=visit.actor,
        )
    return _page(visit, secret=secret)


def drop_token(visit: Visit) -> Response:
    with visit.workplace.database.write() as connection:
        dropped = people.revoke_token(
            connection, visit.province, visit.path("token"), kind="api", now=visit.now, actor=visit.actor
        )
    return visit.go("/users", "revoked") if dropped else visit.sorry("Không có mã truy cập này.", 404)


def new_key(visit: Visit) -> Response:
    """Sign agencies' links with another key from now on."""
    with visit.workplace.database.write() as connection:
        linking.new_key(connection, visit.workplace, now=visit.now, actor=visit.actor)
    return visit.go("/users", "key")
