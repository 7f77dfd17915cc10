"""Contract values as JSON-able data and back, checked against their type hints.

The child process that parses a stranger's file answers in this form. Unpickling its answer would run
whatever a hostile file made it write; here the worst it can send is a value that is refused.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from plans import document as _document
from plans import types as _types

T = TypeVar("T")

_CLASSES = {
    cls.__name__: cls
    for module in (_document, _types)
    for cls in vars(module).values()
    if isinstance(cls, type) and dataclasses.is_dataclass(cls)
}


class Malformed(ValueError):  # noqa: N818
    """The data is not what the type hints promise."""


def to_wire(value: Any) -> Any:
    """Nothing but dict, list, str, int, float, bool and None; fields that hold their default are left out."""
    match value:
        case Enum():
            return value.value
        case date():
            return {"": "date", "iso": value.isoformat()}
        case tuple():
            return [to_wire(item) for item in value]
        case None | str() | bool() | int() | float():
            return value
    if type(value).__name__ not in _CLASSES:
        raise TypeError(f"{type(value).__name__} has no form on the wire")
    fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.init}
    defaults = {f.name: f.default for f in dataclasses.fields(value)}
    kept = {name: to_wire(item) for name, item in fields.items() if item != defaults[name]}
    return {"": type(value).__name__, **kept}


def from_wire(kind: type[T], data: Any) -> T:
    """The value that `to_wire` wrote. Raises Malformed where a name or a type is not the promised one."""
    value = _decode(kind, data)
    assert isinstance(value, kind)
    return value


def _decode(hint: Any, data: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _decode_union(typing.get_args(hint), data)
    if origin is tuple:
        if not isinstance(data, list):
            raise Malformed("not a list")
        item = typing.get_args(hint)[0]
        return tuple([_decode(item, each) for each in data])
    if isinstance(data, dict):
        return _decode_object(hint, data)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _decode_enum(hint, data)
    if hint is float and type(data) is int:
        return float(data)
    if type(data) is not hint:
        raise Malformed("not of the promised type")
    return data


def _decode_union(hints: tuple[Any, ...], data: Any) -> Any:
    if data is None and type(None) in hints:
        return None
    for hint in hints:
        if isinstance(data, dict):
            if hint is _named(data):
                return _decode(hint, data)
        elif hint is type(data) or typing.get_origin(hint) is not None:
            return _decode(hint, data)
    raise Malformed("none of the promised types")


def _decode_enum(hint: type[Enum], data: Any) -> Enum:
    try:
        return hint(data)
    except ValueError:
        raise Malformed("not one of the names") from None


def _decode_object(hint: Any, data: dict[str, Any]) -> Any:
    if hint is not _named(data):
        raise Malformed("not the promised class")
    try:
        if hint is date:
            return date.fromisoformat(data["iso"])
        hints = _hints(hint)
        build = cast("Callable[..., Any]", hint)
        return build(**{name: _decode(hints[name], item) for name, item in data.items() if name})
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed("fields do not fit") from error


def _named(data: dict[str, Any]) -> type | None:
    name = data.get("")
    return date if name == "date" else _CLASSES.get(name) if isinstance(name, str) else None


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)
