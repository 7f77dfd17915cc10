"""What a deadline can mean: its printed words plus one or more terms.

Everything here is symbolic. Nothing knows today's date, the plan's date of issue, holidays or
events: `deadlines.resolve` brings those in and turns terms into `Occurrence`s.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """The kind of one term, by the names that the command line prints."""

    FIXED = "fixed"
    RANGE = "range"
    OPEN_START = "open_start"
    RECURRING = "recurring"
    CONDITIONAL = "conditional"
    ONGOING = "ongoing"
    UNSPECIFIED = "unspecified"


class Unit(StrEnum):
    DAYS = "days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthDay:
    """A day whose year is not printed ("trước ngày 15/6"): the first one on or after the plan's issue.

    A `day` of -1 is the last day of the month.
    """

    month: int
    day: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """So many units from a printed day, which itself is not counted (Bộ luật Dân sự 2015, Điều 147.3)."""

    start: date
    amount: int
    unit: Unit = Unit.DAYS


@dataclass(frozen=True, kw_only=True, slots=True)
class Fixed:
    """Done by the end of `due`, inclusive.

    `named` is the day that the text names where that is not the due day: *trước ngày 18/01/2026* is due
    on the 17th and names the 18th. Offices that count the named day as the last one say so in a setting.
    `start` is given where the words name a period of carrying out ("thực hiện năm 2018 theo lộ trình").
    """

    due: date | MonthDay | Counted
    named: date | MonthDay | None = None
    start: date | None = None
    tentative: bool = False
    kind: Kind = field(default=Kind.FIXED, init=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """Carried out from `start` to `due`, both inclusive.

    Where no year is printed ("tháng 4 - tháng 6") both are `MonthDay`s: `due` is the first one on or after the
    plan's issue, and `start` the last one on or before that due day.
    """

    start: date | MonthDay
    due: date | MonthDay
    tentative: bool = False
    kind: Kind = field(default=Kind.RANGE, init=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenStart:
    """In force from `start`, inclusive, with no end."""

    start: date | MonthDay
    tentative: bool = False
    kind: Kind = field(default=Kind.OPEN_START, init=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recurring:
    """Due on every date of an RFC 5545 rule, from the plan's issue (or `start`) until `until`, inclusive.

    The rule gives due days, never starting days. `named_rule` gives the days that *trước ngày* names.
    """

    rule: str
    named_rule: str | None = None
    start: date | None = None
    until: date | None = None
    tentative: bool = False
    kind: Kind = field(default=Kind.RECURRING, init=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """What a deadline waits for: a document issued by any one of `actors`, or the end of another task."""

    actors: tuple[str, ...] = ()
    act: str | None = None
    instrument: str | None = None
    number: str | None = None
    """The printed number of the awaited document ("số 15/2026/NĐ-CP"), where there is one."""
    after_task: str | None = None
    """The number, in the same plan, of the task that must end first."""
    this_plan: bool = False
    """The event is the issue of this very plan, so it has happened already."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditional:
    """Due `offset` units after its event, whose own day is not counted; without an offset the policy sets one.

    A gate is a condition that goes with a dated term of the same deadline: the date stands, but nothing is
    late while the event has not happened.
    """

    condition: Condition
    offset: int | None = None
    unit: Unit = Unit.DAYS
    gate: bool = False
    kind: Kind = field(default=Kind.CONDITIONAL, init=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ongoing:
    """To be done all the time ("Thường xuyên"): reported on, never overdue by date."""

    start: date | None = None
    kind: Kind = field(default=Kind.ONGOING, init=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unspecified:
    """No date can be had from the words: an empty cell, a phase that is not named, "khẩn trương"."""

    kind: Kind = field(default=Kind.UNSPECIFIED, init=False)


Term = Fixed | Range | OpenStart | Recurring | Conditional | Ongoing | Unspecified


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One rule and the words it read: `span` counts characters of the printed text, end exclusive."""

    rule: str
    words: str
    span: tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Milestone:
    """What the words say is due ("Sở Y tế hoàn thành xây dựng kế hoạch"), where it is not the task itself."""

    actor: str | None
    act: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """A deadline that exactly one interpretation of the whole text reads."""

    text: str
    terms: tuple[Term, ...]
    evidence: tuple[Evidence, ...]
    confidence: float = 1.0
    """1.0 for words as they should be; lower where diacritics or letters had to be guessed."""
    milestone: Milestone | None = None
    reference: str | None = None
    """Another document that the words point to for their dates."""
    phases: str | None = None
    """A rhythm that is printed but names no date ("theo từng giai đoạn của tỉnh")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """No rule covers the whole text. It is kept and shown to a person."""

    text: str
    reason: str | None = None
    """Why, in Vietnamese, where it is known ("mỗi cơ quan một thời hạn")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ambiguous:
    """Two or more interpretations cover the whole text and differ in meaning."""

    text: str
    readings: tuple[Deadline, ...]


Reading = Deadline | Unread | Ambiguous


class Track(StrEnum):
    """Why a date matters to an agency; policies give each track its own stages."""

    DUE = "due"
    OPENING = "opening"
    CHECK = "check"
    """The yearly look at a task that runs for years."""
    REPORT = "report"
    """The end of a reporting period of a task that has no date of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """One date of one term.

    `on` is the date that the words give, inclusive. `aim` is the working day that reminders work toward.
    `late_from` is the first day on which it counts as late (None where it can never be late).
    `key` names the occurrence within its task and survives a change of its date ("t0:once", "t1:2027-03").
    """

    key: str
    term: int
    track: Track
    on: date
    aim: date
    late_from: date | None
    tentative: bool = False
    after: date | None = None
    """The due day before this one of a rule with short periods: nothing is told of this one until it is past."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Awaited:
    """A term that waits for its event."""

    term: int
    condition: Condition
    gate: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolution:
    """What a deadline comes to, given what is known today.

    `blocked` occurrences have a date but a gate that is still closed: shown, never late.
    `steps` tells, in Vietnamese, how each date was reached.
    """

    occurrences: tuple[Occurrence, ...] = ()
    blocked: tuple[Occurrence, ...] = ()
    waiting: tuple[Awaited, ...] = ()
    needs_date: bool = False
    complete_until: date | None = None
    """All occurrences up to this day, inclusive, are listed; None when there can be no more."""
    steps: tuple[str, ...] = ()
