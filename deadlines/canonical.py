"""A deadline printed back in the words that this house would use; reading them gives the same terms."""

from __future__ import annotations

import re
from datetime import date

from deadlines.types import (
    Conditional,
    Counted,
    Deadline,
    Fixed,
    MonthDay,
    Ongoing,
    OpenStart,
    Range,
    Recurring,
    Term,
    Unit,
    Unspecified,
)

_UNITS = {
    Unit.DAYS: "ngày",
    Unit.WORKING_DAYS: "ngày làm việc",
    Unit.WEEKS: "tuần",
    Unit.MONTHS: "tháng",
    Unit.YEARS: "năm",
}
_WEEKDAYS = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA"), ("Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy"), strict=True))
_PARTS = re.compile(r"([A-Z]+)=([^;]+)")


def canonical(deadline: Deadline) -> str | None:
    """The deadline in plain words, or None where a term has no plain wording of its own.

    What the words do not carry is left out: the milestone, the reference, why a date is tentative.
    """
    printed = [_term(term) for term in deadline.terms]
    return None if None in printed else "; ".join(text for text in printed if text is not None)


def _term(term: Term) -> str | None:
    match term:
        case Fixed():
            return _fixed(term)
        case Range(start=start, due=due):
            return f"từ {_day(start)} đến {_day(due)}"
        case OpenStart(start=start):
            return f"từ {_day(start)}"
        case Recurring():
            return _recurring(term)
        case Conditional():
            return _conditional(term)
        case Ongoing():
            return "thường xuyên"
        case Unspecified():
            return "chưa xác định"


def _fixed(term: Fixed) -> str | None:
    if isinstance(term.due, Counted):
        return f"{term.due.amount} {_UNITS[term.due.unit]} kể từ {_day(term.due.start)}"
    if term.named is not None:
        return f"trước {_day(term.named)}"
    if term.start is not None:
        return f"thực hiện năm {term.start.year}" if term.due == date(term.start.year, 12, 31) else None
    return _day(term.due)


def _day(day: date | MonthDay) -> str:
    if isinstance(day, date):
        return f"ngày {day:%d/%m/%Y}"
    return f"cuối tháng {day.month}" if day.day == -1 else f"ngày {day.day}/{day.month}"


def _recurring(term: Recurring) -> str | None:
    if term.start or term.until:
        return None
    rule = dict(_PARTS.findall(term.named_rule or term.rule))
    words = _rhythm(rule)
    return f"trước {words}" if words and term.named_rule else words


def _rhythm(rule: dict[str, str]) -> str | None:
    if rule["FREQ"] == "DAILY":
        return "hằng ngày"
    if rule["FREQ"] == "WEEKLY":
        return f"thứ {_WEEKDAYS[rule['BYDAY']]} hằng tuần" if rule["BYDAY"] in _WEEKDAYS else "hằng tuần"
    if rule["FREQ"] == "MONTHLY":
        return "hằng tháng" if rule["BYMONTHDAY"] == "-1" else f"ngày {rule['BYMONTHDAY']} hằng tháng"
    if "INTERVAL" in rule:
        return f"{rule['INTERVAL']} năm một lần" if rule["BYMONTH"] == "12" else None
    months, day = rule["BYMONTH"].split(","), rule["BYMONTHDAY"]
    if day == "-1":
        return f"{', '.join(f'tháng {month}' for month in months)} hằng năm"
    return f"{' và '.join(f'ngày {day}/{month}' for month in months)} hằng năm" if len(months) < 3 else None


def _conditional(term: Conditional) -> str | None:
    condition = term.condition
    if condition.after_task:
        event = f"sau nhiệm vụ {condition.after_task}"
        return (
            event
            if term.offset is None
            else f"{term.offset} {_UNITS[term.unit]} {event.replace('sau', 'sau khi hoàn thành')}"
        )
    if condition.act == "theo" and condition.actors:
        return f"theo {condition.instrument} của {', '.join(condition.actors)}"
    if condition.act in ("đột xuất", "theo", "cần thiết") or not condition.instrument or not condition.act:
        return condition.act if condition.act == "đột xuất" else None
    # A bracket at the end of a text is read as a remark, so the printed form of a name has none.
    instrument = condition.instrument.replace("(", "").replace(")", "")
    awaited = _event(", ".join(condition.actors), condition.act, instrument)
    if awaited is None:
        return None
    return f"sau khi {awaited}" if term.offset is None else f"{term.offset} {_UNITS[term.unit]} sau khi {awaited}"


def _event(by: str, act: str, instrument: str) -> str | None:
    if act == "có" or instrument.endswith(f" {act}"):
        return f"có {instrument} của {by}" if by else f"có {instrument}"
    if act == "nhận":
        return f"nhận được {instrument} của {by}" if by else f"nhận được {instrument}"
    if by:
        return f"{by} {act} {instrument}"
    if act == "có hiệu lực":
        return f"{instrument} {act}"
    return f"{instrument} được {act}" if act in ("ban hành", "phê duyệt", "thông qua", "công bố") else None
