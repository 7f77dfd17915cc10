"""Templates that Zalo has approved: their parameters, filling them, and checking what they are filled with.

Lengths count characters of the NFC form. What the service says of its template (`listParams`) wins over what
is declared here; `differences` tells the admin where the two part.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from notifiers.errors import Refused, Scope
from notifiers.render_clean import line, shorten


class ParamType(IntEnum):
    """The parameter types of a template and, by `longest`, the most characters that each may have."""

    NAME = 1
    PHONE = 2
    ADDRESS = 3
    CODE = 4
    LABEL = 5
    STATUS = 6
    CONTACT = 7
    TITLE = 8
    PRODUCT = 9
    QUANTITY = 10
    DATE = 11
    OTP = 12
    URL = 13
    MONEY = 14
    BANK_NOTE = 15

    @property
    def longest(self) -> int:
        return (30, 15, 200, 30, 30, 30, 50, 5, 200, 20, 20, 10, 200, 12, 90)[self - 1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Param:
    name: str
    type: ParamType = ParamType.PRODUCT
    value: str = ""
    """A Jinja expression template over the notice ("{{ agency }}")."""
    required: bool = True
    min_length: int = 0
    max_length: int = 0
    """0: the longest that the type allows."""
    accept_null: bool = False
    shorten: bool = False
    """Cut at a word with "…" instead of refusing what is too long."""

    @property
    def limit(self) -> int:
        return self.max_length or self.type.longest


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    name: str
    id: str
    params: tuple[Param, ...] = ()
    sending_mode: str = ""
    """Overrides the account's; "3" sends over quota and needs Zalo's permission."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Detail:
    """What `/template/info/v2` says of a template."""

    id: str
    status: str
    params: tuple[Param, ...]
    name: str = ""
    timeout_ms: int = 0
    """How long Zalo tries to bring a message to its phone; 0 where it does not say."""
    quality: str = ""
    tag: str = ""
    price_phone: str = ""
    price_uid: str = ""


def fitted(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """Values cleaned and, where their parameter allows it, shortened; nothing is added or dropped."""
    by_name = {param.name: param for param in template.params}
    out: dict[str, str] = {}
    for name, raw in values.items():
        value, param = line(raw), by_name.get(name)
        out[name] = shorten(value, param.limit) if param and param.shorten else value
    return out


def check(params: tuple[Param, ...], values: Mapping[str, str]) -> None:
    """Raise Refused (scope MESSAGE) unless the values are exactly what the parameters allow."""
    names = {param.name for param in params}
    extra = sorted(set(values) - names)
    if extra:
        raise _refused("template-extra", f"tham số {extra[0]} không có trong mẫu tin")
    for param in params:
        _check_one(param, values.get(param.name))


def _check_one(param: Param, value: str | None) -> None:
    if not value:
        if value is None and not param.required:
            return
        if value == "" and param.accept_null:
            return
        raise _refused("template-missing", f"thiếu tham số {param.name} của mẫu tin")
    length = len(unicodedata.normalize("NFC", value))
    if length > param.limit:
        raise _refused("template-long", f"tham số {param.name} dài {length} ký tự, tối đa {param.limit}")
    if length < param.min_length:
        raise _refused("template-short", f"tham số {param.name} dài {length}, tối thiểu {param.min_length}")


def _refused(code: str, reason: str) -> Refused:
    return Refused(reason, code=code, scope=Scope.MESSAGE)


def read_detail(data: Mapping[str, object]) -> Detail:
    """The service's own description, read leniently: numbers may be strings, absent parts are empty."""
    raw = data.get("listParams")
    rows = [row for row in raw if isinstance(row, dict)] if isinstance(raw, list) else []
    return Detail(
        id=str(data.get("templateId", "")),
        status=str(data.get("status", "")).upper(),
        params=tuple(_read_param(row) for row in rows),
        name=str(data.get("templateName", "")),
        timeout_ms=_number(data.get("timeout")),
        quality=str(data.get("templateQuality", "")),
        tag=str(data.get("templateTag", "")),
        price_phone=str(data.get("price_sdt", "")),
        price_uid=str(data.get("price_uid", "")),
    )


def _read_param(row: Mapping[str, object]) -> Param:
    longest = _number(row.get("maxLength"))
    return Param(
        name=str(row.get("name", "")),
        type=_param_type(row.get("type")),
        required=bool(row.get("require", True)),
        min_length=_number(row.get("minLength")),
        max_length=longest,
        accept_null=bool(row.get("acceptNull", False)),
    )


def _param_type(value: object) -> ParamType:
    """The type by number or by name; PRODUCT, one of the longest, where the service says another word."""
    text = str(value).strip().upper()
    if text.isdecimal() and 1 <= int(text) <= 15:
        return ParamType(int(text))
    return ParamType[text] if text in ParamType.__members__ else ParamType.PRODUCT


def _number(value: object) -> int:
    text = str(value).strip()
    return int(text) if text.isdecimal() else 0


def differences(template: Template, detail: Detail) -> tuple[str, ...]:
    """Where the declaration in zalo.toml and the service's template part, in Vietnamese; empty when they agree."""
    ours = {param.name: param for param in template.params}
    theirs = {param.name: param for param in detail.params}
    found = [f"zalo.toml khai tham số {name} nhưng mẫu tin không có" for name in sorted(ours.keys() - theirs)]
    found += [
        f"mẫu tin cần tham số {name} nhưng zalo.toml không khai"
        for name in sorted(theirs.keys() - ours.keys())
        if theirs[name].required
    ]
    found += [
        f"tham số {name}: zalo.toml cho {ours[name].limit} ký tự, mẫu tin chỉ cho {theirs[name].limit}"
        for name in sorted(ours.keys() & theirs.keys())
        if ours[name].limit > theirs[name].limit
    ]
    return tuple(found)
