"""A figure that is dear to count is kept while nothing changes, for a little longer where the asker is patient."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from desk.web import kept
from desk.web.kept import Kept


class Seconds:
    """A clock that goes on by what counting takes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(kept.time, "monotonic", lambda: self.now)

    def counting(self, took: float, values: list[int]) -> Callable[[], int]:
        def count() -> int:
            self.now += took
            return values.pop(0)

        return count


def test_a_dear_figure_is_counted_again_after_a_change_or_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds, figures = Seconds(monkeypatch), Kept()
    count = seconds.counting(0.1, [1, 2, 3])
    assert [figures.get("a", "before", count), figures.get("a", "before", count)] == [1, 1]
    assert figures.get("a", "after", count) == 2
    seconds.now += kept.LONGEST + 1
    assert figures.get("a", "after", count) == 3


def test_the_patient_are_shown_the_figure_of_a_moment_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds, figures = Seconds(monkeypatch), Kept()
    count = seconds.counting(0.1, [1, 2])
    assert figures.get("a", "before", count, patience=10) == 1
    seconds.now += 9
    assert figures.get("a", "after", count, patience=10) == 1
    seconds.now += 2
    assert figures.get("a", "after", count, patience=10) == 2


def test_a_cheap_figure_is_counted_at_every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds, figures = Seconds(monkeypatch), Kept()
    count = seconds.counting(0.001, [1, 2])
    assert [figures.get("a", "same", count, patience=10) for _ in range(2)] == [1, 2]


def test_counting_goes_on_once_for_all_who_ask_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "DEAR", 0.0)
    figures, begun, go_on, counted = Kept(), threading.Event(), threading.Event(), list[int]()

    def count() -> int:
        begun.set()
        assert go_on.wait(60)
        counted.append(1)
        return 7

    found: list[int] = []
    asking = [threading.Thread(target=lambda: found.append(figures.get("a", "same", count))) for _ in range(4)]
    for one in asking:
        one.start()
    assert begun.wait(60)
    go_on.set()
    for one in asking:
        one.join(60)
    assert (found, counted) == ([7] * 4, [1])
