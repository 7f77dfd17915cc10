"""One worker's open channels: how fast each may be used, and which are left alone for now."""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from config.channels import ChannelSettings
from flows.steps.channels import channel_tools, sender
from flows.steps.workplace import Workplace
from notifiers.channel import Channel, open_channel
from notifiers.errors import Scope, Unavailable
from notifiers.message import Message, Receipt, Sender
from store import breaker, pace

LEASE = timedelta(minutes=30)
"""How long a worker may hold what it claimed; longer than one message can take, which is about 20 minutes."""


MOST_PLACES = 20
"""How many places in a channel's minute a worker takes at once."""


class Opens(Protocol):
    """Opens the channel at an address."""

    def __call__(self, url: str, *, sender: Sender, var: Path, **tools: Any) -> Channel: ...


class Courier:
    """A channel that fails as a whole is left alone by every worker until its circuit breaker lets it be tried."""

    def __init__(
        self,
        workplace: Workplace,
        clock: Callable[[], datetime],
        *,
        opens: Opens = open_channel,
        lease: timedelta = LEASE,
    ) -> None:
        self.workplace = workplace
        self.clock = clock
        self.lease = lease
        self.worker = f"{socket.gethostname()[:50]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.held: set[str] = set()
        """Channels not to use now."""
        self._failed_before: set[str] = set()
        self._opens = opens
        self._open: dict[str, Channel] = {}
        self._places: dict[str, tuple[int, float]] = {}
        """Messages that may leave by a channel without asking again, and when that was allowed."""
        self._asked: dict[str, int] = {}
        """How many places were asked for last: a worker with one message must not use up those of twenty."""

    def settings(self, channel: str) -> ChannelSettings | None:
        """None where the channel is in the configuration no more."""
        return self.workplace.channels.by_name.get(channel)

    def look(self) -> None:
        """Learn which channels are down, as any worker found."""
        with self.workplace.database.read() as connection:
            tripped = breaker.tripped(connection, self.workplace.province)
        now = self.clock()
        self.held = {name for name, trip in tripped.items() if trip.until > now}
        self._failed_before = set(tripped)

    def trip(self, channel: str, reason: str, asked: float | None) -> datetime:
        """Leave a channel alone, which failed as a whole; returns until when."""
        settings = self.settings(channel)
        assert settings is not None
        self.held.add(channel)
        self._failed_before.add(channel)
        now = self.clock()
        return self.workplace.database.keep(
            lambda connection: breaker.trip(
                connection,
                self.workplace.province,
                channel,
                reason=reason,
                now=now,
                first_wait=settings.first_wait,
                asked=asked,
            )
        )

    def works(self, channel: str) -> None:
        """The channel took a message: forget its failures."""
        if channel in self._failed_before:
            self._failed_before.discard(channel)
            self.workplace.database.keep(
                lambda connection: breaker.restore(connection, self.workplace.province, channel)
            )

    def channel(self, name: str) -> Channel:
        """The open channel. Raises Unavailable, for the whole channel, where it cannot be opened."""
        if name not in self._open:
            settings = self.settings(name)
            assert settings is not None
            try:
                made = self._opens(
                    settings.url,
                    sender=sender(self.workplace),
                    var=self.workplace.settings.var,
                    **channel_tools(self.workplace, name, self.clock),
                )
            except (ValueError, OSError) as error:
                raise Unavailable(f"Không mở được kênh: {error}", scope=Scope.CHANNEL) from error
            self._open[name] = made.__enter__()
        return self._open[name]

    def resends(self, name: str) -> bool | None:
        """Whether a message whose answer was lost may go again; None where the channel cannot be opened now."""
        if self.settings(name) is None:
            return False
        try:
            return self.channel(name).resend_unconfirmed
        except Unavailable:
            return None

    def pace(self, name: str) -> None:
        """Wait until one more message keeps within the channel's rate for a minute, of all workers together."""
        settings = self.settings(name)
        if settings is None:
            return
        left, since = self._places.get(name, (0, 0.0))
        if not left or time.monotonic() - since > pace.USABLE:
            left, since = self._take(name, settings.per_minute), time.monotonic()
        self._places[name] = (left - 1, since)

    def _take(self, name: str, per_minute: int) -> int:
        wanted = max(1, min(MOST_PLACES, per_minute // 60, 2 * self._asked.get(name, 0)))
        self._asked[name] = wanted
        while True:
            taken, wait = self.workplace.database.keep(
                lambda connection: pace.take(
                    connection,
                    self.workplace.province,
                    name,
                    per_minute=per_minute,
                    wanted=wanted,
                    at=time.time(),
                )
            )
            if taken:
                return taken
            time.sleep(wait)

    def send(self, name: str, message: Message) -> Receipt:
        """Hand over one message. Raises NotSent."""
        return self.channel(name).send(message)

    def close(self) -> None:
        for channel in self._open.values():
            channel.close()
