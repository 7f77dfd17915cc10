"""What business.openapi.zalo.me of the fake tells who asks: status, quota, quality, templates, the RSA key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from notifiers.fake_zalo.world import Request, World

Body = Mapping[str, object]


def error(code: int, words: str = "") -> Body:
    return {"error": code, "message": words or f"error {code}"}


def told(world: World, request: Request) -> Body:
    """The answer to a GET whose token is good."""
    query = request.query
    match request.path:
        case "/message/status":
            return _status(world, query.get("message_id", ""))
        case "/message/quota":
            return _data({"dailyQuota": world.settings.daily_quota, "remainingQuota": world.remaining})
        case "/quality":
            return _data({"oaCurrentQuality": world.settings.quality, "oa7dayQuality": world.settings.quality})
        case "/message/template-tag":
            return _data(["IN_TRANSACTION", "POST_TRANSACTION"])
        case "/template/all":
            return _templates(world, query)
        case "/template/info/v2":
            return _detail(world, query.get("template_id", ""))
        case "/template/sample-data":
            return _sample(world, query.get("template_id", ""))
        case "/rsa/key/get" | "/rsa/key/gen":
            return _rsa_key(world, made=request.path.endswith("gen"))
        case _:
            return error(-106, "Method unsupported")


def _data(content: object) -> Body:
    return {"error": 0, "message": "Success", "data": content}


def _sample(world: World, template_id: str) -> Body:
    found = world.templates.get(template_id)
    return error(-109, "Template not existed") if found is None else _data(dict(found.sample))


def _rsa_key(world: World, *, made: bool) -> Body:
    if made:
        world.settings.has_rsa_key = True
    return _data({"public_key": world.public_key}) if world.settings.has_rsa_key else error(-142)


def _status(world: World, msg_id: str) -> Body:
    found = next((one for one in world.deliveries if one.msg_id == msg_id), None)
    if found is None:
        return _data({"status": -1, "message": "unknown"})
    arrives = found.at + timedelta(seconds=world.settings.status_seconds)
    ends = world.settings.unreached.get(found.to, 0)
    if not found.arrived and ends < -1:
        return error(ends)
    if not found.arrived and ends == -1:
        return _data({"status": -1, "message": "unknown"})
    if world.clock() < arrives or not found.arrived:
        return _data({"status": 0, "message": "pending"})
    data = {"status": 1, "delivery_time": str(int(arrives.timestamp() * 1000)), "message": "delivered"}
    return _data(data)


def _templates(world: World, query: Mapping[str, str]) -> Body:
    wanted, limit, offset = query.get("status", ""), query.get("limit", "100"), query.get("offset", "0")
    if (wanted and wanted not in "12345") or not limit.isdecimal() or int(limit) > 100:
        return error(-132, "Invalid parameter")
    word = {"1": "ENABLE", "2": "PENDING_REVIEW", "3": "REJECT", "4": "DISABLE", "5": "DELETE"}.get(wanted)
    rows = [t for t in world.templates.values() if word is None or t.status == word]
    start = int(offset) if offset.isdecimal() else 0
    data = [
        {"templateId": t.id, "templateName": t.name, "status": t.status, "templateQuality": t.quality}
        for t in rows[start : start + int(limit)]
    ]
    return {"error": 0, "message": "Success", "data": data, "metadata": {"total": len(rows)}}


def _detail(world: World, template_id: str) -> Body:
    found = world.templates.get(template_id)
    if found is None:
        return error(-109, "Template not existed")
    data = {
        "templateId": found.id,
        "templateName": found.name,
        "status": found.status,
        "listParams": [dict(param) for param in found.params],
        "timeout": 7200000,
        "templateQuality": found.quality,
        "templateTag": "TRANSACTION",
        "price_sdt": "200",
        "price_uid": "165",
    }
    return _data(data)
