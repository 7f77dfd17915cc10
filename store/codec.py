"""Readings as JSON and back, so that a stored deadline can be resolved again without being read again."""

from __future__ import annotations

import json
import types
import typing
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from deadlines import types as meanings
from deadlines.types import Ambiguous, Deadline, Reading, Unread

_TYPES: dict[str, type[Any]] = {
    name: kind for name, kind in vars(meanings).items() if isinstance(kind, type) and is_dataclass(kind)
}


def to_json(value: Any) -> Any:
    """A value made of the dataclasses of `deadlines.types`, dates, tuples and plain values, as JSON data."""
    if is_dataclass(value) and not isinstance(value, type):
        return {"is": type(value).__name__} | {
            f.name: to_json(held) for f in fields(value) if f.init and (held := getattr(value, f.name)) != f.default
        }
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    return value


def reading_from_json(stored: Any) -> Reading:
    """The inverse of `to_json` for a reading. Raises ValueError where the data is not one."""
    reading = _build(stored)
    if not isinstance(reading, Deadline | Unread | Ambiguous):
        raise ValueError(f"not a reading: {stored!r}")
    return reading


@lru_cache(maxsize=4096)
def reading_from_text(stored: str) -> Reading:
    """The same from the JSON text. Few texts are stored many times; the newest of them are known."""
    return reading_from_json(json.loads(stored))


def _build(stored: Any) -> Any:
    try:
        kind = _TYPES[stored["is"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a reading: {stored!r}") from error
    hints = _hints(stored["is"])
    return kind(**{name: _value(hints[name], held) for name, held in stored.items() if name != "is"})


@cache
def _hints(name: str) -> dict[str, Any]:
    return typing.get_type_hints(_TYPES[name])


def _value(hint: Any, held: Any) -> Any:
    if isinstance(held, dict):
        return _build(held)
    if isinstance(held, list):
        inner = typing.get_args(hint) or (Any,)
        return tuple(_value(inner[0], item) for item in held)
    if isinstance(held, str):
        choices = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        if date in choices:
            return date.fromisoformat(held)
        enums = [choice for choice in choices if isinstance(choice, type) and issubclass(choice, StrEnum)]
        return enums[0](held) if enums else held
    return held
