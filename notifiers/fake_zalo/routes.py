"""Which part of the fake answers a request, after its scripted or chance fault."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from notifiers.fake_zalo import bot, business, oa
from notifiers.fake_zalo.faults import Fault, Step
from notifiers.fake_zalo.world import Record, Request, World

HTML = b"<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    status: int = 200
    content: bytes = b""
    type: str = "application/json"
    fault: Fault = Fault.NONE
    seconds: float = 0.0
    location: str = ""


def reply(world: World, request: Request) -> Reply:
    """Record, count, spoil or answer. Called without the lock; holds it while it works."""
    with world.lock:
        target = _target(request)
        world.records.append(
            Record(
                at=world.clock(),
                method=request.method,
                path=request.path,
                target=target,
                headers=request.headers,
                body=request.body,
            )
        )
        if request.path != "/v4/oa/access_token" and not world.within_rate():
            return _json(200, _rate_error(request))
        step = world.faults.take(target, by_chance=_sends(request))
        if step.fault is Fault.CODE:
            return _json(200, _code(request, step))
        done = step.fault is Fault.NONE or step.accepted
        status, body = _work(world, request) if done else (200, {"error": 0, "message": "Success"})
        return _spoilt(step, _json(status, body))


def _target(request: Request) -> str:
    if request.path == "/v4/oa/access_token":
        return "oauth"
    recipient = request.body.get("recipient")
    places = [request.body, recipient if isinstance(recipient, dict) else {}]
    for place in places:
        for name in ("phone", "user_id", "group_id", "chat_id"):
            if place.get(name):
                return str(place[name]).removeprefix("+")
    return request.path


def _sends(request: Request) -> bool:
    return request.method == "POST" and request.path != "/v4/oa/access_token"


def _rate_error(request: Request) -> Mapping[str, object]:
    if request.path.startswith("/bot"):
        return {"ok": False, "error_code": 429, "description": "Too Many Requests"}
    return {"error": -32, "message": "Your application reached limit call api"}


def _code(request: Request, step: Step) -> Mapping[str, object]:
    words = step.words or f"error {step.code}"
    if request.path.startswith("/bot"):
        return {"ok": False, "error_code": step.code, "description": words}
    return {"error": step.code, "error_name": words, "message": words}


def _work(world: World, request: Request) -> tuple[int, Mapping[str, object]]:
    if request.path == "/v4/oa/access_token":
        return 200, world.accounts.token(request.headers, request.body)
    if request.path.startswith("/bot"):
        return bot.answer(world, request)
    if request.path.startswith(("/v3.0/", "/v2.0/")):
        return 200, oa.answer(world, request)
    return 200, business.answer(world, request)


def _json(status: int, body: Mapping[str, object]) -> Reply:
    return Reply(status=status, content=json.dumps(body, ensure_ascii=False).encode())


def _spoilt(step: Step, good: Reply) -> Reply:
    match step.fault:
        case Fault.NONE:
            return good
        case Fault.HTTP_503:
            return Reply(status=503, content=good.content)
        case Fault.HTTP_500 | Fault.HTTP_502:
            return Reply(status=int(step.fault.value), content=HTML, type="text/html")
        case Fault.HTML:
            return Reply(content=HTML, type="text/html")
        case Fault.REDIRECT:
            return Reply(status=302, location="/elsewhere")
        case Fault.EMPTY:
            return Reply()
        case Fault.NO_CODE:
            return Reply(content=b'{"message":"Success"}')
        case Fault.TRUNCATED:
            return Reply(content=good.content[: len(good.content) // 2])
        case _:
            return Reply(content=good.content, fault=step.fault, seconds=step.seconds)
