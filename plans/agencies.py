"""Who leads and who takes part, where one cell or one phrase names both."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plans.spelling import squeeze

_LABELLED = re.compile(
    r"(?P<label>(?:(?:cơ quan|đơn vị)\s+)?(?:chủ trì|phối hợp)(?:\s+thực hiện)?)\s*[:：\-–]\s*", re.IGNORECASE
)
_TAIL = re.compile(r"[\s;,.\-–+•]+$")
_HEAD = re.compile(r"^[\s;,.\-–+•]+")
_LEADS = re.compile(r"^(?P<lead>.+?)\s*\(?\bchủ trì\)?(?P<rest>.*)$", re.IGNORECASE)
_WITH = re.compile(
    r"^[\s,;.]*(?:và\s+)?(?:phối hợp|cùng)\s+(?:chặt chẽ\s+)?(?:với|cùng|:)?\s*(?P<coordinating>.+)$", re.IGNORECASE
)
_JOIN = re.compile(r"^(?P<coordinating>.+?)\s*\(?\bphối hợp\)?[\s.;]*$", re.IGNORECASE)
_BARE_WITH = re.compile(r"^(?P<lead>.+?)[\s,;]+phối hợp(?:\s+với)?\s+(?P<coordinating>.+)$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parties:
    lead: str
    coordinating: str | None


def split_parties(text: str) -> Parties | None:
    """Lead and coordinating agencies of one cell, or None where the words do not part them."""
    labelled = _labelled(text)
    if labelled is not None:
        return labelled
    if found := _LEADS.match(text):
        rest = found["rest"]
        lead = _trim(found["lead"])
        other = _WITH.match(rest) or _JOIN.match(_trim_head(rest))
        if lead and other:
            return Parties(lead=lead, coordinating=_trim(other["coordinating"]))
        if lead and not _trim_head(rest):
            return Parties(lead=lead, coordinating="")
        return None
    if found := _BARE_WITH.match(text):
        return Parties(lead=_trim(found["lead"]), coordinating=_trim(found["coordinating"]))
    return None


def _labelled(text: str) -> Parties | None:
    marks = list(_LABELLED.finditer(text))
    if not marks:
        return None
    lead, coordinating = _trim(text[: marks[0].start()]), None
    for mark, end in zip(marks, [*[m.start() for m in marks[1:]], len(text)], strict=True):
        words = _trim(_trim_head(text[mark.end() : end]))
        if "chủ trì" in mark["label"].lower():
            lead = words
        else:
            coordinating = words
    return Parties(lead=lead, coordinating=coordinating if coordinating is not None else "") if lead else None


def _trim(text: str) -> str:
    return squeeze(_TAIL.sub("", text))


def _trim_head(text: str) -> str:
    return squeeze(_HEAD.sub("", text))
