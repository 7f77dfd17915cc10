"""Which waiting deadlines an issued document may satisfy: proposals with reasons, for a person to confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from deadlines.awaiting import Group, Waiting, group
from deadlines.documents import (
    Fit,
    about,
    cited_numbers,
    fit_of_actors,
    fit_of_instrument,
    number_key,
    plain,
    shared,
)

__all__ = ["Candidate", "Group", "Issued", "Waiting", "group", "rank"]

LEAST = 0.35
"""Candidates below this score are not proposed."""

_ACTOR = {Fit.SAME: 0.3, Fit.LIKELY: 0.2, Fit.OPEN: 0.12}
_INSTRUMENT = {Fit.SAME: 0.3, Fit.LIKELY: 0.25, Fit.OPEN: 0.12}
_SUBJECT = 0.4


@dataclass(frozen=True, kw_only=True, slots=True)
class Issued:
    """A document that has been issued: "Chính phủ", "Nghị định", "15/2026/NĐ-CP"."""

    issuer: str
    instrument: str
    number: str | None = None
    on: date
    subject: str = ""
    """What it is about ("quy định chi tiết một số điều của Luật …")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """`score` runs from 0 to 1; `reasons` are in Vietnamese. Only a person accepts it."""

    task_key: str
    score: float
    reasons: tuple[str, ...]


def rank(event: Issued, waiting: Sequence[Waiting]) -> tuple[Candidate, ...]:
    """The deadlines that the document may satisfy, best first; equal ones by task key.

    A condition on another task of the plan is never met by a document. A printed number that differs, an
    issuer or a kind of document that cannot be meant rules a deadline out.
    """
    found = (candidate for one in waiting if (candidate := _candidate(event, one)) is not None)
    return tuple(sorted(found, key=lambda one: (-one.score, one.task_key)))


def _candidate(event: Issued, waiting: Waiting) -> Candidate | None:
    condition = waiting.condition
    if condition.after_task is not None or condition.this_plan:
        return None
    if condition.number is not None and event.number is not None:
        if number_key(condition.number) != number_key(event.number):
            return None
        return Candidate(task_key=waiting.task_key, score=1.0, reasons=(f"Trùng số hiệu {event.number}",))
    instrument = fit_of_instrument(condition.instrument, event.instrument, event.subject)
    actor = fit_of_actors(condition.actors, event.issuer, by_decision=instrument is Fit.LIKELY)
    if instrument is Fit.NONE or actor is Fit.NONE:
        return None
    likeness, reason = _subject(event, waiting)
    score = _ACTOR[actor] + _INSTRUMENT[instrument] + _SUBJECT * likeness
    if score < LEAST:
        return None
    reasons = (_actor_reason(actor, event), _instrument_reason(instrument, event), reason)
    return Candidate(task_key=waiting.task_key, score=round(score, 3), reasons=reasons)


def _subject(event: Issued, waiting: Waiting) -> tuple[float, str]:
    cited = cited_numbers(waiting.title)
    if event.number is not None and number_key(event.number) in cited:
        return 1.0, f"Tên nhiệm vụ nêu số {event.number}"
    common = cited.keys() & cited_numbers(event.subject).keys()
    if common:
        return 1.0, f"Cùng nói đến văn bản số {cited[min(common)]}"
    if not event.subject:
        return 0.0, "Chưa ghi trích yếu nên không so được nội dung"
    likeness = shared(about(waiting.title, waiting.condition.instrument), plain(event.subject))
    if likeness < 0.2:
        return 0.0, "Nội dung không giống tên nhiệm vụ"
    return likeness, f"Nội dung giống tên nhiệm vụ {likeness:.0%}"


def _actor_reason(fit: Fit, event: Issued) -> str:
    match fit:
        case Fit.SAME:
            return f"Đúng cơ quan ban hành: {event.issuer}"
        case Fit.LIKELY:
            return f"Cơ quan ban hành có thể là {event.issuer}"
        case _:
            return "Kế hoạch không nêu rõ cơ quan ban hành"


def _instrument_reason(fit: Fit, event: Issued) -> str:
    match fit:
        case Fit.SAME:
            return f"Đúng loại văn bản: {event.instrument}"
        case Fit.LIKELY:
            return f"Được ban hành bằng {event.instrument}"
        case _:
            return "Kế hoạch không nêu rõ loại văn bản"
