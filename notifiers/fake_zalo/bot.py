"""bot-api.zaloplatforms.com of the fake. Answers are (HTTP status, body)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from notifiers.fake_zalo.hooks import on_this_machine
from notifiers.fake_zalo.world import Delivery, Request, World

Answer = tuple[int, Mapping[str, object]]


def answer(world: World, request: Request) -> Answer:
    token, _, method = request.path.removeprefix("/bot").partition("/")
    if token != world.settings.bot_token:
        return _error(401, "Unauthorized")
    if not request.valid:
        return _error(400, "Bad Request")
    match method:
        case "getMe":
            return _ok({"id": "3000000003", "account_name": "bot.gia", "can_join_groups": False})
        case "sendMessage":
            return _send(world, request.body)
        case "sendChatAction" | "sendPhoto" | "sendSticker":
            return _ok({"message_id": secrets.token_hex(8), "date": _now(world)})
        case "getUpdates":
            return _updates(world)
        case "setWebhook" | "deleteWebhook" | "getWebhookInfo":
            return _webhook(world, method, request.body)
        case _:
            return _error(404, "Not Found")


def _send(world: World, body: Mapping[str, object]) -> Answer:
    chat, text = str(body.get("chat_id", "")), str(body.get("text", ""))
    if not chat or not 1 <= len(text) <= 2000:
        return _error(400, "Bad Request")
    if world.settings.followers and chat not in world.settings.followers:
        return _error(403, "Forbidden")
    sent = Delivery(kind="zalobot", to=chat, msg_id=secrets.token_hex(8), at=world.clock(), text=text)
    world.deliver(sent)
    return _ok({"message_id": sent.msg_id, "date": _now(world)})


def _updates(world: World) -> Answer:
    """One update at a time; 408 when there is none; nothing while a webhook is set."""
    if world.bot_webhook:
        return _error(409, "Conflict: webhook is set")
    if not world.updates:
        return _error(408, "Request timeout")
    return _ok(world.updates.pop(0))


def _webhook(world: World, method: str, body: Mapping[str, object]) -> Answer:
    if method == "setWebhook":
        secret = str(body.get("secret_token", ""))
        if not 8 <= len(secret) <= 256 or not on_this_machine(str(body.get("url", ""))):
            return _error(400, "Bad Request")
        world.bot_webhook = {"url": str(body["url"]), "secret": secret}
    elif method == "deleteWebhook":
        world.bot_webhook = {}
    return _ok({"url": world.bot_webhook.get("url", ""), "updated_at": _now(world)})


def _now(world: World) -> int:
    return int(world.clock().timestamp() * 1000)


def _ok(result: Mapping[str, object]) -> Answer:
    return 200, {"ok": True, "result": result}


def _error(code: int, words: str) -> Answer:
    status = 408 if code == 408 else 200
    return status, {"ok": False, "error_code": code, "description": words}
