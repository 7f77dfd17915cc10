"""An import before it is one: what would be read, what is uncertain, and what changed since the last version."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deadlines.types import Deadline, Unspecified
from flows.steps import correcting
from flows.steps.amending import NONE, Proposals, proposals_of
from flows.steps.assigning import Naming
from flows.steps.completing import NoSuch
from flows.steps.importing import Imported, import_file
from flows.steps.recording import record_of
from flows.steps.succeeding import Effect, effect_of
from flows.steps.workplace import Workplace
from store import names
from store.plan_pages import task_keys
from store.plan_records import PlanRecord, TaskRecord
from store.plan_versions import current_plan, known_plan

if TYPE_CHECKING:
    from plans.types import Plan

KEPT_NAME = re.compile(r"[0-9a-f]{64}")

KEPT_DAYS = 7
"""How long a file waits for somebody to go on with it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """A task that a person should look at first, and why."""

    task: TaskRecord
    why: tuple[str, ...]
    needs_date: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    upload: str
    """The digest of the file, by which it is found again."""
    plan: Plan
    record: PlanRecord
    known: bool
    doubts: tuple[Doubt, ...]
    certain: tuple[TaskRecord, ...]
    unknown: tuple[str, ...]
    """Words in the lead's cells that name nobody, each once."""
    revision_of: int | None
    effect: Effect
    """What applying it would change in the tasks that are stored, as `flows.steps.importing.foresee` says."""
    proposals: Proposals
    """What the plan tells in prose to change in stored tasks; a person confirms it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Corrections:
    """What a person set right. Dates, words and leads go by the task's key."""

    agencies: Mapping[str, str] = field(default_factory=dict)
    """Codes by the printed words, learned for all plans."""
    dates: Mapping[str, date] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    """Other words than the printed ones, to be read in their place."""
    leads: Mapping[str, str] = field(default_factory=dict)
    confirmed: Mapping[int, int] = field(default_factory=dict)
    """The stored tasks by the numbers of the confirmed proposals."""


def place_for_uploads(workplace: Workplace) -> Path:
    """The folder of files that wait, without those that nobody has gone on with for `KEPT_DAYS`."""
    folder = workplace.settings.var / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in folder.iterdir():
        with suppress(FileNotFoundError):
            if time.time() - file.stat().st_mtime > KEPT_DAYS * 86400:
                file.unlink()
    return folder


def keep_upload(workplace: Workplace, data: bytes, name: str) -> str:
    """Keep an uploaded file until it is applied; returns its digest."""
    digest = hashlib.sha256(data).hexdigest()
    folder = place_for_uploads(workplace)
    (folder / digest).write_bytes(data)
    (folder / f"{digest}.json").write_text(json.dumps({"name": Path(name).name[:150]}), encoding="utf-8")
    return digest


def uploaded(workplace: Workplace, digest: str) -> tuple[Path, str] | None:
    """Where an upload lies and how it is called."""
    path = workplace.settings.var / "uploads" / digest
    if not KEPT_NAME.fullmatch(digest) or not path.is_file():
        return None
    return path, str(json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["name"])


def review(workplace: Workplace, digest: str, *, today: date) -> Review | None:
    """Read an upload without keeping anything of it. Raises ReadError; None where there is no such upload."""
    from plans.read import read_bytes

    found = uploaded(workplace, digest)
    if found is None:
        return None
    plan = read_bytes(found[0].read_bytes(), found[1])
    with workplace.database.read() as connection:
        record = _record(workplace, plan, digest, names.known(connection, workplace.province), today)
        known = known_plan(connection, workplace.province, digest) is not None
        before = current_plan(connection, workplace.province, record.identity)
        keys = [task.key for task in record.tasks]
        effect = effect_of(connection, workplace.province, plan, identity=record.identity, keys=keys)
        proposals = proposals_of(connection, workplace.province, plan)
    doubts = tuple(doubt for task in record.tasks if (doubt := _doubt(workplace, task)) is not None)
    doubtful = {doubt.task.key for doubt in doubts}
    return Review(
        upload=digest,
        plan=plan,
        record=record,
        known=known,
        doubts=doubts,
        certain=tuple(task for task in record.tasks if task.key not in doubtful),
        unknown=tuple(dict.fromkeys(words for task in record.tasks for words in _unknown(task))),
        revision_of=before.revision if before else None,
        effect=effect,
        proposals=proposals,
    )


