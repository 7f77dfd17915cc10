"""The report of a week or month that has ended, kept as files under `var`/reports and as rows for a table."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from flows.steps.reporting import Report, files_of, month_before, report, week_before
from flows.steps.workplace import Workplace


def keep_report(
    workplace: Workplace, period: Literal["week", "month"], *, now: datetime
) -> tuple[Report, tuple[Path, ...]]:
    """The report and its files; what an earlier call wrote for the same period is replaced, never half-written."""
    first, last = (week_before if period == "week" else month_before)(now.date())
    with workplace.database.read() as connection:
        found = report(connection, workplace, first, last)
    folder = workplace.settings.var / "reports" / workplace.province
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = []
    for file in files_of(workplace, found, now=now):
        path = folder / file.name
        part = path.with_name(f".{file.name}.part")
        part.write_bytes(file.content)
        part.replace(path)
        kept.append(path)
    return found, tuple(kept)


def rows_of(found: Report) -> list[dict[str, Any]]:
    """A row an agency, and the total last; figures only."""
    return [
        {
            "Cơ quan": one.name,
            "Tổng số": one.total,
            "Hoàn thành đúng hạn": one.done_in_time,
            "Hoàn thành quá hạn": one.done_late,
            "Đang thực hiện, trong hạn": one.open_in_time,
            "Đang thực hiện, quá hạn": one.open_late,
            "Chậm nhất (ngày)": one.most_late,
        }
        for one in (*found.agencies, found.total)
    ]
