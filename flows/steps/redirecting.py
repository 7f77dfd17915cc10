"""What another directory would do to open tasks and where their reminders go, before it is one. Keeps nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from deadlines.directory import Agency, Directory
from deadlines.directory_types import Role
from flows.steps.assigning import Named, Reader
from flows.steps.foreseeing import with_parts
from flows.steps.reach import Route, route
from flows.steps.workplace import Workplace
from store import assigning, names
from store import directory as stored

STEP = 1000
"""Tasks that are looked at between two looks at the database."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reassigned:
    """An open task whose agencies would change, as (agency, role) pairs; words of the lead's cell lost or found."""

    task_id: int
    gone: tuple[tuple[str, str], ...]
    come: tuple[tuple[str, str], ...]
    lost: tuple[str, ...] = ()
    found: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rerouted:
    """An agency whose reminders would go elsewhere, and how many open tasks it would have."""

    agency: str
    audience: str
    before: Route | None
    """None where the agency is new."""
    after: Route
    tasks: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What would follow from another directory, on the day `on`."""

    on: date
    looked_at: int
    reassigned: tuple[Reassigned, ...]
    rerouted: tuple[Rerouted, ...]
    silent: tuple[tuple[str, int], ...]
    """Agencies that nobody could be reminded at, though they could before or had no task; how many open tasks."""

    @property
    def empty(self) -> bool:
        return not (self.reassigned or self.rerouted or self.silent)

    @property
    def lost(self) -> tuple[tuple[str, int], ...]:
        """Printed names that would no longer be known, and in how many tasks they stand."""
        return tuple(Counter(words for one in self.reassigned for words in one.lost).most_common())

    @property
    def found(self) -> tuple[tuple[str, int], ...]:
        """Printed names that would be known from now on, and in how many tasks they stand."""
        return tuple(Counter(words for one in self.reassigned for words in one.found).most_common())


def redirect(workplace: Workplace, made: Directory, today: date) -> Effect:
    """What `made` in the place of the present directory would change, on the day from which all of it holds.

    Tasks whose agencies a person chose stay with them.
    """
    on = _from_when(workplace.directory, made, today)
    with workplace.ready().read() as connection:
        known = names.known(connection, workplace.province)
        by_hand = assigning.by_hand(connection, workplace.province)
        failing = frozenset(stored.failing(connection, workplace.province))
    before, after = (Reader(one, workplace.province, on, known) for one in (workplace.directory, made))
    had, has, changed, looked_at = Counter(by_hand), Counter(by_hand), [], 0
    for row in _open_cells(workplace):
        looked_at += 1
        was, now = before.of(row), after.of(row)
        had.update(agency for agency, _ in was.pairs)
        has.update(agency for agency, _ in now.pairs)
        if (was.pairs, was.unknown) != (now.pairs, now.unknown):
            changed.append(_reassigned(row.id, was, now))
    other = with_parts(workplace, directory=made)
    rerouted = _rerouted(workplace, other, has, failing)
    return Effect(
        on=on,
        looked_at=looked_at,
        reassigned=tuple(changed),
        rerouted=tuple(one for one in rerouted if one.after.address is not None),
        silent=tuple(_silent(workplace, other, had, has, failing)),
    )


def _from_when(old: Directory, new: Directory, today: date) -> date:
    """The day from which every agency that differs has begun or ended; today where all of it holds at once."""
    before = {agency.code: agency for agency in old.agencies}
    changed = [agency for agency in new.agencies if before.get(agency.code) != agency]
    days = [agency.valid_from for agency in changed if agency.valid_from]
    days += [agency.valid_to + timedelta(days=1) for agency in changed if agency.valid_to]
    return max([today, *days])


def _open_cells(workplace: Workplace) -> Iterator[Row[Any]]:
    after = 0
    while True:
        with workplace.database.read() as connection:
            rows = assigning.open_cells(connection, workplace.province, after=after, limit=STEP)
        if not rows:
            return
        yield from rows
        after = rows[-1].id
        workplace.database.let_others()


def _reassigned(task_id: int, was: Named, now: Named) -> Reassigned:
    before, after = _words(was.unknown), _words(now.unknown)
    return Reassigned(
        task_id=task_id,
        gone=tuple(sorted(was.pairs - now.pairs)),
        come=tuple(sorted(now.pairs - was.pairs)),
        lost=tuple(one for one in after if one not in before),
        found=tuple(one for one in before if one not in after),
    )


def _words(unknown: str | None) -> tuple[str, ...]:
    return tuple(unknown.split("; ")) if unknown else ()


def _rerouted(workplace: Workplace, other: Workplace, has: Counter[str], failing: frozenset[str]) -> list[Rerouted]:
    """The agencies with open tasks whose reminders would go to another address or by another channel."""
    found = []
    for agency in other.directory.agencies:
        known = workplace.directory.agency(agency.code)
        if not has[agency.code] or known == agency:
            continue
        for audience in ("agency", "leadership") if _has_leaders(known, agency) else ("agency",):
            before = route(workplace, agency.code, audience, failing=failing) if known else None
            after = route(other, agency.code, audience, failing=failing)
            if before is None or (before.channel, before.address) != (after.channel, after.address):
                found.append(
                    Rerouted(
                        agency=agency.code,
                        audience=audience,
                        before=before,
                        after=after,
                        tasks=has[agency.code],
                    )
                )
    return found


def _has_leaders(*held: Agency | None) -> bool:
    return any(one.role is Role.LEADERSHIP for agency in held if agency is not None for one in agency.contacts)


def _silent(
    workplace: Workplace, other: Workplace, had: Counter[str], has: Counter[str], failing: frozenset[str]
) -> Iterator[tuple[str, int]]:
    """Agencies that would have open tasks and no address, where that is new."""
    for code, tasks in sorted(has.items()):
        if route(other, code, "agency", failing=failing).address is not None:
            continue
        reached = route(workplace, code, "agency", failing=failing).address is not None
        if reached or not had[code]:
            yield code, tasks
