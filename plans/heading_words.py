"""What the heading over a row says for it, where its table has no column for that: who acts, or by when."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plans.columns import is_period
from plans.prose_agencies import agency_heading
from plans.spelling import squeeze
from plans.table_rows import Marker, leading_number, marker_of

_COUNTED = re.compile(
    r"\s*[(:\[]?\s*\d+\s+(?:nhiệm vụ|nội dung|việc|đề án|văn bản|đầu việc)\s*[)\]]?\s*$", re.IGNORECASE
)
_WHEN = re.compile(
    r"(?:hoàn thành|thực hiện|trình|ban hành|triển khai|báo cáo)\s*:?\s+"
    r"(?P<when>(?:trong|trước|đến hết|xong|chậm nhất)\b.{3,50}|(?:quý|tháng|năm)\s.{1,30})$",
    re.IGNORECASE,
)
_HALF = re.compile(r"^(?:6|sáu)\s+tháng\s+(?:đầu|cuối)\s+năm(?:\s+20\d\d)?$", re.IGNORECASE)
_PERIOD_WORDS = re.compile(r"\s+(?:năm\s+)?(?=20\d\d$)", re.IGNORECASE)
_ALWAYS = re.compile(r"^(?:các\s+)?(?:nhiệm vụ|công việc|nội dung)\s+(?P<when>thường xuyên)$", re.IGNORECASE)


def agency_above(headings: Iterable[str | None]) -> str | None:
    """The agency that the nearest heading names alone ("I. Sở Y tế (03 nhiệm vụ)")."""
    return next((named for heading in headings if heading and (named := agency_heading(_words(heading)))), None)


def period_above(headings: Iterable[str | None]) -> str | None:
    """The time that the nearest heading names ("QUÝ I", "Nhiệm vụ hoàn thành trong tháng 3"), as printed."""
    return next((when for heading in headings if heading and (when := _when(_words(heading)))), None)


def _words(heading: str) -> str:
    """A heading without its number and the count of its rows."""
    number = leading_number(heading)
    first, _, rest = heading.partition(" ")
    if number:
        heading = heading[heading.index(number) + len(number) :].lstrip(" .):-–")
    elif rest and marker_of(first) in (Marker.ROMAN, Marker.LETTER, Marker.ARABIC):
        heading = rest
    return squeeze(_COUNTED.sub("", heading)).rstrip(" .:")


def _when(words: str) -> str | None:
    if is_period(_PERIOD_WORDS.sub("/", words)) or is_period(words) or _HALF.match(words):
        return words
    found = _WHEN.search(words) or _ALWAYS.match(words) if len(words) < 120 else None
    return found["when"] if found else None
