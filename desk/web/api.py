"""The interface for programs: tasks, dates, documents and messages as JSON, by tokens with scopes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount

from config.errors import ConfigError
from desk.web.visit import Desk
from flows.emitting import emit_recorded
from flows.steps import completing
from flows.steps import events as event_steps
from flows.steps.completing import NoSuch
from flows.steps.listing import all_tasks, why
from flows.steps.reach import reachable
from flows.steps.recording import fold
from store import events, messages, people, searching, task_lists
from store.errors import StoreError
from store.events import EventRecord
from store.schema import dues

PER_MINUTE = 120.0
"""Requests that one token may make in a minute."""

BEARER = HTTPBearer(auto_error=False)

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class _Asked(BaseModel):
    """A misspelt parameter is refused: left out in silence, it would list everything."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=50, ge=1, le=200)
    offset: int = Field(default=0, ge=0, le=1_000_000)


class TasksAsked(_Asked):
    q: str = Field(default="", max_length=200)
    status: str = Field(default="", pattern=f"^({'|'.join(searching.STATUSES)})?$")
    agency: str = Field(default="", max_length=80)


class DeliveriesAsked(_Asked):
    state: str = Field(default="", pattern="^[a-z]{0,20}$")


class Problem(BaseModel):
    detail: str


class TaskOut(BaseModel):
    id: int
    plan: str | None
    number: str
    title: str
    lead_text: str | None
    leads: list[str]
    deadline_text: str | None
    kinds: list[str]
    status: str
    due: date | None
    waiting_for: str | None
    why_nobody_is_reminded: str | None
    done_on: date | None


class Tasks(BaseModel):
    total: int
    tasks: list[TaskOut]


class DueOut(BaseModel):
    id: int
    key: str
    track: str
    on: date
    late_from: date | None
    tentative: bool
    blocked: bool
    state: str


class EventIn(BaseModel):
    issuer: str = Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
    instrument: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
    number: str | None = Field(default=None, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
    on: date
    subject: str = Field(min_length=1, max_length=2000, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")


class Proposed(BaseModel):
    task: int
    term: int
    score: float
    reasons: list[str]


class Recorded(BaseModel):
    event: int
    proposals: list[Proposed]
    """What a person may release at the desk; a program releases nothing."""


class EventOut(BaseModel):
    event: int
    issuer: str
    instrument: str
    number: str | None
    on: date
    subject: str
    released: int


class DoneIn(BaseModel):
    on: date
    document: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
    due: str | None = Field(default=None, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")


class DoneOut(BaseModel):
    task: int
    late: bool


class MessageOut(BaseModel):
    id: int
    day: date
    agency: str
    channel: str
    state: str
    attempts: int
    reason: str | None


class Messages(BaseModel):
    total: int
    messages: list[MessageOut]


def mounted(desk: Desk) -> list[BaseRoute]:
    return [Mount("/api/v1", application(desk))]


PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "Thiếu mã truy cập, hoặc mã không còn giá trị"},
    403: {"model": Problem, "description": "Mã truy cập không có quyền này"},
    429: {"model": Problem, "description": "Quá nhiều yêu cầu trong một phút"},
}

WRITING: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "Nội dung gửi lên không đọc được"},
    409: {"model": Problem, "description": "Ngày ở tương lai, hoặc nhiệm vụ không còn mở"},
}


def application(desk: Desk) -> FastAPI:
    """The interface as an application of its own, with its description at `openapi.json`."""
    api = FastAPI(
        title="Đôn Đốc", version="1", docs_url=None, redoc_url=None, responses=PROBLEMS,
        description="Đọc nhiệm vụ, thời hạn, văn bản và thông báo; ghi nhận văn bản và hoàn thành.",
    )  # fmt: skip

    @api.exception_handler(StoreError)
    @api.exception_handler(ConfigError)
    async def _failed(_request: Request, error: Exception) -> JSONResponse:
        logging.getLogger(__name__).error("%s: %s", type(error).__name__, error)
        return JSONResponse({"detail": "Hệ thống tạm thời chưa phục vụ được; hãy thử lại sau."}, 503)

    @api.exception_handler(RequestValidationError)
    async def _refused(_request: Request, error: RequestValidationError) -> JSONResponse:
        # Not what was sent: half a surrogate pair in it could not be sent back.
        told = [{name: one[name] for name in ("type", "loc", "msg")} for one in error.errors()]
        return JSONResponse({"detail": told}, 422)

    _reading(api, desk)
    _writing(api, desk)
    return api


def scoped(desk: Desk, scope: str) -> Callable[..., str]:
    """A dependency that lets in a token with `scope`, and says who it is."""

    def admitted(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)] = None) -> str:
        secret = credentials.credentials if credentials else ""
        desk.catch_up()
        place = desk.workplace
        with place.database.read() as connection:
            token = people.token(connection, place.province, "api", secret)
        if token is None:
            raise HTTPException(
                401, "Thiếu mã truy cập, hoặc mã không còn giá trị.", {"WWW-Authenticate": "Bearer"}
            )
        with place.database.write() as connection:
            allowed = people.take(
                connection,
                place.province,
                f"api:{token.id}",
                capacity=PER_MINUTE,
                per=timedelta(minutes=1),
                now=desk.clock(),
            )
        if not allowed:
            raise HTTPException(429, "Quá nhiều yêu cầu trong một phút.", {"Retry-After": "60"})
        if scope not in token.scopes:
            raise HTTPException(403, f"Mã truy cập không có quyền {scope}.")
        return f"token:{token.name}"

    return admitted


