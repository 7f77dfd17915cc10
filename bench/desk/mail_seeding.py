"""Years of messages, most of them sent, for a province of the bench."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from flows.steps.workplace import Workplace
from store.schema import deliveries, dues, messages, reminders

SHARE = 0.4
"""Messages for each task that is stored."""


def add_messages(
    connection: Connection, place: Workplace, now: datetime, codes: Sequence[str], number: int
) -> None:
    """A message an agency and day back from yesterday, each with its delivery and four reminders."""
    many = int(number * SHARE)
    dates = connection.execute(select(dues.c.id, dues.c.on_date).order_by(dues.c.id).limit(many * 4)).all()
    for start in range(0, many, 5000):
        ids = range(start + 1, min(start + 5000, many) + 1)
        connection.execute(insert(messages), [_message(place.province, n, codes, now) for n in ids])
        connection.execute(insert(deliveries), [_delivery(place.province, n, codes, now) for n in ids])
        told = [_reminder(place.province, n, at, dates, codes, now) for n in ids for at in range(4)]
        connection.execute(insert(reminders), told)


def _state(number: int) -> str:
    return "refused" if number % 997 == 0 else "unconfirmed" if number % 1999 == 0 else "sent"


def _back(number: int, codes: Sequence[str]) -> timedelta:
    return timedelta(days=1 + number // len(codes))


def _message(province: str, number: int, codes: Sequence[str], now: datetime) -> dict[str, Any]:
    left, agency = now - _back(number, codes), codes[number % len(codes)]
    text = f"Kính gửi cơ quan, các nhiệm vụ đến hạn trong tháng, thư số {number}. " * 12
    return {
        "id": number, "province": province, "key": f"seed|{number}", "purpose": "reminders", "agency": agency,
        "audience": "agency", "channel": "email", "day": left.date(), "state": _state(number), "not_before": left,
        "attempts": 1, "recipient": "d***@noi-nhan.example", "recipient_lookup": f"{number % len(codes):064}",
        "frozen": {"subject": "Nhắc việc", "text": text, "reminders": []}, "reference": f"<{number}@seed.example>",
        "created_at": left, "ended_at": left, "reason": None if _state(number) == "sent" else "550 hộp thư không tồn tại",  # noqa: E501
    }  # fmt: skip


def _delivery(province: str, number: int, codes: Sequence[str], now: datetime) -> dict[str, Any]:
    left = now - _back(number, codes)
    return {
        "province": province, "message_id": number, "attempt": 1, "worker": "seed", "started_at": left,
        "ended_at": left, "outcome": _state(number), "answer": "250 nhận",
    }  # fmt: skip


def _reminder(
    province: str, number: int, at: int, dates: Sequence[Any], codes: Sequence[str], now: datetime
) -> dict[str, Any]:
    due = dates[(number * 4 + at) % len(dates)]
    told = _state(number) == "sent"
    return {
        "province": province, "key": f"seed|{number}|{at}", "due_id": due.id, "on_date": due.on_date,
        "stage": "d-7", "agency": codes[number % len(codes)], "audience": "agency", "role": "lead",
        "channel": "email", "urgency": "soon", "note": "", "state": "told" if told else "planned",
        "decided_on": (now - _back(number, codes)).date(), "message_id": number,
    }  # fmt: skip
