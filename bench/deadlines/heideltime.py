"""HeidelTime's own jar and its Vietnamese resources, called directly: its Python wrapper takes no Vietnamese.

All texts stand in one file, each behind a number of its own; the program starts once and its start is timed apart.
"""

from __future__ import annotations

import calendar
import re
import subprocess
import tempfile
import time
from datetime import date
from pathlib import Path

_TAG = re.compile(r'<TIMEX3[^>]*type="DATE"[^>]*value="([^"]+)"')
_VALUE = re.compile(r"(\d{4})(?:-(?:Q([1-4])|H([12])|(\d\d)(?:-(\d\d))?))?$")


def days_of(value: str) -> tuple[str, str] | None:
    """The first and last day of a TIMEX value; None where it names no days ("P1Y", "XXXX-01")."""
    found = _VALUE.match(value)
    if not found:
        return None
    year = int(found[1])
    first, last = 1, 12
    if found[2]:
        first, last = 3 * int(found[2]) - 2, 3 * int(found[2])
    elif found[3]:
        first, last = 6 * int(found[3]) - 5, 6 * int(found[3])
    elif found[4]:
        first = last = int(found[4])
    if found[5]:
        return value, value
    return date(year, first, 1).isoformat(), date(year, last, calendar.monthrange(year, last)[1]).isoformat()


def _run(jar: Path, props: Path, texts: list[str], base: str) -> tuple[list[str], float]:
    """What it printed for each text, and the seconds that it took."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "texts.txt"
        lines = [f"@{at}@ {' '.join(text.split())}." for at, text in enumerate(texts)]
        asked.write_text("\n\n".join(lines), encoding="utf-8")
        command = [
            "java",
            "-jar",
            str(jar),
            str(asked),
            "-l",
            "vietnamese",
            "-t",
            "news",
            "-dct",
            base,
            "-pos",
            "NO",
        ]
        start = time.perf_counter()
        done = subprocess.run([*command, "-c", str(props)], capture_output=True, text=True, check=True)
        seconds = time.perf_counter() - start
    printed = dict(re.findall(r"@(\d+)@(.*?)(?=@\d+@|</TimeML>)", done.stdout, re.DOTALL))
    return [printed.get(str(at), "") for at in range(len(texts))], seconds


def heideltime(jar: Path, props: Path, texts: list[str], speed: list[str], base: str) -> dict[str, object]:
    """Days found in each text, texts per second without the start of the program, and the seconds of that start."""
    printed, seconds = _run(jar, props, texts, base)
    found = [[days for value in _TAG.findall(one) if (days := days_of(value))] for one in printed]
    _, start = _run(jar, props, texts[:1], base)
    _, many = _run(jar, props, speed, base)
    return {"found": found, "per_second": len(speed) / max(many - start, 1e-9), "start": start, "first": seconds}
