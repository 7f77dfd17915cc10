"""In words what differs between two versions of the calendar or the policies; nobody has to read a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from config import calendars, policies
from config.policies import Policies, Use
from deadlines.calendar import YearCalendar
from deadlines.policy import Course, Stage
from desk.web.stage_words import rows_of, step
from desk.web.words import AUDIENCES, COURSES
from flows.steps.workplace import POLICIES

ROLES = {"lead": "Cơ quan chủ trì", "coordinating": "Cơ quan phối hợp"}


def of_year(year: int, old: str, new: str) -> list[str]:
    """The days off and swapped days that a year gains and loses. Raises ConfigError for what is no year."""
    before, after = _year(year, old), _year(year, new)
    found = [*_days("Ngày nghỉ", before.off, after.off), *_days("Ngày làm bù", before.working, after.working)]
    if before.official != after.official:
        found.append(f"Lịch {_official(before)} → {_official(after)}")
    return found


def _year(year: int, text: str) -> YearCalendar:
    return (
        calendars.reads(text, f"{year}.toml")
        if text
        else YearCalendar(year=year, off={}, working={}, official=False)
    )


def _official(year: YearCalendar) -> str:
    return "chính thức" if year.official else "tạm tính"


def _days(what: str, old: Mapping[date, str], new: Mapping[date, str]) -> Iterator[str]:
    for day in sorted({*old, *new}):
        was, now = old.get(day), new.get(day)
        if was is None:
            yield f"{what}: thêm {day:%d/%m/%Y} {now}"
        elif now is None:
            yield f"{what}: bỏ {day:%d/%m/%Y} {was}"
        elif was != now:
            yield f"{what}: đổi {day:%d/%m/%Y} {was} → {now}"


def of_policies(old: str, new: str) -> list[str]:
    """What each course of each policy gains and loses. Raises ConfigError for a text that is no policies."""
    before, after = policies.loads(old, POLICIES), policies.loads(new, POLICIES)
    found = list(_courses(before, after))
    found += _gained_and_lost("Áp dụng cho", map(_use, before.uses), map(_use, after.uses))
    return found


def _courses(before: Policies, after: Policies) -> Iterator[str]:
    for name in dict.fromkeys((*before.by_name, *after.by_name)):
        called = "Mặc định" if name == policies.DEFAULT else name
        if name not in after.by_name:
            yield f"Bỏ chính sách {called}"
            continue
        if name not in before.by_name:
            yield f"Thêm chính sách {called}"
        for role, role_name in ROLES.items():
            for course in Course:
                place = f"{called} · {role_name} · {COURSES[course]}"
                old, new = (_stages(one, name, role, course) for one in (before, after))
                yield from _gained_and_lost(place, map(said, old), map(said, new))


def _stages(held: Policies, name: str, role: str, course: Course) -> Iterable[Stage]:
    policy = held.by_name.get(name)
    return () if policy is None else getattr(policy, role).get(course, ())


def said(stage: Stage) -> str:
    """A step as people say it: when, how often, to whom, by what."""
    row = rows_of([stage])[0]
    told = ", ".join(step(row))
    if stage.to != "agency":
        told += f" ({AUDIENCES.get(stage.to, stage.to)})"
    return told + (f", qua {row['channels']}" if row["channels"] else "")


def _gained_and_lost(place: str, old: Iterable[str], new: Iterable[str]) -> Iterator[str]:
    before, after = Counter(old), Counter(new)
    yield from (f"{place}: bỏ “{one}”" for one in (before - after).elements())
    yield from (f"{place}: thêm “{one}”" for one in (after - before).elements())


def _use(one: Use) -> str:
    parts = (("kế hoạch", one.plan), ("cơ quan", one.agency), ("nhiệm vụ mã", one.task))
    where = ", ".join(f"{what} {value}" for what, value in parts if value)
    return f"{where or 'mọi kế hoạch, mọi cơ quan'}: {one.policy}"
