"""The report of the last week or month as files and as a table in Prefect. It sends nothing: the digest does."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from prefect import flow
from prefect.artifacts import acreate_table_artifact

from flows.steps import clock as clocks
from flows.steps.keeping_reports import keep_report, rows_of
from flows.steps.logs import set_up
from flows.steps.workplace import open_workplace


@flow(name="dondoc-report", retries=0, persist_result=False)
async def report(province: str | None = None, period: Literal["week", "month"] = "month") -> dict[str, Any]:
    """Make the report of the week or month before today; made again, it replaces its files."""
    workplace = open_workplace(province=province)
    set_up(workplace.settings.var)
    found, files = await asyncio.to_thread(keep_report, workplace, period, now=clocks.here(workplace.zone)())
    await acreate_table_artifact(
        key=f"dondoc-report-{period}-{workplace.province}",
        table=rows_of(found),
        description=f"Tình hình thực hiện từ ngày {found.first:%d/%m/%Y} đến ngày {found.last:%d/%m/%Y}",
    )
    return {"first": f"{found.first}", "last": f"{found.last}", "files": [file.name for file in files]}
