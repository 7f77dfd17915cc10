"""What each reply of a mail server means for the message: one fixed table, read from the top.

Codes are RFC 5321 section 4.2, the enhanced ones RFC 3463, 4954, 5248, 7372, 7504 and 7505. A row's pattern is
matched against "<stage> <code> <enhanced>" and, where a row gives one, the words are looked for in the text.
A class that RFC 5321 knows but no row names is decided by its first digit, so every reply has a meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from notifiers.errors import NotSent, Refused, Scope, Unavailable, Unconfirmed
from notifiers.render_clean import shorten


class Stage(StrEnum):
    """How far one message came. Only after the dot may the server have it."""

    CONNECT = "connect"
    HELLO = "hello"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    pattern: str
    scope: Scope
    reason: str
    retry_after: float | None = None
    """Seconds; for replies that begin with 4."""
    words: str = ""


_R, _M, _C = Scope.RECIPIENT, Scope.MESSAGE, Scope.CHANNEL

TABLE: tuple[Row, ...] = (
    # The channel itself
    Row(pattern=r"\w+ 421 .*", scope=_C, reason="Máy chủ thư tạm ngừng phục vụ", retry_after=60),
    Row(pattern=r"auth (454|432|4..) .*", scope=_C, reason="Tạm thời không đăng nhập được", retry_after=300),
    Row(pattern=r"auth 5.. .*", scope=_C, reason="Máy chủ thư không chấp nhận đăng nhập"),
    Row(pattern=r"\w+ (530|534|535|538) .*", scope=_C, reason="Máy chủ thư đòi đăng nhập hoặc mã hoá"),
    Row(pattern=r"starttls ... .*", scope=_C, reason="Không mã hoá được kết nối", retry_after=300),
    Row(pattern=r"(connect|hello) 4.. .*", scope=_C, reason="Máy chủ thư chưa sẵn sàng", retry_after=120),
    Row(pattern=r"(connect|hello) 5.. .*", scope=_C, reason="Máy chủ thư không phục vụ máy này"),
    # MAIL FROM: the sender, or the size of the message
    Row(pattern=r"mail (552|5.. 5\.3\.4).*", scope=_M, reason="Thư vượt quá dung lượng cho phép"),
    Row(pattern=r"mail 452 .*", scope=_C, reason="Máy chủ thư hết chỗ chứa", retry_after=900),
    Row(pattern=r"mail ... .\.6\.7", scope=_R, reason="Máy chủ thư không nhận địa chỉ có dấu"),
    Row(pattern=r"mail 4.. .*", scope=_C, reason="Máy chủ thư tạm không nhận từ địa chỉ gửi", retry_after=300),
    Row(pattern=r"mail 5.. .*", scope=_C, reason="Máy chủ thư không nhận từ địa chỉ gửi"),
    # RCPT TO: one recipient, unless the relay itself is closed to us
    Row(
        pattern=r"rcpt ... .*",
        scope=_C,
        reason="Máy chủ thư không chuyển tiếp cho hệ thống này",
        retry_after=900,
        words=r"relay(ing)? (access )?(denied|not permitted)|not permitted to relay|unable to relay",
    ),
    Row(pattern=r"rcpt 5.. 5\.1\.8", scope=_C, reason="Địa chỉ gửi không được chấp nhận"),
    Row(pattern=r"rcpt 5.. 5\.1\.7", scope=_C, reason="Địa chỉ gửi không được chấp nhận"),
    Row(pattern=r"rcpt (45.) 4\.2\.2", scope=_R, reason="Hộp thư nhận đã đầy", retry_after=3600),
    Row(pattern=r"rcpt (552|5.. 5\.2\.2).*", scope=_R, reason="Hộp thư nhận đã đầy"),
    Row(pattern=r"rcpt 5.. 5\.2\.1", scope=_R, reason="Hộp thư nhận đã bị khoá"),
    Row(pattern=r"rcpt (556|5.. 5\.1\.10).*", scope=_R, reason="Tên miền của địa chỉ không nhận thư"),
    Row(pattern=r"rcpt 5.. 5\.1\.2", scope=_R, reason="Tên miền của địa chỉ không tồn tại"),
    Row(pattern=r"rcpt 5.. 5\.4\.4", scope=_R, reason="Tên miền của địa chỉ không tồn tại"),
    Row(pattern=r"rcpt 5.. 5\.1\.[0136]", scope=_R, reason="Địa chỉ không tồn tại"),
    Row(pattern=r"rcpt 5.. 5\.7\..*", scope=_R, reason="Bên nhận không cho phép gửi tới địa chỉ này"),
    Row(pattern=r"rcpt (550|551|553) .*", scope=_R, reason="Địa chỉ không tồn tại hoặc không nhận thư"),
    Row(pattern=r"rcpt 45[01] (4\.7\..*|4\.2\.0)", scope=_R, reason="Bên nhận hẹn gửi lại", retry_after=300),
    Row(pattern=r"rcpt 452 4\.5\.3", scope=_R, reason="Quá nhiều địa chỉ nhận", retry_after=60),
    Row(pattern=r"rcpt 452 .*", scope=_C, reason="Máy chủ thư hết chỗ chứa", retry_after=900),
    Row(pattern=r"rcpt 4.. 4\.4\..*", scope=_R, reason="Chưa liên lạc được với bên nhận", retry_after=900),
    Row(pattern=r"rcpt 4.. .*", scope=_R, reason="Bên nhận tạm không nhận thư", retry_after=300),
    Row(pattern=r"rcpt 5.. .*", scope=_R, reason="Bên nhận từ chối địa chỉ này"),
    # DATA and the dot: the message, or a recipient that is judged late
    Row(pattern=r"(data|dot) (552|5.. 5\.3\.4).*", scope=_M, reason="Thư vượt quá dung lượng cho phép"),
    Row(pattern=r"(data|dot) 5.. 5\.2\.2", scope=_R, reason="Hộp thư nhận đã đầy"),
    Row(pattern=r"(data|dot) 5.. 5\.[12]\..*", scope=_R, reason="Bên nhận từ chối địa chỉ này"),
    Row(pattern=r"(data|dot) 5.. 5\.6\..*", scope=_M, reason="Nội dung thư không hợp lệ với máy chủ thư"),
    Row(pattern=r"(data|dot) 5.. 5\.7\..*", scope=_M, reason="Thư bị từ chối theo chính sách của máy chủ"),
    Row(pattern=r"(data|dot) 452 .*", scope=_C, reason="Máy chủ thư hết chỗ chứa", retry_after=900),
    Row(pattern=r"(data|dot) 4.. 4\.3\..*", scope=_C, reason="Máy chủ thư gặp sự cố tạm thời", retry_after=300),
    Row(pattern=r"(data|dot) 4.. 4\.[12]\..*", scope=_R, reason="Bên nhận hẹn gửi lại", retry_after=300),
    Row(pattern=r"(data|dot) 4.. .*", scope=_M, reason="Máy chủ thư tạm chưa nhận thư", retry_after=300),
    Row(pattern=r"(data|dot) 5.. .*", scope=_M, reason="Máy chủ thư từ chối thư"),
    # Commands that a server does not know
    Row(pattern=r"\w+ 4.. .*", scope=_C, reason="Máy chủ thư tạm từ chối", retry_after=300),
    Row(pattern=r"\w+ 5.. .*", scope=_C, reason="Máy chủ thư không hiểu yêu cầu"),
)

_COMPILED = tuple(
    (re.compile(row.pattern, re.I), re.compile(row.words, re.I) if row.words else None, row) for row in TABLE
)
_ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s<>@:;,'\"()]+@([^\s<>@:;,'\"()]+)")


def judge(stage: Stage, code: int, text: str) -> NotSent:
    """What a reply that is not the wanted one means; to be raised.

    After the dot, a reply that is no refusal (neither 4 nor 5) leaves open whether the server has the message.
    """
    enhanced = _ENHANCED.match(text)
    own_code = f"{code} {enhanced[1]}" if enhanced else str(code)
    if not 400 <= code <= 599:
        return lost(stage, f"trả lời lạ {shown(text)}".strip(), code=own_code)
    row = row_for(stage, code, enhanced[1] if enhanced else "", text)
    reason = f"{row.reason} ({own_code}: {said})" if (said := _said(text)) else f"{row.reason} ({own_code})"
    if code < 500 or stage is Stage.STARTTLS:
        return Unavailable(reason, code=own_code, scope=row.scope, retry_after=row.retry_after)
    return Refused(reason, code=own_code, scope=row.scope)


def row_for(stage: Stage, code: int, enhanced: str, text: str = "") -> Row:
    """The row of the table that decides; `code` is between 400 and 599."""
    name = f"{stage} {code} {enhanced}"
    for pattern, words, row in _COMPILED:
        if pattern.fullmatch(name) and (words is None or words.search(text)):
            return row
    raise ValueError(f"not a refusal: {name}")


def lost(stage: Stage, why: str, *, code: str | None = None) -> NotSent:
    """What a connection that ended, or an answer that cannot be read, means at this stage."""
    if stage is Stage.DOT:
        return Unconfirmed(f"Không rõ máy chủ thư đã nhận hay chưa: {why}", code=code, scope=Scope.MESSAGE)
    return Unavailable(f"Mất kết nối với máy chủ thư: {why}", code=code, scope=Scope.CHANNEL, retry_after=60)


def shown(text: str) -> str:
    """A server's words for people and logs: one short line in which no address stands whole."""
    return shorten(_ADDRESS.sub(r"…@\1", text), 160)


def _said(text: str) -> str:
    return shown(_ENHANCED.sub("", text, count=1))
