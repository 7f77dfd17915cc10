"""What every code of Zalo means to us: a table of codes (`codes.tsv`) and a table of remedies.

A code has one `Trouble`; a trouble has one `Remedy`; a remedy says which typed error is raised and what
the outbox then does. An unknown code is parked for a person: nobody resends what may have arrived.
Marks in the table: ✔ two sources agree, 1 one source, ⚠ disputed, † said to be retired. Admins may move any
code to another trouble (`[codes]` of zalo.toml), because none of it was checked against the live service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from notifiers.errors import NotSent, Refused, Scope, Unavailable, Unconfirmed


class Trouble(StrEnum):
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    RETRY = "retry"
    BUSY = "busy"
    UNCERTAIN = "uncertain"
    QUOTA_DAY = "quota_day"
    QUOTA_MONTH = "quota_month"
    QUOTA_USER_DAY = "quota_user_day"
    QUOTA_USER_MONTH = "quota_user_month"
    MONEY = "money"
    NIGHT = "night"
    RECIPIENT = "recipient"
    WINDOW = "window"
    PAYLOAD = "payload"
    CONFIG = "config"
    RECONSENT = "reconsent"
    REFRESH_UNKNOWN = "refresh_unknown"
    BUG = "bug"
    NOTE = "note"
    UNEXPECTED = "unexpected"


class Action(StrEnum):
    """What happens to the message."""

    REFRESH = "refresh"
    """Refresh the token once, send once more; still refused: hold the channel."""
    NEXT_MINUTE = "next_minute"
    SOON = "soon"
    NEXT_DAY = "next_day"
    """06:05 of the next day (settings), Asia/Ho_Chi_Minh."""
    NEXT_MONTH = "next_month"
    MORNING = "morning"
    """The next 06:05."""
    HOLD = "hold"
    """The whole channel waits until the admin has acted; asked again every `hold_seconds`."""
    FALLBACK = "fallback"
    """Send by e-mail instead."""
    DEAD_LETTER = "dead_letter"
    """A fault of ours: never sent again as it is; shown to the admin."""
    PARK = "park"
    """Wait for the webhook; then a person decides."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Remedy:
    error: type[NotSent]
    scope: Scope
    action: Action
    alert: bool
    advice: str
    """What the admin should do, in Vietnamese."""

    @property
    def fallback(self) -> bool:
        return self.action is Action.FALLBACK


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    code: str
    family: str
    trouble: Trouble
    mark: str
    meaning: str


def _remedy(error: type[NotSent], scope: Scope, action: Action, advice: str, *, alert: bool = True) -> Remedy:
    return Remedy(error=error, scope=scope, action=action, alert=alert, advice=advice)


_QUOTA = "Hạn mức Zalo đã hết; tin được giữ lại. Kiểm tra hạn mức tại trang quản trị OA, xin nâng nếu cần."
_CONFIG = "Kênh Zalo tạm dừng. Kiểm tra ứng dụng, OA và mẫu tin tại trang quản trị Zalo, rồi mở lại kênh."
_CONSENT = (
    "Quản trị viên OA phải cấp quyền lại cho ứng dụng: mở liên kết cấp quyền, đăng nhập bằng tài khoản "
    "quản trị OA, rồi nhập mã nhận được. Không dùng chung một lần cấp quyền cho hai hệ thống."
)
_PARK = "Chưa rõ tin đã đến chưa: chờ Zalo báo, hỏi người nhận nếu cần; hệ thống không tự gửi lại."

