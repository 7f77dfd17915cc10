"""Who is told how many days before and after: policies as data.

A policy names, for the lead and for the coordinating agencies, the stages of each course of events. Its
constructors raise ValueError, in Vietnamese, for what would fall silent or contradict itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, get_args

from deadlines.types import Track

To = Literal["agency", "leadership", "superior", "operator"]
Role = Literal["lead", "coordinating"]

FIRST_SUMMARY = "first-summary"
"""The one stage of a task that was late before it was first seen."""

_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]{0,39}")


class Course(StrEnum):
    """What a set of stages is for: the four tracks, and two situations of their own."""

    DUE = Track.DUE
    OPENING = Track.OPENING
    CHECK = Track.CHECK
    REPORT = Track.REPORT
    TENTATIVE = "tentative"
    """A due date that nobody has confirmed: never late, so after it only the operator is asked."""
    WAITING = "waiting"
    """No date yet: the operator is asked whether the awaited document has been issued."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One step. `days` is negative before the date, 0 on the day, positive after it.

    Days before, and the day itself, count toward the occurrence's `aim`. Days after count the days of being
    late, so 1 is `late_from` itself; where nothing can be late they count from `aim`, or from when the
    waiting began. `working` counts working days instead of calendar days. Either way nothing is told on a
    day off: what falls on one moves to the working day before it (until the day) or after it (later).

    `repeat_every` repeats the stage after so many days of the same sort, `repeat_limit` times at most (the
    first time not counted), until the next stage for the same `to` begins.
    `channels` is None for the agency's own choice. The name is made from the rest where it is left out.
    """

    name: str = ""
    days: int
    working: bool = False
    repeat_every: int | None = None
    repeat_limit: int | None = None
    to: To = "agency"
    channels: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not -3660 <= self.days <= 3660:
            raise ValueError(f"days: {self.days} không hợp lệ; cho phép -3660 đến 3660")
        if self.to not in get_args(To):
            raise ValueError(f"to: {self.to} không hợp lệ; cho phép {', '.join(get_args(To))}")
        if self.repeat_every is not None and not 1 <= self.repeat_every <= 3660:
            raise ValueError(f"repeat_every: {self.repeat_every} không hợp lệ; cho phép 1 đến 3660")
        if self.repeat_limit is not None and (self.repeat_every is None or self.repeat_limit < 1):
            raise ValueError(f"repeat_limit: {self.repeat_limit} không hợp lệ; cho phép từ 1, khi có repeat_every")
        if self.channels is not None:
            object.__setattr__(self, "channels", tuple(self.channels))
            if not self.channels:
                raise ValueError("channels: danh sách rỗng; hãy bỏ đi để dùng kênh của cơ quan")
        object.__setattr__(self, "name", self.name or self._own_name())
        if not _NAME.fullmatch(self.name) or self.name == FIRST_SUMMARY:
            raise ValueError(f"name: {self.name} không hợp lệ; cho phép chữ thường, số, dấu + - . (tối đa 40)")

    def _own_name(self) -> str:
        side = "before-" if self.days < 0 else "late+" if self.days else "day-"
        unit = "w" if self.working and self.days else ""
        to = "" if self.to == "agency" else f"-{self.to}"
        return f"{side}{abs(self.days)}{unit}{to}"

    @property
    def endless(self) -> bool:
        return self.repeat_every is not None and self.repeat_limit is None


Stages = Mapping[Course, tuple[Stage, ...]]
Given = Mapping[str, Sequence[Stage]]
"""Stages by the name of their course ("due", "opening", "check", "report", "tentative", "waiting")."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Policy:
    """Compared by identity, so that what is computed from it can be kept.

    `lead` needs stages for every course but `tentative`; a tentative date without stages of its own goes by
    those of `due`, where what comes after the day goes to the operator. `coordinating` may leave any out.
    """

    name: str = "default"
    lead: Given
    coordinating: Given = field(default_factory=dict)

    def __post_init__(self) -> None:
        lead, coordinating = _checked("lead", self.lead), _checked("coordinating", self.coordinating)
        object.__setattr__(self, "lead", lead)
        object.__setattr__(self, "coordinating", coordinating)
        _check_never_silent(lead)

    def stages(self, course: Course, role: Role) -> tuple[Stage, ...]:
        """Raises ValueError for a role that is none: a mistake here would silence an agency."""
        if role not in get_args(Role):
            raise ValueError(f"role: {role} không hợp lệ; cho phép {', '.join(get_args(Role))}")
        given = self.lead if role == "lead" else self.coordinating
        found = given.get(course)
        if found is None and course is Course.TENTATIVE:
            return tuple(_asked_after(stage) for stage in given.get(Course.DUE, ()))
        return tuple(found or ())


