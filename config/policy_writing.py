"""Writes the policies as `policies.toml` has them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import tomlkit

from config.policies import Policies
from deadlines.policy import Given, Stage


def to_toml(policies: Policies) -> str:
    """All policies and where they hold: reading it back gives the same ones."""
    document = tomlkit.document()
    document.add(tomlkit.comment("Chính sách nhắc việc, xuất từ Đôn Đốc. Ý nghĩa các mục: docs/desk.vi.md."))
    for name, policy in policies.by_name.items():
        table = tomlkit.table(is_super_table=True)
        for role, given in (("lead", policy.lead), ("coordinating", policy.coordinating)):
            if role == "lead" or given:
                table[role] = _courses(given)
        document[name] = table
    if policies.uses:
        listed = tomlkit.aot()
        for use in policies.uses:
            row = tomlkit.table()
            row["policy"] = use.policy
            for name in ("plan", "agency", "task"):
                if getattr(use, name) is not None:
                    row[name] = getattr(use, name)
            listed.append(row)
        document["use"] = listed
    return tomlkit.dumps(document)


def _courses(given: Given) -> tomlkit.items.Table:
    table = tomlkit.table()
    for course, stages in given.items():
        rows = tomlkit.array()
        rows.multiline(True)
        for stage in stages:
            row = tomlkit.inline_table()
            row.update(_stage(stage))
            rows.append(row)
        table[str(course)] = rows
    return table


def _stage(stage: Stage) -> dict[str, Any]:
    """What differs from what is meant where it is left out; the name always, so that what was told stays told."""
    values: dict[str, Any] = {"name": stage.name}
    for item in fields(Stage):
        value = getattr(stage, item.name)
        counted = item.name == "days" and stage.after_reminders is not None
        if item.name != "name" and value != item.default and not counted:
            values[item.name] = list(value) if isinstance(value, tuple) else value
    return values
