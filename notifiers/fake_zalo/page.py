"""What people see of the fake: the phones and what they received, and buttons that make things go wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

from jinja2 import Environment, Template

from notifiers.fake_zalo.faults import Fault, Step
from notifiers.fake_zalo.hooks import Hooks
from notifiers.fake_zalo.routes import Reply
from notifiers.fake_zalo.world import ZONE, Delivery, FakeTemplate, Request, World

KINDS = {
    "zalooa": "Mẫu tin theo số điện thoại",
    "zalouid": "Mẫu tin theo UID",
    "zalocs": "Tin tư vấn",
    "zalogmf": "Tin nhóm",
    "zalobot": "Tin của bot",
}


def is_for_people(path: str) -> bool:
    return path == "/" or path.startswith("/fake/") or path == "/v4/oa/permission"


def reply(world: World, hooks: Hooks, request: Request) -> Reply:
    """The page, its buttons, and the consent page. Only for a browser on this machine."""
    host = request.headers.get("host", "").rsplit(":", 1)[0]
    if host not in {"127.0.0.1", "localhost"}:
        return Reply(status=403)
    origin = request.headers.get("origin", "")
    if origin and origin.split("://", 1)[-1] != request.headers.get("host", ""):
        return Reply(status=403)
    with world.lock:
        if request.path == "/v4/oa/permission":
            return _consent(world, request.query)
        if request.method == "GET":
            return _seen(world, hooks, request.path)
        return _done(world, hooks, request)


def _seen(world: World, hooks: Hooks, path: str) -> Reply:
    if path == "/fake/state.json":
        state = {
            "deliveries": [asdict(one) for one in world.deliveries],
            "requests": len(world.records),
            "rotations": world.accounts.rotations,
            "sent_twice": world.sent_twice(),
            "webhook_answers": hooks.answers,
        }
        return Reply(content=json.dumps(state, default=str, ensure_ascii=False).encode())
    if path != "/":
        return Reply(status=404)
    return Reply(content=rendered(world, hooks).encode(), type="text/html")


def rendered(world: World, hooks: Hooks) -> str:
    phones: dict[str, list[Delivery]] = {}
    for one in (one for one in reversed(world.deliveries) if one.arrived):
        phones.setdefault(one.to, []).append(one)
    return _page().render(
        phones=phones,
        kinds=KINDS,
        when=_when,
        remaining=world.remaining,
        quota=world.settings.daily_quota,
        rotations=world.accounts.rotations,
        requests=len(world.records),
        twice=len(world.sent_twice()),
        webhook=hooks.settings.url,
        faults=[fault.value for fault in Fault],
    )


def _done(world: World, hooks: Hooks, request: Request) -> Reply:
    body = {name: str(value) for name, value in request.body.items()}
    match request.path:
        case "/fake/script":
            if not _script(world, body):
                return Reply(status=400)
        case "/fake/say":
            hooks.say(body.get("user_id", ""), body.get("text", ""))
            hooks.say_to_bot(body.get("user_id", ""), body.get("text", ""))
        case "/fake/follow" | "/fake/unfollow":
            hooks.follow(body.get("user_id", ""), follows=request.path == "/fake/follow")
        case "/fake/grant":
            access, refresh = world.accounts.grant()
            pair = {"access_token": access, "refresh_token": refresh}
            return Reply(content=json.dumps(pair).encode())
        case "/fake/expire":
            world.accounts.expire_access()
        case "/fake/night":
            world.settings.night = body.get("on", "1") == "1"
        case _:
            return Reply(status=404)
    return Reply(status=303, location="/")


def _script(world: World, body: Mapping[str, str]) -> bool:
    """One step for one target; False where the words make no step."""
    fault, code = body.get("fault", "code"), body.get("code", "0") or "0"
    if fault not in {one.value for one in Fault} or not code.lstrip("-").isdecimal():
        return False
    step = Step(
        fault=Fault(fault),
        code=int(code),
        accepted=body.get("accepted") == "1",
        seconds=float(body.get("seconds") or 60),
    )
    world.faults.script(body.get("target") or "*", [step])
    return True


def _consent(world: World, query: Mapping[str, str]) -> Reply:
    """The admin of the OA agrees at once and is sent back to a page on this machine."""
    target = query.get("redirect_uri", "")
    if query.get("app_id") != world.settings.app_id or not target.startswith(
        ("http://127.0.0.1:", "http://localhost:")
    ):
        return Reply(content=b'{"error":-14003,"error_name":"Invalid redirect uri"}')
    code = world.accounts.consent(query.get("code_challenge", ""))
    back = {"code": code, "oa_id": world.settings.oa_id, "state": query.get("state", "")}
    return Reply(status=302, location=f"{target}?{urlencode(back)}")


def example_world() -> World:
    """What `dondoc fake-zalo` begins with: the template that config/zalo.toml declares."""
    params: tuple[Mapping[str, object], ...] = tuple(
        {"name": name, "require": True, "type": kind, "minLength": 0, "maxLength": most, "acceptNull": False}
        for name, kind, most in (
            ("agency", "PRODUCT", 200),
            ("count", "QUANTITY", 20),
            ("late", "QUANTITY", 20),
            ("due", "DATE", 20),
        )
    )
    sample = {"agency": "Sở A", "count": "3", "late": "1", "due": "30/11/2026"}
    return World(templates=(FakeTemplate(id="100001", name="Nhắc nhiệm vụ", params=params, sample=sample),))


def _when(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%d/%m/%Y %H:%M:%S")


@cache
def _page() -> Template:
    source = files("notifiers.fake_zalo").joinpath("page.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
