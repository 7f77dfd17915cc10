"""What people click at the desk: pages by name with how often, and a few things that they change."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from sqlalchemy import select

from bench.desk.words import PLACES, THINGS
from flows.steps.linking import token_for
from flows.steps.workplace import Workplace
from store.schema import answers, messages, tasks


@dataclass(frozen=True, kw_only=True)
class Known:
    """What there is to click on."""

    agencies: tuple[str, ...]
    open_tasks: tuple[int, ...]
    last_task: int
    last_message: int
    pending: tuple[int, ...]
    tokens: tuple[str, ...]
    today: date

    @staticmethod
    def of(place: Workplace, today: date) -> Known:
        codes = tuple(one.code for one in place.directory.in_province(place.province, today))
        with place.database.read() as connection:
            opened = connection.execute(select(tasks.c.id).where(tasks.c.state == "open")).scalars().all()
            last = [
                connection.execute(select(table.c.id).order_by(table.c.id.desc()).limit(1)).scalar_one()
                for table in (tasks, messages)
            ]
            pending = connection.execute(select(answers.c.id).where(answers.c.state == "received")).scalars().all()
        return Known(
            agencies=codes, open_tasks=tuple(opened), last_task=last[0], last_message=last[1],
            pending=tuple(pending), tokens=tuple(token_for(place, code) for code in codes), today=today,
        )  # fmt: skip


FEW, SOME, OFTEN = 1, 3, 8
"""How often a page is opened, as a share."""


def pages(known: Known, chance: random.Random) -> Mapping[str, tuple[int, str]]:
    """(how often, address) by the name of each page; numbers and words are drawn anew at each call."""
    agency, task = chance.choice(known.agencies), chance.randint(1, known.last_task)
    first, last = known.today.replace(day=1), known.today.replace(day=1) + timedelta(days=60)
    status = chance.choice(("open", "late", "done_on_time"))
    return {
        "today": (OFTEN, "/"),
        "tasks": (OFTEN, "/tasks"),
        "tasks, a later page": (SOME, f"/tasks?page={chance.randint(2, 40)}"),
        "tasks, a far page": (FEW, f"/tasks?page={chance.randint(known.last_task // 90, known.last_task // 55)}"),
        "search, common words": (SOME, "/tasks?q=" + quote("chuyển đổi số")),
        "search, several words": (OFTEN, f"/tasks?q={quote(chance.choice(THINGS))}+{quote(chance.choice(PLACES))}"),
        "search, one task": (SOME, f"/tasks?q=phan+viec+{task}"),
        "search, nothing": (FEW, f"/tasks?q=khongcotunay{chance.randint(1, 10**6)}"),
        "late": (SOME, "/tasks?status=late"),
        "open": (FEW, "/tasks?status=open"),
        "reported": (FEW, "/tasks?status=reported"),
        "waiting": (SOME, "/tasks?status=waiting"),
        "undated": (FEW, "/tasks?status=undated"),
        "done": (FEW, "/tasks?status=done_on_time"),
        "withdrawn": (FEW, "/tasks?status=withdrawn"),
        "attention": (SOME, "/tasks?attention=1"),
        "by agency": (SOME, f"/tasks?agency={agency}"),
        "by agency and status": (SOME, f"/tasks?agency={agency}&status={status}"),
        "by dates": (SOME, f"/tasks?status=open&from={first}&to={last}"),
        "by kind": (FEW, "/tasks?kind=recurring"),
        "search in a status": (SOME, f"/tasks?status={status}&q={quote(chance.choice(THINGS))}"),
        "task": (OFTEN * 2, f"/tasks/{task}"),
        "answers": (SOME, "/answers"),
        "plans": (FEW, "/plans"),
        "events": (SOME, "/events"),
        "agencies": (SOME, "/agencies"),
        "agency": (SOME, f"/agencies/{agency}"),
        "messages": (SOME, "/messages"),
        "messages, failing": (SOME, "/messages?state=failing"),
        "messages of an agency": (FEW, f"/messages?agency={agency}"),
        "messages, a far page": (FEW, f"/messages?page={known.last_message // 150 + 1}"),
        "message": (SOME, f"/messages/{chance.randint(1, known.last_message)}"),
        "charts": (SOME, "/charts"),
        "policies": (FEW, "/policies"),
        "calendar": (FEW, "/calendar"),
        "audit": (FEW, "/audit"),
        "agency's own page": (SOME, f"/a/{chance.choice(known.tokens)}"),
    }


def change(known: Known, chance: random.Random) -> tuple[str, str, dict[str, str]]:
    """(name, address, form) of something that an operator does."""
    task = chance.choice(known.open_tasks)
    soon = (known.today + timedelta(days=chance.randint(40, 90))).isoformat()
    document = f"{chance.randint(1, 999)}/UBND-VX"
    return chance.choice((
        ("record done", f"/tasks/{task}/done", {"on": known.today.isoformat(), "document": document}),
        ("extend", f"/tasks/{task}/extend", {"to": soon, "document": document}),
        ("set a date", f"/tasks/{task}/date", {"to": soon}),
        ("assign", f"/tasks/{task}/assign", {"agency": chance.choice(known.agencies)}),
        ("several done", "/tasks/several",
         {"task": str(task), "action": "done", "done_on": known.today.isoformat()}),
    ))  # fmt: skip
