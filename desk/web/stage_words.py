"""Stages of a policy in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from deadlines.policy import Stage

WEEKDAYS = {"mon": "thứ Hai", "tue": "thứ Ba", "wed": "thứ Tư", "thu": "thứ Năm", "fri": "thứ Sáu"}


def rows_of(stages: Sequence[Stage]) -> list[dict[str, str]]:
    """Stages as fields. A name that follows from the rest is left out, so that it follows what is changed."""
    return [
        {
            "name": "" if one.name == replace(one, name="").name else one.name,
            "days": str(one.days) if one.after_reminders is None else "",
            "after_reminders": str(one.after_reminders or ""),
            "working": "1" if one.working else "",
            "repeat_every": str(one.repeat_every or ""),
            "repeat_on": one.repeat_on or "",
            "repeat_limit": str(one.repeat_limit or ""),
            "to": one.to,
            "channels": ", ".join(one.channels or ()),
        }
        for one in stages
    ]


def stage(name: str) -> str:
    """A stage of a policy in words, where its name is one that the program makes."""
    base = name.partition("#")[0]
    for start, said in (("before-", "Trước hạn"), ("late+", "Sau hạn")):
        if base.startswith(start):
            digits = "".join(letter for letter in base.removeprefix(start) if letter in "0123456789")
            return f"{said} {digits} ngày" + (" (báo cáo lãnh đạo)" if "-" in base.removeprefix(start) else "")
    return {"day-0": "Ngày đến hạn", "first-summary": "Tổng hợp khi mới nhập"}.get(base, base)


def step(row: Mapping[str, str]) -> tuple[str, ...]:
    """What a row of the policy form says, part by part: when, how often again, how many times."""
    said = [_when(row)]
    if row["repeat_every"]:
        said.append(f"nhắc lại sau mỗi {row['repeat_every']} ngày")
    if row["repeat_on"]:
        said.append(f"vào {WEEKDAYS.get(row['repeat_on'], row['repeat_on'])}")
    if row["repeat_limit"]:
        said.append(f"nhiều nhất {row['repeat_limit']} lần")
    return tuple(said)


def _when(row: Mapping[str, str]) -> str:
    if row["after_reminders"]:
        return f"sau {row['after_reminders']} lần nhắc quá hạn"
    days, unit = row["days"].removeprefix("+"), "ngày làm việc" if row["working"] else "ngày"
    if re.fullmatch(r"-?[0-9]{1,6}", days) is None:
        return f"“{row['days']}”"
    if not int(days):
        return "đúng ngày"
    return f"trước {days.removeprefix('-')} {unit}" if days.startswith("-") else f"sau {days} {unit}"
