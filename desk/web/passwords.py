"""Passwords as argon2id hashes, above the parameters that OWASP asks for (t=2, m=19 MiB, p=1)."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from config.breached_passwords import is_breached
from config.settings import Settings
from desk.web.common_passwords import is_common

SHORTEST, LONGEST = 12, 256

LONG_NAME = 3
"""A user's name of so many letters may not stand in the password."""

NONE = "!"
"""In the place of a hash: no password fits, the user comes by way of the issuer."""


@cache
def hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024 + 512, parallelism=1)


def refused(password: str, name: str, settings: Settings) -> str | None:
    """Why a user's password is not taken, in Vietnamese; None where it is.

    Raises ConfigError where the settings name a file of leaked passwords that cannot be searched.
    """
    if len(password) < SHORTEST:
        return f"Mật khẩu cần ít nhất {SHORTEST} ký tự."
    if len(password) > LONGEST:
        return f"Mật khẩu dài quá {LONGEST} ký tự."
    if len(name) >= LONG_NAME and name.lower() in password.lower():
        return "Mật khẩu không được chứa tên đăng nhập."
    office, breached = settings.office, settings.breached_passwords
    known = (name, office.name, office.parent, office.place, office.province)
    if len(set(password)) < 5 or is_common(password, known):
        return "Mật khẩu này nhiều người dùng hoặc dễ đoán; hãy chọn một câu dài mà chỉ mình biết."
    if breached is not None and is_breached(breached, password):
        return "Mật khẩu này nằm trong danh sách mật khẩu đã bị lộ; hãy chọn một câu chưa dùng ở đâu."
    return None


def hashed(password: str) -> str:
    return hasher().hash(password)


def matches(kept: str, password: str) -> bool:
    try:
        return hasher().verify(kept, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobodys() -> str:
    """A hash that no password fits, so that an unknown name takes as long as a wrong password."""
    return hashed("-" * SHORTEST + "nobody")


def usable(kept: str) -> bool:
    """Whether there is a password at all."""
    return kept != NONE