def _reading(api: FastAPI, desk: Desk) -> None:
    @api.get("/tasks", dependencies=[Depends(scoped(desk, "tasks:read"))])
    def tasks(asked: Annotated[TasksAsked, Query()]) -> Tasks:
        """Tasks in printed order."""
        words = tuple(fold(asked.q.replace("\0", " ")).split()[:12])
        wanted = searching.Wanted(words=words, status=asked.status, agency=asked.agency.replace("\0", ""))
        return _tasks(desk, wanted, asked.limit, asked.offset)

    @api.get("/tasks/{task}/dues", dependencies=[Depends(scoped(desk, "tasks:read"))])
    def dues_of(task: Number) -> list[DueOut]:
        """Every date of a task; an unknown task has none."""
        with desk.workplace.database.read() as connection:
            rows = connection.execute(
                select(dues)
                .where(dues.c.task_id == task, dues.c.province == desk.workplace.province)
                .order_by(dues.c.on_date)
            ).all()
        return [
            DueOut(id=row.id, key=row.key, track=row.track, on=row.on_date, late_from=row.late_from,
                   tentative=row.tentative, blocked=row.blocked, state=row.state)
            for row in rows
        ]  # fmt: skip

    @api.get("/events", dependencies=[Depends(scoped(desk, "events:read"))])
    def recorded() -> list[EventOut]:
        """Issued documents, newest first."""
        with desk.workplace.database.read() as connection:
            rows = events.all_events(connection, desk.workplace.province)
        return [
            EventOut(event=row.id, issuer=row.issuer, instrument=row.instrument, number=row.number,
                     on=row.on_date, subject=row.subject, released=row.released)
            for row in rows
        ]  # fmt: skip

    @api.get("/deliveries", dependencies=[Depends(scoped(desk, "deliveries:read"))])
    def deliveries(asked: Annotated[DeliveriesAsked, Query()]) -> Messages:
        """Messages, newest first, without their content and addresses."""
        with desk.workplace.database.read() as connection:
            rows, total = messages.listed(
                connection,
                desk.workplace.province,
                state=asked.state,
                agency="",
                limit=asked.limit,
                offset=asked.offset,
            )
        return Messages(
            total=total,
            messages=[
                MessageOut(id=row.id, day=row.day, agency=row.agency, channel=row.channel, state=row.state,
                           attempts=row.attempts, reason=row.reason)
                for row in rows
            ],
        )  # fmt: skip


def _tasks(desk: Desk, wanted: searching.Wanted, limit: int, offset: int) -> Tasks:
    place, today = desk.workplace, desk.clock().date()
    with place.database.read() as connection:
        near = reachable(connection, place)
        found = task_lists.find(
            connection,
            place.province,
            wanted,
            reachable=near,
            today=today,
            limit=limit,
            offset=offset,
            count_to=None,
        )
        rows = all_tasks(connection, place, found.ids, near=near)
        statuses = searching.statuses(connection, found.ids, today)
    return Tasks(
        total=found.total,
        tasks=[
            TaskOut(id=row.id, plan=row.plan_number, number=row.number, title=row.title, lead_text=row.lead_text,
                    leads=list(row.leads), deadline_text=row.deadline_text, kinds=list(row.kinds),
                    status=statuses[row.id], due=row.next_due, waiting_for=row.waiting_for,
                    why_nobody_is_reminded=why(row) or None, done_on=row.done_on)
            for row in rows
        ],
    )  # fmt: skip


def _writing(api: FastAPI, desk: Desk) -> None:
    @api.post("/events", status_code=201, responses=WRITING)
    def record(event: EventIn, actor: str = Depends(scoped(desk, "events:write"))) -> Recorded:
        """Record an issued document; which tasks it releases a person confirms at the desk."""
        if event.on > desk.clock().date():
            raise HTTPException(409, "Ngày ban hành ở tương lai.")
        kept = EventRecord(
            issuer=event.issuer.strip(), instrument=event.instrument.strip(), number=event.number or None,
            on_date=event.on, subject=event.subject.strip(),
        )  # fmt: skip
        place = desk.workplace
        with place.database.read() as connection:
            proposals = event_steps.propose(connection, place.province, kept)
        number = event_steps.record_event(place, kept, now=desk.clock(), actor=actor)
        emit_recorded(place, number)
        return Recorded(
            event=number,
            proposals=[
                Proposed(task=one.held.task_id, term=one.held.term, score=one.candidate.score,
                         reasons=list(one.candidate.reasons))
                for one in proposals
            ],
        )  # fmt: skip

    @api.post("/tasks/{task}/done", responses=WRITING)
    def done(task: Number, given: DoneIn, actor: str = Depends(scoped(desk, "tasks:write"))) -> DoneOut:
        """Record that a task, or one occurrence of it, was completed."""
        now = desk.clock()
        if given.on > now.date():
            raise HTTPException(409, "Ngày hoàn thành ở tương lai.")
        result = completing.complete(
            desk.workplace, task, on=given.on, document=given.document, due_key=given.due, now=now,
            today=now.date(), actor=actor,
        )  # fmt: skip
        if isinstance(result, NoSuch):
            raise HTTPException(409, result.message)
        return DoneOut(task=task, late=result.late)
