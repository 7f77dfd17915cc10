"""A list of one status holds just the tasks that show it, and pages and counts agree with each other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from flows.steps.answering import Said, receive
from flows.steps.completing import complete
from flows.steps.reach import reachable
from flows.steps.workplace import Workplace
from store import searching, task_lists
from store.places import Places
from store.schema import tasks
from store.searching import STATUSES, Wanted
from tests.desk_samples import Clock, lead_due, opened, with_samples


@pytest.fixture
def filled(environment: dict[str, str], database_url: str) -> tuple[Workplace, Clock]:
    """The samples, with one task reported, one done and one withdrawn."""
    place = opened(environment, DONDOC_DATABASE_URL=database_url)
    clock = with_samples(place)
    agency = "phu-chau.so-khoa-hoc-va-cong-nghe"
    clock.move(days=40)
    today = clock().date()
    reported, due = lead_due(place, agency)
    with place.database.read() as connection:
        done = connection.execute(select(tasks.c.id).where(tasks.c.id != reported).limit(1)).scalar_one()
    complete(place, done, on=today, document=None, due_key=None, now=clock(), today=today, actor="test")
    receive(place, agency, due, Said(kind="done", document="12/BC", on=today), now=clock(), today=today)
    with place.database.write() as connection:
        last = connection.execute(select(tasks.c.id).order_by(tasks.c.id.desc()).limit(1)).scalar_one()
        connection.execute(update(tasks).where(tasks.c.id == last).values(state="withdrawn"))
    return place, clock


def test_each_task_is_in_the_list_of_its_status_and_in_no_other(filled: tuple[Workplace, Clock]) -> None:
    place, clock = filled
    with place.database.read() as connection:
        every = connection.execute(select(tasks.c.id)).scalars().all()
        shown = searching.statuses(connection, every, clock().date())
        near = reachable(connection, place)
        for status in STATUSES:
            found = task_lists.find(connection, place.province, Wanted(status=status), reachable=near,
                                   today=clock().date(), limit=1000)  # fmt: skip
            assert set(found.ids) == {task for task, one in shown.items() if one == status}, status
            assert found.total == len(found.ids)
        assert len(set(shown.values())) >= 5


def test_pages_follow_one_another_and_the_count_says_how_many(filled: tuple[Workplace, Clock]) -> None:
    place, clock = filled
    today = clock().date()
    within = Wanted(due_from=today, due_to=today + timedelta(days=300))
    asked = [Wanted(), Wanted(words=("so",)), Wanted(status="open"), Wanted(kind="recurring"), within]
    asked += [Wanted(attention=True), Wanted(agency="phu-chau.so-y-te")]
    with place.database.read() as connection:
        near = reachable(connection, place)
        for wanted in asked:
            common = {"reachable": near, "today": today}
            whole = task_lists.find(connection, place.province, wanted, limit=1000, **common)  # type: ignore[arg-type]
            parts: list[int] = []
            for offset in range(0, len(whole.ids) + 3, 3):
                page = task_lists.find(connection, place.province, wanted, limit=3, offset=offset, **common)  # type: ignore[arg-type]
                parts += page.ids
                assert page.total == len(whole.ids) == whole.total, (wanted, offset)
                few = task_lists.find(
                    connection, place.province, wanted, limit=3, offset=offset, count_to=2, **common
                )  # type: ignore[arg-type]
                assert few.ids == page.ids
            assert tuple(parts) == whole.ids
        few = task_lists.find(connection, place.province, Wanted(status="open"), limit=2, count_to=4, **common)  # type: ignore[arg-type]
        assert (few.total, few.more) == (4, True)
        assert (
            task_lists.attention(
                place.province,
                reachable=near,
                today=today,
                follow=lambda _asked, look, most: Places.of(look(connection, None), most=most),
            )
            == task_lists.find(
                connection, place.province, Wanted(attention=True), reachable=near, today=today, limit=1000
            ).total
        )
