"""`dondoc review`: readings that wait for a person, accepted or corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deadlines.explain_json import describe
from deadlines.types import Deadline
from desk.commands.printing import DONE, Misused, actor, day, fail, misuse, put, put_json, put_table
from desk.commands.workplace import at_work
from flows.steps.doubting import Correction, Doubtful, accept, correct, waiting


def list_doubtful(*, json: bool) -> int:
    work = at_work()
    with work.place.ready().read() as connection:
        found = waiting(connection, work.place)
    if json:
        put_json({"review": [_entry(one) for one in found]})
        return DONE
    if not found:
        put("Không có cách đọc nào cần xem lại.")
        return DONE
    put_table(
        f"{len(found)} nhiệm vụ cần xem lại cách đọc",
        ("Mã", "Kế hoạch", "Chỗ in", "Nội dung", "Chủ trì", "Thời hạn in", "Hiểu là", "Lý do"),
        (
            (
                str(one.id),
                one.plan_number or one.file,
                where(one.place),
                one.title,
                one.lead_text or "–",
                one.deadline_text or "–",
                understood(one),
                " ".join(one.reasons),
            )
            for one in found
        ),
    )
    return DONE


def _entry(one: Doubtful) -> dict[str, Any]:
    return {
        "id": one.id,
        "plan": one.plan_number,
        "file": one.file,
        "number": one.number,
        "title": one.title,
        "lead_text": one.lead_text,
        "deadline_text": one.deadline_text,
        "conditions": list(one.conditions),
        "reading": describe(one.reading, issued=one.issued),
        "confidence": one.confidence,
        "reasons": list(one.reasons),
        "source": dict(one.place),
    }


def understood(one: Doubtful) -> str:
    """A reading in a few words: its day, or what it is."""
    if not isinstance(one.reading, Deadline):
        return "–"
    told = describe(one.reading, issued=one.issued)
    known = [str(told[name]) for name in ("start", "due", "rrule") if told.get(name)]
    return " – ".join(known) or ", ".join(told["kinds"])


PLACES = {
    "annex": "Phụ lục",
    "page": "trang",
    "sheet": "trang tính",
    "table": "bảng",
    "row": "dòng",
    "line": "dòng",
}


def where(place: Mapping[str, Any]) -> str:
    return ", ".join(f"{word} {place[name]}" for name, word in PLACES.items() if place.get(name)) or "–"


def accept_readings(tasks: Sequence[int]) -> int:
    work = at_work()
    work.place.ready()
    refused = accept(work.place, tasks, now=work.now, actor=actor())
    if refused is not None:
        return fail(refused.message)
    put(f"Đã xác nhận cách đọc của {len(set(tasks))} nhiệm vụ.")
    return DONE


def correct_reading(
    task: int, *, deadline: str | None, due: str | None, lead: str | None, title: str | None
) -> int:
    try:
        right = Correction(title=title, lead=lead, deadline=deadline, due=day(due))
    except Misused as error:
        return misuse(str(error))
    if right.deadline and right.due:
        return misuse("chỉ dùng một trong hai: --deadline hoặc --due.")
    if right == Correction():
        return misuse("cần ít nhất một trong: --deadline, --due, --lead, --title.")
    work = at_work()
    work.place.ready()
    refused = correct(work.place, task, right, now=work.now, today=work.today, actor=actor())
    if refused is not None:
        return fail(refused.message)
    put(f"Đã sửa cách đọc của nhiệm vụ {task}; ngày hạn và nhắc việc đổi theo.")
    return DONE
