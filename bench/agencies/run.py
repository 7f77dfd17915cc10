"""How fast and how rightly cells are resolved, beside plain rapidfuzz.

    python bench/agencies/run.py

Speed: an invented province of 5,000 agencies with 20,000 names besides the official ones, and a plan of 150
rows with two cells each, a tenth of them misspelt. Rightness: every cell of the corpus that names agencies
(tests/corpora/agencies.tsv). Plain rapidfuzz splits at commas, semicolons and "và" and takes the best name of
at least 90 (WRatio), as a first version of such a program would.
"""

from __future__ import annotations

import csv
import random
import re
import sys
import time
from datetime import date
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz, process

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from config import agencies  # noqa: E402
from deadlines.directory import Agency, AgencyKind, Directory, Group, Province  # noqa: E402

AGENCIES, ALIASES, ROWS = 5_000, 20_000, 150
LIMIT = 1.0
"""Seconds for the cells of a plan."""
TODAY = date(2026, 1, 5)
_SYLLABLES = (
    "an", "bình", "cẩm", "châu", "đông", "hòa", "khê", "lạc", "long", "mỹ", "nam", "ninh", "phú", "phước", "sơn",
    "tân", "thạnh", "thiện", "vĩnh", "xuân", "yên",
)  # fmt: skip
_KINDS = (AgencyKind.COMMUNE, AgencyKind.WARD)


def big_directory() -> Directory:
    chance = random.Random(72)
    places: dict[str, None] = {}
    while len(places) < AGENCIES:
        places[" ".join(chance.choice(_SYLLABLES).title() for _ in range(chance.randint(2, 4)))] = None
    made = tuple(_commune(number, place) for number, place in enumerate(places))
    groups = (Group(code="p.cap-xa", names=("các xã, phường", "các địa phương"), province="p", kinds=_KINDS),)
    assert sum(len(agency.names) - 1 for agency in made) == ALIASES
    return Directory(agencies=made, groups=groups, provinces=(Province(code="p", name="tỉnh Phú Châu"),))


def _commune(number: int, place: str) -> Agency:
    kind = _KINDS[number % 2]
    aliases = (f"{kind} {place}", f"Chính quyền {kind} {place}", f"UBND {place} số {number}")
    return Agency(
        code=f"p.{number}",
        name=f"Ủy ban nhân dân {kind} {place}",
        kind=kind,
        province="p",
        short_names=(f"UB {kind} {place}",),
        aliases=aliases,
    )


def plan_cells(directory: Directory) -> list[str]:
    chance = random.Random(282)
    cells = []
    for _ in range(ROWS * 2):
        names = [chance.choice(chance.choice(directory.agencies).names) for _ in range(chance.randint(1, 6))]
        if chance.random() < 0.1:
            names[0] = names[0][:-2] + "x"
        cells.append(chance.choice(("; ", ", ", " và ")).join(names))
    return cells


def plain(cell: str, names: dict[str, str]) -> tuple[str, ...]:
    found = []
    for part in re.split(r"[;,]|\bvà\b", cell):
        best = process.extractOne(part.strip(), names.keys(), scorer=fuzz.WRatio, score_cutoff=90)
        if best:
            found.append(names[best[0]])
    return tuple(dict.fromkeys(found))


def speed() -> float:
    directory = big_directory()
    cells = plan_cells(directory)
    started = time.perf_counter()
    assert directory.index.longest
    built = time.perf_counter() - started
    ours = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        readings = [directory.read_cell(cell, on=TODAY, province="p") for cell in cells]
        ours = min(ours, time.perf_counter() - started)
    names = {name: agency.code for agency in directory.agencies for name in agency.names}
    sample = cells[:30]
    started = time.perf_counter()
    for cell in sample:
        plain(cell, names)
    theirs = (time.perf_counter() - started) * len(cells) / len(sample)
    doubts = sum(not reading.complete for reading in readings)
    print(f"{AGENCIES} agencies, {ALIASES} aliases, {len(cells)} cells ({doubts} with words left to a person)")
    print(f"  index built once     {built:8.3f} s")
    print(f"  cells of a plan      {ours:8.3f} s   (best of three; limit {LIMIT:.1f} s)")
    print(f"  plain rapidfuzz      {theirs:8.3f} s   (from {len(sample)} cells)")
    return ours


@cache
def province(code: str) -> Directory:
    return agencies.load(ROOT / "config" / "agencies" / f"{code}.toml")


def rightness() -> None:
    """Counts a cell as wrong where an agency is named that the corpus does not have there."""
    with (ROOT / "tests" / "corpora" / "agencies.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["expected"]]
    tally = {"ours": [0, 0], "plain rapidfuzz": [0, 0]}
    for row in rows:
        directory, on = province(row["province"]), date.fromisoformat(row["on"])
        wanted = _wanted(row, directory, on)
        issued = date.fromisoformat(row["issued"])
        reading = directory.read_cell(row["cell"], on=on, issued=issued, province=row["province"])
        names = {name: a.code for a in directory.agencies if a.valid(on) for name in a.names}
        for who, got in (("ours", reading.agencies), ("plain rapidfuzz", plain(row["cell"], names))):
            tally[who][0] += set(got) == wanted
            tally[who][1] += bool(set(got) - wanted)
    print(f"{len(rows)} cells of the corpus: the same agencies / an agency too many or wrong")
    for who, (same, wrong) in tally.items():
        print(f"  {who:16}     {same:4} / {wrong}")


def _wanted(row: dict[str, str], directory: Directory, on: date) -> set[str]:
    """The agencies that the corpus names, its groups expanded; limits in parentheses are left to the tests."""
    found: set[str] = set()
    for part in row["expected"].split(" | "):
        name = part.removeprefix(">").split(" {")[0]
        if name.startswith("@"):
            code = name[1:] if "." in name else f"{row['province']}.{name[1:]}"
            members = directory.expand(code, on, date.fromisoformat(row["issued"]))
            found |= set(members)
        elif not name.startswith(("?", "!")):
            found |= {code if "." in code else f"{row['province']}.{code}" for code in name.split("+")}
    return found


if __name__ == "__main__":
    took = speed()
    rightness()
    sys.exit(took > LIMIT)
