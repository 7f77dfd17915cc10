"""Logging in with a password, and out; the language of the pages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row
from starlette.responses import Response

from desk.web import gate, passwords, tries
from desk.web.language import COOKIE, LANGUAGES
from desk.web.session_pages import browser_of
from desk.web.visit import Visit
from store import people
from store.audit import record

WRONG = "Tên đăng nhập, mật khẩu hoặc mã xác thực không đúng."


def form(visit: Visit) -> Response:
    if gate.nobody(visit):
        return visit.page("setup.html", 503)
    gate.recognise(visit)
    if visit.user is not None:
        return visit.go("/")
    return _form(visit, 200, next=inside(visit.query("next")), wrong="", name="")


def _form(visit: Visit, status: int, **values: Any) -> Response:
    door = visit.desk.door
    label = door.oidc.label if door is not None else ""
    return visit.page("login.html", status, label=label, left=visit.query("told") == "bye_oidc", **values)


def enter(visit: Visit) -> Response:
    """Check name, password and, where it is set up, the six digits; then open a new session."""
    if gate.nobody(visit):
        return visit.page("setup.html", 503)
    name, code = visit.text("name").lower()[:80], visit.text("code").replace(" ", "")[:10]
    typed = visit.form.get("password", "")
    password = typed if isinstance(typed, str) else ""
    if not tries.may_try(visit, name):
        return _again(visit, name, tries.TOO_OFTEN, 429)
    with visit.workplace.database.read() as connection:
        user = people.find(connection, visit.province, name)
    right = passwords.matches(user.password if user else passwords.nobodys(), password)
    if user is None or not right or not user.active or not tries.second_step(visit, user, code):
        with visit.workplace.database.write() as connection:
            tries.note(visit, connection, "login.failed", name)
        return _again(visit, name, WRONG, 401)
    tries.succeeded(visit, user.name)
    _renew_hash(visit, user, password)
    return welcome(visit, user, inside(visit.text("next")), method="password")


def _again(visit: Visit, name: str, wrong: str, status: int) -> Response:
    return _form(visit, status, next=inside(visit.text("next")), wrong=wrong, name=name)


def _renew_hash(visit: Visit, user: Row[Any], password: str) -> None:
    if passwords.hasher().check_needs_rehash(user.password):
        with visit.workplace.database.write() as connection:
            people.rehash(connection, user.id, passwords.hashed(password))


def welcome(
    visit: Visit,
    user: Row[Any],
    following: str,
    *,
    method: str,
    role: str | None = None,
    second_step: bool = False,
    complete: bool = True,
) -> Response:
    """A new session for `user`, and on to `following`. One that is not complete opens nothing yet."""
    with visit.workplace.database.write() as connection:
        secret = people.open_session(
            connection,
            visit.province,
            user.id,
            complete=complete,
            now=visit.now,
            lifetime=visit.desk.lifetime,
            method=method,
            role=role,
            second_step=second_step,
            address=tries.address(visit),
            browser=browser_of(visit.request.headers.get("user-agent", "")),
        )
        if complete:
            record(
                connection,
                visit.province,
                at=visit.now,
                actor=f"user:{user.name}",
                action="login" if method == "password" else "login.oidc",
                subject=f"user:{user.name}",
                after=None if method == "password" else {"role": role},
            )
    response = visit.go(following)
    set_cookie(visit, response, gate.cookie_name(visit), secret, int(visit.desk.lifetime.absolute.total_seconds()))
    return response


def set_cookie(visit: Visit, response: Response, name: str, value: str, seconds: int) -> None:
    """A cookie that no script reads and no form of another site brings."""
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=gate.secure(visit), httponly=True, samesite="lax"
    )


def inside(path: str) -> str:
    """A path of this desk, never another host's."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path and "\n" not in path
    return path if inside else "/"


def leave(visit: Visit) -> Response:
    """End the session here. The one at the issuer is the person's to end: the next page has the way there."""
    assert visit.user is not None
    with visit.workplace.database.write() as connection:
        people.end_session(connection, visit.user.session_id)
    response = visit.go("/login", "bye_oidc" if visit.user.method == "oidc" else "bye")
    response.delete_cookie(gate.cookie_name(visit), path="/", secure=gate.secure(visit), httponly=True)
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


def choose_language(visit: Visit) -> Response:
    """Keep which language to show for a year, and go back to the page."""
    chosen = visit.text("to")
    response = visit.go(inside(visit.text("next")))
    if chosen in LANGUAGES:
        set_cookie(visit, response, "__Host-" * gate.secure(visit) + COOKIE, chosen, 366 * 24 * 3600)
    return response
