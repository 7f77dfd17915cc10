"""An entry of the audit log for people: what it is about, and what was before and after, without brackets."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from desk.web.words import ROLES

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

LONGEST = 400
"""Letters of one value that are shown."""

SUBJECTS = {
    "user": "người dùng",
    "task": "nhiệm vụ mã",
    "plan": "kế hoạch mã",
    "message": "thông báo",
    "event": "văn bản đã ban hành",
    "agency": "cơ quan",
    "agencies": "danh bạ",
    "config": "cấu hình",
    "token": "mã truy cập",
    "identity": "tài khoản dùng chung",
    "channel": "kênh gửi",
    "contact": "đầu mối",
    "keys": "khóa",
    "words": "cách gọi",
}
"""The first part of what an entry names; the rest is a number or a name."""

PAGES = {"task": "/tasks/", "message": "/messages/", "agency": "/agencies/"}
"""Where a thing of that kind is looked at."""

FIELDS = {
    "active": "đang dùng",
    "added": "thêm mới",
    "address": "địa chỉ",
    "agencies": "số cơ quan",
    "agency": "cơ quan",
    "answer": "trả lời",
    "asked_on": "ngày đề nghị",
    "changed": "thay đổi",
    "channel": "kênh",
    "document": "số văn bản",
    "due": "ngày hạn",
    "file": "tệp",
    "late": "quá hạn",
    "must_change": "phải đổi mật khẩu",
    "number": "số",
    "on": "ngày",
    "on_date": "ngày hạn",
    "reason": "lý do",
    "revision": "phiên bản",
    "role": "vai trò",
    "scopes": "quyền",
    "sent": "đã gửi",
    "sessions": "số phiên",
    "state": "trạng thái",
    "text": "nội dung",
    "to": "nơi nhận",
    "version": "phiên bản",
    "withdrawn": "thôi theo dõi",
}


def kind_and_name(subject: str) -> tuple[str, str]:
    """("người dùng", "lan") of "user:lan"; ("", subject) for what is not known."""
    kind, _, name = subject.partition(":")
    return (SUBJECTS[kind], name) if kind in SUBJECTS else ("", subject)


def page_of(subject: str) -> str:
    """Where what an entry names is looked at; "" where it has no page."""
    kind, _, name = subject.partition(":")
    return PAGES[kind] + name if kind in PAGES and name else ""


def values(held: Any) -> list[tuple[str, str]]:
    """(name, value) of what an entry keeps, in its order; a name is "" where the whole is one value."""
    if held is None:
        return []
    if not isinstance(held, Mapping):
        return [("", _short(held))]
    return [
        (FIELDS.get(name, str(name)), _short(ROLES.get(value, value) if name == "role" else value))
        for name, value in held.items()
        if value not in (None, [], "")
    ]


def _day(text: str) -> str:
    """dd/mm/yyyy of a day as it is kept; any other text as it is."""
    try:
        return f"{date.fromisoformat(text):%d/%m/%Y}" if _DAY.fullmatch(text) else text
    except ValueError:
        return text


def _short(value: Any) -> str:
    match value:
        case bool():
            text = "có" if value else "không"
        case list() if all(isinstance(one, str | int) for one in value):
            text = ", ".join(map(str, value))
        case str() | int() | float():
            text = _day(value) if isinstance(value, str) else str(value)
        case _:
            text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"
