"""What other date readers find, for bench/deadlines/compare.py. Run by the Python of a throwaway environment.

Reads {"texts": [...], "base": "YYYY-MM-DD"} on stdin; prints one JSON object by library: for each text the list of
(start, end) days found, every result widened to the last day of the period it names, and texts per second.
"""

from __future__ import annotations

import calendar
import json
import re
import sys
import time
from collections.abc import Callable
from datetime import date, datetime

Days = list[tuple[str, str]]


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def dateutil_fuzzy(base: date) -> Callable[[str], Days]:
    from dateutil import parser

    year_end = datetime(base.year, 12, 31)  # noqa: DTZ001

    def find(text: str) -> Days:
        try:
            day = parser.parse(text, fuzzy=True, dayfirst=True, default=year_end).date()
        except (ValueError, OverflowError, TypeError, parser.ParserError):
            return []
        return [(day.isoformat(), day.isoformat())]

    return find


def dateparser_search(base: date) -> Callable[[str], Days]:
    from dateparser.search import search_dates

    settings = {
        "PREFER_DAY_OF_MONTH": "last",
        "PREFER_MONTH_OF_YEAR": "last",
        "RELATIVE_BASE": datetime(base.year, base.month, base.day),  # noqa: DTZ001
    }

    def find(text: str) -> Days:
        found = search_dates(text, languages=["vi"], settings=settings) or []
        return [(day.date().isoformat(), day.date().isoformat()) for _, day in found]

    return find


def edtf_english(_: date) -> Callable[[str], Days]:
    from edtf import parse_edtf, text_to_edtf

    def find(text: str) -> Days:
        try:
            written = text_to_edtf(text)
            value = parse_edtf(written) if written else None
            if value is None:
                return []
            low, high = value.lower_strict(), value.upper_strict()
            return [(date(*low[:3]).isoformat(), date(*high[:3]).isoformat())]
        except Exception:
            return []

    return find


def duckling(base: date) -> Callable[[str], Days]:
    from duckling import (
        Context,
        default_locale_lang,
        load_time_zones,
        parse,
        parse_dimensions,
        parse_lang,
        parse_locale,
        parse_ref_time,
    )

    zones = load_time_zones("/usr/share/zoneinfo")
    moment = parse_ref_time(zones, "Asia/Ho_Chi_Minh", int(time.mktime(base.timetuple())))
    context = Context(moment, parse_locale("VI", default_locale_lang(parse_lang("VI"))))
    dimensions = parse_dimensions(["time"])

    def find(text: str) -> Days:
        days = []
        for hit in parse(text, context, dimensions, False):
            value = hit["value"] if isinstance(hit["value"], dict) else json.loads(hit["value"])
            day = date.fromisoformat(value["value"][:10]) if "value" in value else None
            if day:
                end = {"year": date(day.year, 12, 31), "month": month_end(day.year, day.month)}.get(
                    value.get("grain", ""), day
                )
                if value.get("grain") == "quarter":
                    end = month_end(day.year, day.month + 2)
                days.append((day.isoformat(), end.isoformat()))
        return days

    return find


PEERS = {
    "dateutil fuzzy": dateutil_fuzzy,
    "dateparser search_dates (vi)": dateparser_search,
    "edtf text_to_edtf": edtf_english,
    "Duckling VI": duckling,
}


def measure(find: Callable[[str], Days], texts: list[str], speed: list[str]) -> dict[str, object]:
    found = [find(text) for text in texts]
    start = time.process_time()
    for text in speed:
        find(text)
    return {"found": found, "per_second": len(speed) / max(time.process_time() - start, 1e-9)}


def main() -> None:
    asked = json.load(sys.stdin)
    base = date.fromisoformat(asked["base"])
    results: dict[str, object] = {}
    for name, make in PEERS.items():
        try:
            find = make(base)
            slow = not re.search("dateutil|Duckling", name)
            results[name] = measure(find, asked["texts"], asked["speed"][: 300 if slow else None])
        except Exception as error:
            results[name] = {"skipped": f"{type(error).__name__}: {error}"}
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
