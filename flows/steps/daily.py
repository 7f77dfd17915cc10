"""The daily job as plain steps; Prefect calls the same ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from flows.steps import clock as clocks
from flows.steps import missed
from flows.steps.bouncing import collect
from flows.steps.deciding import Decided, decide
from flows.steps.digesting import decide_digest
from flows.steps.importing import Imported, NotImported, import_inbox
from flows.steps.logs import about, logger
from flows.steps.pinging import ping
from flows.steps.refreshing import refresh
from flows.steps.resolving import extend_horizons
from flows.steps.sending import Delivered, deliver
from flows.steps.workplace import Workplace
from notifiers.errors import NotSent
from store import runs, statistics
from store.balance import Balance, balance

ACTOR = "dondoc"


@dataclass(kw_only=True)
class Report:
    """What one daily run did."""

    day: date
    imported: list[Imported] = field(default_factory=list)
    not_imported: list[NotImported] = field(default_factory=list)
    changed: tuple[str, ...] = ()
    decided: Decided = field(default_factory=Decided)
    delivered: Delivered = field(default_factory=Delivered)
    day_off: str | None = None
    bounced: int = 0
    balance: Balance | None = None
    """Of the reminders that were decided on the day."""

    def counts(self) -> dict[str, Any]:
        """The figures that are kept with the run and printed by `--json`."""
        waits = self.delivered.waits_until
        return {
            "day": self.day.isoformat(),
            "day_off": self.day_off,
            "plans_imported": sum(not one.saved.known for one in self.imported),
            "plans_known": sum(one.saved.known for one in self.imported),
            "plans_failed": len(self.not_imported),
            "tasks_imported": sum(one.tasks for one in self.imported if not one.saved.known),
            "failures": [[one.file, one.message] for one in self.not_imported],
            "bounced": self.bounced,
            "looked_at": self.decided.looked_at,
            "planned": self.decided.planned,
            "lapsed": self.decided.lapsed,
            "balance": asdict(self.balance) if self.balance else {},
            "messages": dict(self.delivered.outcomes),
            "reasons": dict(self.delivered.reasons),
            "waits_until": waits.isoformat() if waits else None,
            "on_hold": self.delivered.on_hold,
        }


def prepare(workplace: Workplace, report: Report, *, now: datetime) -> None:
    """Import what lies in the inbox and follow what changed in the configuration."""
    report.bounced = _returned(workplace, now)
    report.changed = refresh(workplace, now=now, today=report.day)
    report.imported, report.not_imported = import_inbox(workplace, now=now, today=report.day, actor=ACTOR)


def _returned(workplace: Workplace, now: datetime) -> int:
    """Look for returned mails; a mailbox that cannot be read stops nothing."""
    try:
        return collect(workplace, now=now)
    except NotSent as failure:
        logger("daily").error("bounces not read", error=failure.reason, code=failure.code)
        return 0


def resolve(workplace: Workplace, report: Report, *, now: datetime) -> None:
    """List the occurrences that came within the horizon."""
    extend_horizons(workplace, now=now, today=report.day)
    statistics.count_where_needed(workplace.database)


def choose(workplace: Workplace, report: Report, *, now: datetime) -> None:
    """Decide what is said today and write it into the outbox."""
    report.day_off = workplace.calendar.why_off(report.day)
    report.decided = decide(workplace, now=now, today=report.day)
    if report.decided.planned >= statistics.LARGE:
        statistics.count_anew(workplace.database, statistics.OF_REMINDERS)
    decide_digest(workplace, now=now, today=report.day)


def send(workplace: Workplace, report: Report, *, clock: Callable[[], datetime]) -> None:
    """Empty the outbox as far as it may go now."""
    report.delivered = deliver(workplace, clock=clock)


def begin(workplace: Workplace, day: date, now: datetime) -> int:
    """Note that a run starts. Raises ConfigError before anything is written where a file has a mistake."""
    workplace.validate()
    missed.warn_of_past(workplace, now)
    with workplace.database.write() as connection:
        run = runs.start(connection, workplace.province, "daily", day, now)
    logger("daily").info("run begun", run=run, province=workplace.province, day=day.isoformat())
    return run


def end(workplace: Workplace, run: int, report: Report, *, now: datetime, error: str | None = None) -> None:
    """Note how a run ended, in the database, the log, and where someone outside waits for it."""
    with workplace.database.write() as connection:
        report.balance = balance(connection, workplace.province, first=report.day, last=report.day)
        runs.end(connection, run, ok=error is None, counts=report.counts(), now=now, error=error)
    log = logger("daily").bind(run=run, province=workplace.province)
    for task, fault in report.decided.faults.items():
        log.error("task not decided", task=task, error=fault)
    figures = {name: report.counts()[name] for name in ("looked_at", "planned", "lapsed", "messages")}
    if report.delivered.on_hold is not None:
        log.warning("nothing sent: on hold", reason=report.delivered.on_hold)
    if error is not None:
        log.error("run failed", error=error, **figures)
        return
    log.info("run ended", **figures)
    # A day that is only tried out says nothing about whether the mornings go well.
    url = workplace.settings.ping_url
    if url and report.day == clocks.here(workplace.zone)().date():
        ping(url)


def run_daily(workplace: Workplace, *, clock: Callable[[], datetime], day: date) -> Report:
    """The whole daily job, without Prefect. Raises StoreError, ConfigError."""
    report = Report(day=day)
    run = begin(workplace, day, clock())
    try:
        with about(run=run, province=workplace.province):
            prepare(workplace, report, now=clock())
            resolve(workplace, report, now=clock())
            choose(workplace, report, now=clock())
            send(workplace, report, clock=clock)
    except Exception as error:
        end(workplace, run, report, now=clock(), error=f"{type(error).__name__}: {error}")
        raise
    end(workplace, run, report, now=clock())
    return report
