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
Weekday = Literal["mon", "tue", "wed", "thu", "fri"]

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
    `repeat_on` moves each repeat to that weekday, the same or a later day, so that what is late on many dates is
    said in one message a week.
    `after_reminders` begins a stage of `due` in another way: on the day on which the agency would be reminded
    once more, after that many reminders of being late and no result; `days` is then 1. Reminders that never came
    do not count, those that an agency that has acknowledged is spared do; a first summary is the first.
    `channels` is None for the agency's own choice; of those named the first that reaches it is
    taken. The name is made from the rest where it is left out.
    """

    name: str = ""
    days: int
    working: bool = False
    repeat_every: int | None = None
    repeat_limit: int | None = None
    repeat_on: Weekday | None = None
    after_reminders: int | None = None
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
        if self.repeat_on is not None and (
            self.repeat_on not in get_args(Weekday) or self.repeat_every is None or self.repeat_every < 7
        ):
            raise ValueError(
                f"repeat_on: {self.repeat_on} không hợp lệ; cho phép {', '.join(get_args(Weekday))},"
                " khi repeat_every từ 7"
            )
        if self.after_reminders is not None:
            self._check_counted(self.after_reminders)
        if self.channels is not None:
            object.__setattr__(self, "channels", tuple(self.channels))
            if not self.channels:
                raise ValueError("channels: danh sách rỗng; hãy bỏ đi để dùng kênh của cơ quan")
        object.__setattr__(self, "name", self.name or self._own_name())
        if not _NAME.fullmatch(self.name) or self.name == FIRST_SUMMARY:
            raise ValueError(f"name: {self.name} không hợp lệ; cho phép chữ thường, số, dấu + - . (tối đa 40)")

    def _check_counted(self, after: int) -> None:
        if not 1 <= after <= 365:
            raise ValueError(f"after_reminders: {after} không hợp lệ; cho phép 1 đến 365")
        if self.days != 1:
            raise ValueError(f"days: {self.days} không hợp lệ; bỏ trống khi có after_reminders")
        if self.to == "agency":
            raise ValueError(
                "to: agency không hợp lệ; có after_reminders thì cho phép leadership, superior, operator"
            )

    def _own_name(self) -> str:
        if self.after_reminders is not None:
            return f"after-{self.after_reminders}-{self.to}"
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
            due = given.get(Course.DUE, ())
            return tuple(_asked_after(stage) for stage in due if stage.after_reminders is None)
        return tuple(found or ())

    def counts(self, course: Course, role: Role) -> bool:
        """Whether any of these stages begins after so many reminders."""
        return any(stage.after_reminders is not None for stage in self.stages(course, role))


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
        repeat_on=stage.repeat_on,
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
        _check_counted(role, Course(course), stages)
        _check_questions(role, Course(course), stages)
    return checked


def _moment(stage: Stage) -> tuple[str, int, bool, int | None]:
    return stage.to, stage.days, stage.working, stage.after_reminders


def _check_counted(role: str, course: Course, stages: Sequence[Stage]) -> None:
    counted = [stage for stage in stages if stage.after_reminders is not None]
    if counted and course is not Course.DUE:
        raise ValueError(f"{role}.{course}: after_reminders chỉ dùng cho due")
    if counted and not any(stage.to == "agency" and stage.days > 0 and stage.endless for stage in stages):
        raise ValueError(
            f"{role}.{course}: có after_reminders thì phải có một bước nhắc agency khi quá hạn (days > 0)"
            " lặp lại không giới hạn để đếm"
        )


def _check_questions(role: str, course: Course, stages: Sequence[Stage]) -> None:
    """An agency cannot be asked about what has no date yet: only the office records that a document was issued."""
    if course is not Course.WAITING or not stages:
        return
    if role != "lead":
        raise ValueError(f"{role}.{course}: không dùng; việc chờ văn bản chỉ ghi ở lead.waiting")
    for stage in stages:
        if stage.to != "operator":
            raise ValueError(f"{role}.{course}: to: {stage.to} không hợp lệ; việc chờ văn bản chỉ hỏi operator")


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
