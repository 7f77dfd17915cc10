"""The reminder policies (`policies.toml`), and which of them holds for whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field

from config.errors import ConfigError
from config.settings import read_toml, toml_of, validated
from deadlines.policy import Course, Policy, Role, Stage

DEFAULT = "default"
_ROLES = ("lead", "coordinating")


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """Where a policy holds; None means anywhere."""

    policy: str
    plan: str | None = None
    agency: str | None = None
    task: int | None = None
    """The number by which `dondoc tasks` shows a task."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Policies:
    by_name: Mapping[str, Policy]
    uses: tuple[Use, ...] = ()
    file: Path = Path("policies.toml")

    @property
    def counts(self) -> bool:
        """Whether any stage begins after so many reminders."""
        return any(policy.counts(Course.DUE, role) for policy in self.by_name.values() for role in get_args(Role))

    def check_channels(self, known: Collection[str]) -> None:
        """Raises ConfigError for a stage that names a channel which is none of `known`."""
        for name, policy in self.by_name.items():
            for role, given in (("lead", policy.lead), ("coordinating", policy.coordinating)):
                for course, stages in given.items():
                    for at, channel in ((i, c) for i, stage in enumerate(stages) for c in stage.channels or ()):
                        if channel not in known:
                            field = f"{name}.{role}.{course}.{at}.channels"
                            raise ConfigError(
                                file=self.file, field=field, value=channel, allowed=", ".join(sorted(known))
                            )

    def name_for(self, *, plan: str | None, agency: str, task: int) -> str:
        """The name of the policy of the first use that fits, or "default"."""
        for use in self.uses:
            if use.plan in {None, plan} and use.agency in {None, agency} and use.task in {None, task}:
                return use.policy
        return DEFAULT


class _Stage(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = ""
    days: int | None = None
    working: bool = False
    repeat_every: int | None = None
    repeat_limit: int | None = None
    repeat_on: str | None = None
    after_reminders: int | None = None
    to: str = "agency"
    channels: list[str] | None = None


class _Use(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    policy: str
    plan: str | None = None
    agency: str | None = None
    task: int | None = Field(default=None, ge=1)


def load(path: Path) -> Policies:
    """Every policy of the file. Raises ConfigError at the first mistake."""
    return built(read_toml(path), path)


def loads(text: str, name: str = "policies.toml") -> Policies:
    """Every policy of what such a file says; `name` is told with a mistake. Raises ConfigError."""
    path = Path(name)
    return built(toml_of(text, path), path)


def built(data: dict[str, Any], path: Path = Path("policies.toml")) -> Policies:
    """Every policy of what has been read. Raises ConfigError."""
    data = dict(data)
    uses = data.pop("use", [])
    policies = {name: _policy(path, name, table) for name, table in data.items()}
    if DEFAULT not in policies:
        raise ConfigError(file=path, field=DEFAULT, value="", allowed="chính sách default bắt buộc phải có")
    used = tuple(_use(path, index, use, policies) for index, use in enumerate(uses))
    return Policies(by_name=policies, uses=used, file=path)


def _policy(path: Path, name: str, table: Any) -> Policy:
    if not isinstance(table, dict) or not set(table) <= set(_ROLES):
        raise ConfigError(file=path, field=name, value="", allowed=f"các bảng {name}.lead, {name}.coordinating")
    given = {role: _courses(path, f"{name}.{role}", table.get(role, {})) for role in _ROLES}
    try:
        return Policy(name=name, lead=given["lead"], coordinating=given["coordinating"])
    except ValueError as error:
        raise ConfigError(file=path, field=name, value="", allowed=str(error)) from error


def _courses(path: Path, field: str, table: Any) -> dict[str, tuple[Stage, ...]]:
    if not isinstance(table, dict):
        raise ConfigError(file=path, field=field, value=table, allowed="một bảng các diễn biến")
    found: dict[str, tuple[Stage, ...]] = {}
    for course, stages in table.items():
        if course not in set(Course):
            raise ConfigError(file=path, field=f"{field}.{course}", value="", allowed=", ".join(Course))
        if not isinstance(stages, list):
            raise ConfigError(file=path, field=f"{field}.{course}", value=stages, allowed="một danh sách các bước")
        found[course] = tuple(_stage(path, f"{field}.{course}.{i}", stage) for i, stage in enumerate(stages))
    return found


def _stage(path: Path, field: str, table: Any) -> Stage:
    if not isinstance(table, dict):
        raise ConfigError(file=path, field=field, value=table, allowed="một bước dạng { days = -7 }")
    values = validated(path, table, _Stage, within=field).model_dump()
    if (values["days"] is None) == (values["after_reminders"] is None):
        raise ConfigError(
            file=path,
            field=f"{field}.days",
            value="" if values["days"] is None else values["days"],
            allowed="ghi một trong hai: days (số ngày) hoặc after_reminders (sau mấy lần nhắc quá hạn)",
        )
    values["days"] = 1 if values["days"] is None else values["days"]
    try:
        return Stage(**values)
    except ValueError as error:
        wrong, _, allowed = str(error).partition(": ")
        value = values.get(wrong, "")
        raise ConfigError(file=path, field=f"{field}.{wrong}", value=value, allowed=allowed) from error


def _use(path: Path, index: int, table: Any, policies: Mapping[str, Policy]) -> Use:
    if not isinstance(table, dict):
        raise ConfigError(file=path, field=f"use.{index}", value=table, allowed="một bảng [[use]]")
    use = validated(path, table, _Use, within=f"use.{index}")
    if use.policy not in policies:
        raise ConfigError(
            file=path, field=f"use.{index}.policy", value=use.policy, allowed=", ".join(sorted(policies))
        )
    return Use(**use.model_dump())
