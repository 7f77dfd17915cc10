"""Pictures made on the server, each with its table: weeks ahead, also by agency, who is late, and how it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import Response

from desk.web.kept import PATIENCE
from desk.web.tasks import page_number
from desk.web.visit import Visit
from desk.web.weeks import picture, rows
from store import overview, timeline

WEEKS, MONTHS = 52, 12
WIDTH, HEIGHT, LEFT, BOTTOM = 720, 220, 34, 24


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    name: str


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


def page(visit: Visit) -> Response:
    monday = visit.today - timedelta(days=visit.today.weekday())
    directory = visit.workplace.directory
    with visit.workplace.database.read() as connection:
        weeks, by_agency, late, trend = visit.desk.kept.get(
            "charts",
            visit.state(connection),
            lambda: (
                overview.weeks(connection, visit.province, monday, WEEKS),
                timeline.by_agency(connection, visit.province, monday, WEEKS),
                overview.lateness(connection, visit.province, visit.today),
                overview.trend(connection, visit.province, month_ends(visit.today, MONTHS)),
            ),
            patience=PATIENCE,
        )
    trend = since_begun(trend)
    return visit.page(
        "charts.html",
        ahead=picture(weeks, rows(by_agency, directory), page_number(visit)),
        bars=bars(weeks),
        week_ticks=[Tick(LEFT + at * _step(len(weeks)), _month(week[0])) for at, week in _months(weeks)],
        week_levels=levels(max((week[1] for week in weeks), default=0)),
        heat=[
            (code, directory.name(code), number, [(count, shade(count)) for count in counts])
            for code, _, number, counts in late
        ],
        trend=trend,
        lines=lines(trend),
        trend_levels=levels(max((max(point[1:]) for point in trend), default=0)),
        trend_ticks=[Tick(_across(at, len(trend)), _month(point[0])) for at, point in enumerate(trend)],
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        floor=HEIGHT - BOTTOM,
    )


def since_begun(
    trend: Sequence[tuple[date, int, int, int, int]],
) -> list[tuple[date, int, int, int, int]]:
    """From the last month before there were any tasks: months of nothing would press the rest to the edge."""
    first = next((at for at, point in enumerate(trend) if any(point[1:])), len(trend) - 1)
    return [*trend[max(first - 1, 0) :]]


def _month(day: date) -> str:
    """The month as people write it, which no day can be taken for."""
    return f"{day.month}/{day.year}"


def _step(count: int) -> float:
    return (WIDTH - LEFT - 6) / max(count, 1)


def _months(weeks: Sequence[tuple[date, int, int]]) -> list[tuple[int, tuple[date, int, int]]]:
    """The first week of every second month."""
    return [(at, week) for at, week in enumerate(weeks) if week[0].day <= 7 and week[0].month % 2 == 1]


def bars(weeks: Sequence[tuple[date, int, int]]) -> list[Bar]:
    most, step = max((week[1] for week in weeks), default=0) or 1, _step(len(weeks))
    tall = HEIGHT - BOTTOM - 12
    return [
        Bar(
            round(LEFT + at * step + 1, 1),
            round(HEIGHT - BOTTOM - tall * number / most, 1),
            round(step - 2, 1),
            round(tall * number / most, 1),
            f"Tuần từ {monday:%d/%m/%Y}: {number} hạn" + (f", {tentative} dự kiến" if tentative else ""),
        )
        for at, (monday, number, tentative) in enumerate(weeks)
    ]


def levels(most: int) -> list[Tick]:
    """Where the axis is labelled: nothing, half, all."""
    tall = HEIGHT - BOTTOM - 12
    marks = sorted({0, most // 2, most})
    return [Tick(round(HEIGHT - BOTTOM - tall * mark / (most or 1), 1), str(mark)) for mark in marks]


def shade(count: int) -> int:
    """How dark a square is: 0 for nothing to 4 for more than ten."""
    return next(level for level, most in enumerate((0, 2, 5, 10, 10**9)) if count <= most)


def lines(trend: Sequence[tuple[date, int, int, int, int]]) -> list[str]:
    """One line a status, as the points of a polyline."""
    counts = [point[1:] for point in trend]
    most = max((max(one) for one in counts), default=0) or 1
    tall = HEIGHT - BOTTOM - 12
    return [
        " ".join(
            f"{_across(at, len(counts)):.1f},{HEIGHT - BOTTOM - tall * one[status] / most:.1f}"
            for at, one in enumerate(counts)
        )
        for status in range(4)
    ]


def _across(at: int, count: int) -> float:
    return LEFT + 8 + at * (WIDTH - LEFT - 40) / max(count - 1, 1)


def month_ends(today: date, count: int) -> list[date]:
    """The last days of the months before this one, and today."""
    ends, first = [today], today.replace(day=1)
    for _ in range(count):
        end = first - timedelta(days=1)
        ends.append(end)
        first = end.replace(day=1)
    return ends[::-1]
