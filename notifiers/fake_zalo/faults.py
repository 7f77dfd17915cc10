"""What can go wrong, on purpose: queues of steps for one phone, user, group or chat, and faults by chance."""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    NONE = "none"
    """Answer as usual."""
    CODE = "code"
    """HTTP 200 with an error code; nothing is done."""
    HANG = "hang"
    """No answer for `seconds`, then the connection closes."""
    RESET = "reset"
    """The connection is reset."""
    TRUNCATED = "truncated"
    """Half a JSON, honestly announced."""
    CUT = "cut"
    """The connection closes in the middle of the answer."""
    HTTP_500 = "500"
    HTTP_502 = "502"
    HTTP_503 = "503"
    """With the JSON of a success, as a gateway may spoil it."""
    DRIP = "drip"
    """The answer comes one byte every `seconds` / 100."""
    DRIP_HEAD = "drip_head"
    """Already the status line and the headers come so."""
    HTML = "html"
    """HTTP 200 with a page of a proxy."""
    REDIRECT = "redirect"
    EMPTY = "empty"
    NO_CODE = "no_code"
    """JSON without `error`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    fault: Fault = Fault.NONE
    code: int = 0
    seconds: float = 60.0
    accepted: bool = False
    """The work is done first (the message arrives), only the answer is spoilt."""
    words: str = ""


def code(number: int, words: str = "") -> Step:
    return Step(fault=Fault.CODE, code=number, words=words)


LOST = (Fault.RESET, Fault.TRUNCATED, Fault.CUT, Fault.HTTP_502, Fault.HTML)


class Faults:
    """`script` fills the queue of one target ("*" is anybody's); `rate` of requests fail by chance."""

    def __init__(self, *, seed: int = 1) -> None:
        self._queues: defaultdict[str, deque[Step]] = defaultdict(deque)
        self._chance = random.Random(seed)
        self.rate = 0.0
        self.kinds: tuple[Fault, ...] = LOST
        self.codes: tuple[int, ...] = ()
        """Codes that chance may give besides `kinds`."""

    def script(self, target: str, steps: Iterable[Step]) -> None:
        self._queues[target].extend(steps)

    def clear(self) -> None:
        self._queues.clear()

    def take(self, target: str, *, by_chance: bool) -> Step:
        for name in (target, "*"):
            if self._queues.get(name):
                return self._queues[name].popleft()
        if by_chance and self._chance.random() < self.rate:
            return self._any()
        return Step()

    def _any(self) -> Step:
        options: list[Fault | int] = [*self.kinds, *self.codes]
        which = self._chance.choice(options)
        if isinstance(which, Fault):
            return Step(fault=which, seconds=1, accepted=self._chance.random() < 0.5)
        return code(which)
