"""regclock's calendar beside ours: working days of 2026, and some of them on from each day. Run by its own Python.

Reads {"start", "end", "amount"} on stdin; prints its working days, its counted days and counts per second.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date, timedelta


def main() -> None:
    asked = json.load(sys.stdin)
    try:
        from regclock import BusinessCalendar
    except ImportError as error:
        json.dump({"skipped": str(error)}, sys.stdout)
        return
    calendar = BusinessCalendar(jurisdiction="VN")
    first, last = date.fromisoformat(asked["start"]), date.fromisoformat(asked["end"])
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    working = [day.isoformat() for day in days if calendar.is_business_day(day)]
    start = time.process_time()
    for _ in range(20):
        counted = [calendar.add_business_days(day, asked["amount"]).isoformat() for day in days]
    seconds = max(time.process_time() - start, 1e-9)
    result = {"working": working, "counted": counted, "per_second": 20 * len(days) / seconds}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
