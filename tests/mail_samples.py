"""An invented province's notices and messages for the tests of `notifiers`."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from notifiers.message import Line, Message, Notice, Sender, Urgency

ON = date(2026, 6, 1)
CREATED = datetime(2026, 6, 1, 7, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
PLAN = "Kế hoạch số 12/KH-UBND ngày 05/01/2026 của UBND tỉnh Minh Sơn"
SENDER = Sender(
    address="nhacviec@vp.minhson.example",
    name="Văn phòng UBND tỉnh Minh Sơn",
    list_id="nhac-viec.vp.minhson.example",
    organisation="UBND tỉnh Minh Sơn",
)


def line(title: str = "Rà soát quy chế phối hợp", *, due: date | None = date(2026, 6, 30), **given: object) -> Line:
    values: dict[str, object] = {
        "key": f"k:{title[:40]}",
        "urgency": Urgency.SOON,
        "number": "18",
        "plan": PLAN,
        "deadline_text": "Quý II/2026",
        "days_left": (due - ON).days if due else None,
    }
    return Line(title=title, due=due, **{**values, **given})  # type: ignore[arg-type]


def notice(*lines: Line, **given: object) -> Notice:
    values: dict[str, object] = {
        "agency": "Sở Y tế",
        "province": "tỉnh Minh Sơn",
        "sender": "Văn phòng UBND tỉnh Minh Sơn",
        "reply_to": "tonghop@vp.minhson.example",
        "link": "https://dondoc.minhson.example/a/xyz",
    }
    return Notice(on=ON, lines=lines or (line(),), **{**values, **given})  # type: ignore[arg-type]


def message(key: str = "k1", to: str = "vanthu@soyte.minhson.example", **given: object) -> Message:
    values: dict[str, object] = {
        "subject": "[Đôn đốc] Còn 29 ngày",
        "text": "Kính gửi: Sở Y tế\n.\nDòng sau dấu chấm\n",
        "html": "<p>Kính gửi: Sở Y tế</p>",
        "created": CREATED,
    }
    return Message(key=key, to=to, **{**values, **given})  # type: ignore[arg-type]
