"""Logging in and out, one's own password, and the second step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
from sqlalchemy import Row
from starlette.responses import Response

from desk.web import gate, passwords
from desk.web.language import COOKIE, LANGUAGES
from desk.web.visit import Visit
from store import people
from store.audit import record

WRONG = "Tên đăng nhập, mật khẩu hoặc mã xác thực không đúng."
TOO_OFTEN = "Đã thử quá nhiều lần; hãy đợi ít phút rồi thử lại."


def form(visit: Visit) -> Response:
    if gate.nobody(visit):
        return visit.page("setup.html", 503)
    gate.recognise(visit)
    if visit.user is not None:
        return visit.go("/")
    return visit.page("login.html", next=inside(visit.query("next")), wrong="", name="")


def enter(visit: Visit) -> Response:
    """Check name, password and, where it is set up, the six digits; then open a new session."""
    if gate.nobody(visit):
        return visit.page("setup.html", 503)
    name, code = visit.text("name").lower()[:80], visit.text("code").replace(" ", "")[:10]
    typed = visit.form.get("password", "")
    password = typed if isinstance(typed, str) else ""
    if not _may_try(visit, name):
        return _again(visit, name, TOO_OFTEN, 429)
    with visit.workplace.database.read() as connection:
        user = people.find(connection, visit.province, name)
    right = passwords.matches(user.password if user else passwords.nobodys(), password)
    if user is None or not right or not user.active or not second_step(visit, user, code):
        _note(visit, "login.failed", name)
        return _again(visit, name, WRONG, 401)
    return _welcome(visit, user, password)


def _again(visit: Visit, name: str, wrong: str, status: int) -> Response:
    return visit.page("login.html", status, next=inside(visit.text("next")), wrong=wrong, name=name)


def _may_try(visit: Visit, name: str) -> bool:
    """Twenty tries an hour from one address, ten an hour for one name."""
    hour = timedelta(hours=1)
    keys = ((f"login:ip:{address(visit)}", 20.0), (f"login:name:{people.digest(name)[:32]}", 10.0))
    with visit.workplace.database.write() as connection:
        allowed = [
            people.take(connection, visit.province, key, capacity=capacity, per=hour, now=visit.now)
            for key, capacity in keys
        ]
    return all(allowed)


def address(visit: Visit) -> str:
    """Where the request comes from. Only a trusted proxy's word is taken, which the server sees to."""
    return visit.request.client.host if visit.request.client else "?"


def second_step(visit: Visit, user: Row[Any], code: str) -> bool:
    """Whether the six digits are right and new; True where no second step is set up."""
    if user.totp_sealed is None:
        return True
    step = matching_step(visit.workplace.seal.open(user.totp_sealed), code, visit.now.timestamp())
    if step is None:
        return False
    with visit.workplace.database.write() as connection:
        return people.spend_step(connection, user.id, step)


def matching_step(secret: str, code: str, at: float) -> int | None:
    """The half minute for which a code is right, one to either side of now; None for a wrong one."""
    now = int(at) // 30
    for step in (now, now - 1, now + 1):
        if pyotp.TOTP(secret).verify(code, for_time=step * 30):
            return step
    return None


def _welcome(visit: Visit, user: Row[Any], password: str) -> Response:
    with visit.workplace.database.write() as connection:
        people.refill(connection, visit.province, f"login:name:{people.digest(user.name)[:32]}")
        if passwords.hasher().check_needs_rehash(user.password):
            people.rehash(connection, user.id, passwords.hashed(password))
        secret = people.open_session(
            connection, visit.province, user.id, complete=True, now=visit.now, lifetime=visit.desk.lifetime
        )
        record(
            connection,
            visit.province,
            at=visit.now,
            actor=f"user:{user.name}",
            action="login",
            subject=f"user:{user.name}",
        )
    response = visit.go(inside(visit.text("next")))
    _set_cookie(visit, response, secret)
    return response


def _set_cookie(visit: Visit, response: Response, secret: str) -> None:
    response.set_cookie(
        gate.cookie_name(visit),
        secret,
        max_age=int(visit.desk.lifetime.absolute.total_seconds()),
        path="/",
        secure=gate.secure(visit),
        httponly=True,
        samesite="lax",
    )


