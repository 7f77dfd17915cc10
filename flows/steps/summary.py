"""One run told to a person, from its figures."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from flows.steps.courier import LEASE
from flows.steps.reach import OPERATOR
from flows.steps.workplace import Workplace
from store.balance import Balance
from store.figures import messages_by_agency
from store.moving import moved_away

OUTCOMES = {
    "sent": "đã gửi",
    "refused": "bị từ chối",
    "rerouted": "bị từ chối, chuyển kênh khác",
    "unavailable": "chưa gửi được, sẽ gửi lại",
    "unconfirmed": "chưa rõ đã đến hay chưa",
    "withdrawn": "không còn gì để nhắc",
    "held": "chờ kênh hoạt động trở lại",
    "postponed": "để sang ngày làm việc sau",
    "lost": "do tiến trình khác gửi",
}


PARTS = {
    "sent": "đã gửi",
    "pending": "chờ gửi",
    "failed": "chưa gửi được",
    "uncertain": "chưa rõ đã đến hay chưa",
    "lapsed": "đã gộp vào nhắc việc khác",
    "superseded": "đã rút do thời hạn hoặc nhiệm vụ thay đổi",
    "unexplained": "không rõ nguyên nhân, đề nghị kiểm tra nhật ký",
}


def in_words(account: Balance) -> str:
    """The balance in one line; every part is named that is not zero, and they add up to the first number."""
    parts = [f"{getattr(account, name)} {words}" for name, words in PARTS.items() if getattr(account, name)]
    return f"{account.planned}, gồm {', '.join(parts)}" if parts else "0"


def lines_of_counts(counts: dict[str, Any]) -> list[str]:
    """A few plain sentences about the figures of `Report.counts`."""
    lines = [f"Ngày {date.fromisoformat(counts['day']):%d/%m/%Y}"]
    if counts["day_off"]:
        lines[0] += f": ngày nghỉ ({counts['day_off']}), không gửi nhắc việc; ngày làm việc tới sẽ nhắc bù."
    if counts["plans_imported"]:
        lines.append(f"Nhập {counts['plans_imported']} kế hoạch, {counts['tasks_imported']} nhiệm vụ.")
    lines += [f"Không nhập được {file}: {why}" for file, why in counts["failures"]]
    if counts.get("bounced"):
        lines.append(f"{counts['bounced']} địa chỉ không nhận được thư gửi trước đây, đã đánh dấu.")
    lines.append(f"Xem xét {counts['looked_at']} thời hạn, lập {counts['planned']} nhắc việc.")
    if counts.get("balance"):
        account = Balance(**counts["balance"])
        lines.append(f"Nhắc việc lập trong ngày: {in_words(account)}.")
    if counts["messages"]:
        told = ", ".join(f"{OUTCOMES[name]} {count}" for name, count in sorted(counts["messages"].items()))
        lines.append(f"Thư: {told}.")
    elif not counts.get("on_hold"):
        lines.append(_nothing_left(counts))
    if counts.get("on_hold"):
        lines.append(_held(counts["on_hold"]))
    lines += [f"  {reason}: {count}" for reason, count in list(counts["reasons"].items())[:10]]
    if counts["waits_until"]:
        until = datetime.fromisoformat(counts["waits_until"])
        lines.append(f"Ngoài giờ làm việc: thư đang chờ đến {until:%H:%M ngày %d/%m/%Y}.")
    return lines


def _nothing_left(counts: dict[str, Any]) -> str:
    """Why no message went: there is none, or what waits is not this run's to send now."""
    if counts.get("balance") and Balance(**counts["balance"]).pending and not counts["waits_until"]:
        minutes = int(LEASE.total_seconds() // 60)
        return (
            "Lúc này không có thư nào gửi được: thư còn chờ chưa đến giờ gửi lại, hoặc do lượt chạy khác giữ;"
            f" nếu lượt đó đã bị ngắt thì chậm nhất sau {minutes} phút thư được gửi tiếp."
        )
    return "Không có thư nào phải gửi."


def _held(reason: str) -> str:
    if moved_away(reason):
        return f"Đang tạm dừng gửi: {reason}."
    return f"Đang tạm dừng gửi: {reason}. Xem lại những gì đang chờ, rồi chạy dondoc resume."


def as_markdown(counts: dict[str, Any]) -> str:
    """The summary artifact of a run."""
    title, *rest = lines_of_counts(counts)
    rows = "\n".join(f"| {OUTCOMES[name]} | {count} |" for name, count in sorted(counts["messages"].items()))
    table = f"\n\n| Thư | Số lượng |\n|---|---|\n{rows}" if rows else ""
    return f"## {title}\n\n" + "\n".join(f"- {line.strip()}" for line in rest) + table


MOST_ROWS = 500
"""So many agencies are listed at most; a table of a whole country's communes would be read by nobody."""


def agency_rows(workplace: Workplace, day: date) -> list[dict[str, Any]]:
    """The day's messages by agency: first those that did not get theirs, then those who were told most."""
    found = []
    for agency, (states, told) in _by_agency(workplace, day).items():
        waiting = states["ready"] + states["sending"]
        row = {
            "Cơ quan": _name(workplace, agency),
            "Đã gửi": states["sent"],
            "Đang chờ gửi": waiting,
            "Không gửi được": states["refused"],
            "Chưa rõ kết quả": states["unconfirmed"],
            "Số việc được nhắc": told,
        }
        found.append(((-states["refused"] - states["unconfirmed"], -waiting, -told, agency), row))
    return [row for _, row in sorted(found, key=lambda one: one[0])[:MOST_ROWS]]


def _by_agency(workplace: Workplace, day: date) -> dict[str, tuple[Counter[str], int]]:
    found: dict[str, tuple[Counter[str], int]] = {}
    start = datetime.combine(day, time(0), tzinfo=workplace.zone)
    with workplace.database.read() as connection:
        for agency, state, count, told in messages_by_agency(
            connection, workplace.province, start, start + timedelta(days=1)
        ):
            states, before = found.get(agency, (Counter(), 0))
            found[agency] = (states + Counter({state: count}), before + told)
    return found


def _name(workplace: Workplace, agency: str) -> str:
    if agency.partition(".")[0] == OPERATOR:
        return workplace.settings.office.name
    return workplace.directory.name(agency)
