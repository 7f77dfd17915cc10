"""Three poisoned tasks among many: a state nobody can decide by, words nobody can write, an address nobody has.

PYTHONPATH=. .venv/bin/python bench/crash/poison.py [--messages 10000]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path

from sqlalchemy import select, update

from bench.crash.servers import SinkProcess
from bench.daily.seeding import DAY, NOW, Scaled, code, seed
from deadlines.directory import Directory
from flows.steps.deciding import decide
from flows.steps.sending import deliver
from flows.steps.workplace import open_workplace
from store.balance import balance, dead_letters
from store.schema import dues, reminders

UNDECIDABLE, UNWRITABLE, UNADDRESSED = 3, 5, 7
"""The numbers of the poisoned tasks and of their agencies."""


@dataclass(frozen=True)
class Poisoned(Scaled):
    @cached_property
    def directory(self) -> Directory:
        known = super().directory
        contact = replace(known.agencies[UNADDRESSED].contacts[0], email="dau-moi.xa-7.example")
        broken = replace(known.agencies[UNADDRESSED], contacts=(contact,))
        return replace(known, agencies=tuple(broken if one.code == broken.code else one for one in known.agencies))


@dataclass(kw_only=True)
class Verdict:
    messages: int
    sent: int = 0
    arrived: int = 0
    faults: dict[int, str] = field(default_factory=dict)
    """Tasks that could not be decided about, and why."""
    letters: dict[str, str] = field(default_factory=dict)
    """Agencies whose message waits for a person, and why."""
    holds: bool = False
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return (
            self.sent == self.arrived == self.messages - 3
            and list(self.faults) == [UNDECIDABLE + 1]
            and set(self.letters) == {code(UNWRITABLE), code(UNADDRESSED)}
            and all([*self.faults.values(), *self.letters.values()])
            and self.holds
        )


def trial(*, messages: int, folder: Path) -> Verdict:
    verdict, begun = Verdict(messages=messages), time.monotonic()
    with SinkProcess(folder / "sink.tsv") as sink:
        given = {"DONDOC_VAR": str(folder), "DONDOC_SMTP_URL": sink.url}
        place = Poisoned(open_workplace(given).settings, agency_count=messages)
        seed(place, stored=messages, due=messages, agencies=messages)
        with place.database.write() as connection:
            wrong = update(dues).where(dues.c.task_id == UNDECIDABLE + 1)
            connection.execute(wrong.values(told={"default/lead": None}))
        verdict.faults = decide(place, now=NOW, today=DAY).faults
        with place.database.write() as connection:
            wrong = update(reminders).where(reminders.c.agency == code(UNWRITABLE))
            connection.execute(wrong.values(urgency="none such"))
        deliver(place, clock=lambda: NOW)
        with place.database.read() as connection:
            account = balance(connection, place.province)
            verdict.letters = {row.agency: row.why for row in dead_letters(connection, place.province)}
            left = connection.execute(select(reminders.c.id).where(reminders.c.state == "planned")).all()
        verdict.sent, verdict.holds = account.sent, account.holds and len(left) == account.failed == 2
        verdict.arrived = len(sink.copies())
        place.database.close()
    verdict.seconds = round(time.monotonic() - begun, 1)
    return verdict


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--messages", type=int, default=10_000)
    with tempfile.TemporaryDirectory(prefix="dondoc-poison-") as folder:
        verdict = trial(messages=words.parse_args().messages, folder=Path(folder))
    print(json.dumps(asdict(verdict) | {"passed": verdict.passed}, ensure_ascii=False, indent=1))
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
