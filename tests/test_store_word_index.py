"""The index of words: it finds what looking at each title finds, follows every change, and may be missing."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import delete, select, update

from store import task_lists, word_index
from store.migrate import migrate
from store.schema import tasks
from store.searching import Wanted
from tests.desk_samples import DAY, opened, with_samples

WORDS = (("chuyen", "doi"), ("so",), ("y", "te"), ("khongco",), ("kế",), ('"', "so"), ("50%",), ("hoach", "xa"))


def found(place: object, words: tuple[str, ...]) -> tuple[int, ...]:
    with place.database.read() as connection:  # type: ignore[attr-defined]
        page = task_lists.find(
            connection, place.province, Wanted(words=words), reachable=(), today=DAY, limit=1000  # type: ignore[attr-defined]
        )  # fmt: skip
        return page.ids


@pytest.fixture
def place(environment: dict[str, str], database_url: str) -> object:
    made = opened(environment, DONDOC_DATABASE_URL=database_url)
    with_samples(made)
    return made


def test_the_index_finds_what_each_title_says(place: object) -> None:
    with place.database.read() as connection:  # type: ignore[attr-defined]
        titles = {row.id: row.folded for row in connection.execute(select(tasks.c.id, tasks.c.folded))}
    drawn = random.Random(3)
    some = [tuple(drawn.sample(title.split(), 2)) for title in titles.values() if len(title.split()) > 2]
    for words in (*WORDS, *some):
        wanted = {task for task, title in titles.items() if all(word in title for word in words)}
        assert set(found(place, words)) == wanted, words
        with place.database.read() as connection:  # type: ignore[attr-defined]
            few = word_index.few_with(connection, place.province, words, 1000)  # type: ignore[attr-defined]
            assert few is None or wanted <= set(few)
            assert (few is None) == all(len(word) < word_index.SHORTEST for word in words)


def test_the_index_follows_every_change(place: object) -> None:
    ids = found(place, ("chuyen",))
    with place.database.write() as connection:  # type: ignore[attr-defined]
        connection.execute(update(tasks).where(tasks.c.id == ids[0]).values(folded="xuongdongkhac"))
    assert found(place, ("dongkhac",)) == (ids[0],)
    assert found(place, ("chuyen",)) == ids[1:]
    with place.database.write() as connection:  # type: ignore[attr-defined]
        row = connection.execute(select(tasks).where(tasks.c.id == ids[0])).mappings().one()
        for made in (900_001, 900_002):
            values = dict(row) | {"id": made, "key": f"k{made}", "folded": "hoantoanmoi"}
            connection.execute(tasks.insert(), [values])
        connection.execute(delete(tasks).where(tasks.c.id == 900_001))
    assert found(place, ("toanmoi",)) == (900_002,)


def test_without_the_index_the_same_is_found_and_an_upgrade_brings_it_back(place: object) -> None:
    before = [found(place, words) for words in WORDS]
    database = place.database  # type: ignore[attr-defined]
    with database.write() as connection:
        if database.is_sqlite:
            for name in ("insert", "delete", "update"):
                connection.exec_driver_sql(f"DROP TRIGGER tasks_words_{name}")
            connection.exec_driver_sql("DROP TABLE tasks_words")
        else:
            connection.exec_driver_sql("DROP INDEX IF EXISTS tasks_words")
            connection.exec_driver_sql("DROP EXTENSION IF EXISTS pg_trgm")
    assert [found(place, words) for words in WORDS] == before
    with database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE tasks SET folded = 'doisaukhimat' WHERE id = (SELECT min(id) FROM tasks)"
        )
        word_index.ensure(connection)
    assert len(found(place, ("saukhimat",))) == 1
    migrate(database)