def _asked_after(stage: Stage) -> Stage:
    """Nobody is late with a tentative date: after the day it is the operator who is asked."""
    if stage.days <= 0 or stage.to == "operator":
        return stage
    return Stage(
        name=stage.name,
        days=stage.days,
        working=stage.working,
        repeat_every=stage.repeat_every,
        repeat_limit=stage.repeat_limit,
        to="operator",
    )


def _checked(role: str, given: Given) -> dict[Course, tuple[Stage, ...]]:
    checked: dict[Course, tuple[Stage, ...]] = {}
    for course, stages in given.items():
        if course not in set(Course):
            raise ValueError(f"{role}.{course}: không hợp lệ; cho phép {', '.join(Course)}")
        for stage in stages:
            same = [other for other in stages if other.name == stage.name or _moment(other) == _moment(stage)]
            if len(same) > 1:
                raise ValueError(f"{role}.{course}: bước {stage.name} ghi hai lần; mỗi bước chỉ ghi một lần")
        checked[Course(course)] = tuple(stages)
    return checked


def _moment(stage: Stage) -> tuple[str, int, bool]:
    return stage.to, stage.days, stage.working


def _check_never_silent(lead: Stages) -> None:
    for course in Course:
        if course is not Course.TENTATIVE and not lead.get(course):
            raise ValueError(f"lead.{course}: chưa có bước nào; phải có ít nhất một bước để không bỏ sót")
    due = lead[Course.DUE]
    if not any(stage.days <= 0 for stage in due):
        raise ValueError("lead.due: phải có ít nhất một bước trước hoặc đúng ngày (days <= 0)")
    if not any(stage.days > 0 and stage.endless for stage in due):
        raise ValueError("lead.due: phải có ít nhất một bước quá hạn (days > 0) lặp lại không giới hạn")
    waiting = lead[Course.WAITING]
    if not any(stage.to == "operator" and stage.days > 0 and stage.endless for stage in waiting):
        raise ValueError("lead.waiting: phải có một bước hỏi operator (days > 0) lặp lại không giới hạn")
    tentative = lead.get(Course.TENTATIVE)
    if tentative is not None and not any(stage.days > 0 and stage.to == "operator" for stage in tentative):
        raise ValueError("lead.tentative: phải có một bước hỏi operator sau ngày dự kiến (days > 0)")


def standard() -> Policy:
    """What holds where an admin has set nothing."""
    ask = Stage(name="ask", days=30, repeat_every=30, to="operator")
    return Policy(
        name="standard",
        lead={
            "due": (
                Stage(days=-30),
                Stage(days=-7),
                Stage(days=-1, working=True),
                Stage(days=0),
                Stage(days=1, repeat_every=7),
                Stage(days=15, repeat_every=15, to="leadership"),
                Stage(days=30, repeat_every=30, to="superior"),
                Stage(days=30, repeat_every=30, to="operator"),
            ),
            "opening": (Stage(days=-7), Stage(days=0)),
            "check": (Stage(days=-15), Stage(days=0)),
            "report": (Stage(days=-7), Stage(days=0)),
            "waiting": (ask,),
        },
        coordinating={
            "due": (Stage(days=-15), Stage(days=0)),
            "opening": (Stage(days=0),),
        },
    )
