"""Our reader beside others on the gold readings, in one run.

    python bench/deadlines/compare.py [--peers PYTHON] [--node DIRECTORY] [--heideltime JAR --props FILE]

PYTHON is the interpreter of an environment with dateparser, python-dateutil, edtf, pyduckling-native-phihos,
regclock and holidays; DIRECTORY one where chrono-node is installed; JAR HeidelTime's standalone program, FILE its
config.props. What is missing is skipped and said so. Times are CPU times, HeidelTime's are wall times.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("DONDOC_SHARED", ROOT.parent / "shared"))
BASE = "2026-01-01"
_FIRST = time.process_time()
sys.path.insert(0, str(ROOT))

from bench.deadlines.heideltime import heideltime  # noqa: E402
from bench.deadlines.peers import dateutil_fuzzy  # noqa: E402
from config.calendars import load  # noqa: E402
from deadlines.counting import count  # noqa: E402
from deadlines.explain_json import describe  # noqa: E402
from deadlines.grammar import forget_shapes, prepare, read, read_afresh  # noqa: E402
from deadlines.types import Unit  # noqa: E402

LOADING = time.process_time() - _FIRST


def gold() -> list[dict[str, Any]]:
    path = SHARED / "gold" / "deadlines.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def says_when(line: dict[str, Any]) -> bool:
    return any(line["meaning"][key] for key in ("start", "due", "rrule", "condition"))


def has_no_date(line: dict[str, Any]) -> bool:
    return not any(line["meaning"][key] for key in ("start", "due", "rrule"))


def peer_is_right(line: dict[str, Any], found: list[list[str]]) -> bool:
    """A peer gives days only, so a text with a rule or a condition is beyond it."""
    meaning = line["meaning"]
    if meaning["rrule"] or meaning["condition"]:
        return False
    if line["kind"] == ["range"]:
        return [meaning["start"], meaning["due"]] in found
    if meaning["due"]:
        return any(end == meaning["due"] for _, end in found)
    return any(start == meaning["start"] for start, _ in found)


def we_are_right(line: dict[str, Any]) -> bool:
    entry, meaning = describe(read(line["text"])), line["meaning"]
    awaited = meaning["condition"]
    same = all(entry[key] == meaning[key] for key in ("start", "due", "rrule"))
    if awaited is None:
        return same and entry["condition"] is None
    got = entry["condition"] or {}
    return same and all(got.get(key) == awaited[key] for key in ("actors", "act", "instrument"))


def moved(text: str, shift: int) -> str:
    text = re.sub(r"\b20[2-4]\d\b", lambda year: str(int(year.group()) + shift), text)
    return re.sub(r"\b([1-9])/(?=\d)", lambda number: f"{(int(number.group(1)) + shift) % 9 + 1}/", text)


def unseen(texts: list[str]) -> list[str]:
    """Texts that nobody has read yet: the gold and the corpus with their years, days and numbers moved."""
    made = dict.fromkeys(moved(text, shift) for shift in range(1, 13) for text in texts)
    return [text for text in made if text not in set(texts)]


def per_second(reading: Callable[[str], object], texts: list[str], times: int = 1) -> float:
    start = time.process_time()
    for _ in range(times):
        for text in texts:
            reading(text)
    return len(texts) * times / (time.process_time() - start)


def _beside_dateutil(texts: list[str]) -> tuple[float, list[float]]:
    """Our readings per second of texts never seen, and how many times dateutil's each tenth of them is.

    Both read the same tenth one after the other in this process, so that other work on the machine hits both.
    """
    theirs = dateutil_fuzzy(date.fromisoformat(BASE))
    tenth = max(len(texts) // 10, 1)
    speeds, ratios = [], []
    for start in range(0, tenth * 10, tenth):
        some = texts[start : start + tenth]
        speeds.append(per_second(read_afresh, some))
        ratios.append(speeds[-1] / per_second(theirs, some))
    return statistics.median(speeds), sorted(ratios)


def ours(lines: list[dict[str, Any]], speed: list[str]) -> dict[str, Any]:
    texts = [line["text"] for line in lines]
    seconds = [1 / per_second(read_afresh, [text]) for text in texts]
    first, slowest = len(texts) / sum(seconds), max(seconds)
    prepare()
    forget_shapes()
    half = len(speed) // 2
    new_shapes = per_second(read_afresh, speed[:half])
    never_seen, beside = _beside_dateutil(speed[half:])
    for text in texts:
        read(text)
    return {
        "first": first,
        "slowest": slowest,
        "new_shapes": new_shapes,
        "unseen": never_seen,
        "beside": beside,
        "repeated": per_second(read, texts, 200),
    }


def resolving(python: str) -> None:
    """Prints how regclock's calendar does beside the official one of 2026."""
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    official = load(ROOT / "config" / "calendars")
    asked = json.dumps({"start": year[0].isoformat(), "end": year[-1].isoformat(), "amount": 15})
    script = Path(__file__).parent / "resolving.py"
    done = subprocess.run([python, str(script)], input=asked, capture_output=True, text=True, check=True)
    theirs = json.loads(done.stdout)
    if "skipped" in theirs:
        print(f"\nregclock: not run: {theirs['skipped']}")
        return
    working = sum((day.isoformat() in theirs["working"]) == official.is_working(day) for day in year)
    wanted = [count(day, 15, Unit.WORKING_DAYS, official).isoformat() for day in year]
    counted = sum(ours == other for ours, other in zip(wanted, theirs["counted"], strict=True))
    start = time.process_time()
    for _ in range(20):
        for day in year:
            count(day, 15, Unit.WORKING_DAYS, official)
    speed = 20 * 365 / (time.process_time() - start)
    print(f"\nregclock: {working} of 365 days of 2026 rightly working or off, {counted} of 365 counts of 15 days")
    print(f"right, {theirs['per_second']:,.0f} counts/s; ours, by the official calendar, all and {speed:,.0f}/s.")


