"""Logging in at the issuer of the settings: out, back, and the desk's own second step where it is still due."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import Row
from starlette.responses import RedirectResponse, Response

from desk.oidc.errors import Rejected, SignInFailed, Unreachable
from desk.oidc.signing_in import Door, UnderWay
from desk.oidc.tokens import Shown
from desk.web import gate, tries
from desk.web.login import inside, set_cookie, welcome
from desk.web.visit import Visit
from store import identities, people

NOWHERE = "Bàn làm việc này không dùng hệ thống đăng nhập chung."
FAILED = "Đăng nhập không thành công; hãy bắt đầu lại từ trang đăng nhập."
OUT_OF_REACH = "Hệ thống đăng nhập chung hiện không dùng được; hãy đăng nhập bằng mật khẩu hoặc thử lại sau."
NOT_ENTITLED = "Tài khoản này không được phép vào bàn làm việc."
NOT_LINKED = (
    "Tài khoản này chưa được liên kết với người dùng nào của bàn làm việc. "
    "Đề nghị liên kết đã được chuyển đến quản trị viên."
)
CODE_TIME = timedelta(minutes=5)
"""How long a session waits for the six digits."""


def _sorry(visit: Visit, message: str, status: int) -> Response:
    return visit.page("sorry.html", status, message=message, back="/login")


def _door(visit: Visit) -> Door | None:
    return visit.desk.door


def _browser_cookie(visit: Visit) -> str:
    return gate.cookie_name(visit) + "-oidc"


def start(visit: Visit) -> Response:
    """Send the browser to the issuer. Looking at this address changes nothing but that a log-in is under way."""
    door = _door(visit)
    if gate.nobody(visit):
        return visit.page("setup.html", 503)
    if door is None:
        return _sorry(visit, NOWHERE, 404)
    if not tries.may_ask(visit):
        return _sorry(visit, tries.TOO_OFTEN, 429)
    try:
        out = door.set_out(visit.now, inside(visit.query("next")))
    except Unreachable as error:
        return _failed(visit, error)
    browser = secrets.token_urlsafe(32)
    sealed = visit.workplace.seal.close(out.kept.dumps())
    with visit.workplace.database.write() as connection:
        identities.begin(
            connection, visit.province, state=out.state, browser=browser, content=sealed, now=visit.now
        )
    response = RedirectResponse(out.address, 303)
    set_cookie(visit, response, _browser_cookie(visit), browser, int(identities.UNDER_WAY.total_seconds()))
    return response


def back(visit: Visit) -> Response:
    """The browser comes back: one state, one browser, one time."""
    door = _door(visit)
    if door is None:
        return _sorry(visit, NOWHERE, 404)
    if not tries.may_ask(visit):
        return _sorry(visit, tries.TOO_OFTEN, 429)
    response = _answered(visit, door)
    response.delete_cookie(_browser_cookie(visit), path="/", secure=gate.secure(visit), httponly=True)
    return response


def _answered(visit: Visit, door: Door) -> Response:
    browser = visit.request.cookies.get(_browser_cookie(visit), "")
    with visit.workplace.database.write() as connection:
        sealed = identities.take_up(
            connection, visit.province, state=visit.query("state"), browser=browser, now=visit.now
        )
    try:
        if sealed is None:
            raise Rejected("state", "không có lần đăng nhập nào đang chờ câu trả lời này")
        kept = UnderWay.loads(visit.workplace.seal.open(sealed))
        shown = _shown(visit, door, kept)
    except SignInFailed as error:
        return _failed(visit, error)
    return _entered(visit, door, shown, kept.next)


def _shown(visit: Visit, door: Door, kept: UnderWay) -> Shown:
    given = visit.request.query_params
    if len({name for name, _ in given.multi_items()}) != len(given.multi_items()):
        raise Rejected("twice", "câu trả lời ghi một mục hai lần")
    # Whose answer it is comes before what it says, an error too (RFC 9207).
    if given.get("iss") not in (None, door.oidc.issuer):
        raise Rejected("mix-up", "câu trả lời không phải của hệ thống đăng nhập đã chọn")
    if "error" in given:
        raise Rejected("issuer", "hệ thống đăng nhập từ chối")
    return door.come_back(kept, code=given.get("code", ""), issuer=given.get("iss"), now=visit.now)


def _failed(visit: Visit, error: SignInFailed) -> Response:
    with visit.workplace.database.write() as connection:
        told = {"reason": error.reason, "said": str(error)[:300]}
        tries.note(visit, connection, "oidc.failed", "?", told)
    if isinstance(error, Unreachable):
        return _sorry(visit, OUT_OF_REACH, 503)
    if error.reason in {"role", "province"}:
        return _sorry(visit, NOT_ENTITLED, 403)
    return _sorry(visit, FAILED, 401)


def _entered(visit: Visit, door: Door, shown: Shown, following: str) -> Response:
    """In, where an admin linked the identity to an active user; with the lesser of both roles."""
    with visit.workplace.database.read() as connection:
        user = identities.owner(connection, visit.province, door.oidc.issuer, shown.subject)
    if user is None:
        return _asked(visit, door, shown)
    if not user.active:
        return _failed(visit, Rejected("role", "người dùng đã ngừng dùng"))
    due = user.totp_sealed is not None and not shown.second_step
    return welcome(
        visit,
        user,
        f"/login/code?{_next(following)}" if due else following,
        method="oidc",
        role=people.least(user.role, shown.role),
        second_step=shown.second_step,
        complete=not due,
    )


def _next(following: str) -> str:
    from urllib.parse import urlencode

    return urlencode({"next": following})


def _asked(visit: Visit, door: Door, shown: Shown) -> Response:
    content = json.dumps([shown.name, shown.role], ensure_ascii=False)
    with visit.workplace.database.write() as connection:
        identities.ask(
            connection,
            visit.province,
            issuer=door.oidc.issuer,
            subject=shown.subject,
            shown=visit.workplace.seal.close(content),
            now=visit.now,
        )
        tries.note(visit, connection, "oidc.ask", "?", {"role": shown.role})
    return _sorry(visit, NOT_LINKED, 403)


def _waiting(visit: Visit) -> Row[Any] | None:
    """The session that still lacks the six digits."""
    secret = visit.request.cookies.get(gate.cookie_name(visit), "")
    with visit.workplace.database.read() as connection:
        found = people.session(connection, visit.province, secret, now=visit.now, lifetime=visit.desk.lifetime)
    if found is None or found.complete or visit.now - found.entered_at > CODE_TIME:
        return None
    return found


def code_form(visit: Visit) -> Response:
    if _waiting(visit) is None:
        return visit.go("/login")
    return visit.page("code.html", next=inside(visit.query("next")), wrong="")


def code(visit: Visit) -> Response:
    """The desk's own second step, after the issuer. The session that waited ends; a new one begins."""
    found = _waiting(visit)
    if found is None:
        return visit.go("/login")
    following = inside(visit.text("next"))
    if not tries.may_try(visit, found.name):
        return visit.page("code.html", 429, next=following, wrong=tries.TOO_OFTEN)
    if not tries.second_step(visit, found, visit.text("code").replace(" ", "")[:10]):
        with visit.workplace.database.write() as connection:
            tries.note(visit, connection, "login.failed", found.name)
        return visit.page("code.html", 401, next=following, wrong="Mã xác thực không đúng.")
    tries.succeeded(visit, found.name)
    with visit.workplace.database.write() as connection:
        people.end_session(connection, found.session_id)
    return welcome(visit, found, following, method="oidc", role=found.role)


def leave_issuer(visit: Visit) -> Response:
    """On to where the session at the issuer is ended."""
    door = _door(visit)
    address = door.leave_address(visit.now) if door is not None and tries.may_ask(visit) else ""
    return RedirectResponse(address, 303) if address else visit.go("/login", "bye")
