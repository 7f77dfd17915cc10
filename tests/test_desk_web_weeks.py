"""The year ahead by week and agency: what is counted, what is drawn, and where its squares lead."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import update

from desk.web.weeks import LEVELS, SHOWN, Row, picture, rows, steps, tasks_path
from store import overview, timeline
from store.schema import assignments
from store.timeline import NOBODY
from tests.desk_samples import DAY, logged_in, opened, with_samples

WEEKS = 52
MONDAY = DAY - timedelta(days=DAY.weekday())


def rows_of(number: int, *, weeks: int = WEEKS) -> list[Row]:
    """So many invented agencies, the first the busiest, each with one week more empty than the one before."""
    return [
        Row(
            code=f"a{at}",
            name=f"Sở {at}",
            weeks=tuple(number - at if week == at % weeks else 0 for week in range(weeks)),
        )
        for at in range(number)
    ]


def totals_of(rows: list[Row]) -> list[tuple[date, int, int]]:
    return [(MONDAY + timedelta(weeks=at), sum(row.weeks[at] for row in rows), 0) for at in range(WEEKS)]


@pytest.mark.parametrize("number", [1, 3, SHOWN, SHOWN + 1, 600])
def test_every_date_stands_in_some_strip_of_every_page(number: int) -> None:
    given = rows_of(number)
    seen: list[str] = []
    first = picture(totals_of(given), given, 1)
    for page in range(1, first.pages + 1):
        shown = picture(totals_of(given), given, page)
        assert sum(strip.total for strip in shown.strips) == sum(row.total for row in given)
        assert len(shown.strips) <= SHOWN + 1
        seen += [strip.code for strip in shown.strips if strip.code != "*"]
        assert shown.others == number - sum(strip.code != "*" for strip in shown.strips)
    assert seen == [row.code for row in given], "each agency once, the busiest first"
    assert picture(totals_of(given), given, 10**5) == picture(totals_of(given), given, first.pages)


def test_a_year_without_dates_is_empty() -> None:
    assert picture(totals_of([]), [], 1).strips == ()


@pytest.mark.parametrize("most", [0, 1, 2, 3, 4, 7, 16, 100, 2500])
def test_levels_rise_and_the_largest_number_reaches_the_last(most: int) -> None:
    bounds = steps(most)
    assert list(bounds) == sorted(set(bounds))
    assert len(bounds) == LEVELS - 1
    assert most <= 3 or bounds[-1] < most


def test_the_address_of_a_square_ends_with_its_sunday() -> None:
    assert tasks_path("so-y-te", MONDAY, MONDAY) == "/tasks?agency=so-y-te&role=lead&from=2026-06-01&to=2026-06-07"
    assert tasks_path("*", MONDAY, MONDAY) == "/tasks?from=2026-06-01&to=2026-06-07"


def test_each_agency_has_its_open_dates(environment: dict[str, str], database_url: str) -> None:
    place = opened(environment, DONDOC_DATABASE_URL=database_url)
    with_samples(place)
    with place.database.read() as connection:
        found = timeline.by_agency(connection, place.province, MONDAY, WEEKS)
        totals = overview.weeks(connection, place.province, MONDAY, WEEKS)
    for at, (_, number, _) in enumerate(totals):
        assert sum(weeks[at] for weeks in found.values()) >= number, "a date counts for each of its leads"
        assert max(weeks[at] for weeks in found.values()) <= number
    listed = rows(found, place.directory)
    assert listed == sorted(listed, key=lambda row: (row.commune, -row.total, row.name))
    assert {row.commune for row in listed} == {False, True}
    with place.database.write() as connection:
        connection.execute(update(assignments).where(assignments.c.role == "lead").values(state="withdrawn"))
        after = timeline.by_agency(connection, place.province, MONDAY, WEEKS)
    assert after == {NOBODY: [number for _, number, _ in totals]}


def test_a_square_opens_the_list_of_as_many(environment: dict[str, str]) -> None:
    place = opened(environment)
    client = logged_in(place, with_samples(place), "viewer")
    page = client.get("/charts").text
    squares = re.findall(r'<a href="(/tasks\?agency=[^"]+)" tabindex="-1"><rect[^>]*><title>[\d/]+: (\d+)<', page)
    assert len(squares) > 5
    for path, number in squares:
        listed = client.get(unescape(path)).text
        assert len(re.findall(r'<a href="/tasks/\d+" lang="vi">', listed)) == int(number), path


def test_the_table_has_what_the_picture_has(environment: dict[str, str]) -> None:
    place = opened(environment)
    page = logged_in(place, with_samples(place), "viewer").get("/charts").text
    drawn = re.findall(r'<a href="([^"]+)" tabindex="-1"><rect', page)
    table = page[page.index("Bảng số liệu") :]
    assert drawn
    assert all(f'<a href="{path}">' in table for path in drawn)
