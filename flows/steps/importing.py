"""From a file to stored tasks: read the plan, understand its deadlines, name its agencies, keep it all at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.steps.amending import Proposals, carried_out, confirmed, proposals_of
from flows.steps.assigning import Naming
from flows.steps.doubting import corrected
from flows.steps.logs import logger
from flows.steps.recording import record_of
from flows.steps.resolving import announce, resolve_tasks
from flows.steps.succeeding import Amended, Effect, effect_of
from flows.steps.workplace import Workplace
from store import dues, names, statistics
from store.failpoints import hit
from store.plan_records import Saved
from store.plan_versions import known_plan
from store.plans import save_plan

if TYPE_CHECKING:
    from plans.types import Plan


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What importing one file did."""

    file: str
    number: str | None
    saved: Saved
    tasks: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NotImported:
    """A file that could not be read; nothing of it was kept."""

    file: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreseen:
    """What importing one file would do; `effect` is None where its very content is stored already."""

    file: str
    number: str | None
    tasks: int
    effect: Effect | None
    warnings: tuple[str, ...] = ()
    proposals: Proposals = field(default_factory=Proposals)
    """What the plan tells in prose to change; a person confirms it."""


def import_file(
    workplace: Workplace, path: Path, *, now: datetime, today: date, actor: str, confirm: str | None = None
) -> Imported:
    """Read and keep one file, whole or not at all. Raises ReadError, StoreError, ConfigError.

    `confirm` says which changes told in prose are carried out: `all` that are sure, `none`, or numbers ("1,3").
    """
    digest, known = _known(workplace, path)
    if known:
        return Imported(file=path.name, number=None, saved=known, tasks=0)
    plan, naming = _read(workplace, path, today)
    with workplace.database.write() as connection:
        amended = Amended()
        if plan.instructions:
            proposals = proposals_of(connection, workplace.province, plan)
            chosen = confirmed(proposals, confirm, file=path.name)
            plan, amended = carried_out(plan, proposals, chosen)
        record = record_of(plan, digest=digest, naming=naming)
        keys = [task.key for task in record.tasks]
        effect = effect_of(
            connection, workplace.province, plan, identity=record.identity, keys=keys, amended=amended
        )
        record = replace(
            record, follows=effect.follows, tasks=corrected(connection, workplace.province, record, effect.follows)
        )
        saved = save_plan(connection, workplace.province, record, now=now, today=today, actor=actor)
        moved = resolve_tasks(connection, workplace, saved.added + saved.changed + saved.kept, today=today)
        moved += dues.dropped(connection, saved.withdrawn)
        announce(connection, workplace, moved, now=now, today=today)
        hit("import-commit")
    if len(saved.added) + len(saved.changed) >= statistics.LARGE:
        statistics.count_anew(workplace.database, statistics.OF_TASKS)
    logger("importing").info(
        "plan imported",
        plan=saved.plan_id,
        revision=saved.revision,
        added=len(saved.added),
        changed=len(saved.changed),
        withdrawn=len(saved.withdrawn),
    )
    told = (*plan.warnings, *effect.difference.doubts, *map(_not_stored, effect.missing))
    return Imported(file=path.name, number=plan.number, saved=saved, tasks=len(plan.tasks), warnings=told)


def foresee(workplace: Workplace, path: Path, *, today: date) -> Foreseen:
    """What importing a file would change, task by task; keeps nothing. Raises as importing does."""
    digest, known = _known(workplace, path)
    if known:
        return Foreseen(file=path.name, number=None, tasks=0, effect=None)
    plan, naming = _read(workplace, path, today)
    record = record_of(plan, digest=digest, naming=naming)
    with workplace.database.read() as connection:
        keys = [task.key for task in record.tasks]
        effect = effect_of(connection, workplace.province, plan, identity=record.identity, keys=keys)
        proposals = proposals_of(connection, workplace.province, plan)
    told = (*plan.warnings, *effect.difference.doubts, *map(_not_stored, effect.missing))
    return Foreseen(
        file=path.name,
        number=plan.number,
        tasks=len(plan.tasks),
        effect=effect,
        warnings=told,
        proposals=proposals,
    )


def _not_stored(number: str) -> str:
    return f"Văn bản nói sửa đổi hoặc thay thế {number}, nhưng kế hoạch đó chưa được nhập."


def _known(workplace: Workplace, path: Path) -> tuple[str, Saved | None]:
    digest = _digest(path)
    with workplace.database.read() as connection:
        return digest or "", known_plan(connection, workplace.province, digest) if digest else None


def _read(workplace: Workplace, path: Path, today: date) -> tuple[Plan, Naming]:
    from plans.read import read

    plan = read(path)
    with workplace.database.read() as connection:
        words = names.known(connection, workplace.province)
    naming = Naming(
        directory=workplace.directory,
        province=workplace.province,
        on=today,
        issued=plan.issued_on,
        names=words or {},
    )
    return plan, naming


def import_inbox(
    workplace: Workplace, *, now: datetime, today: date, actor: str
) -> tuple[list[Imported], list[NotImported]]:
    """Import every file of the inbox that is not known yet. A file that cannot be read stops no other."""
    from plans.errors import ReadError

    done: list[Imported] = []
    failed: list[NotImported] = []
    for path in _waiting_files(workplace.settings.inbox):
        try:
            done.append(import_file(workplace, path, now=now, today=today, actor=actor))
        except ReadError as error:
            failed.append(NotImported(file=path.name, message=str(error)))
    return done, failed


def _waiting_files(inbox: Path) -> list[Path]:
    if not inbox.is_dir():
        return []
    return sorted(path for path in inbox.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))


def _digest(path: Path) -> str | None:
    """The digest of the contents; None where the reader will say better what is wrong with the file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