def run_peers(
    python: str | None, node: str | None, heideltime_jar: tuple[str, str] | None, asked: dict[str, Any]
) -> dict[str, Any]:
    results: dict[str, Any] = {}
    question = json.dumps(asked)
    here = Path(__file__).parent
    if python:
        done = subprocess.run([python, str(here / "peers.py")], input=question, capture_output=True, text=True)
        results |= (
            json.loads(done.stdout) if done.returncode == 0 else {"Python peers": {"skipped": done.stderr[-300:]}}
        )
    if heideltime_jar and shutil.which("java"):
        jar, props = map(Path, heideltime_jar)
        found = heideltime(jar, props, asked["texts"], asked["speed"][:300], asked["base"])
        results["HeidelTime (vietnamese, its jar)"] = found
    if node and shutil.which("node"):
        script = Path(node) / "chrono.mjs"
        shutil.copy(here / "chrono.mjs", script)
        done = subprocess.run(["node", str(script)], input=question, capture_output=True, text=True, cwd=node)
        results |= (
            json.loads(done.stdout) if done.returncode == 0 else {"chrono-node": {"skipped": done.stderr[-300:]}}
        )
    return results


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peers", help="the Python of an environment with the peers")
    options.add_argument("--node", help="a directory with chrono-node")
    options.add_argument("--heideltime", help="HeidelTime's standalone jar")
    options.add_argument("--props", help="its config.props")
    chosen = options.parse_args()
    lines = gold()
    texts = [line["text"] for line in lines]
    with (ROOT / "tests" / "corpora" / "deadlines.tsv").open(encoding="utf-8", newline="") as file:
        corpus = [row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    speed = unseen([*texts, *corpus])
    scored = [line for line in lines if says_when(line)]
    dateless = [line for line in lines if has_no_date(line)]
    mine = ours(lines, speed)
    jar = (chosen.heideltime, chosen.props) if chosen.heideltime and chosen.props else None
    right = sum(map(we_are_right, scored))
    false = sum(
        bool(describe(read(line["text"]))["due"] or describe(read(line["text"]))["start"]) for line in dateless
    )
    print(f"| reader | right /{len(scored)} | false /{len(dateless)} | texts/s unseen | texts/s repeated |")
    print("|---|---|---|---|---|")
    print(f"| **dondoc** | **{right}** | **{false}** | **{mine['unseen']:,.0f}** | **{mine['repeated']:,.0f}** |")
    for name, result in run_peers(
        chosen.peers, chosen.node, jar, {"texts": texts, "speed": speed, "base": BASE}
    ).items():
        if "skipped" in result:
            print(f"| {name} | not run: {result['skipped']} | | | |")
            continue
        found = dict(zip(texts, result["found"], strict=True))
        right = sum(peer_is_right(line, found[line["text"]]) for line in scored)
        false = sum(bool(found[line["text"]]) for line in dateless)
        print(f"| {name} | {right} | {false} | {result['per_second']:,.0f} | the same |")
    print(
        f"\nOurs: loading {LOADING:.2f} s; the {len(texts)} gold texts as the very first, {mine['first']:,.0f}/s;"
    )
    print(f"the slowest of them {mine['slowest'] * 1000:.1f} ms; then, after prepare(),")
    print(f"{len(speed) // 2} texts never seen, with every shape forgotten before, {mine['new_shapes']:,.0f}/s.")
    low, *_, high = mine["beside"]
    middle = statistics.median(mine["beside"])
    print(f"In one process, tenth by tenth of texts never seen, {middle:.2f} times dateutil's fuzzy parser")
    print(f"({low:.2f} to {high:.2f}).")
    if chosen.peers:
        resolving(chosen.peers)


if __name__ == "__main__":
    main()
