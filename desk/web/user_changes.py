"""The last changes to users, identities and tokens: each can be undone, or the page says why it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row
from starlette.responses import Response

from desk.web.users import last_admin
from desk.web.visit import Visit
from store import audit_pages, identities, people

SHOWN = 30
"""Changes on the page."""

KINDS = ("user.", "token.", "oidc.link", "oidc.unlink", "oidc.decline")

CANNOT = {
    "user.password": "Mật khẩu cũ không được lưu; người dùng tự đổi, hoặc đặt lại bằng dondoc user password.",
    "user.totp": "Chính người dùng tắt trong trang tài khoản của mình.",
    "user.no_totp": "Khóa cũ đã xóa; người dùng bật lại trong trang tài khoản của mình.",
    "token.revoke": "Mã đã thu hồi có thể đã lộ nên không dùng lại; hãy tạo mã mới.",
    "token.calendar": "Do cơ quan tự tạo; thu hồi tại trang của cơ quan.",
    "oidc.decline": "Đề nghị đã xóa; người đó đăng nhập lại thì đề nghị hiện lại.",
}
LATER = "Đã có thay đổi khác sau đó."
LAST_ADMIN = "Đây là quản trị viên cuối cùng."

Undo = Callable[[Connection], object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One entry of the audit log; `undo` takes it back, or `why` says why nothing does."""

    entry: Row[Any]
    why: str = ""
    undo: Undo | None = None


def listed(visit: Visit, connection: Connection) -> list[Change]:
    rows = audit_pages.of_kinds(connection, visit.province, KINDS, SHOWN)
    return [_change(visit, connection, row) for row in rows]


def undo(visit: Visit) -> Response:
    """Take back one of the changes shown. That is a change of its own in the log, and can be undone in its turn."""
    with visit.workplace.database.write() as connection:
        rows = audit_pages.of_kinds(connection, visit.province, KINDS, SHOWN)
        found = next((row for row in rows if row.id == visit.path("change")), None)
        if found is None:
            return visit.sorry("Không có thay đổi này trong danh sách gần đây.", 404)
        change = _change(visit, connection, found)
        if change.undo is None:
            return visit.sorry(change.why, 409)
        change.undo(connection)
    return visit.go("/users", "taken_back")


def _change(visit: Visit, connection: Connection, entry: Row[Any]) -> Change:
    if entry.action in CANNOT:
        return Change(entry=entry, why=CANNOT[entry.action])
    kind, _, name = str(entry.subject).partition(":")
    user = people.find(connection, visit.province, name) if kind == "user" else None
    match entry.action:
        case "user.change" | "user.add" if user is not None:
            values = dict(entry.before) if entry.before else {"active": False}
            now = dict(entry.after or {}) if entry.before else {"active": True}
            return _of_user(visit, connection, entry, user, values, now)
        case "token.api":
            return _of_token(visit, connection, entry)
        case "oidc.link" | "oidc.unlink" if user is not None:
            return _of_identity(visit, connection, entry, user)
    return Change(entry=entry, why=LATER)


def _of_user(
    visit: Visit,
    connection: Connection,
    entry: Row[Any],
    user: Row[Any],
    values: dict[str, Any],
    now: dict[str, Any],
) -> Change:
    if any(getattr(user, name) != value for name, value in now.items()):
        return Change(entry=entry, why=LATER)
    if last_admin(connection, visit.province, user) and not (
        values.get("role", user.role) == "admin" and values.get("active", user.active)
    ):
        return Change(entry=entry, why=LAST_ADMIN)

    def take_back(connection: Connection) -> None:
        people.change(connection, visit.province, user, action="change", now=visit.now, actor=visit.actor, **values)
        people.end_sessions(connection, user.id)

    return Change(entry=entry, undo=take_back)


def _of_token(visit: Visit, connection: Connection, entry: Row[Any]) -> Change:
    number = int(dict(entry.after or {}).get("token") or 0)
    if number not in {one.id for one in people.tokens_of(connection, visit.province, "api")}:
        return Change(entry=entry, why=CANNOT["token.revoke"])
    return Change(
        entry=entry,
        undo=lambda connection: people.revoke_token(
            connection, visit.province, number, kind="api", now=visit.now, actor=visit.actor
        ),
    )


def _of_identity(visit: Visit, connection: Connection, entry: Row[Any], user: Row[Any]) -> Change:
    number = int(dict(entry.after or entry.before or {}).get("identity", 0))
    row = identities.find(connection, visit.province, number)
    linked = entry.action == "oidc.link"
    if row is None or row.user_id != (user.id if linked else None):
        return Change(entry=entry, why=LATER)

    def take_back(connection: Connection) -> None:
        if linked:
            identities.unlink(connection, visit.province, number, now=visit.now, actor=visit.actor)
            people.end_sessions(connection, user.id, method="oidc")
        else:
            identities.link(connection, visit.province, number, user, now=visit.now, actor=visit.actor)

    return Change(entry=entry, undo=take_back)
