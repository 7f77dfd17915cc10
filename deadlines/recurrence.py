"""The days of an RFC 5545 rule, each with the name of its period.

A rule is completed before it is asked, so that its days never hang on the day it is first asked for:
where it names no day, the last day of its period is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from functools import lru_cache

MOST = 2000
"""The most days that one answer holds; what lies beyond is left for a later window."""

_ANCHOR = date(2000, 1, 1)
"""Where counting begins for rules with an INTERVAL when the plan's date of issue is not known."""

_BY = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYEASTER")


def parts(rule: str) -> dict[str, str]:
    """The rule's parts by name, with the day that a rule without one means."""
    given: dict[str, str] = {}
    for part in rule.removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if value:
            given[name.strip().upper()] = value.strip().upper()
    if not any(name in given for name in _BY[1:]):
        match given.get("FREQ"):
            case "YEARLY":
                given.setdefault("BYMONTH", "12")
                given["BYMONTHDAY"] = "-1"
            case "MONTHLY":
                given["BYMONTHDAY"] = "-1"
            case "WEEKLY":
                given["BYDAY"] = "SU"
    return given


def named_by_month(given: Mapping[str, str]) -> bool:
    """Whether no month can hold two of the rule's days, so that the month names the occurrence."""
    if given.get("FREQ") not in ("YEARLY", "MONTHLY"):
        return False
    days = [name for name in _BY[1:] if name in given]
    single = len(days) == 1 and "," not in given[days[0]]
    positioned = "," not in given.get("BYSETPOS", ",") and (
        given["FREQ"] == "MONTHLY" or "," not in given.get("BYMONTH", ",")
    )
    return positioned or (single and days[0] == "BYMONTHDAY")


def period_names(days: Iterable[date], given: Mapping[str, str]) -> Iterator[str]:
    """The name of each day's period: its month (2027-03), or the whole day where a month can hold two."""
    length = len("2027-03") if named_by_month(given) else len("2027-03-31")
    return (day.isoformat()[:length] for day in days)


def days(rule: str, *, start: date | None, first: date, last: date) -> tuple[date, ...]:
    """The rule's days from `first` to `last`, both inclusive and not before `start`; at most MOST.

    Raises ValueError for what is not a rule.
    """
    anchor = start or _ANCHOR
    low = max(first, start) if start else first
    if last < low:
        return ()
    return _days(rule, anchor, low, last)


@lru_cache(maxsize=4096)
def _days(rule: str, anchor: date, first: date, last: date) -> tuple[date, ...]:
    from dateutil.rrule import rrulestr

    given = parts(rule)
    if "FREQ" not in given:
        raise ValueError(f"no FREQ in the rule {rule!r}")
    until = given.pop("UNTIL", None)
    end = min(last, _until(until)) if until else last
    if end < first:
        return ()
    counted = "COUNT" in given or given.get("INTERVAL", "1") != "1"
    begin = anchor if counted else first
    if "COUNT" not in given:
        # The library walks on to the year 9999 where no day matches; both RFC and library forbid both.
        given["UNTIL"] = f"{end:%Y%m%d}"
    text = ";".join(f"{name}={value}" for name, value in given.items())
    found = rrulestr(text, dtstart=datetime.combine(begin, time.min))
    picked: list[date] = []
    for moment in found.xafter(datetime.combine(first, time.min), inc=True):
        if moment.date() > end or len(picked) == MOST:
            break
        picked.append(moment.date())
    return tuple(picked)


def _until(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def last_possible(rule: str, until: date | None) -> date | None:
    """The last day that the rule and its term allow; None where nothing ends them."""
    written = parts(rule).get("UNTIL")
    ends = [end for end in (until, _until(written) if written else None) if end is not None]
    return min(ends, default=None)
