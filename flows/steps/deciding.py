"""Deciding what to say today: look only at what is due to be looked at, and write it all down before sending."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from config.policies import Policies
from deadlines.policy import FIRST_SUMMARY, Course, Policy, Role
from deadlines.reminders import Decision, StageDue, stages_due
from deadlines.types import Occurrence, Track
from flows.steps.reach import OPERATOR, audience_of, envelopes, reachable, route
from flows.steps.workplace import Workplace
from notifiers.message import Urgency
from store import answers, directory, due_now, outbox, strays
from store.due_now import Cursor, Open
from store.failpoints import hit
from store.heard import stages_told
from store.outbox import Planned

BATCH = 250
"""Dues that are decided in one transaction: the desk writes in between."""
OLD = timedelta(days=3)
"""How old a mail whose answer was lost may be to be sent once more, in calendar days; then it is made anew."""


@dataclass(kw_only=True)
class Decided:
    """How a round of deciding went."""

    looked_at: int = 0
    planned: int = 0
    lapsed: int = 0
    strays: int = 0
    faults: dict[int, str] = field(default_factory=dict)
    """The tasks that could not be decided about, and why; they are looked at again the next day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One stage for one agency, before it becomes a reminder."""

    due: Open
    stage: StageDue
    agency: str
    role: str


@dataclass(kw_only=True, slots=True)
class Outcome:
    """What is decided about one due: whom to tell, what is settled, and the next day to look."""

    tell: list[Told] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=dict)
    lapsed: int = 0
    next_on: date | None = None


def decide(workplace: Workplace, *, now: datetime, today: date) -> Decided:
    """Write today's reminders into the outbox. On a day off nothing is decided. Doing it again adds nothing."""
    result = Decided()
    if not workplace.calendar.is_working(today):
        return result
    with workplace.database.write() as connection:
        strays.lapse(connection, workplace.province, before=today - OLD, now=now)
        result.strays = strays.gather(
            connection,
            workplace.province,
            envelopes(connection, workplace, now=now, today=today),
            today=today,
            reachable=reachable(connection, workplace) | {OPERATOR},
        )
    hit("plan")
    after: Cursor | None = None
    while True:
        with workplace.database.write() as connection:
            batch = due_now.due_batch(
                connection,
                workplace.province,
                today,
                after=after,
                limit=BATCH,
                groups_coordinate=workplace.settings.reminding.groups_coordinate,
                heard=stages_told if workplace.policies.counts else None,
            )
            if not batch:
                return result
            _decide_batch(connection, workplace, batch, result, now=now, today=today)
            after = batch[-1].cursor
            hit("decide")
        hit("decide-batch")
        workplace.database.let_others()


def _decide_batch(
    connection: Connection, workplace: Workplace, batch: list[Open], result: Decided, *, now: datetime, today: date
) -> None:
    acknowledged = answers.acknowledged(connection, [due.id for due in batch])
    channels = Channels(workplace, directory.failing(connection, workplace.province))
    outcomes: list[tuple[Open, Outcome]] = []
    planned: list[Planned] = []
    for due in batch:
        try:
            outcome = decide_due(workplace, due, acknowledged.get(due.id, {}), today=today)
            planned.extend([planned_of(workplace, told, today, channels) for told in outcome.tell])
        except Exception as error:
            # One task that cannot be decided about keeps no other from being reminded of.
            result.faults[due.task_id] = f"{type(error).__name__}: {error}"
            outcome = Outcome(told=due.told, next_on=today + timedelta(days=1))
        outcomes.append((due, outcome))
    openings = envelopes(connection, workplace, now=now, today=today)
    result.planned += outbox.plan(connection, workplace.province, planned, openings, today)
    due_now.note_decisions(connection, [(due.id, outcome.told, outcome.next_on) for due, outcome in outcomes])
    result.looked_at += len(batch)
    result.lapsed += sum(outcome.lapsed for _, outcome in outcomes)


def decide_due(
    workplace: Workplace, due: Open, acknowledged: Mapping[str, Collection[str]], *, today: date
) -> Outcome:
    """What is to be said about one due today. `acknowledged` are the stages that each agency has confirmed."""
    outcome = Outcome(told={name: list(stages) for name, stages in due.told.items()})
    for (name, role), agencies, place in _by_policy(workplace.policies, due):
        known = outcome.told.setdefault(place, list(outcome.told.get(f"{name}/{role}", ())))
        # Stages are settled for the due; who has confirmed one is left out of its repeats below.
        quiet = set.intersection(*(set(acknowledged.get(agency, ())) for agency in agencies))
        decision = stages_due(
            workplace.policies.by_name[name],
            due.occurrence,
            role=role,
            today=today,
            calendar=workplace.calendar,
            already=known,
            acknowledged=quiet,
            first_seen=due.first_seen,
            heard=_counting(workplace.policies.by_name[name], role, due, agencies[0]),
        )
        _take(outcome, decision, known)
        outcome.tell.extend(
            Told(due=due, stage=stage, agency=agency, role=role)
            for stage in decision.tell
            for agency in agencies
            if stage.stage.name not in acknowledged.get(agency, ())
        )
    return outcome


