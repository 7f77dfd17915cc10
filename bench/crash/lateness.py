"""How late messages leave: on a usual morning, and on the morning after a day without a mail server.

    PYTHONPATH=. .venv/bin/python bench/crash/lateness.py [--agencies 10000] [--per-minute 1200]

A message's lateness is the time from the moment at which it may leave (half past seven) until the mail server has
taken it. One worker, one message an agency, paced as `per_minute` of the channel says; the clock is the wall's.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import select

from bench.crash.servers import SinkProcess
from bench.daily.seeding import DAY, Scaled, seed
from config.channels import Channels
from flows.steps.clock import standing_at
from flows.steps.deciding import decide
from flows.steps.sending import deliver
from flows.steps.workplace import open_workplace
from store.balance import balance
from store.schema import messages, reminders

SHIPPED = 1200
"""Messages a minute of the channel as it is shipped."""
ROUND = timedelta(minutes=30)


@dataclass(frozen=True)
class Paced(Scaled):
    per_minute: int = SHIPPED

    @cached_property
    def channels(self) -> Channels:
        shipped = super().channels
        return Channels(
            by_name={name: replace(one, per_minute=self.per_minute) for name, one in shipped.by_name.items()}
        )


@dataclass(kw_only=True)
class Verdict:
    what: str
    agencies: int
    per_minute: int
    late_seconds: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    """From the first to the last, deciding included."""
    mails: int = 0
    twice: int = 0
    reminders: dict[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Every agency got one mail, and every reminder was told or is said by a later one."""
        ended = {"told", "lapsed"}
        return self.mails == self.agencies and self.twice == 0 and set(self.reminders) <= ended


def opened(folder: Path, smtp: str, *, agencies: int, per_minute: int) -> Paced:
    folder.mkdir(exist_ok=True)
    given = {"DONDOC_VAR": str(folder), "DONDOC_SMTP_URL": smtp}
    place = Paced(open_workplace(given).settings, agency_count=agencies, per_minute=per_minute)
    seed(place, stored=agencies, due=agencies, agencies=agencies)
    return place


def running_from(moment: datetime) -> Callable[[], datetime]:
    begun = time.monotonic()
    return lambda: moment + timedelta(seconds=time.monotonic() - begun)


def morning_of(place: Scaled, day: date) -> datetime:
    return standing_at(day, place.settings.schedule.work_from, place.zone)()


def usual(folder: Path, *, agencies: int, per_minute: int) -> Verdict:
    """A morning on which all goes well."""
    with SinkProcess(folder / "sink.tsv") as sink:
        place = opened(folder / "var", sink.url, agencies=agencies, per_minute=per_minute)
        return _morning(place, sink, DAY, "usual morning")


def after_an_outage(folder: Path, *, agencies: int, per_minute: int) -> Verdict:
    """The mail server is away for a day, and is back on the next morning."""
    log = folder / "sink.tsv"
    with SinkProcess(log) as gone:
        nowhere = gone.url
    place = opened(folder / "var", nowhere, agencies=agencies, per_minute=per_minute)
    moment = morning_of(place, DAY)
    decide(place, now=moment, today=DAY)
    for _ in range(20):
        assert deliver(place, clock=lambda: moment).sent == 0  # noqa: B023 - called before it changes
        moment += ROUND
    place.database.close()
    with SinkProcess(log) as sink:
        given = {"DONDOC_VAR": str(folder / "var"), "DONDOC_SMTP_URL": sink.url}
        back = Paced(open_workplace(given).settings, agency_count=agencies, per_minute=per_minute)
        return _morning(back, sink, DAY + timedelta(days=1), "morning after a day without a mail server")


def _morning(place: Paced, sink: SinkProcess, day: date, what: str) -> Verdict:
    clock = running_from(morning_of(place, day))
    begun = time.monotonic()
    decide(place, now=clock(), today=day)
    while deliver(place, clock=clock).outcomes:
        """Until nothing may leave any more."""
    seconds = round(time.monotonic() - begun, 1)
    opens = morning_of(place, day)
    with place.database.read() as connection:
        sent = connection.execute(select(messages.c.ended_at).where(messages.c.state == "sent")).scalars()
        late = sorted((ended - opens).total_seconds() for ended in sent)
        states = list(connection.execute(select(reminders.c.state)).scalars())
        assert balance(connection, place.province).holds
    place.database.close()
    copies = sink.copies()
    return Verdict(
        what=what,
        agencies=place.agency_count,
        per_minute=place.per_minute,
        late_seconds={
            name: round(late[min(len(late) - 1, int(len(late) * share))], 1)
            for name, share in (("median", 0.5), ("p90", 0.9), ("p99", 0.99), ("most", 1.0))
        },
        seconds=seconds,
        mails=copies.total(),
        twice=copies.total() - len(copies),
        reminders={state: states.count(state) for state in sorted(set(states))},
    )


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--agencies", type=int, default=10_000)
    words.add_argument("--per-minute", type=int, default=1200)
    asked = words.parse_args()
    works: list[Callable[[Path], Verdict]] = [
        lambda folder: usual(folder, agencies=170, per_minute=SHIPPED),
        lambda folder: usual(folder, agencies=600, per_minute=SHIPPED),
        lambda folder: after_an_outage(folder, agencies=asked.agencies, per_minute=asked.per_minute),
    ]
    passed = True
    for work in works:
        with tempfile.TemporaryDirectory(prefix="dondoc-late-") as folder:
            verdict = work(Path(folder))
        passed &= verdict.passed
        print(json.dumps(asdict(verdict) | {"passed": verdict.passed}), flush=True)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
