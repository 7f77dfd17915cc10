"""The agencies of a province, and what the reading of one cell gives.

Codes are unique over all provinces: the province's code, a dot, the agency's own ("son-la.so-y-te").
Validity is inclusive on both sides; None means without limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class AgencyKind(StrEnum):
    """What an agency is; groups choose their members by it. The values are what people read and write."""

    COUNCIL = "ủy ban"
    """UBND tỉnh, HĐND tỉnh and its standing body: they give tasks, groups never include them by kind."""
    DEPARTMENT = "sở"
    """Sở and what ranks with it (Nghị định 45/2025/NĐ-CP: Thanh tra tỉnh, Văn phòng UBND)."""
    BOARD = "ban"
    SECTOR = "ngành"
    """The province's branch of a central service: công an, quân sự, thuế, bảo hiểm xã hội, kho bạc."""
    UNIT = "đơn vị"
    """A public service unit: newspaper, project board, hospital, college."""
    UNION = "đoàn thể"
    PARTY = "đảng"
    DISTRICT = "huyện"
    """Huyện, thị xã, thành phố thuộc tỉnh: none after 30/06/2025."""
    COMMUNE = "xã"
    WARD = "phường"
    TOWNSHIP = "thị trấn"
    SPECIAL_ZONE = "đặc khu"
    CENTRAL = "trung ương"
    OTHER = "khác"


class Role(StrEnum):
    FOCAL = "focal"
    LEADERSHIP = "leadership"
    CLERK = "clerk"


class Via(StrEnum):
    """How words became an agency."""

    EXACT = "exact"
    ALIAS = "alias"
    FOLD = "fold"
    """Its diacritics are missing in print."""
    SUCCESSOR = "successor"
    GROUP = "group"


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """A person or a desk. `phone` is digits with the country code (84…)."""

    role: Role = Role.FOCAL
    name: str = ""
    email: str | None = None
    phone: str | None = None
    zalo_uid: str | None = None
    position: str = ""

    @property
    def reachable(self) -> bool:
        return bool(self.email or self.phone or self.zalo_uid)


@dataclass(frozen=True, kw_only=True, slots=True)
class Agency:
    code: str
    name: str
    kind: AgencyKind
    province: str
    short_names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    superior: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    """The last day on which it exists."""
    successors: tuple[str, ...] = ()
    """Who has its duties after `valid_to`, the main one first."""
    contacts: tuple[Contact, ...] = ()
    channels: tuple[str, ...] = ()
    """In order of preference."""
    working_hours: tuple[tuple[time, time], ...] = ()
    """From, to; empty means the office's own hours."""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.short_names, *self.aliases)

    def valid(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A name for several agencies ("các sở, ban, ngành"), by kind, by code, by other groups.

    A name of one plain noun ("các sở") counts only in the plural; write it with "các".
    """

    code: str
    names: tuple[str, ...]
    province: str
    kinds: tuple[AgencyKind, ...] = ()
    members: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Province:
    code: str
    name: str
    """With its type: "tỉnh Sơn La", "thành phố Hải Phòng"."""
    aliases: tuple[str, ...] = ()
    """Other names that its agencies are printed with, without a type."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Words that name one agency, or one group. `span` counts characters of the printed cell, end exclusive."""

    words: str
    span: tuple[int, int]
    via: Via
    agencies: tuple[str, ...]
    """Those of the day asked for: successors followed, groups expanded; empty for a group without members."""
    code: str | None = None
    """The agency that is printed, before any succession; None for a group."""
    group: str | None = None
    qualifier: str | None = None
    coordinating: bool = False
    """Printed after "phối hợp với" in the same cell."""

    @property
    def divided(self) -> bool:
        """One printed agency whose duties went to several: all are told, a person should say who leads."""
        return self.group is None and len(self.agencies) > 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    code: str
    name: str
    score: float
    """0 to 100."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubtful:
    """Words that may mean one of several agencies, or nearly spell one: a person chooses."""

    words: str
    span: tuple[int, int]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmatched:
    words: str
    span: tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class CellReading:
    """What a cell says. Every word is in a match, a qualifier, `ambiguous` or `unknown`."""

    text: str
    on: date
    matches: tuple[Match, ...] = ()
    ambiguous: tuple[Doubtful, ...] = ()
    unknown: tuple[Unmatched, ...] = ()

    @property
    def agencies(self) -> tuple[str, ...]:
        """All agencies of the cell in printed order, each once."""
        return tuple(dict.fromkeys(code for match in self.matches for code in match.agencies))

    @property
    def leads(self) -> tuple[str, ...]:
        """The agencies, without those that the cell itself prints as coordinating."""
        own = (match for match in self.matches if not match.coordinating)
        return tuple(dict.fromkeys(code for match in own for code in match.agencies))

    @property
    def nobody(self) -> tuple[Match, ...]:
        """Groups that were understood and have no member: nobody would be told for them."""
        return tuple(match for match in self.matches if not match.agencies)

    @property
    def complete(self) -> bool:
        """Nothing is left for a person to decide."""
        return not self.ambiguous and not self.unknown
