"""What a monitoring system reads, in the text form of Prometheus: figures from the database, nobody's name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from flows.steps.missed import missed
from flows.steps.workplace import Workplace
from store import figures, runs
from store.breaker import tripped
from store.keeping import on_hold

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Board:
    registry: CollectorRegistry

    def put(self, name: str, about: str, values: Iterable[tuple[dict[str, str], float]], *labels: str) -> None:
        gauge = Gauge(name, about, labels, registry=self.registry)
        for named, value in values:
            gauge.labels(**named).set(value)


def text(workplaces: Iterable[Workplace], now: datetime) -> str:
    """The figures of these provinces at `now`. Raises StoreError."""
    board = _Board(CollectorRegistry())
    rows = [(place, _figures(place, now)) for place in workplaces]
    for name, about in figures.GAUGES.items():
        board.put(
            f"dondoc_{name}",
            about,
            [({"province": place.province}, held[name]) for place, held in rows if held[name] is not None],
            "province",
        )
    places = [place for place, _ in rows]
    _messages(board, places)
    _failures(board, places)
    _channels(board, places, now)
    return generate_latest(board.registry).decode()


def _figures(place: Workplace, now: datetime) -> dict[str, float]:
    with place.database.read() as connection:
        held = figures.gauges(connection, place.province, now=now, today=now.astimezone(place.zone).date())
        last = runs.last_good(connection, place.province)
        held["on_hold"] = float(on_hold(connection, place.province) is not None)
    if last is not None and last.ended_at is not None:
        held["last_good_run_timestamp_seconds"] = last.ended_at.timestamp()
    held["run_missed"] = float(missed(place, now))
    return held


def _messages(board: _Board, places: Iterable[Workplace]) -> None:
    values = []
    for place in places:
        with place.database.read() as connection:
            for state, channel, count in figures.messages_by_state(connection, place.province):
                values.append(({"province": place.province, "state": state, "channel": channel}, float(count)))
    board.put("dondoc_messages", "Messages by state", values, "province", "state", "channel")


def _failures(board: _Board, places: Iterable[Workplace]) -> None:
    values = []
    for place in places:
        with place.database.read() as connection:
            for channel, reason, count in figures.failures(connection, place.province):
                values.append(({"province": place.province, "channel": channel, "reason": reason}, float(count)))
    board.put(
        "dondoc_messages_failed",
        "Messages refused or unconfirmed, by channel and code of the reason",
        values,
        "province",
        "channel",
        "reason",
    )


def _channels(board: _Board, places: Iterable[Workplace], now: datetime) -> None:
    values = []
    for place in places:
        with place.database.read() as connection:
            down = tripped(connection, place.province)
        for name in place.channels.by_name:
            left_alone = name in down and down[name].until > now
            values.append(({"province": place.province, "channel": name}, float(left_alone)))
    board.put(
        "dondoc_channel_down", "1 while a channel is left alone after failures", values, "province", "channel"
    )
