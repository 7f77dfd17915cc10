"""One's own password and second step."""

from __future__ import annotations

import pyotp
import segno
from markupsafe import Markup
from starlette.responses import Response

from desk.web import gate, passwords, tries
from desk.web.visit import Visit
from store import open_sessions, people


def account(visit: Visit) -> Response:
    return _account(visit)


def _account(visit: Visit, wrong: str = "", status: int = 200) -> Response:
    assert visit.user is not None
    secret = pyotp.random_base32()
    uri = pyotp.TOTP(secret).provisioning_uri(name=visit.user.name, issuer_name="Đôn Đốc")
    with visit.workplace.database.read() as connection:
        found = open_sessions.of_user(connection, visit.user.id, now=visit.now, lifetime=visit.desk.lifetime)
    return visit.page(
        "account.html",
        status,
        second_step=gate.lacks_second_step(visit),
        must_change=gate.must_change(visit),
        aged=gate.is_aged(visit),
        has_password=passwords.usable(visit.user.password),
        sessions=found,
        wrong=wrong,
        secret=secret,
        uri=uri,
        qr=qr_code(uri, visit.said("Mã QR của khóa, để quét bằng ứng dụng tạo mã")),
    )


def qr_code(text: str, name: str) -> Markup:
    """A picture of `text` for a phone's camera, black on white whatever the page's colours; `name` says it aloud.

    It goes into the page itself: a secret must be no address that a browser keeps.
    """
    drawn = segno.make_qr(text).svg_inline(
        border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None, title=name
    )
    return Markup(drawn.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704 - segno escapes the name


def unproved(visit: Visit, password: str) -> Response | None:
    """The page that says why nothing is changed: too many tries, or not the present password."""
    user = visit.user
    assert user is not None
    if not tries.may_try(visit, user.name):
        return _account(visit, tries.TOO_OFTEN, 429)
    if not passwords.matches(user.password, password):
        return _account(visit, "Mật khẩu hiện tại không đúng.", 422)
    tries.succeeded(visit, user.name)
    return None


def change_password(visit: Visit) -> Response:
    """A new password ends every other session."""
    user = visit.user
    assert user is not None
    old, new = str(visit.form.get("old", "")), str(visit.form.get("new", ""))
    if (refused := unproved(visit, old)) is not None:
        return refused
    wrong = passwords.refused(new, user.name, visit.workplace.settings)
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
            password_at=visit.now,
            must_change=False,
        )
        people.end_sessions(connection, user.id, but=user.session_id)
    return visit.go("/account", "password")


def set_totp(visit: Visit) -> Response:
    """Turn the second step on with a code that proves the app has the secret, or off with the password."""
    user = visit.user
    assert user is not None
    if (refused := unproved(visit, str(visit.form.get("password", "")))) is not None:
        return refused
    values: dict[str, object] = {"totp_sealed": None, "totp_step": None}
    if user.totp_sealed is not None and visit.workplace.settings.desk.wants_totp(user.role):
        return _account(visit, "Tài khoản này bắt buộc dùng xác thực hai bước nên không tắt được.", 422)
    if user.totp_sealed is None:
        secret = visit.text("secret", longest=64)
        step = (
            tries.matching_step(secret, visit.text("code"), visit.now.timestamp()) if _is_secret(secret) else None
        )
        if step is None:
            return _account(visit, "Mã xác thực không đúng; kiểm tra lại giờ trên điện thoại.", 422)
        values = {"totp_sealed": visit.workplace.seal.close(secret), "totp_step": step}
    action = "totp" if values["totp_sealed"] else "no_totp"
    with visit.workplace.database.write() as connection:
        people.change(connection, visit.province, user, action=action, now=visit.now, actor=visit.actor, **values)
        people.end_sessions(connection, user.id, but=user.session_id)
    return visit.go("/account", action)


def _is_secret(text: str) -> bool:
    return len(text) == 32 and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