REMEDIES: Mapping[Trouble, Remedy] = MappingProxyType(
    {
        Trouble.TOKEN: _remedy(Unavailable, Scope.CHANNEL, Action.REFRESH, _CONSENT),
        Trouble.RETRY: _remedy(Unavailable, Scope.CHANNEL, Action.NEXT_MINUTE, "Tự gửi lại.", alert=False),
        Trouble.BUSY: _remedy(Unavailable, Scope.CHANNEL, Action.SOON, "Tự gửi lại.", alert=False),
        Trouble.UNCERTAIN: _remedy(Unconfirmed, Scope.MESSAGE, Action.PARK, _PARK),
        Trouble.QUOTA_DAY: _remedy(Unavailable, Scope.CHANNEL, Action.NEXT_DAY, _QUOTA),
        Trouble.QUOTA_MONTH: _remedy(Unavailable, Scope.CHANNEL, Action.NEXT_MONTH, _QUOTA),
        Trouble.QUOTA_USER_DAY: _remedy(Unavailable, Scope.RECIPIENT, Action.NEXT_DAY, _QUOTA),
        Trouble.QUOTA_USER_MONTH: _remedy(Unavailable, Scope.RECIPIENT, Action.NEXT_MONTH, _QUOTA),
        Trouble.MONEY: _remedy(
            Unavailable, Scope.CHANNEL, Action.HOLD, "Nạp tiền hoặc liên kết tài khoản ZBS; tin được giữ lại."
        ),
        Trouble.NIGHT: _remedy(Unavailable, Scope.CHANNEL, Action.MORNING, "Tự gửi vào sáng.", alert=False),
        Trouble.RECIPIENT: _remedy(
            Refused, Scope.RECIPIENT, Action.FALLBACK, "Gửi qua thư điện tử; sửa danh bạ.", alert=False
        ),
        Trouble.WINDOW: _remedy(
            Refused,
            Scope.RECIPIENT,
            Action.FALLBACK,
            "Gửi qua thư điện tử; người nhận nhắn OA để mở lại cửa sổ.",
            alert=False,
        ),
        Trouble.PAYLOAD: _remedy(
            Refused, Scope.MESSAGE, Action.DEAD_LETTER, "Sửa mẫu tin hoặc khai báo trong zalo.toml."
        ),
        Trouble.CONFIG: _remedy(Unavailable, Scope.CHANNEL, Action.HOLD, _CONFIG),
        Trouble.RECONSENT: _remedy(Unavailable, Scope.CHANNEL, Action.HOLD, _CONSENT),
        Trouble.REFRESH_UNKNOWN: _remedy(
            Unavailable, Scope.CHANNEL, Action.HOLD, "Không thử làm mới lại token đã gửi. " + _CONSENT
        ),
        Trouble.BUG: _remedy(Unavailable, Scope.CHANNEL, Action.HOLD, "Lỗi phần mềm: báo người phát triển."),
        Trouble.NOTE: _remedy(
            Unavailable,
            Scope.CHANNEL,
            Action.HOLD,
            "Token cũ được giữ lại. Theo dõi lần làm mới tới; nếu thất bại thì cấp quyền lại.",
        ),
        Trouble.UNEXPECTED: _remedy(Unconfirmed, Scope.MESSAGE, Action.PARK, _PARK),
    }
)


@cache
def codes() -> Mapping[str, Code]:
    """Every known code, by its printed form; the families share no code with two meanings."""
    table: dict[str, Code] = {}
    lines = files("notifiers.zalo").joinpath("codes.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        family, code, trouble, mark, meaning = line.split("\t")
        table[code] = Code(code=code, family=family, trouble=Trouble(trouble), mark=mark, meaning=meaning)
    return MappingProxyType(table)


def trouble(code: str, overrides: Mapping[str, str] = MappingProxyType({})) -> Trouble:
    """The trouble of a code; UNEXPECTED for one that no table knows."""
    if code in overrides:
        return Trouble(overrides[code])
    known = codes().get(code)
    return known.trouble if known else Trouble.UNEXPECTED


def remedy(code: str, overrides: Mapping[str, str] = MappingProxyType({})) -> Remedy:
    return REMEDIES[trouble(code, overrides)]


def meaning(code: str) -> str:
    known = codes().get(code)
    return known.meaning if known else "mã lỗi chưa biết"
