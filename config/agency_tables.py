"""Typed access to what admins write: every mistake names its place, its value and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeVar

from config.errors import ConfigError
from deadlines.directory import AgencyKind, Contact, Role

FORMAT = 1
"""Of the files; a later form gets a higher number."""
_E = TypeVar("_E", bound=StrEnum)
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)?")
CODE_FORM = "chữ thường không dấu, số, gạch nối (so-y-te), có thể kèm mã tỉnh (phu-chau.so-y-te)"
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One table of a file (or one row of a sheet) and how people find it."""

    file: str
    where: str
    values: Mapping[str, object]
    labels: Mapping[str, str] = field(default_factory=dict)
    """How the columns of a sheet are headed, by field."""

    def wrong(self, name: str, allowed: str, value: object = None) -> ConfigError:
        field = f"{self.where}.{name}" if self.where and name else self.where or name
        if name in self.labels:
            field = f"{self.where}, cột {self.labels[name]}"
        shown = self.values.get(name, "") if value is None else value
        return ConfigError(file=self.file, field=field, value=shown, allowed=allowed)

    def only(self, *names: str) -> None:
        for name in self.values:
            if name not in names:
                raise self.wrong(name, "một trong: " + ", ".join(names), value=name)

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name, default)
        if not isinstance(value, str):
            raise self.wrong(name, "chữ trong dấu ngoặc kép")
        return " ".join(value.split())

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise self.wrong(name, "không được để trống")
        return value

    def optional(self, name: str) -> str | None:
        return self.text(name) or None

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(name, 'danh sách chữ: ["...", "..."]')
        return tuple(" ".join(item.split()) for item in value)

    def flag(self, name: str, default: bool) -> bool:
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "true hoặc false")
        return value

    def day(self, name: str) -> date | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(name, "một ngày, viết 2025-07-01")
        return value

    def code(self, name: str) -> str:
        return self.checked_code(name, self.required(name))

    def codes(self, name: str) -> tuple[str, ...]:
        return tuple(self.checked_code(name, code) for code in self.texts(name))

    def checked_code(self, name: str, code: str) -> str:
        if not _CODE.fullmatch(code):
            raise self.wrong(name, CODE_FORM, value=code)
        return code

    def choice(self, name: str, kind: type[_E], default: _E | None = None) -> _E:
        value = self.text(name) if default is None else self.text(name, default.value)
        try:
            return kind(value)
        except ValueError:
            raise self.wrong(name, "một trong: " + ", ".join(kind)) from None

    def kinds(self, name: str) -> tuple[AgencyKind, ...]:
        for value in self.texts(name):
            if value not in list(AgencyKind):
                raise self.wrong(name, "một trong: " + ", ".join(AgencyKind), value=value)
        return tuple(AgencyKind(value) for value in self.texts(name))

    def hours(self, name: str) -> tuple[tuple[time, time], ...]:
        found: list[tuple[time, time]] = []
        for value in self.texts(name):
            parts = _HOURS.fullmatch(value)
            if not parts:
                raise self.wrong(name, '["07:30-11:30", "13:30-17:00"]', value=value)
            start, end = time(int(parts[1]), int(parts[2])), time(int(parts[3]), int(parts[4]))
            if start >= end or (found and start < found[-1][1]):
                raise self.wrong(name, "giờ tăng dần, không chồng nhau", value=value)
            found.append((start, end))
        return tuple(found)

    def tables(self, name: str) -> Iterator[Entry]:
        """The tables of an array ([[agencies]]), numbered from 1, known by their code."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(name, f"các bảng [[{name}]]", value="")
        yield from self._numbered(name, value)

    def _numbered(self, name: str, found: Sequence[Mapping[str, object]]) -> Iterator[Entry]:
        for number, values in enumerate(found, start=1):
            code = values.get("code")
            label = f"{name}[{number}]" + (f" ({code})" if isinstance(code, str) else "")
            where = f"{self.where}.{label}" if self.where else label
            yield Entry(file=self.file, where=where, values=values)

    def table(self, name: str) -> Entry | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.wrong(name, f"một bảng [{name}]", value="")
        return Entry(file=self.file, where=f"{self.where}.{name}" if self.where else name, values=value)


def phone_number(written: str | None) -> str | None:
    """As dialled from abroad, digits only: "0900 000 001" and "+84 900.000.001" are 84900000001."""
    if not written:
        return None
    digits = re.sub(r"[\s.()-]", "", written)
    return re.sub(r"^(\+84|0)", "84", digits)


def contact(entry: Entry) -> Contact:
    """One contact; its address is checked with the whole directory."""
    entry.only("role", "name", "email", "phone", "zalo_uid", "position")
    return Contact(
        role=entry.choice("role", Role, Role.FOCAL),
        name=entry.text("name"),
        email=entry.optional("email"),
        phone=phone_number(entry.optional("phone")),
        zalo_uid=entry.optional("zalo_uid"),
        position=entry.text("position"),
    )