def _take(outcome: Outcome, decision: Decision, known: list[str]) -> None:
    known.extend(decision.kept)
    outcome.lapsed += len(decision.lapsed)
    days = [day for day in (outcome.next_on, decision.next_on) if day is not None]
    outcome.next_on = min(days, default=None)


def _by_policy(policies: Policies, due: Open) -> Iterator[tuple[tuple[str, Role], list[str], str]]:
    """The agencies of a due by policy and role, and where it is kept what was decided about them.

    Where reminders are counted each agency is by itself, because one may have had them and another not.
    """
    found: dict[tuple[str, Role], list[str]] = {}
    for agency, named in due.agencies:
        role: Role = "lead" if named == "lead" else "coordinating"
        found.setdefault(
            (policies.name_for(plan=due.plan_number, agency=agency, task=due.task_id), role), []
        ).append(agency)
    for (name, role), agencies in found.items():
        if policies.by_name[name].counts(Course.DUE, role):
            yield from (((name, role), [agency], f"{name}/{role}/{agency}") for agency in agencies)
        else:
            yield (name, role), agencies, f"{name}/{role}"


def _counting(policy: Policy, role: Role, due: Open, agency: str) -> frozenset[str] | None:
    """The reminders that an agency was really sent; several in one message are one."""
    if due.heard is None or not policy.counts(Course.DUE, role):
        return None
    own = {stage.name for stage in policy.stages(Course.DUE, role) if stage.to == "agency"} | {FIRST_SUMMARY}
    told = due.heard.get(agency, ())
    return frozenset({message: stage for message, stage in told if stage.partition("#")[0] in own}.values())


class Channels:
    """By which channel each audience of an agency is told, found out once for many reminders of one moment."""

    def __init__(self, workplace: Workplace, failing: Collection[str]) -> None:
        self.workplace, self.failing = workplace, failing
        self._found: dict[tuple[str, str, Sequence[str] | None], str] = {}

    def of(self, agency: str, audience: str, wanted: tuple[str, ...] | None) -> str:
        """By the stage's own channels where one of them reaches the agency, else by the agency's."""
        asked = (agency, audience, wanted)
        if asked not in self._found:
            self._found[asked] = self._look(agency, audience, wanted)
        return self._found[asked]

    def _look(self, agency: str, audience: str, wanted: Sequence[str] | None) -> str:
        if wanted and agency != OPERATOR:
            found = route(self.workplace, agency, audience, failing=self.failing, by=wanted)
            if found.address is not None:
                return found.channel
        return route(self.workplace, agency, audience, failing=self.failing).channel


def planned_of(workplace: Workplace, told: Told, today: date, channels: Channels) -> Planned:
    """A stage for an agency as a reminder: whose ears it is for and by which channel."""
    agency, audience = audience_of(workplace, told.agency, told.stage.to)
    return Planned(
        due_id=told.due.id,
        due_on=told.due.occurrence.on,
        stage=told.stage.id,
        agency=agency,
        audience=audience,
        role=told.role,
        channel=channels.of(agency, audience, told.stage.stage.channels),
        urgency=urgency(told.due.occurrence, told.stage, today),
        note=f"Cơ quan chủ trì: {_name(workplace, told.agency)}." if agency != told.agency else "",
    )


def _name(workplace: Workplace, code: str) -> str:
    known = workplace.directory.agency(code)
    return known.name if known else code


def urgency(occurrence: Occurrence, stage: StageDue, today: date) -> Urgency:
    """How the line is worded."""
    if stage.to != "agency":
        return Urgency.ESCALATED
    match occurrence.track:
        case Track.OPENING:
            return Urgency.OPENING
        case Track.CHECK | Track.REPORT:
            return Urgency.REPORT
        case Track.DUE:
            if occurrence.late_from is not None and today >= occurrence.late_from:
                return Urgency.OVERDUE
            return Urgency.TODAY if today >= occurrence.aim else Urgency.SOON
