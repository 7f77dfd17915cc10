"""When admins change agencies, calendar, counting or policies, what follows from them is made anew, once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from deadlines.directory_types import Agency
from flows.steps.assigning import Reader
from flows.steps.resolving import STEP, resolve_in_steps
from flows.steps.workplace import AGENCIES, CALENDAR, POLICIES, Workplace
from store import assigning, directory, dues, names, plans, runs
from store.directory import AgencyRecord, ContactRecord


def refresh(workplace: Workplace, *, now: datetime, today: date) -> tuple[str, ...]:
    """Follow what changed in the configuration since the last time; names what did.

    It goes in many short steps, of which each may be done twice. What was followed is noted at the end: after a
    crash it is followed again.
    """
    changed = []
    for name, follow in (("agencies", _agencies), ("calendar", _dates), ("policies", _policies)):
        digest = digest_of(workplace, name)
        with workplace.database.read() as connection:
            known = runs.mark(connection, workplace.province, f"config.{name}")
        if known == digest:
            continue
        follow(workplace, now, today)
        with workplace.database.write() as connection:
            runs.set_mark(connection, workplace.province, f"config.{name}", digest)
        changed.append(name)
    return tuple(changed)


def digest_of(workplace: Workplace, name: str) -> str:
    """What the stored state was last made from."""
    settings = workplace.settings
    match name:
        case "agencies":
            return _edits(workplace, AGENCIES) + _files(settings.folder.glob("agencies/**/*")) + workplace.province
        case "calendar":
            return hashlib.sha256(
                (
                    _edits(workplace, CALENDAR)
                    + _files(settings.folder.glob("calendars/*.toml"))
                    + repr(settings.counting)
                ).encode()
            ).hexdigest()
        case _:
            kept = f"{settings.reminding.groups_coordinate}"
            return _edits(workplace, POLICIES) + _files([settings.folder / "policies.toml"]) + kept


def _edits(workplace: Workplace, part: str) -> str:
    """A digest of what the desk wrote in the place of the files; nothing where it wrote nothing."""
    edited = sorted((name, text) for name, text in workplace.edits.items() if name.startswith(part))
    return hashlib.sha256(repr(edited).encode()).hexdigest() if edited else ""


def _files(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _agencies(workplace: Workplace, now: datetime, today: date) -> None:
    agencies = [agency for agency in workplace.directory.agencies if agency.province == workplace.province]
    with workplace.database.write() as connection:
        directory.sync(
            connection,
            workplace.province,
            [_agency(agency) for agency in agencies],
            [contact for agency in agencies for contact in _contacts(agency)],
            workplace.seal,
        )
        known = names.known(connection, workplace.province)
    reader = Reader(workplace.directory, workplace.province, today, known)
    after: int | None = 0
    while after is not None:
        with workplace.database.write() as connection:
            after = _assign_batch(connection, workplace.province, reader, after)
        workplace.database.let_others()
    with workplace.database.write() as connection:
        dues.look_again(connection, workplace.province, today)


def _assign_batch(connection: Connection, province: str, reader: Reader, after: int) -> int | None:
    """Name the agencies of the next tasks anew; the last of them, or None where there are no more."""
    cells = assigning.open_cells(connection, province, after=after, limit=STEP)
    named = assigning.named(connection, [task.id for task in cells])
    for task in cells:
        wanted = reader.of(task)
        # An edit of the directory leaves nearly all tasks with whom they have.
        if wanted.pairs == named.get(task.id, set()) and wanted.unknown == task.unknown_lead:
            continue
        assigning.reassign(connection, province, task.id, wanted.assignments, wanted.unknown)
    return cells[-1].id if cells else None


def _agency(agency: Agency) -> AgencyRecord:
    return AgencyRecord(
        code=agency.code,
        name=agency.name,
        kind=agency.kind.value,
        superior=agency.superior,
        valid_from=agency.valid_from,
        valid_to=agency.valid_to,
        successors=agency.successors,
    )


def _contacts(agency: Agency) -> list[ContactRecord]:
    return [
        ContactRecord(
            agency=agency.code, role=contact.role.value, channel=channel, name=contact.name, address=address
        )
        for contact in agency.contacts
        for channel, address in (("email", contact.email), ("phone", contact.phone), ("zalo", contact.zalo_uid))
        if address
    ]


def _dates(workplace: Workplace, now: datetime, today: date) -> None:
    def next_after(connection: Connection, after: int) -> Sequence[int]:
        return plans.open_tasks(connection, workplace.province, after=after, limit=STEP)

    resolve_in_steps(workplace, next_after, now=now, today=today)


def _policies(workplace: Workplace, now: datetime, today: date) -> None:
    with workplace.database.write() as connection:
        dues.look_again(connection, workplace.province, today)
