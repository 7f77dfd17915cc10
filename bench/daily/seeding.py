"""A province of any size, put straight into the tables: one lead agency a task, one date a task."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, update

from config.channels import Channels
from deadlines.directory import Agency, AgencyKind, Contact, Directory, Province, Role
from deadlines.grammar import read_task
from flows.steps.workplace import Workplace, open_workplace
from store.codec import to_json
from store.schema import assignments, deadlines, dues, messages, plans, reminders, tasks

CHUNK = 10_000
DAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
"""Eight o'clock in the morning of a working Monday in Asia/Ho_Chi_Minh."""


@dataclass(frozen=True)
class Scaled(Workplace):
    """A workplace whose directory has as many agencies as wanted instead of those of a file."""

    agency_count: int = 4000

    @cached_property
    def directory(self) -> Directory:
        return Directory(
            agencies=tuple(_agency(self.province, number) for number in range(self.agency_count)),
            groups=(),
            provinces=(Province(code=self.province, name="tỉnh Phú Châu"),),
        )

    @cached_property
    def channels(self) -> Channels:
        """As fast as the machine is."""
        read = super().channels
        return Channels(by_name={name: replace(one, per_minute=100_000) for name, one in read.by_name.items()})


def _agency(province: str, number: int) -> Agency:
    return Agency(
        code=code(number),
        name=f"Xã số {number}",
        kind=AgencyKind.COMMUNE,
        province=province,
        contacts=(Contact(role=Role.FOCAL, name="", email=f"dau-moi@xa-{number}.example"),),
        channels=("email",),
    )


def code(number: int) -> str:
    return f"xa-{number}"


def workplace(var: Path, *, url: str, smtp: str = "", agencies: int) -> Scaled:
    """A workplace of its own folder, database and mail server."""
    settings = open_workplace(
        {"DONDOC_VAR": str(var), "DONDOC_DATABASE_URL": url, "DONDOC_SMTP_URL": smtp}
    ).settings
    return Scaled(settings, agency_count=agencies)


def seed(
    place: Workplace,
    *,
    stored: int,
    due: int,
    agencies: int,
    after: int = 0,
    plan: int = 1,
    analyse: bool = True,
    prefix: str = "",
) -> None:
    """`stored` open tasks; on `DAY` there is something to tell about `due` of them, about the others in a year.

    `after` ids are taken by other provinces in the same database, and so are the plans before `plan`. Unless
    `analyse`, the database is not told to count the rows. `prefix` stands before the codes of the agencies.
    """
    place.ready()
    with place.database.write() as connection:
        row = {
            "id": plan,
            "province": place.province,
            "identity": "seed",
            "revision": 1,
            "state": "active",
            "digest": "seed",
            "file": "seed.txt",
            "format": "txt",
            "kind": "Kế hoạch",
            "number": "1/KH-UBND",
            "issued_on": date(2026, 1, 5),
            "title": "Kế hoạch thử sức",
            "basis": [],
            "warnings": [],
            "imported_at": NOW,
        }
        connection.execute(insert(plans), [row])
    # Those that are due are spread among the others, as they would be.
    step = max(1, stored // max(1, due))
    for start in range(0, stored, CHUNK):
        numbers = range(start, min(start + CHUNK, stored))
        with place.database.write() as connection:
            for table, made in ((tasks, _task), (deadlines, _deadline), (assignments, _assignment), (dues, _due)):
                rows = [made(place.province, number, agencies, step, due) for number in numbers]
                for each in rows:
                    each |= {name: each[name] + after for name in ("id", "task_id") if name in each}
                    each |= {"plan_id": plan} if "plan_id" in each else {}
                    each |= {"agency": prefix + each["agency"]} if "agency" in each else {}
                connection.execute(insert(table), rows)
    if analyse:
        _analyse(place)


def _analyse(place: Workplace) -> None:
    with place.database.write() as connection:
        connection.exec_driver_sql("ANALYZE")


def _task(province: str, number: int, agencies: int, step: int, due: int) -> dict[str, Any]:
    return {
        "id": number + 1,
        "province": province,
        "plan_id": 1,
        "key": f"tasks::{number}",
        "position": number,
        "table_kind": "tasks",
        "number": str(number),
        "title": f"Nhiệm vụ số {number}: rà soát, hoàn thiện hồ sơ",
        "lead_text": f"Xã số {number % agencies}",
        "deadline_text": "Quý II/2026",
        "conditions": [],
        "place": {},
        "confidence": 1.0,
        "doubts": [],
        "folded": "",
        "state": "open",
        "first_seen": date(2026, 1, 5),
    }


def _deadline(province: str, number: int, *_: int) -> dict[str, Any]:
    return {
        "province": province,
        "task_id": number + 1,
        "text": "Quý II/2026",
        "state": "read",
        "kinds": "fixed",
        "reading": to_json(read_task("Quý II/2026", ())),
        "confidence": 1.0,
        "waiting": [],
        "needs_date": False,
        "steps": [],
    }


def _assignment(province: str, number: int, agencies: int, step: int, *_: int) -> dict[str, Any]:
    return {
        "province": province,
        "task_id": number + 1,
        # However many are stored, what is due is spread over all agencies alike.
        "agency": code(number // step % agencies),
        "role": "lead",
        "words": f"Xã số {number % agencies}",
        "as_group": False,
        "state": "open",
    }


def _due(province: str, number: int, agencies: int, step: int, due: int) -> dict[str, Any]:
    is_due = number % step == 0 and number // step < due
    on = DAY + timedelta(days=30 if is_due else 400 + number % 300)
    return {
        "id": number + 1,
        "province": province,
        "task_id": number + 1,
        "key": "t0:once",
        "term": 0,
        "track": "due",
        "on_date": on,
        "aim": on,
        "late_from": on + timedelta(days=1),
        "tentative": False,
        "blocked": False,
        "state": "open",
        "first_seen": date(2026, 1, 5),
        "told": {},
        "next_on": DAY if is_due else on - timedelta(days=30),
    }


def make_all_due(place: Workplace) -> None:
    """The worst day: there is something to tell about every task. What was planned before is gone."""
    on = DAY + timedelta(days=30)
    with place.database.write() as connection:
        connection.execute(delete(reminders))
        connection.execute(delete(messages))
        connection.execute(
            update(dues).values(on_date=on, aim=on, late_from=on + timedelta(days=1), next_on=DAY, told={})
        )
    _analyse(place)