def _record(workplace: Workplace, plan: Plan, digest: str, known: Mapping[str, str], today: date) -> PlanRecord:
    naming = Naming(
        directory=workplace.directory,
        province=workplace.province,
        on=today,
        issued=plan.issued_on,
        names=known,
    )
    return record_of(plan, digest=digest, naming=naming)


def _unknown(task: TaskRecord) -> list[str]:
    return task.unknown_lead.split("; ") if task.unknown_lead else []


def _doubt(workplace: Workplace, task: TaskRecord) -> Doubt | None:
    why = list(task.doubts)
    reading = task.reading
    needs_date = not isinstance(reading, Deadline)
    if needs_date:
        why.append(f"Chưa đọc được thời hạn “{task.deadline_text or ''}”")
    elif isinstance(reading, Deadline):
        if reading.confidence < workplace.settings.reading.review_below:
            why.append(f"Thời hạn “{task.deadline_text or ''}” có chữ phải đoán")
        if all(isinstance(term, Unspecified) for term in reading.terms):
            needs_date = True
            why.append("Chưa có thời hạn")
    if task.unknown_lead:
        why.append(f"Chưa có “{task.unknown_lead}” trong danh bạ cơ quan")
    elif not any(one.role == "lead" for one in task.assignments):
        why.append("Kế hoạch không ghi cơ quan chủ trì")
    return Doubt(task=task, why=tuple(why), needs_date=needs_date) if why else None


def apply(
    workplace: Workplace, upload: str, given: Corrections, *, now: datetime, today: date, actor: str
) -> tuple[Imported, tuple[str, ...]] | None:
    """Import an upload with what a person set right; also returns what of that could not be done, in words.

    Raises ReadError, StoreError. None where there is no such upload.
    """
    found = uploaded(workplace, upload)
    if found is None:
        return None
    path, name = found
    confirm = _confirmed(workplace, path, name, given.confirmed)
    if given.agencies:
        correcting.learn_names(workplace, given.agencies, now=now, today=today, actor=actor)
    # The reader goes by the name that the file was given, and the store keeps it.
    named = path.parent / f"{upload[:12]}-files" / name
    named.parent.mkdir(exist_ok=True)
    named.write_bytes(path.read_bytes())
    try:
        imported = import_file(workplace, named, now=now, today=today, actor=actor, confirm=confirm)
    finally:
        named.unlink(missing_ok=True)
        named.parent.rmdir()
    refused = () if imported.saved.known else _corrected(workplace, imported, given, now, today, actor)
    path.unlink(missing_ok=True)
    path.with_suffix(".json").unlink(missing_ok=True)
    return imported, refused


def _confirmed(workplace: Workplace, path: Path, name: str, chosen: Mapping[int, int]) -> str:
    """The chosen proposals as `import_file` takes them. Raises ReadError where a number now means another task."""
    from plans.errors import ReadError
    from plans.read import read_bytes

    if not chosen:
        return NONE
    plan = read_bytes(path.read_bytes(), name)
    with workplace.database.read() as connection:
        means = {one.number: one.task for one in proposals_of(connection, workplace.province, plan).found}
    if any(means.get(number) != task for number, task in chosen.items()):
        raise ReadError(
            "các nhiệm vụ đã lưu thay đổi trong lúc xem lại.", file=name, cure="Mở lại trang rồi chọn lại."
        )
    return ",".join(map(str, sorted(chosen)))


def _corrected(
    workplace: Workplace, imported: Imported, given: Corrections, now: datetime, today: date, actor: str
) -> tuple[str, ...]:
    with workplace.database.read() as connection:
        ids = task_keys(connection, imported.saved.plan_id)
    common: dict[str, Any] = {"now": now, "today": today, "actor": actor}
    done = [
        correcting.set_words(workplace, ids[key], one, **common) for key, one in given.words.items() if key in ids
    ]
    done += [
        correcting.set_date(workplace, ids[key], one, **common) for key, one in given.dates.items() if key in ids
    ]
    done += [
        correcting.assign_lead(workplace, ids[key], one, **common) for key, one in given.leads.items() if key in ids
    ]
    return tuple(one.message for one in done if isinstance(one, NoSuch))
