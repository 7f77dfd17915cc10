"""Users and the tokens of programs: only for admins."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from desk.web import passwords
from desk.web.visit import Visit, Wrong
from desk.web.words import ROLES
from flows.steps import linking
from store import people

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
    with visit.workplace.database.read() as connection:
        rows = people.everyone(connection, visit.province)
        tokens = people.tokens_of(connection, visit.province, "api")
    return visit.page("users.html", rows=rows, tokens=tokens, scopes=SCOPES, password=password, secret=secret)


def add(visit: Visit) -> Response:
    """A user with a password that is shown once and has to be changed at the first log-in."""
    name, role = visit.text("name", needed="Tên đăng nhập", longest=80).lower(), visit.text("role")
    if role not in ROLES or any(letter.isspace() for letter in name):
        raise Wrong("Tên đăng nhập không có dấu cách; vai trò chọn trong danh sách.")
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
        admins = [one for one in people.everyone(connection, visit.province) if one.role == "admin" and one.active]
        if [one.id for one in admins] == [user.id] and (role != "admin" or not active):
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
