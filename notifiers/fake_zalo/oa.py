"""openapi.zalo.me of the fake: templates by user id, consultation, groups, followers."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta

from notifiers.fake_zalo.business import check_data
from notifiers.fake_zalo.business_told import Body, error
from notifiers.fake_zalo.world import Delivery, Request, World

TEXT_LIMIT = 2000


def answer(world: World, request: Request) -> Body:
    trouble = world.accounts.check(
        request.headers.get("access_token", ""), request.headers.get("appsecret_proof", "")
    )
    if trouble:
        return error({"expired": -220, "proof": -242}.get(trouble, -216))
    if not request.valid:
        return error(-201)
    match request.method, request.path:
        case "POST", "/v3.0/oa/message/template":
            return _template(world, request.body)
        case "POST", "/v3.0/oa/message/cs":
            return _consultation(world, request.body)
        case "POST", "/v3.0/oa/group/message":
            return _group(world, request.body)
        case "GET", "/v3.0/oa/user/getlist":
            return _followers(world, request.query)
        case "GET", "/v3.0/oa/user/detail":
            return _user(world, request.query)
        case _:
            return error(-240 if request.path.startswith("/v2.0/") else -201)


def _template(world: World, body: Body) -> Body:
    user = str(body.get("user_id", ""))
    template = world.templates.get(str(body.get("template_id", "")))
    if template is None or not user or "tracking_id" in body:
        return error(-201)
    if template.otp or not template.by_uid:
        return error(-249)
    refusal = _not_reachable(world, user) or check_data(template, body.get("template_data"))
    if refusal:
        return error(refusal)
    data = body["template_data"]
    assert isinstance(data, dict)
    sent = _delivery(world, "zalouid", user, template_id=template.id, fields={k: str(data[k]) for k in data})
    world.deliver(sent, counted=True)
    quota = {"quota_type": "daily", "remain": str(world.remaining)}
    return _ok(sent, {"user_id": user, "sent_time": str(int(sent.at.timestamp() * 1000)), "quota": quota})


def _consultation(world: World, body: Body) -> Body:
    user = str(_part(body, "recipient").get("user_id", "") or body.get("user_id", ""))
    text = str(_part(body, "message").get("text", ""))
    if not user or not text:
        return error(-201)
    if len(text) > TEXT_LIMIT:
        return error(-210)
    last = world.spoken.get(user)
    refusal = _not_reachable(world, user)
    if not refusal and last and world.clock() - last > timedelta(days=world.settings.consult_days):
        refusal = -230
    if refusal:
        return error(refusal)
    sent = _delivery(world, "zalocs", user, text=text)
    world.deliver(sent)
    return _ok(sent, {"user_id": user})


def _group(world: World, body: Body) -> Body:
    group = str(_part(body, "recipient").get("group_id", ""))
    text = str(_part(body, "message").get("text", ""))
    if not group or not text or len(text) > TEXT_LIMIT:
        return error(-210 if len(text) > TEXT_LIMIT else -201)
    if world.settings.groups and group not in world.settings.groups:
        return error(-403)
    sent = _delivery(world, "zalogmf", group, text=text)
    world.deliver(sent)
    return _ok(sent, {"group_id": group})


def _not_reachable(world: World, user: str) -> int:
    if world.settings.followers and user not in world.settings.followers:
        return -213
    return -234 if world.settings.night and world.is_night else 0


def _followers(world: World, query: Mapping[str, str]) -> Body:
    asked = _asked(query)
    offset, count = int(str(asked.get("offset", 0))), int(str(asked.get("count", 50)))
    if offset > 9951 or count > 50:
        return error(-210)
    users = sorted(world.settings.followers)
    rows = [{"user_id": user} for user in users[offset : offset + count]]
    return {"error": 0, "message": "Success", "data": {"total": len(users), "users": rows}}


def _user(world: World, query: Mapping[str, str]) -> Body:
    user = str(_asked(query).get("user_id", ""))
    if user not in world.settings.followers:
        return error(-213)
    return {
        "error": 0,
        "message": "Success",
        "data": {"user_id": user, "user_is_follower": True, **_named(world, user)},
    }


def _named(world: World, user: str) -> Mapping[str, str]:
    return {"display_name": world.settings.names[user]} if user in world.settings.names else {}


def _asked(query: Mapping[str, str]) -> Mapping[str, object]:
    """GET parameters travel as one JSON."""
    try:
        found = json.loads(query.get("data", ""))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _delivery(
    world: World,
    kind: str,
    to: str,
    *,
    text: str = "",
    template_id: str = "",
    fields: Mapping[str, str] | None = None,
) -> Delivery:
    return Delivery(
        kind=kind,
        to=to,
        msg_id=secrets.token_hex(8),
        at=world.clock(),
        text=text,
        template_id=template_id,
        fields=fields or {},
    )


def _ok(sent: Delivery, data: Mapping[str, object]) -> Body:
    return {"error": 0, "message": "Success", "data": {"message_id": sent.msg_id, **data}}


def _part(body: Body, name: str) -> Mapping[str, object]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}
