"""`dondoc user …`: who may enter the desk. The first admin can only be made here."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from desk.commands.printing import DONE, actor, fail, misuse, put, put_table
from desk.commands.workplace import AtWork, at_work
from desk.web.passwords import hashed, refused
from desk.web.words import ROLES
from store import locks, people

TRIES = 3
"""How often a password may be typed."""


def add_user(name: str, *, role: str) -> int:
    """Add a user; the password is asked, or taken from DONDOC_PASSWORD or DONDOC_PASSWORD_FILE."""
    name = name.strip().lower()
    if role not in ROLES:
        return misuse(f"--role phải là một trong: {', '.join(ROLES)}.")
    if not name or len(name) > 80 or any(letter.isspace() for letter in name):
        return misuse("tên đăng nhập gồm 1 đến 80 ký tự, không có dấu cách.")
    work = at_work()
    with work.place.ready().read() as connection:
        known = people.find(connection, work.place.province, name) is not None
    if known:
        return fail(f"đã có người dùng {name}; đổi mật khẩu bằng lệnh dondoc user password {name}.")
    password, wrong = _password(lambda typed: refused(typed, name, work.place.settings))
    if wrong:
        return fail(wrong)
    with work.place.database.write() as connection:
        people.add(
            connection,
            work.place.province,
            name=name,
            role=role,
            password=hashed(password),
            must_change=False,
            now=work.now,
            actor=actor(),
        )
    put(f"Đã thêm {ROLES[role].lower()} {name}.")
    return DONE


def set_password(name: str) -> int:
    """Give a user a new password, turn the second step off and end the user's sessions."""
    work = at_work()
    user = _find(work, name)
    if user is None:
        return fail(f"không có người dùng {name}.")
    password, wrong = _password(lambda typed: refused(typed, user.name, work.place.settings))
    if wrong:
        return fail(wrong)
    with work.place.database.write() as connection:
        people.change(
            connection,
            work.place.province,
            user,
            action="password",
            now=work.now,
            actor=actor(),
            password=hashed(password),
            password_at=work.now,
            must_change=True,
            totp_sealed=None,
            totp_step=None,
        )
        people.end_sessions(connection, user.id)
        locks.clear(connection, work.place.province, user.name)
    put(f"Đã đặt lại mật khẩu của {user.name}; lần đăng nhập tới phải đổi.")
    return DONE


def _find(work: AtWork, name: str) -> Row[Any] | None:
    with work.place.ready().read() as connection:
        return people.find(connection, work.place.province, name.strip().lower())


def list_users() -> int:
    work = at_work()
    with work.place.ready().read() as connection:
        rows = people.everyone(connection, work.place.province)
    put_table(
        f"{len(rows)} người dùng",
        ("Tên", "Vai trò", "Hai bước", "Đang dùng"),
        (
            (
                row.name,
                ROLES[row.role],
                "có" if row.totp_sealed else "không",
                "có" if row.active else "không",
            )
            for row in rows
        ),
    )
    return DONE


def _password(refusal: Callable[[str], str | None]) -> tuple[str, str | None]:
    """A password and why it is not taken; None where it is. Who types one may try three times."""
    if os.environ.get("DONDOC_PASSWORD"):
        return os.environ["DONDOC_PASSWORD"], refusal(os.environ["DONDOC_PASSWORD"])
    file = os.environ.get("DONDOC_PASSWORD_FILE")
    if file:
        try:
            given = Path(file).read_text(encoding="utf-8").strip()
        except OSError:
            return "", f"không đọc được tệp {file}."
        return given, refusal(given)
    wrong: str | None = None
    for _ in range(TRIES):
        if wrong:
            sys.stderr.write(f"{wrong}\n")
        typed = getpass.getpass("Mật khẩu (một câu dài, ít nhất 12 ký tự): ")
        wrong = refusal(typed)
        if wrong is None and getpass.getpass("Nhập lại: ") != typed:
            wrong = "Hai lần nhập không giống nhau."
        if wrong is None:
            return typed, None
    return "", wrong
