"""One deadline explained: what was read, by which rule, from which words, and each step to the date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from deadlines.explain_json import describe
from deadlines.gates import is_manner, is_passed_by
from deadlines.grammar import read
from deadlines.grammar.sentences import sentence
from deadlines.steps import d
from deadlines.types import Ambiguous, Conditional, Deadline, Kind, Reading, Resolution, Term, Unread
from flows.steps.workplace import open_workplace

KINDS = {
    Kind.FIXED: "thời hạn cố định",
    Kind.RANGE: "khoảng thời gian",
    Kind.OPEN_START: "bắt đầu từ một ngày, không ghi ngày kết thúc",
    Kind.RECURRING: "định kỳ",
    Kind.CONDITIONAL: "chờ điều kiện",
    Kind.ONGOING: "thường xuyên",
    Kind.UNSPECIFIED: "không ghi thời hạn",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    entry: dict[str, Any]
    """The form of `dondoc explain --json`."""
    lines: tuple[str, ...]
    """The same for a person, in Vietnamese."""


def explain(text: str, *, issued: date | None) -> Explained:
    """Explain one text; dates are resolved where `issued`, the plan's date of issue, is given."""
    reading = read(text)
    resolution = _resolved(reading, issued)
    entry = describe(reading, issued=issued, dues=[one.on for one in resolution.occurrences if one.track == "due"])
    return Explained(entry=entry | {"steps": list(resolution.steps)}, lines=_lines(reading, resolution))


def _resolved(reading: Reading, issued: date | None) -> Resolution:
    if issued is None or not isinstance(reading, Deadline):
        return Resolution()
    from flows.steps.resolving import resolve_reading

    horizon = issued + timedelta(days=1)
    return resolve_reading(
        open_workplace(), reading, issued=issued, met={}, extensions={}, since=issued, today=horizon
    )


def _lines(reading: Reading, resolution: Resolution) -> tuple[str, ...]:
    match reading:
        case Unread():
            why = (f"  {reading.reason}",) if reading.reason else ()
            return (f"“{reading.text}”", "  Chưa hiểu được; cần người đọc.", *why)
        case Ambiguous():
            meanings = [f"  hoặc: {_kinds(one)}{_days(one)}" for one in reading.readings]
            return (f"“{reading.text}”", "  Có nhiều cách hiểu; cần người chọn.", *meanings)
        case Deadline():
            said = [f"“{reading.text}”: {_kinds(reading)}"]
            said += [f"  “{one.words}”: {sentence(one.rule)} (quy tắc {one.rule})" for one in reading.evidence]
            if reading.confidence < 1:
                said.append(f"  Độ tin cậy {reading.confidence:.0%}: chữ viết có chỗ phải đoán.")
            return (*said, *(f"  {step}" for step in resolution.steps))


def _kinds(reading: Deadline) -> str:
    return ", ".join(dict.fromkeys(_kind(term, reading.terms) for term in reading.terms))


def _kind(term: Term, terms: tuple[Term, ...]) -> str:
    if isinstance(term, Conditional) and is_manner(term) and is_passed_by(term, terms):
        return "có văn bản để thực hiện theo"
    return KINDS[term.kind]


def _days(reading: Deadline) -> str:
    """The days by which one way of understanding differs from another, where the words give any."""
    entry = describe(reading)
    start = [f"từ {d(date.fromisoformat(entry['start']))}"] if entry["start"] else []
    dues = [f"hạn {d(date.fromisoformat(due))}" for due in entry["dues"]]
    return f" ({', '.join([*start, *dues])})" if start or dues else ""