def _note(visit: Visit, action: str, name: str) -> None:
    with visit.workplace.database.write() as connection:
        record(
            connection,
            visit.province,
            at=visit.now,
            actor=f"address:{address(visit)}",
            action=action,
            subject=f"user:{name}"[:200],
        )


def inside(path: str) -> str:
    """A path of this desk, never another host's."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path and "\n" not in path
    return path if inside else "/"


def leave(visit: Visit) -> Response:
    assert visit.user is not None
    with visit.workplace.database.write() as connection:
        people.end_session(connection, visit.user.session_id)
    response = visit.go("/login", "bye")
    response.delete_cookie(gate.cookie_name(visit), path="/", secure=gate.secure(visit), httponly=True)
    return response


def account(visit: Visit) -> Response:
    return _account(visit)


def _account(visit: Visit, wrong: str = "", status: int = 200) -> Response:
    return visit.page(
        "account.html",
        status,
        second_step=gate.lacks_second_step(visit),
        wrong=wrong,
        secret=pyotp.random_base32(),
        uri="",
    )


def change_password(visit: Visit) -> Response:
    """A new password ends every other session."""
    user = visit.user
    assert user is not None
    old, new = str(visit.form.get("old", "")), str(visit.form.get("new", ""))
    if not _may_try(visit, user.name):
        return _account(visit, TOO_OFTEN, 429)
    if not passwords.matches(user.password, old):
        return _account(visit, "Mật khẩu hiện tại không đúng.", 422)
    wrong = passwords.refused(new, user.name)
    if wrong is None and new != str(visit.form.get("again", "")):
        wrong = "Hai lần nhập mật khẩu mới không giống nhau."
    if wrong is None and new == old:
        wrong = "Mật khẩu mới phải khác mật khẩu hiện tại."
    if wrong is not None:
        return _account(visit, wrong, 422)
    with visit.workplace.database.write() as connection:
        people.change(
            connection,
            visit.province,
            user,
            action="password",
            now=visit.now,
            actor=visit.actor,
            password=passwords.hashed(new),
            must_change=False,
        )
        people.end_sessions(connection, user.id, but=user.session_id)
    return visit.go("/account", "password")


def set_totp(visit: Visit) -> Response:
    """Turn the second step on with a code that proves the app has the secret, or off with the password."""
    user = visit.user
    assert user is not None
    if not _may_try(visit, user.name):
        return _account(visit, TOO_OFTEN, 429)
    if not passwords.matches(user.password, str(visit.form.get("password", ""))):
        return _account(visit, "Mật khẩu hiện tại không đúng.", 422)
    values: dict[str, object] = {"totp_sealed": None, "totp_step": None}
    if user.totp_sealed is not None and user.role == "admin" and visit.workplace.settings.desk.admins_need_totp:
        return _account(visit, "Quản trị viên bắt buộc dùng xác thực hai bước nên không tắt được.", 422)
    if user.totp_sealed is None:
        secret = visit.text("secret", longest=64)
        step = matching_step(secret, visit.text("code"), visit.now.timestamp()) if _is_secret(secret) else None
        if step is None:
            return _account(visit, "Mã xác thực không đúng; kiểm tra lại giờ trên điện thoại.", 422)
        values = {"totp_sealed": visit.workplace.seal.close(secret), "totp_step": step}
    action = "totp" if values["totp_sealed"] else "no_totp"
    with visit.workplace.database.write() as connection:
        people.change(connection, visit.province, user, action=action, now=visit.now, actor=visit.actor, **values)
    return visit.go("/account", action)


def _is_secret(text: str) -> bool:
    return len(text) == 32 and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def choose_language(visit: Visit) -> Response:
    """Keep which language to show for a year, and go back to the page."""
    chosen = visit.text("to")
    response = visit.go(inside(visit.text("next")))
    if chosen in LANGUAGES:
        response.set_cookie(
            COOKIE,
            chosen,
            max_age=366 * 24 * 3600,
            path="/",
            secure=gate.secure(visit),
            httponly=True,
            samesite="lax",
        )
    return response
