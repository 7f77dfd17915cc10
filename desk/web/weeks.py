"""The year ahead as strips: a strip for each lead agency, a square for each week, the darker the more is due.

Agencies come as given, `SHOWN` on a page; all others are one more strip below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from deadlines.directory import Directory
from deadlines.directory_types import AgencyKind
from desk.web.tasks import last_page
from store.timeline import NOBODY

SHOWN = 12
"""Agencies with strips of their own on one page."""

LEVELS = 4

COMMUNES = frozenset(
    {AgencyKind.COMMUNE, AgencyKind.WARD, AgencyKind.TOWNSHIP, AgencyKind.SPECIAL_ZONE, AgencyKind.DISTRICT}
)
"""Kinds of which a province has a hundred and more, most of them with the same tasks on the same days."""

REST = "*"
"""In the place of a code: every agency without a strip of its own on this page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One lead agency's open dates; `weeks` has a number for each week."""

    code: str
    name: str
    weeks: Sequence[int]
    commune: bool = False
    total: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", sum(self.weeks))


@dataclass(frozen=True, kw_only=True, slots=True)
class Square:
    """A week with something due; `level` is 1 to `LEVELS`, `x` how far along the strip in per cent."""

    x: str
    level: int
    path: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    code: str
    name: str
    total: int
    path: str
    squares: tuple[Square, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What an agency has in one week, for the table."""

    code: str
    name: str
    number: int
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    monday: date
    number: int
    tentative: int
    path: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """One page of strips. `others` is how many agencies the last strip holds; `scale` the numbers of each level."""

    strips: tuple[Strip, ...]
    others: int
    weeks: tuple[Week, ...]
    months: tuple[tuple[str, str], ...]
    scale: tuple[tuple[int, int | None], ...]
    width: str
    page: int
    pages: int


def rows(found: Mapping[str, Sequence[int]], directory: Directory) -> list[Row]:
    """The busiest first, the province's own agencies before its communes."""
    made = []
    for code, numbers in found.items():
        agency = directory.agency(code)
        commune = agency is not None and agency.kind in COMMUNES
        made.append(Row(code=code, name=directory.name(code), weeks=numbers, commune=commune))
    return sorted(made, key=lambda row: (row.commune, -row.total, row.name))


def picture(totals: Sequence[tuple[date, int, int]], rows: Sequence[Row], page: int) -> Picture:
    """The strips of page `page`, from 1; a page beyond the last is the last. `totals` are all dates by week."""
    named = [row for row in rows if row.code != NOBODY]
    pages = last_page(len(named), SHOWN)
    page = min(page, pages)
    shown = named[(page - 1) * SHOWN : page * SHOWN]
    rest = [row for row in named if row not in shown]
    nobody = [row for row in rows if row.code == NOBODY]
    mondays = [monday for monday, _, _ in totals]
    bounds = steps(max((number for row in shown for number in row.weeks), default=0))
    lines = [*shown, *nobody, *([_together(rest)] if rest else [])]
    return Picture(
        strips=tuple(_strip(row, mondays, bounds) for row in lines),
        others=len(rest),
        weeks=tuple(
            Week(
                monday=monday,
                number=number,
                tentative=tentative,
                path=tasks_path("", monday, monday),
                shares=tuple(_shares(lines, mondays, at)),
            )
            for at, (monday, number, tentative) in enumerate(totals)
            if number
        ),
        months=tuple(_months(mondays)),
        scale=_scale(bounds),
        width=_share(1, len(mondays), 0.88),
        page=page,
        pages=pages,
    )


def _together(rows: Sequence[Row]) -> Row:
    return Row(
        code=REST,
        name="",
        weeks=tuple(map(sum, zip(*(row.weeks for row in rows), strict=True))),
    )


def steps(most: int) -> tuple[int, ...]:
    """The highest number of each level but the last: 1, 2, 3 for small ones, growing evenly in ratio for large."""
    found: list[int] = []
    for level in range(1, LEVELS):
        found.append(max(round(most ** (level / LEVELS)), found[-1] + 1 if found else 1))
    return tuple(found)


def _scale(bounds: Sequence[int]) -> tuple[tuple[int, int | None], ...]:
    firsts = (1, *(bound + 1 for bound in bounds))
    return tuple(zip(firsts, (*bounds, None), strict=True))


def _strip(row: Row, mondays: Sequence[date], bounds: Sequence[int]) -> Strip:
    return Strip(
        code=row.code,
        name=row.name,
        total=row.total,
        path=tasks_path(row.code, mondays[0], mondays[-1]),
        squares=tuple(
            Square(
                x=_share(at, len(mondays)),
                level=1 + sum(number > bound for bound in bounds),
                path=tasks_path(row.code, mondays[at], mondays[at]),
                text=f"{mondays[at]:%d/%m/%Y}: {number}",
            )
            for at, number in enumerate(row.weeks)
            if number
        ),
    )


def _shares(rows: Sequence[Row], mondays: Sequence[date], at: int) -> list[Share]:
    return [
        Share(
            code=row.code,
            name=row.name,
            number=row.weeks[at],
            path=tasks_path(row.code, mondays[at], mondays[at]),
        )
        for row in rows
        if row.weeks[at]
    ]


def tasks_path(code: str, first: date, last: date) -> str:
    """The list of what is due from the week of `first` to the week of `last`, Mondays both."""
    asked = {"from": first.isoformat(), "to": (last + timedelta(days=6)).isoformat()}
    if code not in (NOBODY, REST):
        asked = {"agency": code, "role": "lead"} | asked
    return "/tasks?" + urlencode(asked)


def _months(mondays: Sequence[date]) -> list[tuple[str, str]]:
    """Where each month begins, and its name."""
    days = [monday + timedelta(days=day) for monday in mondays for day in range(7)]
    return [(_share(at, len(days)), f"{day.month}/{day.year}") for at, day in enumerate(days) if day.day == 1]


def _share(part: float, whole: int, of: float = 1.0) -> str:
    return f"{100 * of * part / max(whole, 1):.2f}%"
