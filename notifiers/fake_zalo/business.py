"""business.openapi.zalo.me of the fake: templates by phone."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Mapping

from notifiers.fake_zalo.business_told import Body, error, told
from notifiers.fake_zalo.world import Delivery, FakeTemplate, Request, World

PHONE = re.compile(r"\+?84[35789]\d{8}")
_FORMATS = {
    "DATE": re.compile(r"(\d{2}:\d{2}(:\d{2})? )?\d{2}/\d{2}/\d{4}"),
    "MONEY": re.compile(r"\d+"),
    "PHONE": re.compile(r"[\d+ .]+"),
    "OTP": re.compile(r"[A-Za-z0-9]+"),
}
_FORMATS |= {"11": _FORMATS["DATE"], "14": _FORMATS["MONEY"], "2": _FORMATS["PHONE"], "12": _FORMATS["OTP"]}


def answer(world: World, request: Request) -> Body:
    refusal = _refusal(world, request)
    if refusal:
        return error(refusal)
    match request.method, request.path:
        case "POST", "/message/template":
            return _send(world, request.body, str(request.body.get("phone", "")))
        case "POST", "/message/template/hashphone":
            return _send_hashed(world, request.body)
        case "POST", "/rsa/message/template":
            return _send_encrypted(world, request.body)
        case "GET", _:
            return told(world, request)
        case _:
            return error(-106, "Method unsupported")


def _refusal(world: World, request: Request) -> int:
    if not request.valid:
        return -122
    trouble = world.accounts.check(
        request.headers.get("access_token", ""), request.headers.get("appsecret_proof", "")
    )
    return {None: 0, "proof": -1241}.get(trouble, -124)


def _send(world: World, body: Body, phone: str) -> Body:
    template = world.templates.get(str(body.get("template_id", "")))
    refusal = _refused_send(world, body, phone, template)
    if refusal or template is None:
        return error(refusal or -109)
    delivery = Delivery(
        kind="zalooa",
        to=phone.removeprefix("+"),
        msg_id=secrets.token_hex(8),
        at=world.clock(),
        tracking_id=str(body["tracking_id"]),
        template_id=template.id,
        fields={str(k): str(v) for k, v in _mapping(body["template_data"]).items()},
        arrived=phone.removeprefix("+") not in world.settings.unreached,
    )
    world.deliver(delivery, counted=body.get("mode") != "development")
    return _accepted(world, delivery, str(body.get("sending_mode", "1")))


def _accepted(world: World, delivery: Delivery, sending_mode: str) -> Body:
    quota = {"dailyQuota": str(world.settings.daily_quota), "remainingQuota": str(world.remaining)}
    data = {
        "msg_id": delivery.msg_id,
        "sent_time": str(int(delivery.at.timestamp() * 1000)),
        "sending_mode": None if world.settings.null_sending_mode else sending_mode,
        "quota": quota,
    }
    return {"error": 0, "message": "Success", "data": data}


def _refused_send(world: World, body: Body, phone: str, template: FakeTemplate | None) -> int:
    settings = world.settings
    if not PHONE.fullmatch(phone):
        return -108
    if settings.known_phones and phone.removeprefix("+") not in settings.known_phones:
        return -118
    if not re.fullmatch(r"[A-Za-z0-9]{1,48}", str(body.get("tracking_id", ""))):
        return -132
    if str(body.get("sending_mode", "1")) not in {"1", "3"}:
        return -161
    if body.get("mode") == "development" and phone not in settings.admins:
        return -127
    if settings.night and world.is_night:
        return -133
    return _refused_template(body, template) or _refused_payment(world)


def _refused_payment(world: World) -> int:
    if world.remaining <= 0:
        return -144
    return -137 if world.settings.balance is not None and world.settings.balance <= 0 else 0


def _refused_template(body: Body, template: FakeTemplate | None) -> int:
    if template is None:
        return -109
    if template.status != "ENABLE":
        return -131
    return check_data(template, body.get("template_data"))


def check_data(template: FakeTemplate, data: object) -> int:
    """0, or the code that Zalo gives for these values."""
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        return -112
    names = {str(param["name"]) for param in template.params}
    if set(data) - names:
        return -112
    for param in template.params:
        refusal = _check_value(param, data.get(str(param["name"])))
        if refusal:
            return refusal
    return 0


def _check_value(param: Mapping[str, object], value: str | None) -> int:
    if not value:
        optional = not param.get("require", True) if value is None else param.get("acceptNull", False)
        return 0 if optional else -1122
    length = len(unicodedata.normalize("NFC", value))
    if length > int(str(param.get("maxLength", 200))):
        return -1121
    form = _FORMATS.get(str(param.get("type", "")).upper())
    wrong = (form and not form.fullmatch(value)) or length < int(str(param.get("minLength", 0)))
    return -1124 if wrong else 0


def _send_hashed(world: World, body: Body) -> Body:
    wanted = str(body.get("hash_phone", ""))
    for phone in world.settings.known_phones:
        if hashlib.sha256(phone.encode()).hexdigest() == wanted:
            return _send(world, body, phone)
    return error(-118, "Zalo account not existed")


def _send_encrypted(world: World, body: Body) -> Body:
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        sealed = base64.b64decode(str(body.get("rsa_phone", "")), validate=True)
        phone = world.rsa_key.decrypt(sealed, OAEP(MGF1(SHA256()), SHA256(), None)).decode("ascii")
    except ValueError:
        return error(-123, "Decrypt RSA failed")
    return _send(world, body, phone)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
