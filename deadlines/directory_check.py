"""What is wrong with a directory, each fault with its place: nothing of a faulty directory may be used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from deadlines.directory import Directory
from deadlines.directory_text import WITHIN, name_key, tokens
from deadlines.directory_types import Agency, Contact, Group

_EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]\\]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
_PHONE = re.compile(r"84\d{8,11}")
_UID = re.compile(r"[A-Za-z0-9_.-]{4,64}")
_CHANNEL = re.compile(r"[a-z][a-z0-9_-]*")


_LEGIBLE = "tên có chữ, không có ngoặc, dấu chấm phẩy, dấu hai chấm"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """`code` is the agency's or group's; `field` may be of a contact ("contacts[1].email")."""

    code: str
    field: str
    value: str
    allowed: str
    about: str = "agency"
    """agency or group."""


def faults(directory: Directory) -> Iterator[Fault]:
    """Every fault, those of single fields first."""
    known = {agency.code for agency in directory.agencies}
    yield from _repeated(directory)
    for agency in directory.agencies:
        yield from _of_agency(agency, directory, known)
    groups = {group.code for group in directory.groups}
    for group in directory.groups:
        yield from _of_group(group, directory, known, groups)
    yield from _cycles(directory)
    yield from _shared_names(directory)


def _repeated(directory: Directory) -> Iterator[Fault]:
    for about, codes in (
        ("agency", [agency.code for agency in directory.agencies]),
        ("group", [group.code for group in directory.groups]),
    ):
        for code, times in Counter(codes).items():
            if times > 1:
                yield Fault(code=code, field="code", value=code, allowed="mỗi mã dùng một lần", about=about)


def _of_agency(agency: Agency, directory: Directory, known: set[str]) -> Iterator[Fault]:
    def fault(field: str, value: object, allowed: str) -> Fault:
        return Fault(code=agency.code, field=field, value=str(value), allowed=allowed)

    for field, name in _fields(agency):
        if not _legible(name):
            yield fault(field, name, _LEGIBLE)
    provinces = {province.code for province in directory.provinces}
    if agency.province and agency.province not in provinces:
        yield fault("province", agency.province, "một trong: " + ", ".join(sorted(provinces)))
    for code in agency.successors:
        if code not in known:
            yield fault("successors", code, "mã của một cơ quan trong danh bạ")
    if agency.superior is not None and agency.superior not in known:
        yield fault("superior", agency.superior, "mã của một cơ quan trong danh bạ")
    if agency.valid_from and agency.valid_to and agency.valid_from > agency.valid_to:
        yield fault("valid_to", agency.valid_to, f"từ ngày {agency.valid_from:%d/%m/%Y} trở đi")
    if agency.successors and agency.valid_to is None:
        yield fault("valid_to", "", "ngày cuối cùng hoạt động, vì đã có cơ quan kế thừa")
    for channel in agency.channels:
        if not _CHANNEL.fullmatch(channel):
            yield fault("channels", channel, "tên kênh viết thường không dấu (email, zalo)")
    for number, contact in enumerate(agency.contacts, start=1):
        yield from _of_contact(agency.code, f"contacts[{number}]", contact)


def _of_contact(code: str, place: str, contact: Contact) -> Iterator[Fault]:
    for name, value, form, allowed in (
        ("email", contact.email, _EMAIL, "một địa chỉ thư điện tử (ten@coquan.example)"),
        ("phone", contact.phone, _PHONE, "số điện thoại Việt Nam: 0… hoặc 84…, đủ số"),
        ("zalo_uid", contact.zalo_uid, _UID, "mã người dùng Zalo: chữ, số"),
    ):
        if value is not None and not form.fullmatch(value):
            yield Fault(code=code, field=f"{place}.{name}", value=value, allowed=allowed)


def _of_group(group: Group, directory: Directory, known: set[str], groups: set[str]) -> Iterator[Fault]:
    def fault(field: str, value: str, allowed: str) -> Fault:
        return Fault(code=group.code, field=field, value=value, allowed=allowed, about="group")

    provinces = {province.code for province in directory.provinces}
    if group.province and group.province not in provinces:
        yield fault("province", group.province, "một trong: " + ", ".join(sorted(provinces)))
    yield from (fault("names", name, _LEGIBLE) for name in group.names if not _legible(name))
    for field, codes in (("members", group.members), ("exceptions", group.exceptions)):
        yield from (fault(field, c, "mã của một cơ quan trong danh bạ") for c in codes if c not in known)
    for code in group.includes:
        if code not in groups:
            yield fault("includes", code, "mã của một nhóm trong danh bạ")


def _cycles(directory: Directory) -> Iterator[Fault]:
    agencies = {agency.code: agency for agency in directory.agencies}
    groups = {group.code: group for group in directory.groups}
    graphs: tuple[tuple[str, str, str, Mapping[str, Iterable[str]]], ...] = (
        ("agency", "successors", "không vòng lặp kế thừa", {c: a.successors for c, a in agencies.items()}),
        (
            "agency",
            "superior",
            "không vòng lặp cấp trên",
            {c: (a.superior,) if a.superior else () for c, a in agencies.items()},
        ),
        ("group", "includes", "nhóm không chứa chính nó", {c: g.includes for c, g in groups.items()}),
    )
    for about, field, allowed, graph in graphs:
        for ring in _rings(graph):
            yield Fault(code=ring[0], field=field, value=" → ".join((*ring, ring[0])), allowed=allowed, about=about)


def _rings(graph: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    """Each ring once, without recursion: a chain of successors may be long."""
    done: set[str] = set()
    for start in graph:
        trail: list[str] = []
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            code, leaving = stack.pop()
            if leaving:
                trail.pop()
                done.add(code)
            elif code in trail:
                yield tuple(trail[trail.index(code) :])
            elif code not in done:
                trail.append(code)
                stack.append((code, True))
                stack.extend((follower, False) for follower in graph.get(code, ()))


def _shared_names(directory: Directory) -> Iterator[Fault]:
    """Two agencies that exist at the same time, or an agency and a group, under one name in one province."""
    owners: dict[tuple[str, str], list[Agency]] = {}
    for agency in directory.agencies:
        for field, name in _fields(agency):
            key = (agency.province, name_key(name))
            for other in owners.setdefault(key, []):
                if other.code != agency.code and _together(agency, other):
                    yield Fault(code=agency.code, field=field, value=name, allowed=_taken(other.name, other.code))
            owners[key].append(agency)
    named: dict[tuple[str, str], Group] = {}
    for group in directory.groups:
        for name in group.names:
            key = (group.province, name_key(name))
            taken = owners.get(key)
            other_group = named.setdefault(key, group)
            if taken or other_group.code != group.code:
                whose = taken[0].code if taken else other_group.code
                yield Fault(code=group.code, field="names", value=name, allowed=_taken(name, whose), about="group")


def _taken(name: str, code: str) -> str:
    return f"tên khác, vì tên này là của {name} ({code})"


def _legible(name: str) -> bool:
    """Whether a cell can be read as this name at all."""
    return bool(name_key(name)) and all(token.broken in WITHIN for token in tokens(name))


def _fields(agency: Agency) -> Iterator[tuple[str, str]]:
    yield "name", agency.name
    yield from (("short_names", name) for name in agency.short_names)
    yield from (("aliases", name) for name in agency.aliases)


def _together(one: Agency, other: Agency) -> bool:
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    ends = min(one.valid_to or date.max, other.valid_to or date.max)
    return starts <= ends
