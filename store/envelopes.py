"""The messages that what is decided today goes into: one an agency, audience, channel and day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from store.outbox import OPERATOR, inserting
from store.schema import messages

_CHUNK = 5000


class Envelopes:
    """Finds the message that today's words for an agency go into, within one transaction.

    A message that has left or is leaving takes nothing more: what is decided after it waits for the message of
    the next of `days`, so that nobody gets two in a day by the same channel.
    """

    def __init__(
        self, connection: Connection, province: str, *, days: Mapping[date, datetime], now: datetime
    ) -> None:
        """`days` are the coming working days, in order, each with the moment from which its messages may leave."""
        self._connection = connection
        self._province = province
        self._days = days
        self.now = now
        self._found: dict[tuple[str, str, str, str], int] = {}

    def message_for(self, agency: str, audience: str, channel: str, purpose: str = "") -> int:
        """The message's id. What is for the operator goes into the day's digest, so that it is one mail, too."""
        purpose = purpose or _purpose(agency)
        wanted = (agency, audience, channel, purpose)
        if wanted not in self._found:
            self._found[wanted] = self._find(*wanted)
        return self._found[wanted]

    def open(self, wanted: Iterable[tuple[str, str, str]]) -> None:
        """Look up the messages of many agencies, audiences and channels at once: most go today."""
        today = next(iter(self._days))
        named = [(*who, _purpose(who[0])) for who in dict.fromkeys(wanted)]
        keys = {self._key(today, *who): who for who in named}
        keys = {key: who for key, who in keys.items() if who not in self._found}
        ready = self._look(list(keys))
        missing = [key for key in keys if key not in ready]
        if missing:
            self._insert([(key, today, *keys[key]) for key in missing])
            ready |= self._look(missing)
        self._found |= {keys[key]: row.id for key, row in ready.items() if row.state == "ready" and row.unfrozen}

    def _find(self, agency: str, audience: str, channel: str, purpose: str) -> int:
        who = (agency, audience, channel, purpose)
        row = None
        agency, audience, channel, purpose = who
        for day in self._days:
            key = self._key(day, *who)
            if not (found := self._look([key])):
                self._insert([(key, day, agency, audience, channel, purpose)])
                found = self._look([key])
            row = found[key]
            if row.state == "ready" and row.unfrozen:
                break
        assert row is not None
        return int(row.id)

    def _key(self, day: date, agency: str, audience: str, channel: str, purpose: str) -> str:
        return f"{self._province}|{purpose}|{agency}|{audience}|{channel}|{day}"

    def _look(self, keys: Sequence[str]) -> dict[str, Row[Any]]:
        found: dict[str, Row[Any]] = {}
        for start in range(0, len(keys), _CHUNK):
            # The lock keeps a sender from taking the message between this look and our commit.
            rows = self._connection.execute(
                select(
                    messages.c.id, messages.c.key, messages.c.state, messages.c.frozen.is_(None).label("unfrozen")
                )
                .where(messages.c.province == self._province, messages.c.key.in_(keys[start : start + _CHUNK]))
                .order_by(messages.c.id)
                .with_for_update()
            )
            found |= {row.key: row for row in rows}
        return found

    def _insert(self, fresh: Sequence[tuple[str, date, str, str, str, str]]) -> None:
        rows = [
            {
                "key": key,
                "province": self._province,
                "agency": agency,
                "audience": audience,
                "channel": channel,
                "day": day,
                "purpose": purpose,
                "state": "ready",
                "not_before": self._days[day],
                "attempts": 0,
                "created_at": self.now,
            }
            for key, day, agency, audience, channel, purpose in fresh
        ]
        self._connection.execute(inserting(self._connection, messages).on_conflict_do_nothing(), rows)


def _purpose(agency: str) -> str:
    return "digest" if agency == OPERATOR else "reminders"
