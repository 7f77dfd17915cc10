"""Number and date of issue, as they stand in the head of a document."""

from __future__ import annotations

import re
from datetime import date

from plans.spelling import squeeze
from plans.types import PartialDate

_OPEN = r"[\s.…_\-–]*"
_NUMBER = re.compile(
    rf"^\W*Số\s*[:.]?{_OPEN}(?P<figure>\d{{1,5}}[a-z]?(?:\s?/\s?\d{{4}})?)?{_OPEN}"
    r"(?P<mark>[/\-–])\s?(?P<symbol>[A-ZĐ][A-ZĐa-z]{0,6}(?:\s?[-–/]\s?[A-ZĐ][A-ZĐa-z&]{0,14}){1,4})(?![a-zà-ỹ])"
)
_DATE = re.compile(
    rf"(?:(?P<place>[^\W\d][^\d,:;()]{{1,40}}),\s*)?ngày{_OPEN}(?P<day>\d{{1,2}})?{_OPEN}(?:tháng|/){_OPEN}"
    rf"(?P<month>\d{{1,2}})?{_OPEN}(?:năm|/){_OPEN}(?P<year>\d{{4}})?",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})")
_LONGEST = 110


def number_in(text: str) -> tuple[str | None, str] | None:
    """(number, symbol) of a line "Số: 12/KH-UBND"; the number is None where its figure is left open."""
    found = _NUMBER.match(text)
    if found is None or len(text) > _LONGEST:
        return None
    symbol = re.sub(r"\s+", "", found["symbol"]).replace("–", "-")
    if not found["figure"]:
        return None, symbol
    figure = re.sub(r"\s+", "", found["figure"])
    return f"{figure}{'-' if found['mark'] in '-–' else '/'}{symbol}", symbol


def date_in(text: str) -> tuple[date | PartialDate, str | None] | None:
    """(date, place) of "Hải Lam, ngày 05 tháng 01 năm 2026"; a partial date where a part is left open."""
    found = _DATE.search(text)
    if found is None or not (found["year"] or found["month"]):
        return None
    place = squeeze(found["place"]) if found["place"] else None
    day, month, year = (int(found[part]) if found[part] else None for part in ("day", "month", "year"))
    printed = text[text.lower().find("ngày", found.start()) : found.end()]
    return made_date(year, month, day, printed), place


def slashed_date(text: str) -> date | PartialDate | None:
    """A date written 05/01/2026."""
    found = _SLASHED.search(text)
    if found is None:
        return None
    return made_date(int(found["year"]), int(found["month"]), int(found["day"]), found.group(0))


def made_date(year: int | None, month: int | None, day: int | None, printed: str) -> date | PartialDate:
    """A full date, or a partial one where a part is missing or impossible."""
    if year and month and day:
        try:
            return date(year, month, day)
        except ValueError:
            return PartialDate(year=year, month=None, day=None, text=squeeze(printed))
    return PartialDate(year=year, month=month, day=day, text=squeeze(printed))
